"""What a configuration says of the box: a system execution space, a unit of a cluster.

A system execution space makes contexts, and inspects nothing itself.

Source: ASA CLI guides, multiple context mode: ``admin-context``, and ``context`` blocks each with
a ``config-url``, stand in the system configuration alone.
"""

import re

from asa_automate.config.tree import CutTree, Line

#: What opens the bootstrap configuration of a cluster.
CLUSTER = "cluster group "
_VERSION = re.compile(r"^(?:ASA|PIX|FWSM) Version \S+ +<system>")


def system_line(tree: CutTree) -> Line | None:
    """The first line that shows the text of a system execution space; ``None``: it is none."""
    for number, raw in enumerate(tree.header, 1):
        if _VERSION.match(raw.strip()):
            return Line(raw, number)
    return next((line for line in tree.opened() if _makes_contexts(line)), None)


def is_clustered(tree: CutTree) -> bool:
    """Whether the box is a unit of a cluster (ASA CLI guides 9.0 on: ``cluster group NAME``)."""
    return any(line.text.startswith(CLUSTER) for line in tree.opened())


def _makes_contexts(line: Line) -> bool:
    if line.text.startswith(("admin-context ", "config-url ")):
        return True
    has_url = any(child.text.startswith("config-url ") for child in line.commands())
    return line.text.startswith("context ") and has_url
