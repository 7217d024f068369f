"""The order of the classes of a policy-map, and how it is changed.

A new class lands behind all others, and the device has no command to move one (asa-facts 1.6). To
stand ahead of a class, that class must leave and be entered again, with all its lines, behind the
new one; so must every class behind it. Classes leave from the last to the first and come back from
the first to the last: in between, each flow has what it had or will have, with some of its
inspections missing, and never an inspection by another class.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from asa_automate.plan.document import Command
from asa_automate.plan.names import CLASS
from asa_automate.plan.scope import Block, PolicyScope, Scope

_ESMTP = "inspect esmtp"
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
    """What an interrupted move left out: classes, and the last lines of the last class.

    A class that somebody else changed in its middle is not ours to repair.
    """
    want = [b for b in wanted.classes or () if b.name != CLASS]
    have = [b for b in now.classes or () if b.name in _names(want)]
    same = 0
    while same < min(len(want), len(have)) and want[same].name == have[same].name:
        same += 1
    gone = tuple(reversed(_names(have[same:])))
    rest = [*want[same:]]
    if same and same == len(have):
        lost = _lost_lines(have[same - 1].lines, want[same - 1].lines)
        rest = [Block(want[same - 1].name, lost), *rest] if lost else rest
    return Move(gone, tuple(rest))


def _lost_lines(have: Sequence[str], want: Sequence[str]) -> tuple[str, ...]:
    """The end of ``want``, where ``have`` is its beginning; mail's inspection has its own way."""
    plain = [line for line in want if not line.startswith(_ESMTP)]
    there = [line for line in have if not line.startswith(_ESMTP)]
    return tuple(plain[len(there) :]) if plain[: len(there)] == there else ()


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
        if name != CLASS and line.startswith(_ESMTP)
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
