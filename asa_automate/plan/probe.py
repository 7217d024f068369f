"""The probe: which reading a device has, found out on a flow that nobody has.

A class of ours, appended behind all others, takes one flow between two documentation addresses on
a port of the default inspection traffic whose engine nobody inspects, and has that engine inspect
it. A device that reads *per-engine* names our class for that flow; one that reads *per-class*
stops at the default class. Nobody's traffic is touched.
"""

from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Reading
from asa_automate.plan.document import Command, Probe
from asa_automate.plan.names import PROBE
from asa_automate.plan.predict import Prediction
from asa_automate.simulate.classify import classify_in
from asa_automate.simulate.flow import Flow, parse_flow
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.world import World

#: RFC 5737: addresses for documentation.
SOURCE, DESTINATION = "192.0.2.1", "198.51.100.1"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engine to probe with; the port is written as the device prints it."""

    engine: str
    protocol: str
    port: int
    printed: str


#: In order of preference: engines that need no licence and no map.
CANDIDATES = (
    Candidate("http", "tcp", 80, "www"),
    Candidate("ils", "tcp", 389, "ldap"),
    Candidate("ctiqbe", "tcp", 2748, "ctiqbe"),
    Candidate("mgcp", "udp", 2427, "2427"),
    Candidate("xdmcp", "udp", 177, "xdmcp"),
    Candidate("rtsp", "tcp", 554, "rtsp"),
    Candidate("rsh", "tcp", 514, "cmd"),
    Candidate("tftp", "udp", 69, "tftp"),
    Candidate("sqlnet", "tcp", 1521, "sqlnet"),
)


def make_probe(running: RunningConfig) -> Probe | None:
    """The probe for a configuration, ``None`` where none can tell the readings apart."""
    candidate = next((c for c in CANDIDATES if _is_free(running, c.engine)), None)
    if candidate is None:
        return None
    places = _places(running, candidate)
    return _probe(candidate, places) if places else None


def places_of(probe: Probe) -> list[str]:
    """The policy-maps that the probe's class is put into."""
    return [c.line.split()[1] for c in probe.commands if c.line.startswith("policy-map ")]


def engine_of(probe: Probe) -> str:
    """The engine that the probe asks about."""
    return next(c.line.split()[1] for c in probe.commands if c.line.startswith("inspect "))


def _is_free(running: RunningConfig, engine: str) -> bool:
    policies = (running.policy_maps.get(a.policy) for a in running.service_policies)
    return not any(c.inspect(engine) for p in policies if p for c in p.classes)


def _places(running: RunningConfig, candidate: Candidate) -> list[str]:
    """The global policy-map if one is attached, else each attached one."""
    attached = [a for a in running.service_policies if a.interface is None]
    attached = attached or list(running.service_policies)
    telling = [a for a in attached if _tells(running, a, candidate)]
    return list(dict.fromkeys(a.policy for a in telling)) if telling == attached else []


def _tells(running: RunningConfig, where: ServicePolicy, candidate: Candidate) -> bool:
    """Whether the two readings answer differently there."""
    if where.policy not in running.policy_maps:
        return False
    now = Prediction(running)
    for command in _probe(candidate, [where.policy]).commands:
        now = now.after(command.line)
    flow, lists = _flow(candidate), Lists(now.running)
    answers = {
        reading: classify_in(now.running, where, flow, World(reading), lists=lists).by(
            candidate.engine
        )
        for reading in (Reading.PER_ENGINE, Reading.PER_CLASS)
    }
    taken = answers[Reading.PER_ENGINE]
    return taken is not None and taken.class_name == PROBE and answers[Reading.PER_CLASS] is None


def _flow(candidate: Candidate) -> Flow:
    return parse_flow(f"{candidate.protocol} {SOURCE}:40000 -> {DESTINATION}:{candidate.port}")


def _probe(candidate: Candidate, policies: list[str]) -> Probe:
    entry = (
        f"extended permit {candidate.protocol} host {SOURCE} host {DESTINATION}"
        f" eq {candidate.printed}"
    )
    make = [
        (f"access-list {PROBE} {entry}", "one flow between two documentation addresses"),
        (f"class-map {PROBE}", "a class for it"),
        (f"match access-list {PROBE}", "nothing else"),
    ]
    undo = []
    for policy in policies:
        make += [
            (f"policy-map {policy}", "a policy-map in force"),
            (f"class {PROBE}", "behind all others"),
            (f"inspect {candidate.engine}", "an engine that nobody has"),
        ]
        undo += [(f"policy-map {policy}", "the probed policy-map"), (f"no class {PROBE}", "gone")]
    undo += [(f"no class-map {PROBE}", "gone"), (f"no access-list {PROBE} {entry}", "gone")]
    return Probe(
        commands=tuple(Command(line=line, why=why) for line, why in make),
        inverse=tuple(Command(line=line, why=why) for line, why in undo),
        show=(
            f"show service-policy flow {candidate.protocol} host {SOURCE}"
            f" host {DESTINATION} eq {candidate.port}",
        ),
    )
