"""A unit of a failover pair: ``show failover``, ``show failover state``, copying to the mate.

The mate is only talked of, never there. Shape: outputs of 7.2 and 9.12 pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from asa_automate.lab import spaces, texts
from asa_automate.lab.box import Box
from asa_automate.lab.grammar import Words
from asa_automate.lab.stanzas import key, starting

_OFF = "Failover Off \nFailover unit Secondary\nFailover LAN Interface: not Configured"
_HEAD = """\
Failover On
Failover unit {unit}
Failover LAN Interface: folink GigabitEthernet0/3 (up)
{reconnect}Unit Poll frequency 1 seconds, holdtime 15 seconds
Interface Poll frequency 5 seconds, holdtime 25 seconds
Interface Policy 1
Monitored Interfaces {count} of {most} maximum
{newer}Last Failover at: {when}"""
_RECONNECT = "Reconnect timeout 0:00:00\n"
_VERSIONS = "Version: Ours {version}, Mate {version}\n"
_NEWER = (
    "MAC Address Move Notification Interval not set\n"
    + _VERSIONS
    + "Serial Number: Ours {serial}, Mate {mate}\n"
)
_STATE = """\
               State          Last Failure Reason      Date/Time
This host  -   {0.unit}
               {0.state:<14} None
Other host -   {1.unit}
               {1.state:<14} {reason:<24}

====Configuration State===
\tSync Done
====Communication State===
\tMac set"""
#: Of the statistics: what is counted, in the order in which it is printed.
_OBJECTS = (
    "General", "sys cmd", "up time", "RPC services", "TCP conn", "UDP conn", "ARP tbl",
    "Xlate_Timeout", "SIP Session",
)  # fmt: skip
_SYNCING = "Sync Config"


@dataclass(frozen=True, slots=True)
class Unit:
    """One of the two: its number in the pair, and what it is doing."""

    unit: str
    state: str
    seconds: int


def show(box: Box, words: Words) -> str:
    """``show failover``: the pair, the interfaces of both, the statistics of the link."""
    words.end()
    if of_contexts := spaces.show_failover(box):
        return of_contexts
    if box.knobs.failover == "off":
        return _OFF
    here, mate = pair(box)
    lines = [_head(box, here)]
    lines += [f"\tThis host: {here.unit} - {here.state}", *_host(box, here)]
    lines += [f"\tOther host: {mate.unit} - {mate.state}", *_host(box, mate)]
    return "\n".join([*lines, "", *_statistics()])


def show_state(box: Box, words: Words) -> str:
    """``show failover state``: the pair in short."""
    words.end()
    if box.knobs.failover == "off":
        return "Failover is not enabled"
    here, mate = pair(box)
    reason = "Comm Failure" if mate.state == "Failed" else "None"
    return _STATE.format(here, mate, reason=reason)


def pair(box: Box) -> tuple[Unit, Unit]:
    """This unit and its mate."""
    knobs, is_active = box.knobs, box.knobs.failover == "active"
    mine, other = spaces.units(box)
    roles = ("Active", "Standby Ready")
    here, mate = roles if is_active else (roles[1], roles[0])
    mate = _SYNCING if is_replicating(box) else mate
    up = int(box.seconds)
    return (
        Unit(mine, knobs.failover_states[0] or here, up if is_active else 0),
        Unit(other, knobs.failover_states[1] or mate, 0 if is_active else up),
    )


def is_replicating(box: Box) -> bool:
    """Whether the configuration is being copied to the mate."""
    during = box.knobs.replication
    return during is not None and during[0] <= box.counts.commands < during[1]


def replication_text(box: Box) -> str:
    """Count one command line; what the box says of copying before it answers."""
    box.counts.commands += 1
    first, last = box.knobs.replication or (0, 0)
    said = {first: texts.REPLICATION_BEGINS, last: texts.REPLICATION_ENDS}
    text = said.get(box.counts.commands)
    return f"{text}\n" if text else ""


def _head(box: Box, here: Unit) -> str:
    is_new = box.dialect.failover_serials
    newer = (_NEWER if is_new else _VERSIONS).format(
        version=box.running.version, serial=box.serial, mate=box.knobs.mate_serial
    )
    return _HEAD.format(
        unit=here.unit,
        reconnect=_RECONNECT if is_new else "",
        newer=newer,
        when=box.stamp(),
        count=len(list(_interfaces(box, here))),
        most=61 if is_new else 250,
    )


def _host(box: Box, unit: Unit) -> Iterator[str]:
    yield f"\t\tActive time: {unit.seconds} (sec)"
    state = "Unknown (Waiting)" if unit.state == "Failed" else "Normal"
    if unit.state != "Failed":
        yield (
            f"\t\tslot 0: {box.knobs.hardware.split(',')[0]} hw/sw rev (/{box.running.version})"
            " status (Up Sys)"
        )
    for name, address in _interfaces(box, unit):
        yield f"\t\t  Interface {name} ({address}): {state}"


def _interfaces(box: Box, unit: Unit) -> Iterator[tuple[str, str]]:
    """Named interfaces with the unit's address: the active one has the first of the two."""
    for head in starting(box.running.stanzas, "interface "):
        settings = [key(line) for line in head.commands()]
        named = [s.split()[1] for s in settings if s.startswith("nameif ")]
        addresses = next((s.split() for s in settings if s.startswith("ip address ")), [])
        standby = addresses[5:6] if addresses[4:5] == ["standby"] else []
        mine = addresses[2:3] if unit.state == "Active" else standby
        if named:
            yield named[0], mine[0] if mine else "0.0.0.0"  # noqa: S104 - a text, nothing is bound


def _statistics() -> Iterator[str]:
    yield "Stateful Failover Logical Update Statistics"
    yield "\tLink : folink GigabitEthernet0/3 (up)"
    yield f"\t{'Stateful Obj':<16}{'xmit':<11}{'xerr':<11}{'rcv':<11}rerr"
    for name in _OBJECTS:
        yield f"\t{name:<16}{'0':<11}{'0':<11}{'0':<11}0"
    yield ""
    yield "\tLogical Update Queue Information"
    yield "\t\t\tCur\tMax\tTotal"
    yield from (f"\t{queue} Q:\t\t0\t0\t0" for queue in ("Recv", "Xmit"))
