"""Findings about the classes of policy-maps in force: their class-maps, and what they inspect."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from asa_automate.config.names import port_number
from asa_automate.config.policy_map import PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.model import Reading
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import found
from asa_automate.plan.flows import OTHER_PORTS, STRANGERS
from asa_automate.plan.guards import lists_missing
from asa_automate.plan.names import owned
from asa_automate.plan.peers import PEERS, SOURCE_PORT
from asa_automate.simulate.classify import class_takes
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.world import CLASS_DEFAULT, World


def in_force(running: RunningConfig) -> Iterator[PolicyMap]:
    """The policy-maps that a service-policy names, each once."""
    for name in dict.fromkeys(a.policy for a in running.service_policies):
        if name in running.policy_maps:
            yield running.policy_maps[name]


def classes(running: RunningConfig) -> Iterator[Finding]:
    """What is odd about classes, policy-map by policy-map."""
    for policy in in_force(running):
        for entry in policy.classes:
            yield from _class_map(running, policy, entry)
        yield from _two(policy)
        for entry in policy.classes:
            yield from _other_ports(running, policy, entry)


def _class_map(running: RunningConfig, policy: PolicyMap, entry: PolicyClass) -> Iterator[Finding]:
    if entry.name == CLASS_DEFAULT or owned(entry.name):
        return
    class_map = running.class_maps.get(entry.name)
    if class_map is None:
        yield found(
            "class-map-missing",
            f"policy-map {policy.name} has class {entry.name}, and there is no such class-map",
            entry.line,
        )
    elif not class_map.matches and not class_map.unknown:
        yield found(
            "class-map-without-match",
            f"class-map {entry.name} has no match line: class {entry.name} of policy-map "
            f"{policy.name} takes nobody",
            class_map.line,
        )
    for match in lists_missing(running, entry):
        yield found(
            "access-list-missing",
            f"class-map {entry.name} has `{match.text}`, and there is no such access-list",
            match.line,
        )


def _two(policy: PolicyMap) -> Iterator[Finding]:
    entries = [c for c in policy.classes if c.inspect(ESMTP) and not owned(c.name)]
    if len(entries) > 1:
        names = " and ".join(f"{c.name} (line {c.line})" for c in entries)
        yield found(
            "two-esmtp-classes",
            f"policy-map {policy.name} inspects ESMTP in the classes {names}",
            entries[1].line,
        )


def _other_ports(
    running: RunningConfig, policy: PolicyMap, entry: PolicyClass
) -> Iterator[Finding]:
    inspect = entry.inspect(ESMTP)
    class_map = running.class_maps.get(entry.name)
    default = class_map is not None and class_map.is_default_inspection
    if inspect is None or default or owned(entry.name):
        return
    flow = Flow("tcp", PEERS[0], STRANGERS[0], SMTP, SOURCE_PORT)
    ports = [
        port
        for port in _candidates(running, entry)
        if _takes(running, entry, replace(flow, destination_port=port))
    ]
    if ports:
        yield found(
            "esmtp-other-port",
            f"class {entry.name} of policy-map {policy.name} inspects ESMTP on tcp port "
            f"{', '.join(map(str, ports))} as well",
            inspect.line,
        )


def _takes(running: RunningConfig, entry: PolicyClass, flow: Flow) -> bool:
    return class_takes(running, entry, flow, World(Reading.PER_ENGINE)) is True


def _candidates(running: RunningConfig, entry: PolicyClass) -> list[int]:
    """Ports that mail uses beside 25, and those that the class speaks of."""
    class_map = running.class_maps.get(entry.name)
    ports = list(OTHER_PORTS)
    for match in class_map.matches if class_map else ():
        if match.kind == "port":
            ports += _numbers(match.argument.split()[2:])
        if match.kind == "access-list" and match.argument in running.acls:
            used = (e.destination_ports for e in running.acls[match.argument].entries)
            ports += [p.low for p in used if p and p.operator in ("eq", "range")]
    return sorted({port for port in ports if port and port != SMTP})


def _numbers(words: Iterable[str]) -> list[int]:
    return [number for word in words if (number := port_number(word)) is not None]
