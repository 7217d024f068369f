"""``show cluster info``: which unit of a cluster answers."""

from typing import Literal

from asa_automate.show.templates import LINE_CAP, lines_of, records

Role = Literal["control", "data"]

#: How the unit that may be configured is called: before 9.19, from 9.19.
_CONTROL = ("MASTER", "CONTROL_NODE")


def cluster_role(text: str) -> Role | None:
    """The role of the unit that answers; ``None`` where clustering is off, or nothing is said.

    Every state but that of the control unit (data, joining, disabled ...) counts as ``data``.
    """
    lines = [line for line in lines_of(text) if len(line) <= LINE_CAP]
    found = records("show cluster info", "\n".join(lines), ("ENABLED", "STATE"))
    state = str(found[0]["STATE"]) if found else ""
    if not state:
        return None
    return "control" if state in _CONTROL else "data"
