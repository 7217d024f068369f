"""``context``: the firewalls within a firewall, as the system configuration has them."""

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Context:
    """One context.

    Args:
        member: its resource class.
        interfaces: the words behind each ``allocate-interface``.
        url: where its configuration is kept.
        group: its failover group.
        kept: lines that are not modelled, in their places.
    """

    name: str
    description: str = ""
    member: str = ""
    interfaces: tuple[str, ...] = ()
    url: str = ""
    group: str = ""
    kept: tuple[Kept, ...] = ()
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


def read_contexts(lines: Iterable[Line]) -> tuple[Context, ...]:
    """The contexts among top-level ``lines``, in order; only a system configuration has any."""
    return tuple(_context(line) for line in lines if line.text.split()[:1] == ["context"])


def read_admin_context(lines: Iterable[Line]) -> str | None:
    """The name of the admin context, ``None`` where the text names none."""
    named = (line.text.split() for line in lines if line.text.startswith("admin-context "))
    return next((words[1] for words in named if len(words) == 2), None)


def write_context(context: Context) -> list[str]:
    """The lines of a context, indented as the device prints them."""
    return as_printed(_lines(context), context.spelling)


def _lines(context: Context) -> list[str]:
    lines = [f"context {context.name}"]
    lines += [f" description {context.description}"] if context.description else []
    lines += [f" member {context.member}"] if context.member else []
    lines += [f" allocate-interface {words}" for words in context.interfaces]
    lines += [f" config-url {context.url}"] if context.url else []
    lines += [f" join-failover-group {context.group}"] if context.group else []
    return with_kept(lines, context.kept)


def _context(stanza: Line) -> Context:
    context = Context(" ".join(stanza.text.split()[1:]), line=stanza.number)
    for place, line in enumerate(stanza.commands()):
        word, _, rest = line.text.partition(" ")
        match word:
            case "allocate-interface" if rest:
                context = replace(context, interfaces=(*context.interfaces, rest.strip()))
            case "description" if rest:
                context = replace(context, description=rest.strip())
            case "member" if rest:
                context = replace(context, member=rest.strip())
            case "config-url" if rest:
                context = replace(context, url=rest.strip())
            case "join-failover-group" if rest:
                context = replace(context, group=rest.strip())
            case _:
                context = replace(context, kept=(*context.kept, Kept(line.text, place)))
    return replace(context, spelling=spelling_of(printed_lines([stanza]), _lines(context)))
