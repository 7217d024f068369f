"""The model beside the device: one flow, asked of both.

``show service-policy flow`` answers policy by policy, so each attached policy is compared by
itself; ``packet-tracer`` answers for the packet's way through two interfaces.
"""

from collections.abc import Iterator
from dataclasses import replace

from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.show.flow import FlowAnswer, FlowSection
from asa_automate.show.packet_tracer import Trace
from asa_automate.simulate.classify import Verdict, classify, classify_in
from asa_automate.simulate.engines import ESMTP, effective_map
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.world import World


def flow_command(flow: Flow) -> str | None:
    """The question about a flow (Cisco ASA command reference, ``show service-policy flow``);
    ``None`` for one that cannot be asked so."""
    if flow.protocol not in ("tcp", "udp"):
        return None
    return (
        f"show service-policy flow {flow.protocol} host {flow.source}"
        f" host {flow.destination} eq {flow.destination_port}"
    )


def trace_command(flow: Flow) -> str | None:
    """``packet-tracer`` for a flow; ``None`` where it is not said where it comes in."""
    if flow.protocol not in ("tcp", "udp") or flow.in_interface is None:
        return None
    return (
        f"packet-tracer input {flow.in_interface} {flow.protocol} {flow.source}"
        f" {flow.source_port or 40000} {flow.destination} {flow.destination_port} detailed"
    )


def differences(
    running: RunningConfig, flow: Flow, answer: FlowAnswer, world: World
) -> Iterator[str]:
    """What the device says otherwise than the model, in words; nothing where they agree."""
    if running.service_policies and not answer.readable:
        yield "the device's answer cannot be read"
        return
    for where in running.service_policies:
        section = answer.section(scope=where.scope, policy=where.policy)
        if section is None:
            yield f"{where.scope}: the answer has no section for policy-map {where.policy}"
        else:
            verdict = classify_in(running, where, flow, world)
            yield from _in_section(where, section, verdict)


def _in_section(where: ServicePolicy, section: FlowSection, verdict: Verdict) -> Iterator[str]:
    told = {i.engine: i.map for c in section.classes for i in c.inspects}
    model = {t.engine: effective_map(t.engine, t.map) for t in verdict.taken}
    for engine in sorted(told.keys() | model.keys()):
        if engine not in model:
            yield f"{where.scope}: the device inspects with {engine}, the model does not"
        elif engine not in told:
            yield f"{where.scope}: the model inspects with {engine}, the device does not"
        elif told[engine] and effective_map(engine, told[engine]) != model[engine]:
            yield f"{where.scope}: {engine} has map {told[engine]}, by the model {model[engine]}"


def trace_differences(
    running: RunningConfig, flow: Flow, trace: Trace, world: World
) -> Iterator[str]:
    """The same for ``packet-tracer``, about mail's engine alone: of others it shows some only."""
    if not trace.readable or not trace.allowed:
        return
    way = replace(flow, out_interface=trace.goes or flow.out_interface)
    model = classify(running, way, world).by(ESMTP) is not None
    if model != (ESMTP in trace.engines):
        says = ("no", "an") if model else ("an", "no")
        shown = f"{says[0]} INSPECT phase of mail"
        yield f"packet-tracer shows {shown}, the model {says[1]} inspection"
