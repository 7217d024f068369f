"""``show running-config``, whole and by section, ``show startup-config``, ``show access-list``."""

from collections.abc import Iterator

from asa_automate.config.tree import Line
from asa_automate.lab.box import Box
from asa_automate.lab.edit import Refused
from asa_automate.lab.editor import GLOBAL
from asa_automate.lab.esmtp_map import default_map
from asa_automate.lab.grammar import Words, invalid
from asa_automate.lab.layout import body_text, checksum
from asa_automate.lab.stanzas import Stanzas, first, key, starting

#: Sections that are printed between separators.
_SEPARATED = ("class-map", "policy-map", "interface")


def running_config(box: Box, words: Words) -> str:
    """``show running-config [all] [SECTION [NAME]]``."""
    with_defaults = words.skip("all")
    if not words:
        return box.running_text.rstrip("\n") if not with_defaults else _whole_with_defaults(box)
    stanzas = box.running.stanzas
    if with_defaults:
        stanzas = (default_map(box.knobs), *stanzas)
    section = GLOBAL.keyword(words.text())
    if section is None:
        raise invalid(words.back().offset)
    rest = words.rest()
    lines = tuple(_section(stanzas, section, rest.split()))
    if not lines and section == "access-list" and rest:
        raise Refused(f"ERROR: access-list <{rest}> does not exist")
    text = body_text(lines, box.dialect).rstrip("\n")
    return f"!\n{text}\n!" if text and section in _SEPARATED else text


def startup_config(box: Box, words: Words) -> str:
    """``show startup-config``."""
    words.end()
    return box.startup_text.rstrip("\n")


def show_checksum(box: Box, words: Words) -> str:
    """``show checksum``: four groups of eight digits."""
    words.end()
    sum_ = checksum(body_text(box.running.stanzas, box.dialect))
    return f"Cryptochecksum: {' '.join(sum_[i : i + 8] for i in range(0, 32, 8))}"


def access_lists(box: Box, words: Words) -> str:
    """``show access-list [NAME]``: entries with line numbers and hit counts, groups expanded."""
    wanted = words.rest()
    names = dict.fromkeys(
        key(line).split()[1] for line in starting(box.running.stanzas, "access-list ")
    )
    if wanted and wanted not in names:
        raise Refused(f"ERROR: access-list <{wanted}> does not exist")
    lines = [line for name in names if wanted in ("", name) for line in _access_list(box, name)]
    return "\n".join(lines)


def show_names(box: Box, words: Words) -> str:
    """``show names``: the table of ``name`` lines."""
    words.end()
    return "\n".join(key(line) for line in starting(box.running.stanzas, "name "))


def _whole_with_defaults(box: Box) -> str:
    tree = box.running.with_stanzas((*box.running.stanzas, default_map(box.knobs)))
    return "\n".join([*tree.header, body_text(tree.stanzas, box.dialect).rstrip("\n"), ": end"])


def _section(stanzas: Stanzas, section: str, wanted: list[str]) -> Iterator[Line]:
    """The stanzas of a kind; of one name; or, by ``id NAME``, of one object or group."""
    for line in stanzas:
        words = key(line).split()
        if line.is_comment or words[0] != section:
            continue
        named = words[2:3] if wanted[:1] == ["id"] else words[1 : 1 + len(wanted)]
        if named == (wanted[1:2] if wanted[:1] == ["id"] else wanted):
            yield line


def _access_list(box: Box, name: str) -> Iterator[str]:
    entries = [key(line) for line in starting(box.running.stanzas, f"access-list {name} ")]
    count = sum(" remark" not in entry for entry in entries)
    yield f"access-list {name}; {count} elements; name hash: 0x{checksum(name)[:8]}"
    for number, entry in enumerate(entries, 1):
        rest = entry.removeprefix(f"access-list {name} ")
        if rest.startswith("remark"):
            yield f"access-list {name} line {number} {rest}"
            continue
        for indent, one in _expanded(box.running.stanzas, rest):
            hash_ = checksum(f"{name} {one}")[:8]
            yield f"{indent}access-list {name} line {number} {one} (hitcnt=0) 0x{hash_}"


def _expanded(stanzas: Stanzas, rest: str) -> Iterator[tuple[str, str]]:
    yield "", rest
    words = rest.split()
    if "object-group" not in words:
        return
    group = words[words.index("object-group") + 1]
    head = first(stanzas, f"object-group network {group}")
    for member in head.commands() if head else ():
        yield (
            "  ",
            rest.replace(f"object-group {group}", key(member).removeprefix("network-object ")),
        )
