"""AAA command authorization: which lines the box refuses to this user.

A server is asked for every line in every mode, ``terminal pager 0`` and ``write memory``
included; only ``end`` is always allowed here. That ``exit`` and the mode of a denied line behave
so is not documented.
"""

import re

from asa_automate.lab.box import Box

_ALWAYS_ALLOWED = ("end",)

ALLOWED: tuple[str, ...] | None = None
"""What every box allows that has no list of its own; ``None``: everything."""


def is_denied(box: Box, full: str, *, is_line: bool) -> bool:
    """Whether the knobs ``allowed`` or ``denied``, or a server that died, deny this line.

    Args:
        full: the line; the words of a command are spelt out, those of a configuration line are
            as typed, with single blanks.
        is_line: whether it is a line of the configuration.
    """
    if full in _ALWAYS_ALLOWED:
        return False
    by_fault = box.chassis.denied
    if is_line and "" in by_fault:
        return True
    allowed = ALLOWED if box.knobs.allowed is None else box.knobs.allowed
    if allowed is not None and not any(re.search(pattern, full) for pattern in allowed):
        return True
    patterns = (*box.knobs.denied, *filter(None, by_fault))
    return any(re.search(pattern, full) for pattern in patterns)
