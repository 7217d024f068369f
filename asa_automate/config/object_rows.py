"""The rows of ``object`` and ``object-group``, put together by name."""

from collections.abc import Iterable, Iterator

from asa_automate.config.ends import Words
from asa_automate.config.feed import Row, rows
from asa_automate.config.line import Line
from asa_automate.config.spelling import printed_lines
from asa_automate.show.templates import is_built_in

OBJECT = "show running-config object"
GROUP = "show running-config object-group"
_OPENERS = ("object ", "object-group ")


#: The words that open a line beneath an object or a group in its usual form, by template.
_MEMBERS = {
    OBJECT: ("host", "subnet", "range", "fqdn", "service"),
    GROUP: ("network-object", "group-object", "service-object", "port-object", "protocol-object"),
}
_TYPES = {OBJECT: ("network", "service"), GROUP: ("network", "service", "protocol")}
_PROTOCOLS = ("tcp", "udp", "tcp-udp")
#: A line that is shorter is surely handed to its template.
_PLAIN = 1024


def read_rows(command: str, lines: Iterable[Line]) -> Iterator[Row]:
    """What the template of ``command`` finds in ``lines`` and beneath them, in order.

    A class may lead to thousands of objects, nearly all of them in their usual form. That is
    known by its words; the template is asked about the others.
    """
    usual = is_built_in(command)
    for line in lines:
        found = _usual_rows(command, line) if usual else None
        yield from rows(command, [line]) if found is None else found


def _usual_rows(command: str, top: Line) -> list[Row] | None:
    """The rows of one object or group; ``None`` where the template has to be asked."""
    head = _head(command, top)
    if head is None:
        return None
    found = [Row(top, {"LINE": "0", **head})]
    for ordinal, line in enumerate(top.children, 1):
        member = None if line.children else _member(command, line)
        if member is None:
            return None
        found.append(Row(line, {**head, "LINE": str(ordinal), **member}))
    return found


def _head(command: str, top: Line) -> dict[str, str] | None:
    words, text = top.text.split(), top.text
    protocol = words[3] if len(words) == 4 and command == GROUP else ""
    if (
        not _is_plain(text)
        or words[0] != command.split()[-1]
        or words[1] not in _TYPES[command]
        or len(words) != 3 + bool(protocol)
        or protocol not in ("", *_PROTOCOLS)
    ):
        return None
    empty = dict.fromkeys(("ARGUMENT", "UNKNOWN"), "")
    if command == OBJECT:
        return {**empty, "TYPE": words[1], "NAME": words[2], "KIND": "", "OTHER": ""}
    own = {"PROTOCOL": protocol, "MEMBER": "", "DESCRIPTION": ""}
    return {**empty, "TYPE": words[1], "NAME": words[2], **own}


def _member(command: str, line: Line) -> dict[str, str] | None:
    text = line.text
    word, _, argument = text.partition(" ")
    if not argument or not _is_plain(text) or argument[0] == " ":
        return None
    if word in _MEMBERS[command]:
        return {"KIND" if command == OBJECT else "MEMBER": word, "ARGUMENT": argument}
    if word == "description":
        return {"OTHER": text} if command == OBJECT else {"DESCRIPTION": argument}
    return {"OTHER": text} if word == "nat" and command == OBJECT else None


def _is_plain(text: str) -> bool:
    return len(text) < _PLAIN and text.isascii() and text.isprintable()


def by_name(found: Iterable[Row], types: tuple[str, ...]) -> dict[str, list[Row]]:
    """The rows of each object or group; the first is the one that opens it."""
    named: dict[str, list[Row]] = {}
    for row in found:
        if row["TYPE"] in types and row["NAME"]:
            named.setdefault(row["NAME"], []).append(row)
    return named


def opens(row: Row) -> bool:
    """Whether a row is the head of an object or group."""
    return row.line.text.startswith(_OPENERS)


def beneath(its: list[Row]) -> list[Row]:
    """The rows of its sub-mode."""
    return [row for row in its if not opens(row)]


def as_typed(its: list[Row]) -> list[str]:
    """Its lines as they were printed."""
    return printed_lines(row.line for row in its if opens(row))


def described(its: list[Row]) -> Row | None:
    """A description that is typed again takes the place of the first."""
    return next((row for row in reversed(its) if is_description(row)), None)


def is_description(row: Row) -> bool:
    """Whether a row is a description."""
    return row.line.text.startswith("description ")


def text_of(row: Row | None) -> str:
    """What a row says behind its first word."""
    return row.line.text.partition(" ")[2].strip() if row else ""


def argument_of(row: Row) -> Words:
    """The words behind a member's first."""
    return tuple(row["ARGUMENT"].split())
