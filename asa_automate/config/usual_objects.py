"""Network objects and groups in their usual form, read word by word.

A class may lead to thousands of them. The rows of a template are made for those alone that are
not of the usual form; where both have an answer, it is the same.
"""

from typing import NamedTuple

from asa_automate.config.line import Line

#: A line that is shorter is surely handed to its template.
_PLAIN = 1024
_MEMBERS = {
    "object": frozenset(("host", "subnet", "range")),
    "object-group": frozenset(("network-object", "group-object")),
}


class Usual(NamedTuple):
    """One object or group.

    Args:
        members: keyword and what stands behind it, of each line but the description.
        lines: these lines as they were printed.
    """

    name: str
    members: list[tuple[str, str]]
    lines: list[str]
    description: str


def usual_stanza(keyword: str, top: Line) -> Usual | None:
    """The stanza of ``object network`` or ``object-group network``; ``None`` where its template
    has to be asked."""
    words = top.raw.split()
    if len(words) != 3 or words[0] != keyword or words[1] != "network" or not _is_plain(top.raw):
        return None
    allowed = _MEMBERS[keyword]
    members, lines, descriptions = [], [], []
    for line in top.children:
        text = line.text
        word, _, argument = text.partition(" ")
        if line.children or not argument or argument[0] == " " or not _is_plain(text):
            return None
        if word in allowed:
            members.append((word, argument))
            lines.append(text)
        elif word == "description":
            descriptions.append(argument)
        else:
            return None
    if len(descriptions) > 1:
        return None
    return Usual(words[2], members, lines, "".join(descriptions).strip())


def _is_plain(text: str) -> bool:
    return len(text) < _PLAIN and text.isascii() and text.isprintable()
