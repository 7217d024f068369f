"""A judge that believes nobody but the box: its texts, its transcript, its snapshots, and what it
answers itself when it is asked about a flow.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import ip_address
from itertools import pairwise

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.steps import ENDS, NEXT, Step
from asa_automate.config.reader import read_running
from asa_automate.config.tree import Tree
from asa_automate.errors import Exit
from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.layout import printed
from asa_automate.model import Reading
from asa_automate.plan.state import fingerprint_of
from tests.apply.rig import GATEWAY, SECOND, Rig

#: Source, destination, protocol and port of flows that the box is asked about. A gateway's flow
#: may have its old or its new treatment; whoever is nobody's gateway keeps the old one throughout.
GATEWAYS = (GATEWAY, SECOND)
NEAR = ("192.168.1.3",)
STRANGERS = ("203.0.113.9",)
PEER = "198.51.100.7"
PORTS = (("tcp", 25), ("tcp", 21), ("tcp", 80), ("udp", 5060), ("udp", 53))


Question = tuple[str, str, str, int]
#: Where, and which engines with which maps.
Treatment = dict[str, tuple[str, ...]]

#: Ways through the box; an interface without a policy of its own stands for all such.
SMTP = 25
PATHS = (("outside", "inside"), ("inside", "dmz"))


def questions() -> Iterable[Question]:
    """Both ways between the peer and everybody, on every port."""
    for host in (*GATEWAYS, *NEAR, *STRANGERS):
        for protocol, port in PORTS:
            yield protocol, PEER, host, port
            yield protocol, host, PEER, port


@cache
def treatments(tree: Tree, knobs: Knobs) -> dict[Question, Treatment]:
    """What a box in this state says itself about every flow, by section; and what that comes to.

    Mail's engines on its way through two interfaces are asked of the box's own classifier,
    whether or not a flow that an interface policy lets go falls through to the global one.
    """
    box = VirtualAsa(printed(tree, knobs), knobs)
    shell = box.open_session()
    shell.receive(f"enable\n{knobs.enable_password}\nterminal pager 0\n".encode())
    found = {asked: _asked(shell.receive, asked) for asked in questions()}
    with_interfaces = any(where != "Global policy:" for one in found.values() for where in one)
    for falls in (False, True) if with_interfaces else ():
        box.knobs = replace(knobs, interface_falls_through=falls)
        classifier = box.classifier()
        for asked, treatment in found.items():
            protocol, source, destination, port = asked
            if port != SMTP:
                continue
            packet = Packet(protocol, ip_address(source), ip_address(destination), port)
            for path in PATHS:
                taken = classifier.treatment(packet, *path)
                treatment[f"{path} {falls}"] = tuple(sorted(f"{e} {m}" for e, m in taken.items()))
    return found


def _asked(send: Callable[[bytes], bytes], asked: Question) -> Treatment:
    protocol, source, destination, port = asked
    line = f"show service-policy flow {protocol} host {source} host {destination} eq {port}\n"
    sections: dict[str, list[str]] = {}
    for row in send(line.encode()).decode().replace("\r", "").split("\n"):
        if re.match(r"(Global policy|Interface \S+):", row):
            sections[row.strip()] = []
        elif found := re.search(r"Input flow:\s+inspect (.*)", row):
            named = found.group(1).replace("_default_esmtp_map", "").strip()
            sections[list(sections)[-1]].append(named)
    assert sections, "the box does not answer"
    return {title: tuple(sorted(inspects)) for title, inspects in sections.items()}


@cache
def mark(tree: Tree, knobs: Knobs) -> str:
    """The fingerprint of a configuration, by its text."""
    return fingerprint_of(read_running(printed(tree, knobs)))


@dataclass(frozen=True)
class Judge:
    """Holds the two states that an apply may end in, by their trees.

    Args:
        old: the box before.
        new: the box as a faultless apply leaves it; the old one where it must not change at all.
    """

    old: Tree
    new: Tree
    knobs: Knobs
    gateways: tuple[str, ...] = ()
    gap: bool = False

    def mark(self, tree: Tree) -> str:
        return mark(tree, self.knobs)

    def judge(self, rig: Rig, outcome: Outcome) -> None:
        """Everything that must hold after any single apply, rollback or recovery."""
        self.ends_whole(rig.box)
        self.is_truthful(rig.box, outcome)
        self.saved_only_what_was_proved(rig)
        self.hurts_nobody(rig.box)
        self.keeps_to_the_table(rig, outcome)
        learnt = set(rig.readings.values()) - {Reading.UNKNOWN}
        assert learnt <= {self.knobs.reading}, "a wrong reading is remembered"
        assert rig.box.open_sessions == 0, "a session was left open"

    def keeps_to_the_table(self, rig: Rig, outcome: Outcome) -> None:
        """Each step was allowed after the one before it, and the end after the last."""
        steps = [Step(stage) for stage in rig.stages]
        assert steps[0] is Step.CONNECT
        assert all(now in NEXT[last] for last, now in pairwise(steps)), steps
        assert outcome.state in ENDS[steps[-1]], (steps[-1], outcome)

    def ends_whole(self, box: VirtualAsa) -> None:
        pair = (self.mark(box.running), self.mark(box.startup))
        whole = {(self.mark(self.old),) * 2, (self.mark(self.new),) * 2}
        assert pair in whole, "neither old nor new"
        assert "ESA_EXEMPT_PROBE" not in box.running_text + box.startup_text

    def is_truthful(self, box: VirtualAsa, outcome: Outcome) -> None:
        running = self.mark(box.running)
        is_old, is_new = running == self.mark(self.old), running == self.mark(self.new)
        match outcome.state:
            case State.NEW:
                assert is_new
                assert outcome.exit is Exit.DONE
                assert outcome.saved
            case State.OLD:
                assert is_old
                assert outcome.exit is Exit.FAILED
                assert outcome.reason
            case State.DISPROVED:
                assert is_old
                assert outcome.exit is Exit.DISPROVED
                assert outcome.reason
            case State.UNREACHABLE | State.REFUSED:
                assert is_old
                assert outcome.exit in (Exit.UNREACHABLE, Exit.REFUSED)
                assert all(e.number is None for e in box.transcript), "lines were sent"
            case _:
                raise AssertionError(f"not whole, it says: {outcome}")
        self._was_read_back(box, outcome)

    def _was_read_back(self, box: VirtualAsa, outcome: Outcome) -> None:
        """What is claimed was read after the last thing that could change it."""
        lines = [e.line for e in box.transcript]
        last = max(
            (i for i, e in enumerate(box.transcript) if e.number is not None or _saves(e.line)),
            default=None,
        )
        if last is not None:
            rest = lines[last + 1 :]
            assert "show running-config" in rest or outcome.state is State.NEW, outcome
            assert "show startup-config" in rest, outcome

    def saved_only_what_was_proved(self, rig: Rig) -> None:
        old, new = self.mark(self.old), self.mark(self.new)
        for snapshot in rig.box.snapshots:
            assert self.mark(snapshot.startup) in (old, new), "half a change was saved"
        saves = [s for s in rig.box.snapshots if _saves(s.line)]
        if any(self.mark(s.running) == new for s in saves):
            self._was_proved_first(rig)

    def _was_proved_first(self, rig: Rig) -> None:
        lines = [e.line for e in rig.box.transcript]
        first = next(i for i, line in enumerate(lines) if _saves(line))
        changes = [i for i, e in enumerate(rig.box.transcript[:first]) if e.number is not None]
        between = [line for line in lines[changes[-1] + 1 : first] if line not in _WHERE]
        for gateway in self.gateways:
            for one, other in ((PEER, gateway), (gateway, PEER)):
                assert f"show service-policy flow tcp host {one} host {other} eq 25" in between
        assert between[-1] == "show running-config"
        assert rig.kinds.index("verified") < rig.kinds.index("save")

    def hurts_nobody(self, box: VirtualAsa) -> None:
        """At every instant each flow has its old or its new treatment, and others the old one.

        While classes are entered again, as ``gap`` says that they may, a flow that is no mail may
        lack what is away.
        """
        old, new = treatments(self.old, self.knobs), treatments(self.new, self.knobs)
        for tree in {s.running for s in box.snapshots}:
            away = _inspections(self.old) & _inspections(self.new) - _inspections(tree)
            for asked, now in treatments(tree, self.knobs).items():
                ours = set(asked[1:3]) & set(GATEWAYS)
                for where, taken in now.items():
                    allowed = {old[asked][where], new[asked][where] if ours else None}
                    if self.gap and asked[3] != SMTP and away:
                        lost = set(old[asked][where]) - set(taken)
                        gone = {line.removeprefix("inspect ") for _, _, line in away}
                        assert lost <= {*gone, *(f"{name} " for name in gone)}, (asked, where)
                        assert set(taken) <= set(old[asked][where]), (asked, where, taken)
                        continue
                    assert taken in allowed, (asked, where, taken)


#: How a session in a context makes sure of where it is.
_WHERE = ("show context", "show version")


def _inspections(tree: Tree) -> frozenset[tuple[str, str, str]]:
    """Policy-map, class and line of every inspection."""
    return frozenset(
        (stanza.text, entry.text, line.text)
        for stanza in tree.stanzas
        if stanza.text.startswith("policy-map ")
        for entry in stanza.children
        for line in entry.children
        if line.text.startswith("inspect ")
    )


def _saves(line: str) -> bool:
    return line == "write memory"
