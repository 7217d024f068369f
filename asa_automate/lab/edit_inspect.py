"""``inspect`` and the other actions of a class, and the inside of inspection maps."""

from asa_automate.lab.edit import Ctx, Outcome, Refused, Rules
from asa_automate.lab.engines import ENGINES, Inspect, read_inspect
from asa_automate.lab.grammar import Words, incomplete, invalid
from asa_automate.lab.stanzas import (
    added,
    at,
    beneath,
    commands,
    first,
    key,
    removed,
    replaced,
)

DEFAULT_MATCH = "match default-inspection-traffic"
#: Wrapped over two lines by the device itself.
_INSPECT_EXISTS = (
    "ERROR: Inspect configuration of this type exists, first remove\n"
    "that configuration and then add the new configuration"
)


def inspect(ctx: Ctx, words: Words) -> Outcome:
    """One engine of a class, put at the end of it; or its removal, whatever its map."""
    offset = words.words[words.at].offset if words else 0
    asked = read_inspect(f"inspect {words.rest()}")
    if asked is None:
        raise incomplete()
    if asked.engine not in ENGINES:
        raise invalid(offset)
    there = [found for line in _lines(ctx) if (found := read_inspect(line))]
    same = next((other for other in there if other.engine == asked.engine), None)
    if ctx.negated:
        return _no_inspect(ctx, asked, same)
    if same == asked:
        return ctx.done()
    if same is not None:
        raise Refused(_INSPECT_EXISTS)
    _map_must_exist(ctx, asked)
    _one_per_class(ctx, there)
    return ctx.inside(lambda lines: added(lines, asked.text))


def _lines(ctx: Ctx) -> list[str]:
    return [key(line) for line in commands(beneath(ctx.stanzas, ctx.path))]


def _no_inspect(ctx: Ctx, asked: Inspect, same: Inspect | None) -> Outcome:
    if same is None or asked.map not in ("", same.map):
        if ctx.knobs.no_inspect_where_none == "error":
            raise Refused(ctx.knobs.wording.no_such_inspect.format(name=asked.engine))
        return ctx.done()
    return ctx.inside(lambda lines: removed(lines, lambda text: read_inspect(text) == same))


def _map_must_exist(ctx: Ctx, asked: Inspect) -> None:
    built_in = f"_default_{asked.engine.split()[0]}_map"
    wanted = f"policy-map type inspect {asked.engine.split()[0]} {asked.map}"
    if asked.map and asked.map != built_in and not first(ctx.stanzas, wanted):
        wording = ctx.knobs.wording.inspect_map_unknown
        raise Refused(wording.format(name=asked.map, user=asked.engine))


def _one_per_class(ctx: Ctx, there: list[Inspect]) -> None:
    if not there or not ctx.knobs.one_inspect_per_class:
        return
    name = ctx.path[-1].split()[1]
    if at(ctx.stanzas, (f"class-map {name}", DEFAULT_MATCH)) is None:
        raise Refused(ctx.knobs.wording.second_inspect.format(name=name))


def action(ctx: Ctx, words: Words) -> Outcome:
    """Another action of a class (``set connection ...``), kept as it is."""
    words.rest()
    if ctx.negated:
        return ctx.inside(lambda lines: removed(lines, lambda t: t.startswith(ctx.text)))
    return ctx.inside(lambda lines: replaced(lines, lambda text: text == ctx.text, ctx.text))


def inner(ctx: Ctx, words: Words) -> Outcome:
    """``parameters`` and ``match`` of an inspection map: lines with a sub-mode of their own."""
    words.rest()
    if ctx.negated:
        return ctx.inside(lambda lines: removed(lines, lambda text: text == ctx.text))
    inside = (*ctx.path, ctx.text)
    if at(ctx.stanzas, inside):
        return ctx.done().at(inside)
    return ctx.inside(lambda lines: added(lines, ctx.text)).at(inside)


def parameter(ctx: Ctx, words: Words) -> Outcome:
    """A setting of an inspection map; ``no`` of one is itself a setting and is printed."""
    words.rest()
    text = f"no {ctx.text}" if ctx.negated else ctx.text
    word = ctx.text.split()[0]
    return ctx.inside(lambda lines: replaced(lines, lambda t: word in t.split()[:2], text))


POLICY_CLASS: Rules = {
    "inspect": inspect,
    "set connection": action,
    **dict.fromkeys(
        ("police", "priority", "shape", "service-policy", "flow-export", "user-statistics",
         "ips", "csc", "cxsc", "sfr"),
        action,
    ),
}  # fmt: skip
INSPECT_MAP: Rules = {
    "parameters": inner,
    "match": inner,
    "class": inner,
    "description": action,
}
INSPECT_PARAMETERS: Rules = {
    **dict.fromkeys(
        ("mask-banner", "mail-relay", "special-character", "allow-tls", "message-length",
         "tcp-inspection", "protocol-enforcement", "nat-rewrite", "dns-guard", "id-mismatch",
         "id-randomization", "tsig", "eool", "nop", "router-alert"),
        parameter,
    ),
}  # fmt: skip
INSPECT_MATCH: Rules = dict.fromkeys(
    ("drop-connection", "drop", "reset", "log", "mask", "rate-limit"), action
)
