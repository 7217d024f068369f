"""``access-list`` and ``clear configure access-list``: entries in order, one line each."""

from asa_automate.config.tree import Line
from asa_automate.lab.ace import Room, group_type, read_ace
from asa_automate.lab.dialects import Dialect
from asa_automate.lab.edit import Ctx, Outcome, Refused, Rules
from asa_automate.lab.grammar import Unparsed, Words, incomplete, invalid
from asa_automate.lab.places import placed
from asa_automate.lab.stanzas import Stanzas, at, key, removed, starting
from asa_automate.lab.users import user

#: Types whose entries are kept as typed.
_OTHER_TYPES = ("standard", "webtype", "ethertype")


def access_list(ctx: Ctx, words: Words) -> Outcome:
    """One entry or remark, at its line or at the end; or its removal."""
    name = words.text()
    number = _line_number(words)
    if ctx.negated:
        return _remove(ctx, name, words)
    entry = _entry(ctx, name, words, _checked(ctx))
    if not entry.startswith(f"access-list {name} remark") and at(ctx.stanzas, (entry,)):
        return ctx.done(reply=f"WARNING: <{name}> found duplicate element")
    return ctx.done(_inserted(ctx.stanzas, name, entry, number))


def clear_access_list(ctx: Ctx, words: Words) -> Outcome:
    """``clear configure access-list NAME``: all entries at once, unless it is used."""
    name = words.text()
    words.end()
    if not _entries(ctx.stanzas, name):
        raise Refused(f"ERROR: access-list <{name}> does not exist")
    _must_be_free(ctx, name)
    return ctx.done(removed(ctx.stanzas, lambda text: text.startswith(f"access-list {name} ")))


def lenient(ctx_stanzas: Stanzas, text: str, dialect: Dialect) -> str:
    """An existing entry as the ASA would print it now; as it stands if it cannot be read."""
    words = Words.of(text)
    words.take()
    name = words.text()
    room = Room(ctx_stanzas, lambda _kind, _name: None, dialect)
    if not words.skip("extended"):
        return text
    try:
        return f"access-list {name} extended {read_ace(words, room).text}"
    except Unparsed:
        return text


def _line_number(words: Words) -> int | None:
    if not words.skip("line"):
        return None
    word = words.take()
    if not word.text.isdigit() or int(word.text) < 1:
        raise invalid(word.offset)
    return int(word.text)


def _entry(ctx: Ctx, name: str, words: Words, room: Room) -> str:
    if not words:
        raise incomplete()
    if words.skip("remark"):
        return f"access-list {name} remark {words.tail()}".rstrip()
    if words.peek() in _OTHER_TYPES:
        return f"access-list {name} {words.rest()}"
    if words.skip("extended") and not words:
        raise incomplete()
    del ctx
    return f"access-list {name} extended {read_ace(words, room).text}"


def _checked(ctx: Ctx) -> Room:
    """References are checked: what does not exist, or is empty, is refused."""

    def check(kind: str, name: str) -> None:
        if kind == "object":
            if not any(key(line).split()[2:3] == [name] for line in _objects(ctx.stanzas)):
                raise Refused(ctx.knobs.wording.object_unknown.format(name=name))
            return
        if group_type(ctx.stanzas, name) is None:
            raise Refused(f"ERROR: specified object group <{name}> not found")
        heads = starting(ctx.stanzas, "object-group ")
        head = next(line for line in heads if key(line).split()[2] == name)
        if not any(not key(line).startswith("description") for line in head.commands()):
            raise Refused(ctx.knobs.wording.group_is_empty.format(name=name))

    return Room(ctx.stanzas, check, ctx.dialect)


def _objects(stanzas: Stanzas) -> list[Line]:
    return list(starting(stanzas, "object "))


def _entries(stanzas: Stanzas, name: str) -> list[int]:
    """Where the entries of an access-list stand, remarks included."""
    return [
        i
        for i, line in enumerate(stanzas)
        if not line.is_comment and key(line).startswith(f"access-list {name} ")
    ]


def _inserted(stanzas: Stanzas, name: str, entry: str, number: int | None) -> Stanzas:
    places = _entries(stanzas, name)
    if not places:
        return placed(stanzas, Line(entry))
    beyond = number is None or number > len(places)
    where = places[-1] + 1 if beyond or number is None else places[number - 1]
    return (*stanzas[:where], Line(entry), *stanzas[where:])


def _remove(ctx: Ctx, name: str, words: Words) -> Outcome:
    unchecked = Room(ctx.stanzas, lambda _kind, _name: None, ctx.dialect)
    wanted = _entry(ctx, name, words, unchecked)
    places = _entries(ctx.stanzas, name)
    if not places:
        raise Refused(f"ERROR: access-list <{name}> does not exist")
    found = [i for i in places if wanted in _readings(ctx.stanzas, i, ctx.dialect)]
    if not found:
        raise Refused("Specified access-list does not exist")
    if len(places) == 1:
        _must_be_free(ctx, name)
    return ctx.done((*ctx.stanzas[: found[0]], *ctx.stanzas[found[0] + 1 :]))


def _readings(stanzas: Stanzas, index: int, dialect: Dialect) -> tuple[str, str]:
    text = key(stanzas[index])
    return text, lenient(stanzas, text, dialect)


def _must_be_free(ctx: Ctx, name: str) -> None:
    used_by = user(ctx.stanzas, "access-list", name)
    if used_by:
        raise Refused(ctx.knobs.wording.acl_in_use.format(name=name, user=used_by))


RULES: Rules = {
    "access-list": access_list,
    "clear configure access-list": clear_access_list,
}
