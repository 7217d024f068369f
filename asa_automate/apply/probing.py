"""The probe in practice: which reading the device has, with nothing left behind."""

from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import Snapshot, read
from asa_automate.apply.sending import GateClosed, send
from asa_automate.apply.steps import Step
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Reading
from asa_automate.plan.document import Probe
from asa_automate.plan.names import PROBE
from asa_automate.plan.predict import Prediction
from asa_automate.plan.probe import engine_of, places_of
from asa_automate.show.flow import FlowAnswer, parse_flow


def run_probe(
    session: Session, device: str, probe: Probe, before: Snapshot, around: Surroundings
) -> Reading:
    """Ask the device and take the probe away again.

    Raises:
        GateClosed: what is read back is not what was sent; the caller goes back.
    """
    around.tell(Step.PROBE)
    around.log.write("probe", {"show": list(probe.show)})
    made = send(session, device, Prediction(before.running), probe.commands, around)
    found = read(session, device)
    # Twice: an answer that was cut short behind its header reads like *per-class*.
    answers = [session.show(command) for command in (*probe.show, *probe.show)]
    around.log.write("reply", {"answers": answers})
    there = _is_there(found.running, probe)
    send(session, device, made, probe.inverse, around, intent="undo")
    if read(session, device).fingerprint != before.fingerprint:
        raise GateClosed("the probe left something behind")
    return judged(answers, probe, before.running) if there else Reading.UNKNOWN


def judged(answers: list[str], probe: Probe, running: RunningConfig) -> Reading:
    """The reading that all answers agree on, else ``UNKNOWN``."""
    engine, places = engine_of(probe), places_of(probe)
    attached = [a for a in running.service_policies if a.policy in places]
    found = {_one(parse_flow(text), where, engine) for text in answers for where in attached}
    return found.pop() if len(found) == 1 else Reading.UNKNOWN


def _one(answer: FlowAnswer, where: ServicePolicy, engine: str) -> Reading:
    section = answer.section(scope=where.scope, policy=where.policy)
    if not answer.readable or section is None:
        return Reading.UNKNOWN
    shown = section.inspection(engine)
    if shown is None:
        return Reading.PER_CLASS
    return Reading.PER_ENGINE if shown[0] == PROBE else Reading.UNKNOWN


def _is_there(running: RunningConfig, probe: Probe) -> bool:
    policies = [running.policy_maps.get(name) for name in places_of(probe)]
    placed = [p.find(PROBE) if p else None for p in policies]
    class_map = running.class_maps.get(PROBE)
    matches = any(m.argument == PROBE for m in class_map.matches) if class_map else False
    has_lists = PROBE in running.acls and matches
    return has_lists and all(c and c.inspect(engine_of(probe)) for c in placed)
