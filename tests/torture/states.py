"""When two texts are the same state, and what a box does with flows: the judge's own notions.

Nothing here is shared with the program but the virtual firewall, which it never sees.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from ipaddress import ip_address

from asa_automate.config.tree import Tree
from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.flow import Classifier, attached
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.layout import printed, version_pair

#: One stanza: its first line, and what stands in it.
Stanza = tuple[str, tuple[str, ...]]
State = tuple[Stanza, ...]

#: Where one end of every flow is; the other ends are the gateways and everybody else.
PEER = "198.51.100.7"
PORTS = (("tcp", 25), ("tcp", 21), ("tcp", 80), ("udp", 5060), ("udp", 53))
WAYS = (("outside", "inside"), ("inside", "outside"))
Treatments = dict[tuple[str, str, str, int], tuple[tuple[str, ...], ...]]


@cache
def state_of(text: str) -> State:
    """A configuration as far as *the same state* goes.

    The same lines in the same order; but the place of a top-level stanza does not count, nor the
    order of ``inspect`` lines in one class (one that is put back lands last), nor that of members
    of a group, nor comments, header and checksum. Access-lists keep their order.
    """
    found: dict[str, list[str]] = {}
    plain: list[Stanza] = []
    for head, inside in _stanzas(text):
        if head.startswith("access-list "):
            found.setdefault(" ".join(head.split()[:2]), []).append(head)
        else:
            plain.append((head, tuple(_in_order(head, inside))))
    return tuple(sorted([*plain, *((name, tuple(lines)) for name, lines in found.items())]))


def _stanzas(text: str) -> Iterator[tuple[str, list[str]]]:
    head, inside = "", list[str]()
    for raw in text.splitlines():
        line = raw.rstrip()
        if not line.strip("! ") or line.startswith((":", "Cryptochecksum")):
            continue
        if line.startswith(" "):
            inside.append(line)
            continue
        if head:
            yield head, inside
        head, inside = line, []
    if head:
        yield head, inside


def _in_order(head: str, inside: list[str]) -> list[str]:
    if head.startswith("object-group "):
        return sorted(inside)
    ordered: list[str] = []
    run: list[str] = []
    for line in [*inside, ""]:
        if line.startswith("  inspect "):
            run.append(line)
            continue
        ordered += [*sorted(run), line]
        run = []
    return ordered[:-1]


def lines_of(text: str) -> frozenset[tuple[str, ...]]:
    """Every line with those that it stands under."""
    found: set[tuple[str, ...]] = set()
    for head, inside in _stanzas(text):
        found.add((head,))
        above = ""
        for line in inside:
            depth = len(line) - len(line.lstrip())
            found.add((head, line) if depth == 1 else (head, above, line))
            above = line if depth == 1 else above
    return frozenset(found)


@cache
def edited(text: str, knobs: Knobs, edits: tuple[tuple[str, ...], ...]) -> str:
    """The text of a box that had ``text`` and was then edited."""
    box = VirtualAsa(text, knobs)
    for lines in edits:
        box.edit(lines)
    return box.running_text


_THEIRS = re.compile(r"^ class THEIRS\n(?:  .*\n)*", re.MULTILINE)


@cache
def moved(text: str) -> str:
    """The same with a second operator's new class ahead of ours: who came first made the order."""
    theirs, ours = _THEIRS.search(text), " class ESA_EXEMPT_ESMTP\n"
    if theirs is None or ours not in text:
        return text
    return text.replace(theirs[0], "").replace(ours, theirs[0] + ours)


@cache
def treatments(tree: Tree, knobs: Knobs, hosts: tuple[str, ...]) -> Treatments:
    """Which engines inspect every flow between the peer and ``hosts``, way by way.

    The box's own classifier is asked, both ways through it, and whether or not a flow that an
    interface's policy lets go falls through to the global one.
    """
    own = any(policy.scope != "global" for policy in attached(tree.stanzas))
    version = version_pair(tree.version or knobs.version)
    made = [
        Classifier(tree.stanzas, replace(knobs, interface_falls_through=falls), version)
        for falls in ((False, True) if own else (False,))
    ]
    return {
        (protocol, source, destination, port): tuple(
            _taken(one, Packet(protocol, ip_address(source), ip_address(destination), port), way)
            for one in made
            for way in WAYS
        )
        for source, destination in _pairs(hosts)
        for protocol, port in PORTS
    }


def _pairs(hosts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for host in hosts:
        yield PEER, host
        yield host, PEER


def _taken(one: Classifier, packet: Packet, way: tuple[str, str]) -> tuple[str, ...]:
    taken = one.treatment(packet, *way)
    return tuple(sorted(f"{e} {m.removeprefix('_default_esmtp_map')}" for e, m in taken.items()))


@cache
def tree_of(text: str, knobs: Knobs) -> Tree:
    """A text as a box holds it."""
    return VirtualAsa(text, knobs).running


@cache
def text_of(tree: Tree, knobs: Knobs) -> str:
    """A tree as the box prints it."""
    return printed(tree, knobs)
