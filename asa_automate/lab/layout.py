"""Loading a configuration text into a box, and printing it as the box prints it."""

import hashlib
import re
from dataclasses import replace

from asa_automate.config.tree import Line, Tree, read_tree, write_tree
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.stanzas import Stanzas

#: The name of the system execution space, where contexts are made; no context may bear it.
SYSTEM = "system"

_HEADER_LINE = re.compile(r":(\s|$)|(ASA|PIX|FWSM) Version ")
_NAMED = re.compile(r": (Serial Number|Hardware):")
#: What some boxes print after ``: end``.
_AFTER_END = re.compile(r"(no )?asdm ")
_INSPECT = re.compile(r"^( *inspect .*\S)$", re.MULTILINE)
_VERSION = re.compile(r"(\d+)\.(\d+)")
#: From here on the header names serial number and hardware.
_SERIAL_SINCE = (9, 2)


def version_pair(version: str) -> tuple[int, int]:
    """``(9, 8)`` for ``9.8(2)``; ``(9, 0)`` for a text that is no version."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else (9, 0)


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
    header = _running_header(running, knobs, space)
    written = (": Saved", f": Written by {user} at {when}", *header[2:-1], "!", header[-1])
    return replace(running, header=written)


def booted(startup: Tree, knobs: Knobs, space: str = "") -> Tree:
    """The running-config right after a start."""
    return replace(startup, header=_running_header(startup, knobs, space))


def printed(tree: Tree, knobs: Knobs) -> str:
    """The whole text, from ``: Saved`` to ``: end``, with its checksum."""
    body = body_text(tree.stanzas, knobs)
    sum_ = checksum(body)
    return "\n".join(
        [*tree.header, body.rstrip("\n"), f"Cryptochecksum:{sum_}", ": end", *tree.footer, ""]
    )


def body_text(stanzas: Stanzas, knobs: Knobs) -> str:
    """Some stanzas as text, each line ended."""
    if not stanzas:
        return ""
    text = write_tree(Tree((), (), None, None, complete=True, stanzas=tuple(stanzas)))
    return _INSPECT.sub(r"\1 ", text) if knobs.trailing_blanks else text


def checksum(text: str) -> str:
    """32 hexadecimal digits that change with the text; not the ASA's own algorithm."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


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
    version = tree.version or knobs.version
    named = tuple(line for line in tree.header if _NAMED.match(line))
    if not named and version_pair(version) >= _SERIAL_SINCE:
        named = (f": Serial Number: {tree.serial}", f": Hardware:   {knobs.hardware}")
    last = f"ASA Version {version} {space_mark(space)}"
    if not named or "context" in last:
        return (": Saved", ":", last)
    return (": Saved", ": ", *named, ":", last)
