"""Loading a configuration text into a box, and printing it as the box prints it."""

import hashlib
import re
from dataclasses import replace

from asa_automate.config.tree import Line, Tree, read_tree, write_tree
from asa_automate.lab.dialects import Dialect, dialect_of, release_of
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.stanzas import Stanzas

#: The name of the system execution space, where contexts are made; no context may bear it.
SYSTEM = "system"

_HEADER_LINE = re.compile(r":(\s|$)|(ASA|PIX|FWSM) Version ")
_PRODUCT = re.compile(r"(ASA|PIX|FWSM) Version ")
_NAMED = re.compile(r": (Serial Number|Hardware):")
#: What some boxes print after ``: end``.
_AFTER_END = re.compile(r"(no )?asdm ")
_INSPECT = re.compile(r"^ *inspect (\S+).*$", re.MULTILINE)


def version_pair(version: str) -> tuple[int, int]:
    """``(9, 8)`` for ``9.8(2)``; ``(9, 0)`` for a text that is no version."""
    major, minor = release_of(version)[:2]
    return major, minor


def spoken_by(tree: Tree, knobs: Knobs) -> Dialect:
    """The dialect of a box with this configuration."""
    return dialect_of(release_of(tree.version or knobs.version), knobs)


def product(tree: Tree, knobs: Knobs) -> str:
    """``ASA`` or ``PIX``: the word in front of the version."""
    named = (_PRODUCT.match(line.strip()) for line in tree.header)
    return next((found[1] for found in named if found), knobs.product)


def loaded(text: str, knobs: Knobs, space: str = "") -> Tree:
    """Any running-config text as a box holds it: stanzas kept, header made anew.

    Args:
        space: name of a context or of the system execution space; empty in single mode.
    """
    tree = read_tree(text)
    kept = tuple(line for line in tree.stanzas if not _HEADER_LINE.match(line.text))
    if kept and not kept[0].is_comment:
        kept = (Line("!"), *kept)
    whole = replace(
        tree,
        stanzas=kept,
        version=tree.version or knobs.version,
        serial=tree.serial or knobs.serial,
        footer=tuple(line for line in tree.footer if _AFTER_END.match(line)),
        complete=True,
    )
    return replace(whole, header=_running_header(whole, knobs, space))


def saved(running: Tree, knobs: Knobs, user: str, when: str, space: str = "") -> Tree:
    """The startup-config after ``write memory``.

    The header of a saved text names who saved it, and has a separator ahead of the version.
    """
    *head, _, version = _running_header(running, knobs, space)
    return replace(running, header=(*head, f": Written by {user} at {when}", "!", version))


def booted(startup: Tree, knobs: Knobs, space: str = "") -> Tree:
    """The running-config right after a start."""
    return replace(startup, header=_running_header(startup, knobs, space))


def with_serial(tree: Tree, serial: str) -> Tree:
    """The same text on another unit of the pair: its head names that one's serial number."""
    head = tuple(
        f": Serial Number: {serial}" if line.startswith(": Serial Number:") else line
        for line in tree.header
    )
    return replace(tree, serial=serial, header=head)


def printed(tree: Tree, knobs: Knobs) -> str:
    """The whole text, from ``: Saved`` to ``: end``, with its checksum."""
    body = body_text(tree.stanzas, spoken_by(tree, knobs))
    sum_ = checksum(body)
    return "\n".join(
        [*tree.header, body.rstrip("\n"), f"Cryptochecksum:{sum_}", ": end", *tree.footer, ""]
    )


def body_text(stanzas: Stanzas, dialect: Dialect) -> str:
    """Some stanzas as text, each line ended."""
    if not stanzas:
        return ""
    text = write_tree(Tree((), (), None, None, complete=True, stanzas=tuple(stanzas)))
    if not dialect.trailing_blanks:
        return text
    return _INSPECT.sub(lambda line: line[0] + _blanks(line, dialect), text)


def _blanks(line: re.Match[str], dialect: Dialect) -> str:
    return "  " if line[1] in dialect.two_blanks else " "


def checksum(text: str) -> str:
    """32 hexadecimal digits that change with the text; not the ASA's own algorithm."""
    return hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def hostname(tree: Tree, knobs: Knobs) -> str:
    """The name that the configuration gives, else the knob's."""
    given = (line.text for line in tree.commands() if line.text.startswith("hostname "))
    return next((text.split()[1] for text in given), knobs.hostname)


def terminal_width(tree: Tree, knobs: Knobs) -> int:
    """What ``terminal width`` says, else the knob."""
    given = (line.text for line in tree.commands() if line.text.startswith("terminal width "))
    return next((int(text.split()[2]) for text in given), knobs.width)


def space_mark(space: str) -> str:
    """What stands behind a version: which kind of space speaks, not which context.

    Seen in `show version` of two contexts in the collected texts (``9.8(3)21 <context>``), and in
    a running-config of an FWSM.
    """
    if not space:
        return ""
    return "<system>" if space == SYSTEM else "<context>"


def _running_header(tree: Tree, knobs: Knobs, space: str) -> tuple[str, ...]:
    """Serial number and hardware as the loaded text gave them, else by version and knobs.

    A context has neither.
    """
    dialect = spoken_by(tree, knobs)
    named = tuple(line for line in tree.header if _NAMED.match(line))
    if not named and dialect.head_names_serial:
        named = (f": Serial Number: {tree.serial}", f": Hardware:   {knobs.hardware}")
    last = f"{product(tree, knobs)} Version {tree.version or knobs.version} {space_mark(space)}"
    if "context" in last:
        return (": Saved", ":", last)
    gap = ("",) if dialect.head_has_gap else ()
    named = (": ", *named) if named else ()
    return (": Saved", *gap, *named, ":", last)
