"""What two configurations are compared by, and the fingerprint of one.

*Sameness*: the same commands in the same order, except that the order of ``inspect`` lines
within one class does not count (an inspection that is typed again is printed last), and that the
place where the device prints a stanza of ours is not predicted.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from asa_automate.config.tree import Bulk, CutTree, Line, Tree

Stanza = tuple[str, ...]
#: One line, or many that are not taken apart.
Part = str | Bulk

_OWNABLE = ("object-group", "access-list", "class-map")
#: First words of the version line, which is a command to the tree where rubbish stands before it.
_SYSTEMS = ("ASA", "PIX", "FWSM")
_BLANKS = " \t"


def canonical(tree: Tree | CutTree, owned: Callable[[str], bool]) -> tuple[Stanza, ...]:
    """The commands of a configuration as stanzas of lines, indented by depth.

    Comments, header, footer and blanks around lines are left out. All entries of an access-list
    are one stanza, where the first of them stands. Object-groups, access-lists and class-maps
    whose name is ``owned`` come last, by keyword and name.

    Args:
        tree: of ``show running-config`` or ``show startup-config``.
        owned: whether a name is one of ours.
    """
    return tuple(stanza for block in _blocks(tree, owned) for stanza in _stanzas(block))


def fingerprint(tree: Tree | CutTree, owned: Callable[[str], bool]) -> str:
    """``sha256:`` and 64 hex digits; equal for two trees exactly when their canonical forms are.

    No line of those has a line end in it, and what is not indented begins a stanza or goes on
    with an access-list, so their lines in order are as good as the stanzas. Any odd byte that the
    text carries as a lone surrogate counts.
    """
    parts = [part for block in _blocks(tree, owned) for part in block]
    done, digest = _begun(tree, parts)
    bulk = max((i for i, part in enumerate(parts, 1) if isinstance(part, Bulk)), default=0)
    _hash(parts[done:bulk], digest)
    if isinstance(tree, CutTree) and bulk > done:
        tree.hashed[:] = [(parts[:bulk], digest.copy())]
    _hash(parts[max(done, bulk) :], digest)
    return f"sha256:{digest.hexdigest()}"


def _hash(parts: Iterable[Part], digest: "hashlib._Hash") -> None:
    for part in parts:
        for piece in part.pieces() if isinstance(part, Bulk) else (part,):
            digest.update(piece.encode("utf-8", "surrogatepass"))
        digest.update(b"\n")


def _begun(tree: Tree | CutTree, parts: list[Part]) -> tuple[int, "hashlib._Hash"]:
    """How many parts are hashed already, and the hash of these.

    A plan changes what stands behind the bulk of a configuration, and the fingerprint of its
    target needs the bulk once more.
    """
    for before, digest in tree.hashed if isinstance(tree, CutTree) else ():
        if before == parts[: len(before)]:
            return len(before), digest.copy()
    return 0, hashlib.sha256()


def _blocks(tree: Tree | CutTree, owned: Callable[[str], bool]) -> Iterable[list[Part]]:
    """Lines and bulk: those of one access-list together, else of stanzas in a row."""
    kept: list[list[Part]] = []
    ours: dict[tuple[str, str], list[Part]] = {}
    acls: dict[str, list[Part]] = {}
    for stanza in tree.stanzas:
        lines: list[Part]
        if isinstance(stanza, Bulk):
            keyword, name, lines = stanza.keyword, stanza.name, [stanza]
        elif stanza.is_comment:
            continue
        else:
            (keyword, name), lines = _key(stanza), [*_lines(stanza)]
        if keyword in _SYSTEMS and name == "Version":
            continue
        if keyword in _OWNABLE and owned(name):
            ours.setdefault((keyword, name), []).extend(lines)
        elif keyword == "access-list" and name in acls:
            acls[name] += lines
        else:
            kept.append(lines)
            if keyword == "access-list":
                acls[name] = lines
    return (*kept, *(ours[key] for key in sorted(ours)))


def _stanzas(block: list[Part]) -> Iterator[Stanza]:
    texts = (part.text if isinstance(part, Bulk) else part for part in block)
    lines = [line for text in texts for line in text.split("\n")]
    if lines[0].startswith("access-list "):
        yield tuple(lines)
        return
    heads = [i for i, line in enumerate(lines) if not line.startswith(" ")]
    for start, stop in zip(heads, [*heads[1:], len(lines)], strict=True):
        yield tuple(lines[start:stop])


def _key(stanza: Line) -> tuple[str, str]:
    """Keyword and name; the name of a typed stanza stands behind its type."""
    words = stanza.text.split()
    if words[0] == "object-group":
        return words[0], words[2] if len(words) > 2 else ""
    if words[0] == "class-map":
        names = [word for word in words[1:] if word not in ("match-any", "match-all")]
        return words[0], names[-1] if names else ""
    return words[0], words[1] if len(words) > 1 else ""


def _lines(stanza: Line) -> Iterator[str]:
    words = stanza.text.split(None, 2)
    layer_4 = words[0] == "policy-map" and words[1:2] != ["type"]
    yield from _beneath([stanza], 0, sort_at=2 if layer_4 else -1)


def _beneath(lines: Iterable[Line], depth: int, sort_at: int) -> Iterator[str]:
    """``lines`` and their children; at depth ``sort_at`` the inspections first, sorted."""
    commands = [line for line in lines if not line.is_comment]
    if depth == sort_at:
        commands.sort(key=_inspections_first)
    for line in commands:
        yield " " * depth + line.raw.strip(_BLANKS)
        if line.children:
            yield from _beneath(line.children, depth + 1, sort_at)


def _inspections_first(line: Line) -> tuple[bool, str]:
    inspects = line.text.startswith("inspect ")
    return not inspects, line.text if inspects else ""
