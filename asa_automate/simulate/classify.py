"""Which class of which policy takes a flow, for which engine: the model of the firewall's MPF.

Two readings of Cisco's documents are modelled side by side (:class:`~asa_automate.model.Reading`):

*per-engine*
    for each engine, the first class that matches and has that engine inspects the flow
    (ASDM guides, "Managing the Order of Service Policy Rules").
*per-class*
    the first class that matches and has any inspection is the only one that counts
    (Cisco ASA 8.4 CLI guide, p.42-7).

The tracer is the evaluator: what is written down is what was decided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asa_automate.config.policy_map import Inspect, PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Reading
from asa_automate.simulate.access import Truth
from asa_automate.simulate.engines import default_engines, effective_map, speaks
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.matching import Pen, Question, takes
from asa_automate.simulate.world import CLASS_DEFAULT, World


@dataclass(frozen=True, slots=True)
class Taken:
    """An engine that inspects the flow, and the class and policy that have it do so."""

    engine: str
    map: str | None
    class_name: str
    policy: str
    scope: str

    @property
    def treatment(self) -> tuple[str, str | None]:
        """What the flow feels of it: the engine and the map in force."""
        return self.engine, effective_map(self.engine, self.map)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that inspects a flow in one world.

    Args:
        unknown: classes that had to be assumed to match or not.
    """

    taken: tuple[Taken, ...]
    unknown: frozenset[str] = frozenset()

    @property
    def treatment(self) -> frozenset[tuple[str, str | None]]:
        """All engines with their maps: two verdicts are the same inspection if this is equal."""
        return frozenset(t.treatment for t in self.taken)

    def by(self, engine: str) -> Taken | None:
        """Who inspects with this engine, if anybody does."""
        return next((t for t in self.taken if t.engine == engine), None)


def classify(
    running: RunningConfig,
    flow: Flow,
    world: World,
    pen: Pen | None = None,
    lists: Lists | None = None,
) -> Verdict:
    """The verdict over all policies that are in force for a flow.

    Interface policies go before the global one, engine by engine (Cisco ASA 9.0 firewall CLI
    guide, p.1-7); the incoming interface is asked first.

    Args:
        pen: is given each step in words.
        lists: where many flows are asked about, the access-lists made ready for that.
    """
    return classified(Question(running, flow, world, pen, lists))


def classified(asked: Question) -> Verdict:
    """As :func:`classify`, for a question that brings answers along."""
    running, flow, world = asked.running, asked.flow, asked.world
    taken: dict[str, Taken] = {}
    unknown: set[str] = set()
    closed: set[str] = set()
    for attached in policies_for(running, flow):
        verdict = _in(asked, attached)
        unknown |= verdict.unknown
        for one in verdict.taken:
            if one.engine in taken:
                asked.note("{} is taken already: the interface policy comes first", one.engine)
            elif one.engine not in closed:
                taken[one.engine] = one
        if attached.interface:
            closed |= set() if world.fall_through else _engines(running, attached.policy)
            if verdict.taken and world.reading is Reading.PER_CLASS:
                break
    return Verdict(tuple(taken.values()), frozenset(unknown))


def policies_for(running: RunningConfig, flow: Flow) -> Iterator[ServicePolicy]:
    """The attached policies that see a flow: of its interfaces, then the global one."""
    for interface in (flow.in_interface, flow.out_interface):
        for attached in running.service_policies:
            if interface and attached.interface == interface:
                yield attached
    yield from (a for a in running.service_policies if a.interface is None)


def classify_in(
    running: RunningConfig,
    attached: ServicePolicy,
    flow: Flow,
    world: World,
    pen: Pen | None = None,
    lists: Lists | None = None,
) -> Verdict:
    """The verdict of one attached policy alone."""
    return _in(Question(running, flow, world, pen, lists), attached)


def class_takes(
    running: RunningConfig,
    entry: PolicyClass,
    flow: Flow,
    world: World,
    pen: Pen | None = None,
    lists: Lists | None = None,
) -> Truth:
    """Whether a class matches a flow; ``None`` where its text does not let that be known."""
    return takes(Question(running, flow, world, pen, lists), entry)


def _in(asked: Question, attached: ServicePolicy) -> Verdict:
    policy = asked.running.policy_maps.get(attached.policy)
    if policy is None:
        asked.note("{}: policy-map {} does not exist", attached.scope, attached.policy)
        return Verdict(())
    asked.note("{}: service-policy {} (line {})", attached.scope, policy.name, attached.line)
    per_class = asked.world.reading is Reading.PER_CLASS
    return (_per_class if per_class else _per_engine)(asked, attached, policy)


def _per_engine(asked: Question, attached: ServicePolicy, policy: PolicyMap) -> Verdict:
    taken: dict[str, Taken] = {}
    unknown: set[str] = set()
    for entry in _in_order(policy):
        if not entry.inspects:
            asked.note(_PASSED_OVER, entry.name, entry.line)
            continue
        for inspect in _applying(asked, entry) if _matches(asked, entry, unknown) else ():
            if inspect.engine in taken:
                asked.note(_TAKEN_ALREADY, inspect.text, inspect.line, inspect.engine)
            else:
                asked.note(_TAKES, inspect.text, inspect.line)
                taken[inspect.engine] = _taken(inspect, entry, attached)
    return Verdict(tuple(taken.values()), frozenset(unknown))


def _per_class(asked: Question, attached: ServicePolicy, policy: PolicyMap) -> Verdict:
    unknown: set[str] = set()
    for entry in _in_order(policy):
        if not entry.inspects:
            asked.note(_PASSED_OVER, entry.name, entry.line)
            continue
        if _matches(asked, entry, unknown):
            inspects = _applying(asked, entry)
            for inspect in inspects:
                asked.note(_TAKES, inspect.text, inspect.line)
            asked.note(
                "  class {} is the first with inspections: no later class counts", entry.name
            )
            taken = tuple(_taken(i, entry, attached) for i in inspects)
            return Verdict(taken, frozenset(unknown))
    return Verdict((), frozenset(unknown))


_PASSED_OVER = "class {} (line {}) inspects nothing: passed over"
_TAKES = "  {} (line {}) takes the flow"
_TAKEN_ALREADY = "  {} (line {}): {} is taken already"


def _in_order(policy: PolicyMap) -> Sequence[PolicyClass]:
    """Classes as the device tries them: ``class-default`` is always last."""
    return sorted(policy.classes, key=_is_last)


def _is_last(entry: PolicyClass) -> bool:
    return entry.name == CLASS_DEFAULT


def _applying(asked: Question, entry: PolicyClass) -> list[Inspect]:
    """The inspections of a matching class that concern this flow's protocol and port."""
    flow, class_map = asked.flow, asked.running.class_maps.get(entry.name)
    if class_map is not None and class_map.is_default_inspection:
        engines = default_engines(flow.protocol, flow.destination_port)
        return [inspect for inspect in entry.inspects if inspect.engine in engines]
    return [inspect for inspect in entry.inspects if speaks(inspect.engine, flow.protocol)]


def _taken(inspect: Inspect, entry: PolicyClass, attached: ServicePolicy) -> Taken:
    return Taken(inspect.engine, inspect.argument, entry.name, attached.policy, attached.scope)


def _engines(running: RunningConfig, policy: str) -> set[str]:
    found = running.policy_maps.get(policy)
    return {i.engine for c in found.classes for i in c.inspects} if found else set()


def _matches(asked: Question, entry: PolicyClass, unknown: set[str]) -> bool:
    truth = takes(asked, entry)
    if truth is None:
        unknown.add(entry.name)
        truth = asked.world.assume.get(entry.name, False)
        asked.note(
            "class {}: cannot be known; taken as {} match", entry.name, "a" if truth else "no"
        )
    return truth
