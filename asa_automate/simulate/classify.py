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

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from asa_automate.config.class_map import ClassMap, Match
from asa_automate.config.names import port_number
from asa_automate.config.policy_map import Inspect, PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Reading
from asa_automate.simulate.access import Truth, both, decide
from asa_automate.simulate.engines import default_engines, effective_map, speaks
from asa_automate.simulate.flow import Flow

CLASS_DEFAULT = "class-default"


@dataclass(frozen=True, slots=True)
class World:
    """What the documents or the text leave open, decided one way.

    Args:
        reading: ``PER_ENGINE`` or ``PER_CLASS``.
        fall_through: whether the global policy may inspect a flow with an engine that an
            interface policy has but does not use for this flow (Cisco does not say).
        assume: for classes whose match cannot be known from a five-tuple, whether they match.
        ports_count: whether ports count in an ACL combined with default-inspection-traffic.
    """

    reading: Reading
    fall_through: bool = True
    assume: Mapping[str, bool] = field(default_factory=dict)
    ports_count: bool = False


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


Pen = Callable[[str], None]


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
    running: RunningConfig, flow: Flow, world: World, pen: Pen = lambda _: None
) -> Verdict:
    """The verdict over all policies that are in force for a flow.

    Interface policies go before the global one, engine by engine (Cisco ASA 9.0 firewall CLI
    guide, p.1-7); the incoming interface is asked first.
    """
    taken: dict[str, Taken] = {}
    unknown: set[str] = set()
    closed: set[str] = set()
    for attached in policies_for(running, flow):
        verdict = classify_in(running, attached, flow, world, pen)
        unknown |= verdict.unknown
        for one in verdict.taken:
            if one.engine in taken:
                pen(f"{one.engine} is taken already: the interface policy comes first")
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
    pen: Pen = lambda _: None,
) -> Verdict:
    """The verdict of one attached policy alone."""
    policy = running.policy_maps.get(attached.policy)
    if policy is None:
        pen(f"{attached.scope}: policy-map {attached.policy} does not exist")
        return Verdict(())
    pen(f"{attached.scope}: service-policy {policy.name} (line {attached.line})")
    if world.reading is Reading.PER_CLASS:
        return _per_class(running, attached, policy, flow, world, pen)
    return _per_engine(running, attached, policy, flow, world, pen)


def _per_engine(
    running: RunningConfig,
    attached: ServicePolicy,
    policy: PolicyMap,
    flow: Flow,
    world: World,
    pen: Pen,
) -> Verdict:
    taken: dict[str, Taken] = {}
    unknown: set[str] = set()
    for entry in _in_order(policy):
        if not entry.inspects:
            pen(f"class {entry.name} (line {entry.line}) inspects nothing: passed over")
            continue
        matched = _matches(running, entry, flow, world, pen, unknown)
        for inspect in _applying(running, entry, flow) if matched else ():
            if inspect.engine in taken:
                pen(f"  {inspect.text} (line {inspect.line}): {inspect.engine} is taken already")
            else:
                pen(f"  {inspect.text} (line {inspect.line}) takes the flow")
                taken[inspect.engine] = _taken(inspect, entry, attached)
    return Verdict(tuple(taken.values()), frozenset(unknown))


def _per_class(
    running: RunningConfig,
    attached: ServicePolicy,
    policy: PolicyMap,
    flow: Flow,
    world: World,
    pen: Pen,
) -> Verdict:
    unknown: set[str] = set()
    for entry in _in_order(policy):
        if not entry.inspects:
            pen(f"class {entry.name} (line {entry.line}) inspects nothing: passed over")
            continue
        if _matches(running, entry, flow, world, pen, unknown):
            inspects = tuple(_applying(running, entry, flow))
            for inspect in inspects:
                pen(f"  {inspect.text} (line {inspect.line}) takes the flow")
            pen(f"  class {entry.name} is the first with inspections: no later class counts")
            taken = tuple(_taken(i, entry, attached) for i in inspects)
            return Verdict(taken, frozenset(unknown))
    return Verdict((), frozenset(unknown))


def _in_order(policy: PolicyMap) -> Iterator[PolicyClass]:
    """Classes as the device tries them: ``class-default`` is always last."""
    yield from (c for c in policy.classes if c.name != CLASS_DEFAULT)
    yield from (c for c in policy.classes if c.name == CLASS_DEFAULT)


def _applying(running: RunningConfig, entry: PolicyClass, flow: Flow) -> Iterator[Inspect]:
    """The inspections of a matching class that concern this flow's protocol and port."""
    class_map = running.class_maps.get(entry.name)
    default = class_map is not None and class_map.is_default_inspection
    engines = default_engines(flow.protocol, flow.destination_port)
    for inspect in entry.inspects:
        if (inspect.engine in engines) if default else speaks(inspect.engine, flow.protocol):
            yield inspect


def _taken(inspect: Inspect, entry: PolicyClass, attached: ServicePolicy) -> Taken:
    return Taken(inspect.engine, inspect.argument, entry.name, attached.policy, attached.scope)


def _engines(running: RunningConfig, policy: str) -> set[str]:
    found = running.policy_maps.get(policy)
    return {i.engine for c in found.classes for i in c.inspects} if found else set()


def _matches(
    running: RunningConfig,
    entry: PolicyClass,
    flow: Flow,
    world: World,
    pen: Pen,
    unknown: set[str],
) -> bool:
    truth = class_takes(running, entry, flow, world, pen)
    if truth is None:
        unknown.add(entry.name)
        truth = world.assume.get(entry.name, False)
        pen(f"class {entry.name}: cannot be known; taken as {'a' if truth else 'no'} match")
    return truth


def class_takes(
    running: RunningConfig,
    entry: PolicyClass,
    flow: Flow,
    world: World,
    pen: Pen = lambda _: None,
) -> Truth:
    """Whether a class matches a flow; ``None`` where its text does not let that be known."""
    if entry.name == CLASS_DEFAULT:
        pen("class class-default matches any")
        return True
    class_map = running.class_maps.get(entry.name)
    if class_map is None or not class_map.matches:
        pen(f"class {entry.name} (line {entry.line}) has no match: takes nothing")
        return False
    truth = both(
        *(_match_takes(running, class_map, m, flow, world, pen) for m in class_map.matches)
    )
    return None if class_map.unknown and truth else truth


def _match_takes(
    running: RunningConfig, class_map: ClassMap, match: Match, flow: Flow, world: World, pen: Pen
) -> Truth:
    where = f"class {class_map.name}: {match.text} (line {match.line})"
    match match.kind:
        case "any":
            truth: Truth = True
        case "default-inspection-traffic":
            truth = bool(default_engines(flow.protocol, flow.destination_port))
        case "port":
            truth = _port_match(match.argument, flow)
        case "access-list":
            return _acl_match(running, class_map, match, flow, world, pen)
        case _:
            truth = None
    pen(f"{where}: {_said(truth)}")
    return truth


def _acl_match(
    running: RunningConfig, class_map: ClassMap, match: Match, flow: Flow, world: World, pen: Pen
) -> Truth:
    acl = running.acls.get(match.argument)
    if acl is None:
        pen(f"class {class_map.name}: access-list {match.argument} does not exist: no match")
        return False
    alone = not class_map.is_default_inspection or world.ports_count
    hit = decide(running, acl, flow, addresses_only=not alone)
    by = f"line {hit.entry.line}: {hit.entry.text}" if hit.entry else "no entry matches"
    pen(f"class {class_map.name}: {match.text} (line {match.line}): {_said(hit.match)} by {by}")
    return hit.match


def _port_match(argument: str, flow: Flow) -> Truth:
    """``match port tcp eq N`` and ``range A B``: the destination port (8.4 CLI guide p.32-13)."""
    words = argument.split()
    numbers = [number for word in words[2:] if (number := port_number(word)) is not None]
    if len(words) < 3 or len(numbers) != len(words) - 2:
        return None
    if flow.protocol != words[0]:
        return False
    match words[1], numbers:
        case "eq", [port]:
            return flow.destination_port == port
        case "range", [low, high]:
            return low <= flow.destination_port <= high
        case _:
            return None


def _said(truth: Truth) -> str:
    return {True: "match", False: "no match", None: "cannot be known"}[truth]
