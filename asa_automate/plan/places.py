"""The order of the classes of a policy-map, and how it is changed.

A new class lands behind all others, and the device has no command to move one (asa-facts 1.6). To
stand ahead of a class, that class must leave and be entered again, with all its lines, behind the
new one; so must every class behind it. Classes leave from the last to the first and come back from
the first to the last: in between, each flow has what it had or will have, with some of its
inspections missing, and never an inspection by another class.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from asa_automate.config.running import RunningConfig
from asa_automate.device.lines import may_be_sent
from asa_automate.errors import Refused
from asa_automate.plan.document import Command
from asa_automate.plan.names import CLASS
from asa_automate.plan.scope import Block, PolicyScope, Scope

_ESMTP = ["inspect", "esmtp"]
_NOTHING = PolicyScope()


@dataclass(frozen=True, slots=True)
class Move:
    """Classes that leave, in this order, and those that are entered, in this order."""

    gone: tuple[str, ...]
    entered: tuple[Block, ...]


def pinned(scope: Scope, other: Scope) -> Scope:
    """``scope`` as the end of a way from ``other``: its classes count only where they must.

    Where our class does no more than appear behind all others, or go away from there, the order
    of classes takes care of itself, and another's class in the policy-map is no concern of ours.
    """
    return replace(
        scope,
        policies={
            name: policy
            if _is_moved(policy, other.policies.get(name, _NOTHING))
            else replace(policy, classes=None)
            for name, policy in scope.policies.items()
        },
    )


def _is_moved(one: PolicyScope, other: PolicyScope) -> bool:
    if one.classes is None or other.classes is None:
        return False
    here, there = _names(one.classes), _names(other.classes)
    return _appended(here, CLASS in there) != there or _appended(there, CLASS in here) != here


def _appended(names: list[str], ours: bool) -> list[str]:
    """Names once our class is appended if it is missing, or taken away."""
    if not ours:
        return [n for n in names if n != CLASS]
    return names if CLASS in names else [*names, CLASS]


def _names(blocks: Iterable[Block]) -> list[str]:
    return [block.name for block in blocks]


def stands_first(policy: PolicyScope, classes: Iterable[str]) -> bool:
    """Whether our class stands ahead of all these."""
    names = _names(policy.classes or ())
    return CLASS in names and all(
        names.index(CLASS) < names.index(c) for c in classes if c in names
    )


def behind_ours(policy: PolicyScope) -> tuple[Block, ...]:
    """The classes that are to stand behind ours; none where that is not of interest."""
    names = _names(policy.classes or ())
    if CLASS not in names:
        return ()
    return (policy.classes or ())[names.index(CLASS) + 1 :]


def move(now: PolicyScope, wanted: PolicyScope) -> Move:
    """What it takes to have ``wanted``'s classes behind ours; both have our class."""
    behind = behind_ours(wanted)
    names = _names(now.classes or ())
    ours = names.index(CLASS) if CLASS in names else len(names)
    there = [n for n in names if n in _names(behind)]
    if any(names.index(n) < ours for n in there):
        return Move(tuple(reversed(there)), behind)
    return missing(now, wanted)


def missing(now: PolicyScope, wanted: PolicyScope) -> Move:
    """What an interrupted move left out: classes, and lines of classes that are back already."""
    want = [b for b in wanted.classes or () if b.name != CLASS]
    have = [b for b in now.classes or () if b.name in _names(want)]
    same = 0
    entered: list[Block] = []
    for there, goal in zip(have, want, strict=False):
        lost = _lost_lines(there.lines, goal.lines)
        if there.name != goal.name or lost is None:
            break
        entered += [Block(goal.name, lost)] if lost else []
        same += 1
    return Move(tuple(reversed(_names(have[same:]))), (*entered, *want[same:]))


def _lost_lines(have: Sequence[str], want: Sequence[str]) -> tuple[str, ...] | None:
    """Lines of ``want`` that can simply be added; ``None`` where the order would be another.

    The order of inspections in a class does not count, and mail's has its own way back.
    """
    plain = [line for line in want if line.split()[:2] != _ESMTP]
    lost = tuple(line for line in plain if line not in have)
    others = [line for line in plain if not line.startswith("inspect ")]
    after_all = [line for line in (*have, *lost) if line in others]
    return lost if after_all == others else None


def settled(wanted: Scope, now: Scope) -> Scope:
    """``wanted`` with the lines that its classes have now, where no move is left half done.

    Long after a move, a line that a class lacks was taken away by somebody else.
    """
    return replace(
        wanted,
        policies={
            name: _settled(policy, now.policies.get(name, _NOTHING))
            for name, policy in wanted.policies.items()
        },
    )


def _settled(wanted: PolicyScope, now: PolicyScope) -> PolicyScope:
    if wanted.classes is None or now.classes is None:
        return wanted
    there = {b.name: b for b in now.classes}
    kept = tuple(there.get(b.name, b) for b in wanted.classes)
    names = [b.name for b in wanted.classes if b.name != CLASS]
    last = next((b for b in wanted.classes if b.name in names[-1:]), None)
    cut = last is not None and last.name in there and _is_cut(there[last.name], last)
    whole = all(name in there for name in names) and not cut
    return replace(wanted, classes=kept) if whole else wanted


def _is_cut(now: Block, wanted: Block) -> bool:
    """Whether a class has the first lines that it should have, and not the last ones."""
    have, want = ([t for t in b.lines if t.split()[:2] != _ESMTP] for b in (now, wanted))
    return have != want and want[: len(have)] == have


def lines_of(policy: str, what: Move) -> Iterator[Command]:
    """The lines of a move. The last is its commit line: the device is read ahead of the whole
    move and proved behind it, and the gap is as short as can be."""
    lines = [(f"policy-map {policy}", "a policy-map in force")] if what.gone else []
    lines += [(f"no class {name}", "it comes back behind our class") for name in what.gone]
    for block in what.entered:
        lines += [(f"policy-map {policy}", "a policy-map in force")]
        lines += [(f"class {block.name}", "entered again, in its place")]
        lines += [(line, "as it was") for line in block.lines]
    for number, (line, why) in enumerate(lines, 1):
        yield Command(line=line, why=why, commit=number == len(lines))


def after(policy: PolicyScope, what: Move) -> PolicyScope:
    """The policy-map once the move is made; our class keeps its place."""
    blocks = {b.name: b for b in policy.classes or () if b.name not in what.gone}
    for block in what.entered:
        there = blocks.get(block.name, Block(block.name))
        blocks[block.name] = Block(block.name, (*there.lines, *block.lines))
    esmtp = {
        name: line
        for name, block in blocks.items()
        for line in block.lines
        if name != CLASS and line.split()[:2] == _ESMTP
    }
    others = {c: t for c, t in policy.esmtp.items() if c not in {*what.gone, *blocks}}
    return replace(policy, esmtp={**esmtp, **others}, classes=tuple(blocks.values()))


def strangers(now: PolicyScope, wanted: PolicyScope) -> list[str]:
    """Classes that are nobody's that we know, where classes would have to be entered again."""
    if wanted.classes is None or now.classes is None:
        return []
    what = missing(now, wanted)
    unknown = [n for n in _names(now.classes) if n not in {*_names(wanted.classes), CLASS}]
    return unknown if what.gone or what.entered else []


def is_whole(now: PolicyScope, wanted: PolicyScope) -> bool:
    """Whether the classes of ``wanted`` are all there, in order, ours in its place."""
    if wanted.classes is None:
        return True
    known = _names(wanted.classes)
    return missing(now, wanted) == Move((), ()) and known == [
        n for n in _names(now.classes or ()) if n in known or n == CLASS
    ]


#: Words behind an engine that are no map's name, and the beginning of built-in maps' names.
_NO_MAP = frozenset(
    {"strict", "maximum-length", "fail-open", "fail-close", "h225", "ras", "error"}
)


def must_be_enterable(running: RunningConfig, policy: str, block: Block) -> None:
    """A class leaves only if the device will surely take every line of it again.

    Raises:
        Refused: a line names what the text lacks, or is one that is not sent.
    """
    if block.name not in running.class_maps:
        raise Refused(_NOT_AGAIN.format(policy=policy, name=block.name, why="it has no class-map"))
    for line in (f"class {block.name}", *block.lines):
        words = line.split()
        if not may_be_sent(line):
            why = f"{line!r} is no line that is ever sent"
        elif words[0] == "service-policy" and words[-1] not in running.policy_maps:
            why = f"{line!r} names a policy-map that the text lacks"
        elif words[0] == "inspect" and not _has_map(running, words[2:]):
            why = f"{line!r} names a map that the text lacks"
        else:
            continue
        raise Refused(_NOT_AGAIN.format(policy=policy, name=block.name, why=why))


_NOT_AGAIN = "policy-map {policy}: class {name} cannot be entered again: {why}"


def _has_map(running: RunningConfig, words: Sequence[str]) -> bool:
    """Whether the map that an inspection may name is one of the text's."""
    named = [word for word in words if not _is_no_map(word)]
    heads = [stanza.text.split() for stanza in running.tree.opened()] if named else []
    return all(any(h[-1] == n and h[0].endswith("-map") for h in heads) for n in named[:1])


def _is_no_map(word: str) -> bool:
    return word.isdigit() or word in _NO_MAP or word.startswith("_default_")
