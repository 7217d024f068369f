"""The rows of ``object`` and ``object-group``, put together by name."""

from collections.abc import Iterable

from asa_automate.config.ends import Words
from asa_automate.config.feed import Row
from asa_automate.config.spelling import printed_lines

OBJECT = "show running-config object"
GROUP = "show running-config object-group"
_OPENERS = ("object ", "object-group ")


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
