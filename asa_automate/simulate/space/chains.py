"""The classes of a policy-map as one engine sees them: who takes a flow, for every flow."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from asa_automate.config.access_list import Acl
from asa_automate.config.class_map import ClassMap, Match
from asa_automate.config.names import port_number
from asa_automate.config.policy_map import PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.model import Reading
from asa_automate.simulate.engines import DEFAULT_TRAFFIC, effective_map, speaks
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.members import named_by, noun_of
from asa_automate.simulate.space.boxes import Box, common, everything, less
from asa_automate.simulate.space.lists import Budget, changed, others, pieces
from asa_automate.simulate.space.rules import Rule, rules_of
from asa_automate.simulate.world import CLASS_DEFAULT

#: What an engine does with a flow: ``(map,)``, ``(None,)`` without a map; ``()`` for nothing.
Action = tuple[str | None, ...]
NOTHING: Action = ()
#: Access-lists of fewer lines are compared by their lines, others by being the same one.
_SHORT = 64
_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}


@dataclass(frozen=True, slots=True)
class Choice:
    """One class, for one engine. Two are equal if their flows and what happens to them are.

    Args:
        meaning: what its flows depend on, besides ``guard``; equal for equal rules.
        guard: boxes that a flow must be in to match, besides the rules; they do not overlap.
        made: gives the rules of its access-list, the first match deciding; they are asked for
            only where two chains begin to differ.
        acts: boxes in which the engine inspects what the class takes; they do not overlap.
        stops: whether a flow that it takes goes no further although the engine does not inspect
            it (per class).
    """

    name: str
    meaning: Hashable
    guard: tuple[Box, ...]
    made: Callable[[], tuple[Rule, ...]] = field(compare=False)
    acts: tuple[Box, ...]
    action: Action
    stops: bool

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules."""
        return self.made()


Chain = tuple[Choice, ...]
#: Of each class that inspects: name, whether it is the last one, engines with maps, its match.
Outline = tuple[tuple[str, bool, tuple[tuple[str, str | None], ...], Hashable], ...]


@dataclass(frozen=True, slots=True)
class Angle:
    """From where a policy-map is looked at.

    Args:
        assume: whether what cannot be known is taken as a match.
    """

    version: int
    engine: str
    reading: Reading
    ports_count: bool = False
    assume: bool = False


class Reader:
    """Makes chains, each access-list read once.

    Args:
        budget: nested groups may stand for very many boxes; each is paid for.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget(10**9)
        self._kept: list[object] = []
        self._names: dict[int, list[tuple[str, str]]] = {}
        self._rules: dict[Hashable, tuple[Rule, ...]] = {}

    def chain(self, running: RunningConfig, policy: PolicyMap, angle: Angle) -> Chain:
        """The classes that matter, in the order in which the device tries them."""
        ordered = sorted(policy.classes, key=lambda entry: entry.name == CLASS_DEFAULT)
        per_class = angle.reading is Reading.PER_CLASS
        choices = (
            self._choice(running, entry, angle)
            for entry in ordered
            if entry.inspect(angle.engine) or (per_class and entry.inspects)
        )
        return tuple(choice for choice in choices if choice)

    def outline(self, running: RunningConfig, policy: PolicyMap) -> Outline:
        """What the chains of a policy-map are made from; equal outlines make equal chains."""
        return tuple(
            (
                entry.name,
                entry.name == CLASS_DEFAULT,
                tuple((inspect.engine, inspect.argument) for inspect in entry.inspects),
                self._match_outline(running, running.class_maps.get(entry.name)),
            )
            for entry in policy.classes
            if entry.inspects
        )

    def _match_outline(self, running: RunningConfig, class_map: ClassMap | None) -> Hashable:
        if class_map is None:
            return None
        acls = (running.acls.get(m.argument) for m in class_map.matches if m.kind == "access-list")
        return (
            tuple((m.kind, m.argument) for m in class_map.matches),
            bool(class_map.unknown),
            tuple(None if acl is None else self._meaning(running, acl) for acl in acls),
        )

    def _choice(self, running: RunningConfig, entry: PolicyClass, angle: Angle) -> Choice | None:
        class_map = running.class_maps.get(entry.name)
        matches: tuple[Match, ...] = ()
        if entry.name != CLASS_DEFAULT:
            if class_map is None or not class_map.matches:
                return None
            matches = class_map.matches
        default = class_map is not None and class_map.is_default_inspection
        inspect = entry.inspect(angle.engine)
        guard, lists = _guard(matches, angle.version)
        unclear = len(lists) > 1 or bool(class_map and class_map.unknown)
        meaning, made = self._list(running, "" if unclear else lists, angle, default=default)
        return Choice(
            entry.name,
            meaning,
            guard,
            made,
            _acts(angle, default=default) if inspect else (),
            (effective_map(angle.engine, inspect.argument),) if inspect else NOTHING,
            angle.reading is Reading.PER_CLASS,
        )

    def _list(
        self, running: RunningConfig, names: Sequence[str], angle: Angle, *, default: bool
    ) -> tuple[Hashable, Callable[[], tuple[Rule, ...]]]:
        """What a class's flows depend on beside its guard, and its rules.

        Args:
            names: of its access-list; none: it has none; the empty text: it cannot be known.
        """
        whole = everything(angle.version)
        if names == []:
            return None, lambda: (Rule(whole, permit=True),)
        acl = running.acls.get(names[0]) if names else None
        if acl is None:
            return angle.assume, lambda: (Rule(whole, permit=angle.assume),)
        ignored = default and not angle.ports_count
        key = (self._meaning(running, acl), angle.version, ignored, angle.assume)
        return key, lambda: self._read(running, acl, key, angle, addresses_only=ignored)

    def _meaning(self, running: RunningConfig, acl: Acl) -> Hashable:
        """The access-list itself, and what the names in it stand for."""
        if id(acl) not in self._names:
            self._kept.append(acl)
            self._names[id(acl)] = [key for key, _ in named_by(running, acl)]
        nouns = [noun_of(running, *key) for key in self._names[id(acl)]]
        self._kept.append(nouns)
        return acl.lines if len(acl.lines) < _SHORT else id(acl), tuple(map(id, nouns))

    def _read(
        self,
        running: RunningConfig,
        acl: Acl,
        key: Hashable,
        angle: Angle,
        *,
        addresses_only: bool,
    ) -> tuple[Rule, ...]:
        if key not in self._rules:
            rules = rules_of(
                running,
                Lists(running),
                acl,
                angle.version,
                addresses_only=addresses_only,
                budget=self._budget,
            )
            self._rules[key] = tuple(
                Rule(r.box, angle.assume if r.permit is None else r.permit) for r in rules
            )
        return self._rules[key]


def _guard(matches: Iterable[Match], version: int) -> tuple[tuple[Box, ...], list[str]]:
    """The boxes of all matches in common, and the access-lists; the empty text for a match that
    is not understood."""
    guard, lists = [everything(version)], []
    for match in matches:
        if match.kind == "access-list":
            lists.append(match.argument)
            continue
        boxes = _boxes(match, version)
        if boxes is None:
            return tuple(guard), [""]
        guard = [c for g in guard for b in boxes if (c := common(g, b))]
    return tuple(guard), lists


def _boxes(match: Match, version: int) -> Sequence[Box] | None:
    match match.kind:
        case "any":
            return (everything(version),)
        case "default-inspection-traffic":
            return _default_traffic(version)
        case "port":
            return _port_boxes(match.argument, version)
    return None


@cache
def _default_traffic(version: int, engine: str | None = None) -> tuple[Box, ...]:
    """The default traffic of an engine, or of all, in boxes that do not overlap."""
    _, source, destination, low, ports = everything(version)
    found: list[Box] = []
    for port in DEFAULT_TRAFFIC:
        if engine in (None, port.engine):
            number = _NUMBERS[port.protocol]
            high = (port.low, port.high) if port.high else ports
            found += less([((number, number), source, destination, low, high)], found)
    return tuple(found)


def _port_boxes(argument: str, version: int) -> Sequence[Box] | None:
    """``match port tcp eq N`` and ``range A B``; ``None`` where it is not understood."""
    words = argument.split()
    numbers = [number for word in words[2:] if (number := port_number(word)) is not None]
    if len(words) < 3 or len(numbers) != len(words) - 2 or words[0] not in _NUMBERS:
        return None
    if (words[1], len(numbers)) not in (("eq", 1), ("range", 2)):
        return None
    protocol, ports = _NUMBERS[words[0]], (numbers[0], numbers[-1])
    _, source, destination, low, _ = everything(version)
    one = ((protocol, protocol), source, destination, low, ports)
    return (one,) if ports[0] <= ports[1] else ()


def _acts(angle: Angle, *, default: bool) -> tuple[Box, ...]:
    """Where the engine inspects what its class takes: its default traffic, or its protocols."""
    if default:
        return _default_traffic(angle.version, angle.engine)
    return _protocols_of(angle.engine, angle.version)


@cache
def _protocols_of(engine: str, version: int) -> tuple[Box, ...]:
    _, source, destination, low, high = everything(version)
    spoken = {n for name, n in _NUMBERS.items() if speaks(engine, name)}
    if speaks(engine, "any other"):
        spoken = set(range(256))
    return tuple((run, source, destination, low, high) for run in _runs(sorted(spoken)))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for place, number in enumerate(numbers):
        if place == 0 or numbers[place - 1] != number - 1:
            end = place
            while end + 1 < len(numbers) and numbers[end + 1] == numbers[end] + 1:
                end += 1
            yield number, numbers[end]


def taken(chain: Chain, box: Box, budget: Budget) -> Iterator[tuple[Box, Action]]:
    """``box`` in pieces, each with what the engine does there."""
    waiting = [(box, 0)]
    while waiting:
        box, place = waiting.pop()
        budget.spend()
        if place == len(chain):
            yield box, NOTHING
            continue
        choice = chain[place]
        waiting += [(piece, place + 1) for piece in less([box], choice.guard)]
        rules = choice.rules
        for guarded in (c for g in choice.guard if (c := common(box, g))):
            for piece, rule in pieces(rules, guarded, budget):
                if rule is None or not rule.permit:
                    waiting.append((piece, place + 1))
                    continue
                yield from ((c, choice.action) for a in choice.acts if (c := common(piece, a)))
                for rest in less([piece], choice.acts):
                    if choice.stops:
                        yield rest, NOTHING
                    else:
                        waiting.append((rest, place + 1))


def may_differ(before: Chain, after: Chain) -> Iterator[Box]:
    """Boxes outside of which both chains do the same with every flow (the reduction of
    :mod:`~.lists`, with classes in the place of rules)."""
    one, other = others(before, after)
    paired = {before[i].name: before[i] for i in one}
    for place in other:
        twin = paired.get(after[place].name)
        if twin is not None and _only_rules_differ(twin, after[place]):
            del paired[twin.name]
            yield from _within(changed(twin.rules, after[place].rules), after[place].guard)
        else:
            yield from _matched(after[place])
    for choice in paired.values():
        yield from _matched(choice)


def _only_rules_differ(one: Choice, other: Choice) -> bool:
    same = (one.guard, one.acts, one.action, one.stops)
    return same == (other.guard, other.acts, other.action, other.stops)


def _matched(choice: Choice) -> Iterator[Box]:
    yield from _within([r.box for r in choice.rules if r.permit], choice.guard)


def _within(boxes: Iterable[Box], guard: Iterable[Box]) -> Iterator[Box]:
    guard = tuple(guard)
    yield from (c for box in boxes for g in guard if (c := common(box, g)))
