"""``object``, ``object-group`` and their members, ``name``: one name space for all of them.

Objects and object-groups share their names; what a command uses can be neither removed nor
emptied (ASA 8.4 CLI guide p.13-3).
"""

from collections.abc import Callable

from asa_automate.config.tree import Line
from asa_automate.lab.ace import group_type
from asa_automate.lab.addresses import host, mask, names, network, printed, shown_names
from asa_automate.lab.edit import Ctx, Outcome, Refused, Rule, Rules
from asa_automate.lab.grammar import Words, invalid
from asa_automate.lab.numbers import port_number, port_word
from asa_automate.lab.places import placed
from asa_automate.lab.stanzas import (
    Stanzas,
    added,
    beneath,
    changed,
    commands,
    first,
    key,
    removed,
    replaced,
    squeeze,
    starting,
)
from asa_automate.lab.users import user


def object_group(ctx: Ctx, words: Words) -> Outcome:
    """Enter a group, new or old; or remove it."""
    kind, name = ctx.phrase.split()[1], words.text()
    ports = words.rest() if kind == "service" else ""
    words.end()
    there = group_type(ctx.stanzas, name)
    if ctx.negated:
        return _remove_group(ctx, name, there)
    if there not in (None, kind):
        raise Refused(f"An object-group with the same id but different type ({there}) exists")
    if any(key(line).split()[2:3] == [name] for line in starting(ctx.stanzas, "object ")):
        raise Refused(ctx.knobs.wording.id_taken.format(name=name, user="object"))
    heads = (key(line) for line in starting(ctx.stanzas, f"object-group {kind} {name}"))
    old = next((head for head in heads if head.split()[2] == name), None)
    return ctx.enter(old or squeeze(f"object-group {kind} {name} {ports}"))


def _remove_group(ctx: Ctx, name: str, there: str | None) -> Outcome:
    if there is None:
        raise Refused(f"Removing object-group ({name}) failed; it does not exist")
    if user(ctx.stanzas, "object-group", name):
        raise Refused(f"Removing object-group ({name}) not allowed, it is being used.")
    return ctx.done(removed(ctx.stanzas, lambda t: t.split()[:3] == ["object-group", there, name]))


def member(ctx: Ctx, line: str) -> Outcome:
    """Put a member into the group, or take it out."""
    name = ctx.path[0].split()[2]
    members = beneath(ctx.stanzas, ctx.path)
    if ctx.negated:
        return _remove_member(ctx, name, line, members)
    if first(members, line):
        said = f"WARNING: Adding obj ({line}) to grp ({name}) failed; object already exists"
        raise Refused(said)
    return ctx.inside(lambda lines: added(lines, line))


def _remove_member(ctx: Ctx, name: str, line: str, members: Stanzas) -> Outcome:
    wording = ctx.knobs.wording
    if not first(members, line):
        raise Refused(wording.member_unknown.format(name=name, user=line))
    left = [m for m in commands(members) if not key(m).startswith("description")]
    if len(left) == 1 and user(ctx.stanzas, "object-group", name):
        raise Refused(wording.last_member.format(name=name, user=line))
    return ctx.inside(lambda lines: removed(lines, lambda text: text == line))


def network_object(ctx: Ctx, words: Words) -> Outcome:
    """``network-object host A``, ``network-object A M`` or ``network-object object N``."""
    if ctx.dialect.objects and words.skip("object"):
        return member(ctx, f"network-object object {_known_object(ctx, words)}")
    table, shown = names(ctx.stanzas), shown_names(ctx.stanzas)
    if words.skip("host"):
        address = host(words, table)
        text = f"host {shown.get(address, address)}"
    else:
        text = printed(network(words, table), shown, "0.0.0.0 0.0.0.0")
    words.end()
    return member(ctx, f"network-object {text}")


def _known_object(ctx: Ctx, words: Words) -> str:
    name = words.text()
    words.end()
    if not any(key(line).split()[2:3] == [name] for line in starting(ctx.stanzas, "object ")):
        raise Refused(ctx.knobs.wording.object_unknown.format(name=name))
    return name


def group_object(ctx: Ctx, words: Words) -> Outcome:
    """A group inside a group: it must exist, and not hold this one."""
    name = words.text()
    words.end()
    own = ctx.path[0].split()[2]
    if group_type(ctx.stanzas, name) is None:
        raise Refused(f"ERROR: specified object group <{name}> not found")
    if not ctx.negated and own in _nested(ctx.stanzas, name):
        raise Refused(f"Adding obj (group-object {name}) to grp ({own}) failed; it is a loop")
    return member(ctx, f"group-object {name}")


def _nested(stanzas: Stanzas, name: str) -> set[str]:
    """A group and all groups inside it."""
    seen, waiting = set[str](), [name]
    while waiting:
        group = waiting.pop()
        if group in seen:
            continue
        seen.add(group)
        for head in starting(stanzas, "object-group "):
            if key(head).split()[2] == group:
                texts = (key(child) for child in head.children)
                waiting += [t.split()[1] for t in texts if t.startswith("group-object ")]
    return seen


def port_object(ctx: Ctx, words: Words) -> Outcome:
    """``port-object eq P`` and ``port-object range P P``, ports as words."""
    protocol = ctx.path[0].split()[3:4] or ["tcp-udp"]
    operator = words.take()
    if operator.text not in ("eq", "range"):
        raise invalid(operator.offset)
    ports = []
    for _ in range(1 + (operator.text == "range")):
        word = words.take()
        number = port_number(protocol[0], word.text)
        if number is None:
            raise invalid(word.offset)
        ports.append(port_word(protocol[0], number))
    words.end()
    return member(ctx, " ".join(["port-object", operator.text, *ports]))


def as_typed(ctx: Ctx, words: Words) -> Outcome:
    """A member of a kind that is only kept."""
    words.text()
    return member(ctx, ctx.text)


def the_object(ctx: Ctx, words: Words) -> Outcome:
    """Enter ``object network NAME`` or ``object service NAME``; or remove it."""
    kind, name = ctx.phrase.split()[1], words.text()
    words.end()
    text = f"object {kind} {name}"
    if ctx.negated:
        if not first(ctx.stanzas, text):
            raise Refused(ctx.knobs.wording.object_unknown.format(name=name))
        if user(ctx.stanzas, "object", name):
            raise Refused(ctx.knobs.wording.object_in_use.format(name=name))
        return ctx.done(removed(ctx.stanzas, lambda line: line == text))
    there = group_type(ctx.stanzas, name)
    if there:
        raise Refused(ctx.knobs.wording.id_taken.format(name=name, user="object-group"))
    return ctx.enter(text)


def one_of(*words_: str) -> Rule:
    """A rule for lines of which an object holds one: the new one takes the old one's place."""

    def is_old(text: str) -> bool:
        return text.split()[0] in words_

    def rule(ctx: Ctx, words: Words) -> Outcome:
        if ctx.negated:
            return ctx.inside(lambda lines: removed(lines, is_old))
        words.text()
        return ctx.inside(lambda lines: replaced(lines, is_old, ctx.text))

    return rule


def subnet(ctx: Ctx, words: Words) -> Outcome:
    """``subnet A M``: checked, else one of the definitions of an object."""
    if not ctx.negated and ":" not in words.peek():
        host(words, names(ctx.stanzas))
        mask(words)
        words.at -= 2
    return _DEFINITION(ctx, words)


def object_host(ctx: Ctx, words: Words) -> Outcome:
    """``host A``: checked, else one of the definitions of an object."""
    if not ctx.negated:
        host(words, names(ctx.stanzas))
        words.at -= 1
    return _DEFINITION(ctx, words)


def object_nat(ctx: Ctx, words: Words) -> Outcome:
    """``nat`` of an object: printed in a stanza of its own, after the definitions."""
    words.text()
    head = ctx.path[0]
    without = _each(ctx.stanzas, head, lambda lines: removed(lines, _is_nat))
    without = tuple(s for i, s in enumerate(without) if s.children or s == ctx.stanzas[i])
    if ctx.negated:
        return ctx.done(without)
    return ctx.done(placed(without, Line(head, 0, (Line(ctx.text),))))


def _is_nat(text: str) -> bool:
    return text.startswith("nat ")


def _each(stanzas: Stanzas, head: str, change: Callable[[Stanzas], Stanzas]) -> Stanzas:
    done: list[Line] = []
    for stanza in stanzas:
        done += changed((stanza,), (head,), change)
    return tuple(done)


def name(ctx: Ctx, words: Words) -> Outcome:
    """``name ADDRESS WORD``: one word for an address, one address for a word."""
    address, word = host(words, {}), words.text()
    rest = f" {words.tail()}" if words else ""
    if ctx.negated:
        return ctx.done(removed(ctx.stanzas, lambda t: t.split()[:3] == ["name", address, word]))
    if names(ctx.stanzas).get(word, address) != address:
        raise Refused(f"ERROR: name {word} is already in use")
    cleared = removed(ctx.stanzas, lambda t: t.split()[:2] == ["name", address])
    return ctx.done(placed(cleared, Line(f"name {address} {word}{rest}")))


_DEFINITION = one_of("host", "subnet", "range", "fqdn", "service")
_DESCRIPTION: Rules = {"description": one_of("description")}

RULES: Rules = {
    **{f"object-group {kind}": object_group for kind in ("network", "service", "protocol")},
    "object-group icmp-type": object_group,
    "object-group user": object_group,
    "object-group security": object_group,
    "object network": the_object,
    "object service": the_object,
    "name": name,
}
NETWORK_OBJECT: Rules = {
    "host": object_host,
    "subnet": subnet,
    "range": _DEFINITION,
    "fqdn": _DEFINITION,
    "nat": object_nat,
    **_DESCRIPTION,
}
SERVICE_OBJECT: Rules = {"service": _DEFINITION, **_DESCRIPTION}
NETWORK_GROUP: Rules = {
    "network-object": network_object,
    "group-object": group_object,
    **_DESCRIPTION,
}
SERVICE_GROUP: Rules = {
    "port-object": port_object,
    "service-object": as_typed,
    "group-object": group_object,
    **_DESCRIPTION,
}
PROTOCOL_GROUP: Rules = {
    "protocol-object": as_typed,
    "group-object": group_object,
    **_DESCRIPTION,
}
ICMP_GROUP: Rules = {"icmp-object": as_typed, "group-object": group_object, **_DESCRIPTION}
