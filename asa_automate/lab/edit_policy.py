"""``class-map``, ``policy-map``, ``class``, ``inspect``, ``service-policy``."""

from asa_automate.config.tree import Line
from asa_automate.lab.edit import Ctx, Outcome, Refused, Rules
from asa_automate.lab.edit_inspect import action
from asa_automate.lab.grammar import Words, incomplete, invalid
from asa_automate.lab.places import placed
from asa_automate.lab.stanzas import (
    Stanzas,
    added,
    beneath,
    first,
    key,
    removed,
    starting,
)
from asa_automate.lab.users import user

_SECOND_MATCH = (
    "ERROR: Multiple match commands are not supported except for the 'match tunnel-group'"
    " or 'match default-inspection-traffic' command."
)
#: Pairs of matches that one class-map may hold.
_TOGETHER = (
    {"default-inspection-traffic", "access-list"},
    {"tunnel-group", "flow"},
)


def class_map(ctx: Ctx, words: Words) -> Outcome:
    """Enter a class-map, new or old; or remove it."""
    if words.skip("type"):
        return _map(ctx, f"class-map type {words.rest()}", "")
    name = _only(words, "match-all", "match-any")
    text = f"class-map {name}"
    if not ctx.negated:
        return ctx.enter(text)
    wording = ctx.knobs.wording
    if not first(ctx.stanzas, text):
        raise Refused(wording.class_map_unknown.format(name=name))
    _free(ctx, "class-map", name, wording.class_map_in_use)
    return ctx.done(removed(ctx.stanzas, lambda line: line == text))


def policy_map(ctx: Ctx, words: Words) -> Outcome:
    """Enter a policy-map, new or old, of whichever type; or remove it."""
    if ctx.dialect.inspection_maps and words.skip("type"):
        text = f"policy-map type {words.rest()}"
        return _map(ctx, text, "inspect-map")
    name = _only(words)
    return _map(ctx, f"policy-map {name}", "policy-map")


def _only(words: Words, *optional: str) -> str:
    for word in optional:
        words.skip(word)
    name = words.text()
    words.end()
    return name


def _map(ctx: Ctx, text: str, used_as: str) -> Outcome:
    if not ctx.negated:
        return ctx.enter(text)
    name, wording = text.split()[-1], ctx.knobs.wording
    if not first(ctx.stanzas, text):
        raise Refused(wording.policy_map_unknown.format(name=name))
    if used_as:
        _free(ctx, used_as, name, wording.policy_map_in_use)
    return ctx.done(removed(ctx.stanzas, lambda line: line == text))


def _free(ctx: Ctx, kind: str, name: str, wording: str) -> None:
    used_by = user(ctx.stanzas, kind, name)
    if used_by:
        raise Refused(wording.format(name=name, user=used_by))


def match(ctx: Ctx, words: Words) -> Outcome:
    """One ``match`` of a class-map; its argument must exist."""
    kind = ctx.phrase.split()[1]
    text = f"{ctx.phrase} {words.rest()}".strip()
    if kind not in _BARE and text == ctx.phrase:
        raise incomplete()
    there = [key(line) for line in starting(beneath(ctx.stanzas, ctx.path), "match ")]
    if ctx.negated:
        return ctx.inside(lambda lines: removed(lines, lambda line: line == text))
    if text in there:
        return ctx.done()
    if len(there) > 1 or (there and {kind, there[0].split()[1]} not in _TOGETHER):
        raise Refused(_SECOND_MATCH)
    if kind == "access-list" and not any(starting(ctx.stanzas, f"access-list {text.split()[2]} ")):
        raise Refused(f"ERROR: access-list <{text.split()[2]}> does not exist")
    return ctx.inside(lambda lines: added(lines, text))


_BARE = ("any", "default-inspection-traffic")


def policy_class(ctx: Ctx, words: Words) -> Outcome:
    """Enter a class of a policy-map; a new one goes last, but ahead of class-default."""
    name, wording = _only(words), ctx.knobs.wording
    text, classes = f"class {name}", beneath(ctx.stanzas, ctx.path)
    if ctx.negated:
        if not first(classes, text):
            raise Refused(wording.class_unknown.format(name=name))
        return ctx.inside(lambda lines: removed(lines, lambda line: line == text))
    if name != "class-default" and not first(ctx.stanzas, f"class-map {name}"):
        raise Refused(wording.class_map_unknown.format(name=name))
    inside = (*ctx.path, text)
    if first(classes, text):
        return ctx.done().at(inside)
    return ctx.inside(lambda lines: added(lines, text, _before_default(lines))).at(inside)


def _before_default(lines: Stanzas) -> int | None:
    found = (i for i, line in enumerate(lines) if key(line) == "class class-default")
    return next(found, None)


def service_policy(ctx: Ctx, words: Words) -> Outcome:
    """Attach a policy-map to all interfaces or to one; or detach it."""
    name, where = words.text(), words.take()
    if where.text not in ("global", "interface"):
        raise invalid(where.offset)
    place = "global" if where.text == "global" else f"interface {words.text()}"
    tail = " fail-close" if words.skip("fail-close") else ""
    words.end()
    there = _attached(ctx.stanzas, place)
    if ctx.negated:
        if there != name:
            raise Refused(ctx.knobs.wording.policy_map_unknown.format(name=name))
        gone = f"service-policy {name} {place}"
        return ctx.done(removed(ctx.stanzas, lambda text: text.startswith(gone)))
    _can_attach(ctx, name, place, there)
    if there == name:
        return ctx.done()
    return ctx.done(placed(ctx.stanzas, Line(f"service-policy {name} {place}{tail}")))


def _can_attach(ctx: Ctx, name: str, place: str, there: str | None) -> None:
    wording = ctx.knobs.wording
    if not first(ctx.stanzas, f"policy-map {name}"):
        raise Refused(wording.policy_map_unknown.format(name=name))
    nameif = f"nameif {place.removeprefix('interface ')}"
    heads = starting(ctx.stanzas, "interface ")
    if place != "global" and not any(first(head.children, nameif) for head in heads):
        raise Refused(wording.interface_unknown.format(name=nameif.split()[1]))
    if there not in (None, name):
        raise Refused(wording.second_global.format(name=name, user=there))


def _attached(stanzas: Stanzas, place: str) -> str | None:
    for line in starting(stanzas, "service-policy "):
        words = key(line).split()
        if " ".join(words[2:]).removesuffix(" fail-close") == place:
            return words[1]
    return None


RULES: Rules = {
    "class-map": class_map,
    "policy-map": policy_map,
    "service-policy": service_policy,
}
#: What a class-map can match (ASA CLI guide, "match" commands; `match ?`).
CLASS_MAP: Rules = {
    "description": action,
    **{
        f"match {kind}": match
        for kind in (
            "access-list", "any", "default-inspection-traffic", "dscp", "flow", "port",
            "precedence", "rtp", "tunnel-group", "regex",
        )
    },
}  # fmt: skip
POLICY_MAP: Rules = {"class": policy_class, "description": action}
