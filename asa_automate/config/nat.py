"""Translations: ``nat`` beneath an object, ``nat ... source`` (8.3 and later), ``nat`` and
``global`` before 8.3.

Words are kept as they are (an object, an address, ``interface``): what a translation does to a
flow is not decided here. A line of another form is a :class:`OtherNat`, verbatim.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from asa_automate.config.spelling import Spelling, as_printed, printed_lines, spelling_of
from asa_automate.config.tree import Line

_KINDS = ("static", "dynamic")


@dataclass(frozen=True, slots=True)
class ObjectNat:
    """``object network NAME`` / ``nat [(REAL,MAPPED)] static|dynamic WORD ...``.

    Args:
        interfaces: ``real,mapped``, ``""`` where the text has none.
        options: everything behind the mapped word.
    """

    object: str
    kind: str
    mapped: str
    interfaces: str = ""
    options: str = ""
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TwiceNat:
    """``nat [(REAL,MAPPED)] [after-auto] [N] source static|dynamic REAL MAPPED ...``.

    Args:
        place: ``after-auto``, the number of its line, both, or ``""``.
        destination: the words behind ``destination static``: mapped first, then real.
        options: everything behind.
    """

    kind: str
    real: str
    mapped: str
    interfaces: str = ""
    place: str = ""
    destination: tuple[str, str] | None = None
    options: str = ""
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PoolNat:
    """``nat (IF) ID ...`` or ``global (IF) ID ...`` before 8.3; equal ids belong together."""

    keyword: str
    interface: str
    id: int
    words: str
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OtherNat:
    """A ``nat`` or ``global`` line that is not modelled, as it was printed."""

    text: str
    line: int = 0


Nat = TwiceNat | PoolNat | OtherNat


def read_nats(lines: Iterable[Line]) -> tuple[Nat, ...]:
    """The ``nat`` and ``global`` lines among top-level ``lines``, in order."""
    opened = (line for line in lines if line.text.startswith(("nat ", "global ")))
    return tuple(_read(line) for line in opened)


def read_object_nats(lines: Iterable[Line]) -> tuple[ObjectNat | OtherNat, ...]:
    """The translations beneath the ``object network`` among top-level ``lines``, in order."""
    return tuple(
        _object_nat(line.text.split()[-1], child)
        for line in lines
        if line.text.startswith("object network ")
        for child in line.commands()
        if child.text.startswith("nat ")
    )


def write_nat(nat: Nat) -> list[str]:
    """The line of a translation on top level."""
    return [nat.text] if isinstance(nat, OtherNat) else as_printed([_line(nat)], nat.spelling)


def write_object_nat(nat: ObjectNat) -> list[str]:
    """The block of an object's translation; the device prints it apart from the address."""
    return as_printed(_block(nat), nat.spelling)


def _read(line: Line) -> Nat:
    words = line.text.split()
    nat = _pool(words) or _twice(words)
    if nat is None:
        return OtherNat(line.text, line.number)
    nat = replace(nat, line=line.number)
    return replace(nat, spelling=spelling_of([line.text], [_line(nat)]))


def _pool(words: list[str]) -> PoolNat | None:
    match words:
        case ["nat" | "global" as keyword, where, number, _, *_] if number.isdecimal():
            interface = where[1:-1]
            if where == f"({interface})" and "," not in interface and "source" not in words[3:4]:
                return PoolNat(keyword, interface, int(number[:9]), " ".join(words[3:]))
    return None


def _twice(words: list[str]) -> TwiceNat | None:
    if words[0] != "nat" or "source" not in words[:5]:
        return None
    at = words.index("source")
    interfaces, before = _interfaces(words[1:at])
    match words[at + 1 :]:
        case [kind, real, mapped, *rest] if kind in _KINDS and _is_place(before):
            nat = TwiceNat(kind, real, mapped, interfaces, " ".join(before))
            match rest:
                case ["destination", "static", theirs, own, *options]:
                    return replace(nat, destination=(theirs, own), options=" ".join(options))
            return replace(nat, options=" ".join(rest))
    return None


def _is_place(words: list[str]) -> bool:
    numbers = words[1:] if words[:1] == ["after-auto"] else words
    return len(numbers) <= 1 and all(word.isdecimal() for word in numbers)


def _interfaces(words: list[str]) -> tuple[str, list[str]]:
    if words and words[0].startswith("(") and words[0].endswith(")"):
        return words[0][1:-1], words[1:]
    return "", words


def _object_nat(name: str, line: Line) -> ObjectNat | OtherNat:
    interfaces, words = _interfaces(line.text.split()[1:])
    match words:
        case [kind, mapped, *options] if kind in _KINDS:
            nat = ObjectNat(name, kind, mapped, interfaces, " ".join(options), line.number)
            printed = printed_lines([Line(f"object network {name}", 0, (line,))])
            return replace(nat, spelling=spelling_of(printed, _block(nat)))
    return OtherNat(line.text, line.number)


def _line(nat: TwiceNat | PoolNat) -> str:
    if isinstance(nat, PoolNat):
        return f"{nat.keyword} ({nat.interface}) {nat.id} {nat.words}"
    words = [
        "nat",
        f"({nat.interfaces})" if nat.interfaces else "",
        nat.place,
        f"source {nat.kind} {nat.real} {nat.mapped}",
        "destination static {} {}".format(*nat.destination) if nat.destination else "",
        nat.options,
    ]
    return " ".join(word for word in words if word)


def _block(nat: ObjectNat) -> list[str]:
    interfaces = f"({nat.interfaces}) " if nat.interfaces else ""
    line = f" nat {interfaces}{nat.kind} {nat.mapped} {nat.options}".rstrip()
    return [f"object network {nat.object}", line]
