"""Prompts and modes of an ASA as data: which prompt means which mode, which line leads where.

Sources: Cisco ASA 8.4 CLI configuration guide, chapter *Using the Command-Line Interface*
(modes), and the MPF chapters (``config-cmap``, ``config-pmap``, ``config-pmap-c``). Boxes print
``config-network-object-group`` where the guides print ``config-network``: both are rows here.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.errors import Refused


class Mode(StrEnum):
    """A mode of the command line; the value is what a person calls it."""

    USER = "user exec"
    EXEC = "privileged exec"
    CONFIG = "config"
    GROUP = "config-network-object-group"
    CLASS_MAP = "config-cmap"
    POLICY_MAP = "config-pmap"
    POLICY_CLASS = "config-pmap-c"
    OTHER = "another mode"


SPELLINGS = {
    "config": Mode.CONFIG,
    "config-network": Mode.GROUP,
    "config-network-object-group": Mode.GROUP,
    "config-cmap": Mode.CLASS_MAP,
    "config-pmap": Mode.POLICY_MAP,
    "config-pmap-c": Mode.POLICY_CLASS,
}
"""What stands between the brackets of a prompt, and the mode that it means."""

PARENTS = {
    Mode.GROUP: Mode.CONFIG,
    Mode.CLASS_MAP: Mode.CONFIG,
    Mode.POLICY_MAP: Mode.CONFIG,
    Mode.POLICY_CLASS: Mode.POLICY_MAP,
}
"""Where ``exit`` leads from a configuration mode; ``(config)#`` itself is never left this way."""

PROMPT = re.compile(
    r"^(?P<host>\S+?)(?:\((?P<spelling>config[\w-]*)\))?(?P<mark>[>#])(?P<gap>\s?)$"
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as it was read.

    Attributes:
        host: everything before the mode, such as ``fw``, ``fw/ctx`` or ``fw/pri/act``.
        mode: the mode that it announces.
        gap: the blank behind ``>`` or ``#``, or nothing.
    """

    host: str
    mode: Mode
    gap: str = " "

    @property
    def privileged(self) -> bool:
        """Whether ``enable`` has been passed."""
        return self.mode is not Mode.USER

    @property
    def configuring(self) -> bool:
        """Whether lines change the configuration here."""
        return self.mode not in (Mode.USER, Mode.EXEC)

    @property
    def hostname(self) -> str:
        """The first part: ``fw`` of ``fw/pri/act``. The other parts may change in a session."""
        return self.host.partition("/")[0]


def parse(text: str) -> Prompt | None:
    """The prompt that ``text``, one line without its end, is; ``None`` if it is none."""
    found = PROMPT.match(text)
    if found is None or (found["spelling"] and found["mark"] == ">"):
        return None
    return Prompt(found["host"], _mode(found["spelling"], found["mark"]), found["gap"])


def _mode(spelling: str | None, mark: str) -> Mode:
    if spelling is None:
        return Mode.USER if mark == ">" else Mode.EXEC
    return SPELLINGS.get(spelling, Mode.OTHER)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table of configuration lines: how it starts, where it is typed, where to."""

    starts: re.Pattern[str]
    needs: Mode
    leads_to: Mode


def _step(starts: str, needs: Mode, leads_to: Mode | None = None) -> Step:
    return Step(re.compile(rf"(?:{starts})(?: |$)"), needs, leads_to or needs)


STEPS = (
    _step(r"object-group network", Mode.CONFIG, Mode.GROUP),
    _step(r"(?:no )?network-object", Mode.GROUP),
    _step(r"(?:no )?access-list", Mode.CONFIG),
    _step(r"class-map", Mode.CONFIG, Mode.CLASS_MAP),
    _step(r"(?:no )?match", Mode.CLASS_MAP),
    _step(r"policy-map", Mode.CONFIG, Mode.POLICY_MAP),
    _step(r"class", Mode.POLICY_MAP, Mode.POLICY_CLASS),
    _step(r"no class", Mode.POLICY_MAP),
    _step(r"(?:no )?inspect", Mode.POLICY_CLASS),
    # A class that is entered again, with the actions that it had (command reference, "class").
    _step(
        r"set connection|police|shape|priority|flow-export|user-statistics|ips|csc|cxsc|sfr"
        r"|service-policy",
        Mode.POLICY_CLASS,
    ),
    _step(r"no class-map", Mode.CONFIG),
    _step(r"no object-group network", Mode.CONFIG),
)
"""Every kind of configuration line that is ever sent; what is not here cannot be sent."""


def mode_needed(line: str) -> Mode:
    """The mode in which ``line`` must be typed.

    Raises:
        Refused: the line is of no kind that is ever sent.
    """
    return _step_of(line).needs


def mode_after(line: str, mode: Mode) -> Mode:
    """The mode in which the device is once it has taken ``line`` in ``mode``.

    Raises:
        Refused: the line is of no kind that is ever sent, or is not typed in ``mode``.
    """
    step = _step_of(line)
    if step.needs is not mode:
        raise Refused(f"{line!r} is typed in {step.needs}, not in {mode}")
    return step.leads_to


def exits_to(mode: Mode, wanted: Mode) -> int | None:
    """How many times ``exit`` leads from ``mode`` to ``wanted``; ``None`` if it never does."""
    count = 0
    while mode is not wanted:
        if mode not in PARENTS:
            return None
        mode = PARENTS[mode]
        count += 1
    return count


def _step_of(line: str) -> Step:
    for step in STEPS:
        if step.starts.match(line):
            return step
    raise Refused(f"not a configuration line that is ever sent: {line!r}")
