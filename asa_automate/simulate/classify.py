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
from asa_automate.simulate.access import Truth, both
from asa_automate.simulate.engines import default_engines, effective_map, speaks
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists, decided

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
    asked = _Question(running, flow, world, pen, lists)
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
    return _in(_Question(running, flow, world, pen, lists), attached)


def class_takes(
    running: RunningConfig,
    entry: PolicyClass,
    flow: Flow,
    world: World,
    pen: Pen | None = None,
    lists: Lists | None = None,
) -> Truth:
    """Whether a class matches a flow; ``None`` where its text does not let that be known."""
    return _class_takes(_Question(running, flow, world, pen, lists), entry)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: a flow, in a configuration, in a world."""

    running: RunningConfig
    flow: Flow
    world: World
    pen: Pen | None
    lists: Lists | None

    def note(self, text: str, *values: object) -> None:
        """One step for the pen; words are put together only for one who reads them."""
        if self.pen:
            self.pen(text.format(*values))


def _in(asked: _Question, attached: ServicePolicy) -> Verdict:
    policy = asked.running.policy_maps.get(attached.policy)
    if policy is None:
        asked.note("{}: policy-map {} does not exist", attached.scope, attached.policy)
        return Verdict(())
    asked.note("{}: service-policy {} (line {})", attached.scope, policy.name, attached.line)
    per_class = asked.world.reading is Reading.PER_CLASS
    return (_per_class if per_class else _per_engine)(asked, attached, policy)


def _per_engine(asked: _Question, attached: ServicePolicy, policy: PolicyMap) -> Verdict:
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


def _per_class(asked: _Question, attached: ServicePolicy, policy: PolicyMap) -> Verdict:
    unknown: set[str] = set()
    for entry in _in_order(policy):
        if not entry.inspects:
            asked.note(_PASSED_OVER, entry.name, entry.line)
            continue
        if _matches(asked, entry, unknown):
            inspects = tuple(_applying(asked, entry))
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


def _in_order(policy: PolicyMap) -> Iterator[PolicyClass]:
    """Classes as the device tries them: ``class-default`` is always last."""
    yield from (c for c in policy.classes if c.name != CLASS_DEFAULT)
    yield from (c for c in policy.classes if c.name == CLASS_DEFAULT)


def _applying(asked: _Question, entry: PolicyClass) -> Iterator[Inspect]:
    """The inspections of a matching class that concern this flow's protocol and port."""
    flow, class_map = asked.flow, asked.running.class_maps.get(entry.name)
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


def _matches(asked: _Question, entry: PolicyClass, unknown: set[str]) -> bool:
    truth = _class_takes(asked, entry)
    if truth is None:
        unknown.add(entry.name)
        truth = asked.world.assume.get(entry.name, False)
        asked.note(
            "class {}: cannot be known; taken as {} match", entry.name, "a" if truth else "no"
        )
    return truth


def _class_takes(asked: _Question, entry: PolicyClass) -> Truth:
    if entry.name == CLASS_DEFAULT:
        asked.note("class class-default matches any")
        return True
    class_map = asked.running.class_maps.get(entry.name)
    if class_map is None or not class_map.matches:
        asked.note("class {} (line {}) has no match: takes nothing", entry.name, entry.line)
        return False
    truth = both(*(_match_takes(asked, class_map, match) for match in class_map.matches))
    return None if class_map.unknown and truth else truth


def _match_takes(asked: _Question, class_map: ClassMap, match: Match) -> Truth:
    flow = asked.flow
    match match.kind:
        case "any":
            truth: Truth = True
        case "default-inspection-traffic":
            truth = bool(default_engines(flow.protocol, flow.destination_port))
        case "port":
            truth = _port_match(match.argument, flow)
        case "access-list":
            return _acl_match(asked, class_map, match)
        case _:
            truth = None
    asked.note("class {}: {} (line {}): {}", class_map.name, match.text, match.line, _said(truth))
    return truth


def _acl_match(asked: _Question, class_map: ClassMap, match: Match) -> Truth:
    acl = asked.running.acls.get(match.argument)
    if acl is None:
        asked.note(
            "class {}: the text has no access-list {}: cannot be known",
            class_map.name,
            match.argument,
        )
        return None
    ignored = class_map.is_default_inspection and not asked.world.ports_count
    if asked.lists:
        hit = asked.lists.decide(acl, asked.flow, addresses_only=ignored)
    else:
        hit = decided(asked.running, acl, asked.flow, addresses_only=ignored)
    entry = hit.entry
    asked.note(
        "class {}: {} (line {}): {} by {}",
        class_map.name,
        match.text,
        match.line,
        _said(hit.match),
        f"line {entry.line}: {entry.text}" if entry else "no entry matches",
    )
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
