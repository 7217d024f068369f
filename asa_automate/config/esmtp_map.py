"""``policy-map type inspect esmtp``: what the inspection of mail looks for, and what it does.

Source: Cisco ASA command reference, *parameters* and *match* beneath
``policy-map type inspect esmtp``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from asa_automate.config.spelling import (
    Kept,
    Spelling,
    as_printed,
    printed_lines,
    spelling_of,
    with_kept,
)
from asa_automate.config.tree import Line

_OPENER = "policy-map type inspect esmtp "
_PARAMETERS = frozenset(
    ("mask-banner", "allow-tls", "mail-relay", "special-character", "tcp-inspection")
)
#: In small letters; the device prints ``match MIME`` (9.3 firewall CLI guide, p.13-41).
_CONDITIONS = frozenset(
    (
        "body",
        "cmd",
        "ehlo-reply-parameter",
        "header",
        "invalid-recipients",
        "mime",
        "sender-address",
    )
)
_ACTIONS = frozenset(("drop-connection", "log", "mask", "reset", "rate-limit"))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line beneath ``parameters``: ``[no] NAME [WORDS]``."""

    name: str
    words: str = ""
    on: bool = True

    @property
    def text(self) -> str:
        """The line as typed."""
        return f"{'' if self.on else 'no '}{self.name} {self.words}".rstrip()


@dataclass(frozen=True, slots=True)
class EsmtpMatch:
    """``match [not] CONDITION`` and its actions, each in its words (``drop-connection log``)."""

    condition: str
    actions: tuple[str, ...] = ()
    negated: bool = False

    @property
    def text(self) -> str:
        """The line that opens it."""
        return f"match {'not ' if self.negated else ''}{self.condition}"


@dataclass(frozen=True, slots=True)
class EsmtpMap:
    """One map.

    Args:
        parameters: ``None`` where the map has no such block.
        unknown: the lines that were not understood (text, line).
        kept: the same, in their places.
    """

    name: str
    description: str = ""
    parameters: tuple[Parameter, ...] | None = None
    matches: tuple[EsmtpMatch, ...] = ()
    line: int = 0
    unknown: tuple[tuple[str, int], ...] = ()
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | None = field(default=None, compare=False, repr=False)

    def parameter(self, name: str) -> Parameter | None:
        """The line for ``name``, if the map has one; without it, the release's default holds."""
        return next((p for p in self.parameters or () if p.name == name), None)


def read_esmtp_maps(lines: Iterable[Line]) -> dict[str, EsmtpMap]:
    """The maps among top-level ``lines``, by name."""
    opened = (line for line in lines if line.text.startswith(_OPENER))
    maps = (_map(line) for line in opened if len(line.text.split()) == 5)
    return {one.name: one for one in maps}


def write_esmtp_map(esmtp_map: EsmtpMap) -> list[str]:
    """The lines of a map, indented as the device prints them."""
    return as_printed(_lines(esmtp_map), esmtp_map.spelling)


def _lines(esmtp_map: EsmtpMap) -> list[str]:
    lines = [f"{_OPENER}{esmtp_map.name}"]
    lines += [f" description {esmtp_map.description}"] if esmtp_map.description else []
    lines += [" parameters"] if esmtp_map.parameters is not None else []
    lines += [f"  {parameter.text}" for parameter in esmtp_map.parameters or ()]
    for match in esmtp_map.matches:
        lines += [f" {match.text}", *(f"  {action}" for action in match.actions)]
    return with_kept(lines, esmtp_map.kept)


def _map(stanza: Line) -> EsmtpMap:
    one = EsmtpMap(stanza.text.split()[-1], line=stanza.number)
    block = ""
    for place, (line, depth) in enumerate(_beneath(stanza, 1)):
        grown = _grown(one, block if depth > 1 else "", line.text)
        if grown is None:
            known = (*one.unknown, (line.text, line.number))
            one = replace(one, unknown=known, kept=(*one.kept, Kept(line.text, place, depth)))
        else:
            one = grown
        block = line.text.split()[0] if depth == 1 else block
    return replace(one, spelling=spelling_of(printed_lines([stanza]), _lines(one)))


def _beneath(line: Line, depth: int) -> Iterator[tuple[Line, int]]:
    for child in line.children:
        if not child.is_comment:
            yield child, depth
        yield from _beneath(child, depth + 1)


def _grown(one: EsmtpMap, block: str, text: str) -> EsmtpMap | None:
    """The map with one more line, ``None`` where the line is not understood."""
    match block, text.split():
        case "", ["description", *_] if " " in text:
            return replace(one, description=text.partition(" ")[2].strip())
        case "", ["parameters"]:
            return replace(one, parameters=one.parameters or ())
        case "", ["match", "not", condition, *rest] if condition.lower() in _CONDITIONS:
            return _with_match(one, " ".join([condition, *rest]), negated=True)
        case "", ["match", condition, *rest] if condition.lower() in _CONDITIONS:
            return _with_match(one, " ".join([condition, *rest]), negated=False)
        case "parameters", ["no", name, *rest] if name in _PARAMETERS:
            return _with_parameter(one, Parameter(name, " ".join(rest), on=False))
        case "parameters", [name, *rest] if name in _PARAMETERS:
            return _with_parameter(one, Parameter(name, " ".join(rest)))
        case "match", [action, *rest] if action in _ACTIONS and one.matches:
            last = one.matches[-1]
            grown = replace(last, actions=(*last.actions, " ".join([action, *rest])))
            return replace(one, matches=(*one.matches[:-1], grown))
    return None


def _with_match(one: EsmtpMap, condition: str, *, negated: bool) -> EsmtpMap:
    return replace(one, matches=(*one.matches, EsmtpMatch(condition, negated=negated)))


def _with_parameter(one: EsmtpMap, parameter: Parameter) -> EsmtpMap:
    return replace(one, parameters=(*(one.parameters or ()), parameter))
