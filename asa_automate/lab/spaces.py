"""Execution spaces of a box in multiple mode: which command belongs where, and what they show.

Sources: ASA CLI guides, multiple context mode (spaces, prompts, ``changeto``, ``admin-context``);
failover, Active/Active (groups). The refusal of a wrong name is a recorded one; what no document
settles is a knob.
"""

from asa_automate.config.tree import Line
from asa_automate.lab.box import Box
from asa_automate.lab.edit import Refused
from asa_automate.lab.grammar import Words, invalid
from asa_automate.lab.layout import SYSTEM
from asa_automate.lab.stanzas import Path, first, key, starting

#: ASA command reference: refused where the command table has no dot for the space.
NOT_VALID_HERE = "ERROR: Command not valid in current execution space"

#: First words of configuration lines that the system execution space does not have, ...
_CONTEXTS_ONLY = frozenset(
    {"access-group", "access-list", "class-map", "global", "name", "nat", "object", "route"}
    | {"object-group", "policy-map", "service-policy", "static"}
)
#: ... and that only it has.
_SYSTEM_ONLY = frozenset({"admin-context", "context", "failover", "boot"})

_UNITS = ("Primary", "Secondary")

#: Commands that are refused in one kind of space.
_NOT_IN_SYSTEM = (
    *("show service-policy", "show access-list", "show names", "show conn"),
    *("clear service-policy", "clear conn"),
)
_NOT_IN_CONTEXT = ("reload",)


def is_multiple(box: Box) -> bool:
    """Whether the box runs in multiple context mode."""
    return bool(box.space) or box.knobs.multiple_mode


def is_context(box: Box) -> bool:
    """Whether this space is a context."""
    return box.space not in ("", SYSTEM)


def shows_serial(box: Box) -> bool:
    """``show version`` of a context names none (two collected texts)."""
    return not is_context(box)


def admin_context(box: Box) -> str:
    """The name of the admin context, as the system configuration has it."""
    for line in starting(system_of(box).running.stanzas, "admin-context "):
        return key(line).split()[1]
    return ""


def prompt_name(box: Box) -> str:
    """What stands before the mode: the name of the *box*, then the context's."""
    if not box.space:
        return box.hostname
    name = system_of(box).hostname
    named = is_context(box) and box.knobs.prompt_names_context
    return f"{name}/{box.space}" if named else name


def must_be_valid(box: Box, phrase: str, words: Words) -> None:
    """Refuse a command that this space does not have."""
    contexts = bool(box.space)
    if phrase == "show context" or phrase.startswith("changeto"):
        if not contexts:
            raise invalid(words.words[0].offset)
    elif (box.space == SYSTEM and phrase.startswith(_NOT_IN_SYSTEM)) or (
        is_context(box) and phrase in _NOT_IN_CONTEXT
    ):
        raise Refused(NOT_VALID_HERE)


def must_be_configurable(box: Box, path: Path, line: str) -> None:
    """Refuse a configuration line that this space, or this unit of a cluster, does not take."""
    if system_of(box).knobs.cluster == "data":
        raise Refused(box.knobs.wording.data_unit)
    words = Words.of(line)
    words.skip("no")
    word = words.peek().lower()
    if path and path[0].startswith("context "):
        return
    elsewhere = _CONTEXTS_ONLY if box.space == SYSTEM else _SYSTEM_ONLY if box.space else ()
    single = not box.space and word in ("context", "admin-context")
    if word in elsewhere or single:
        raise invalid(words.words[words.at].offset)


def wanted_context(box: Box, words: Words) -> str:
    """Where ``changeto context NAME`` leads; from a context that is not admin, nowhere else."""
    name = words.text()
    words.end()
    _must_reach_others(box, name)
    if name == SYSTEM or name not in box.chassis.spaces:
        raise Refused(f"ERROR: '{name}' is not valid")
    return name


def wanted_system(box: Box, words: Words) -> str:
    """Where ``changeto system`` leads."""
    words.end()
    _must_reach_others(box, SYSTEM)
    return SYSTEM


def show_context(box: Box, words: Words) -> str:
    """``show context [NAME]``: all of them in the system execution space, in a context its own."""
    name = words.peek() and words.text()
    words.end()
    lines = list(starting(system_of(box).running.stanzas, "context "))
    if is_context(box) and not box.knobs.context_lists_all:
        lines = [line for line in lines if key(line).split()[1] == box.space]
    if name:
        lines = [line for line in lines if key(line).split()[1] == name]
        if not lines:
            raise Refused(f"ERROR: '{name}' is not valid")
    admin = admin_context(box)
    rows = [row for line in lines for row in _rows(line, admin)]
    return "\n".join([_HEAD, *rows, f"Total active Security Contexts: {len(lines)}"])


_HEAD = "Context Name      Class                Interfaces           Mode         URL"


def _rows(line: Line, admin: str) -> list[str]:
    name = key(line).split()[1]
    says = [key(child).split(maxsplit=1) for child in line.commands()]
    interfaces = [rest[1] for rest in says if rest[0] == "allocate-interface"]
    url = next((rest[1] for rest in says if rest[0] == "config-url"), "")
    shown = f"{'*' if name == admin else ' '}{name}"
    first_one = f"{interfaces[0] if interfaces else ''}{',' if interfaces[1:] else ''}"
    rows = [f"{shown:<21} default              {first_one:<20} Routed       {url}"]
    for i, more in enumerate(interfaces[1:], 2):
        rows.append(f"{'':<43}{more}{',' if i < len(interfaces) else ''}")
    return rows


def is_standby(box: Box) -> bool:
    """Whether this unit is the standby one for the space."""
    groups = system_of(box).knobs.failover_groups if box.space else ()
    if groups and is_context(box):
        return groups[_group(box) - 1] == "standby"
    return system_of(box).knobs.failover == "standby"


def units(box: Box) -> tuple[str, str]:
    """This unit of the pair and its mate: ``Primary`` and ``Secondary``."""
    knobs = system_of(box).knobs
    mine = knobs.failover_unit or _UNITS[knobs.failover != "active"]
    return mine, _UNITS[mine == _UNITS[0]]


def show_failover(box: Box) -> str:
    """``show failover`` as a context answers it, or the system with groups; else empty."""
    system = system_of(box)
    if not box.space or system.knobs.failover == "off":
        return ""
    mate = system.knobs.failover_states[1]
    if is_context(box):
        mine, other = _states(is_standby(box), mate)
        return _OF_CONTEXT.format(when=box.stamp(), mine=mine, other=other)
    if not system.knobs.failover_groups:
        return ""
    unit, other_unit = units(box)
    pairs = [_states(group == "standby", mate) for group in system.knobs.failover_groups]
    return _OF_GROUPS.format(
        version=box.running.version,
        serial=box.serial,
        mate=system.knobs.mate_serial,
        unit=unit,
        other_unit=other_unit,
        mine="\n".join(_group_rows([pair[0] for pair in pairs])),
        other="\n".join(_group_rows([pair[1] for pair in pairs])),
    )


_OF_CONTEXT = """\
Failover On
Last Failover at: {when}
\tThis context: {mine}
\t\tActive time: 87 (sec)
\tPeer context: {other}
\t\tActive time: 0 (sec)"""

_OF_GROUPS = """\
Failover On
Failover unit {unit}
Failover LAN Interface: folink GigabitEthernet0/3 (up)
Version: Ours {version}, Mate {version}
Serial Number: Ours {serial}, Mate {mate}
  This host:    {unit}
{mine}

  Other host:   {other_unit}
{other}"""


def _group_rows(states: list[str]) -> list[str]:
    rows = []
    for number, state in enumerate(states, 1):
        rows.append(f"  Group {number}       State:          {state}")
        rows.append("                Active time:    87 (sec)")
    return rows


def _states(standby: bool, mate: str | None) -> tuple[str, str]:
    pair = ("Standby Ready", "Active") if standby else ("Active", "Standby Ready")
    return pair[0], mate or pair[1]


def _group(box: Box) -> int:
    """The failover group of a context: 1 unless its block says otherwise."""
    block = first(system_of(box).running.stanzas, f"context {box.space}")
    for child in block.commands() if block else ():
        words = key(child).split()
        if words[0] == "join-failover-group":
            return int(words[1])
    return 1


def _must_reach_others(box: Box, name: str) -> None:
    if is_context(box) and box.space not in (admin_context(box), name):
        raise Refused(NOT_VALID_HERE)


def system_of(box: Box) -> Box:
    """The system execution space; the box itself in single mode."""
    return box.chassis.spaces.get(SYSTEM, box)
