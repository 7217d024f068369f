"""Whether a class takes a flow: its matches, and the access-lists behind them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asa_automate.config.class_map import ClassMap, Match
from asa_automate.config.names import port_number
from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.simulate.access import Truth, both
from asa_automate.simulate.engines import default_engines
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists, decided
from asa_automate.simulate.world import CLASS_DEFAULT, World

Pen = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a flow, in a configuration, in a world.

    Args:
        known: answers of :func:`takes` that need not be found again, by the name of the class.
    """

    running: RunningConfig
    flow: Flow
    world: World
    pen: Pen | None
    lists: Lists | None
    known: Mapping[str, Truth] = field(default_factory=dict)

    def note(self, text: str, *values: object) -> None:
        """One step for the pen; words are put together only for one who reads them."""
        if self.pen:
            self.pen(text.format(*values))


def takes(asked: Question, entry: PolicyClass) -> Truth:
    """Whether a class matches the flow; ``None`` where its text does not let that be known."""
    if entry.name == CLASS_DEFAULT:
        asked.note("class class-default matches any")
        return True
    if entry.name in asked.known:
        return asked.known[entry.name]
    class_map = asked.running.class_maps.get(entry.name)
    if class_map is None or not class_map.matches:
        asked.note("class {} (line {}) has no match: takes nothing", entry.name, entry.line)
        return False
    truth = both(*(_match_takes(asked, class_map, match) for match in class_map.matches))
    return None if class_map.unknown and truth else truth


def _match_takes(asked: Question, class_map: ClassMap, match: Match) -> Truth:
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
    if asked.pen:
        text = "class {}: {} (line {}): {}"
        asked.note(text, class_map.name, match.text, match.line, _said(truth))
    return truth


def _acl_match(asked: Question, class_map: ClassMap, match: Match) -> Truth:
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
    if asked.pen:
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
