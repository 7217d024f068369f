"""The active unit of a pair fails, and its mate is the active one: the same box, the other unit.

Role and unit are those of ``show failover``. The failed unit's own startup-config is forgotten:
it comes back as the standby unit, and the next save is replicated to it.
"""

import re
from dataclasses import replace

from asa_automate.lab.box import Box
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.spaces import system_of, units

_PRIORITY = re.compile(r"(?<=/)(pri|sec)\b")


def switch_over(box: Box, lag: int = 0, mate_state: str = "") -> None:
    """Cut every session, and have the mate answer from now on.

    Args:
        box: any space of the active unit.
        lag: of how many of the last executed configuration lines the mate has not heard.
        mate_state: of the failed unit, as the mate prints it; empty: it is ``Standby Ready``.

    Raises:
        ValueError: the box is not the active unit of a pair.
    """
    system = system_of(box)
    if system.knobs.failover != "active":
        raise ValueError("only the active unit of a pair fails over: Knobs(failover='active')")
    chassis = box.chassis
    other = units(box)[1]
    with box.lock:
        held = chassis.replica.as_of(lag)
        for space in (*chassis.spaces.values(),) or (box,):
            knobs = _knobs_of_mate(space, other, mate_state)
            space.take_over(knobs, held[space.space].running, held[space.space].startup)
        if chassis.prompt_suffix is not None:
            chassis.prompt_suffix = _of_mate(chassis.prompt_suffix)
        chassis.hang_up()


def _knobs_of_mate(box: Box, unit: str, mate_state: str) -> Knobs:
    return replace(
        box.knobs,
        serial=box.knobs.mate_serial,
        mate_serial=box.serial,
        failover_unit="Secondary" if unit == "Secondary" else "Primary",
        failover_states=("", mate_state),
        failover_groups=tuple("active" for _ in box.knobs.failover_groups),
        prompt_suffix=_of_mate(box.knobs.prompt_suffix),
    )


def _of_mate(suffix: str) -> str:
    return _PRIORITY.sub(lambda found: "sec" if found[1] == "pri" else "pri", suffix)
