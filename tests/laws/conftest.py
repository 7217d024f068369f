"""The judge: a virtual ASA that is typed to, and asked. It knows nothing of the planner.

After every single line
the box's own classifier is asked about flows, under both readings and both ways in which an
interface policy may or may not let a flow fall through to the global one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from itertools import product
from typing import Any

import pytest

from asa_automate.config.reader import read_running
from asa_automate.config.tree import Line
from asa_automate.device.session import Session
from asa_automate.lab.access import Packet
from asa_automate.lab.asa import Snapshot, VirtualAsa
from asa_automate.lab.flow import Classifier, attached
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.layout import version_pair
from asa_automate.lab.wire import MemoryWire
from asa_automate.model import Address, Exemption, Identity, Reading, Strategy
from asa_automate.plan.document import Command, DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from asa_automate.plan.state import fingerprint_of

PEER, STRANGER = ip_address("198.51.100.77"), ip_address("203.0.113.99")
PEER_6, STRANGER_6 = ip_address("2001:db8:aaaa::1"), ip_address("2001:db8:bbbb::2")

#: Engine and map (empty: none is named) of everything that inspects a flow.
Treatment = frozenset[tuple[str, str]]
Place = tuple[str, str]
Answers = dict[tuple[Packet, Place], Treatment]

SMTP = 25
BOTH = (Reading.PER_ENGINE, Reading.PER_CLASS)
POLICY_WORDS = (
    "class-map ",
    "policy-map ",
    "service-policy ",
    "interface ",
    "name ",
    "ipv6 ",
    "static ",
)
NAMED_WORDS = ("access-list ", "object ", "object-group ")
#: How far a plan claims to be sound -> the readings that it must hold under.
CLAIMS = {
    "both-readings": BOTH,
    "needs-probe": (Reading.PER_ENGINE,),
    "live-proof-required": (Reading.PER_ENGINE,),
}
PORTS = (("tcp", 25), ("tcp", 21), ("tcp", 587), ("udp", 53))


@dataclass(frozen=True)
class Asked:
    """A flow to ask the box about, and whether it is mail of a gateway that is to be
    exempt, and whether it is any gateway's at all."""

    packet: Packet
    mail: bool
    touches: bool


@dataclass
class Played:
    """What a box was and became, line by line."""

    box: VirtualAsa
    before: Snapshot
    after_each: list[Snapshot] = field(default_factory=list)


class Judge:
    """Plays plans and asks about flows."""

    def box(self, text: str, **knobs: object) -> VirtualAsa:
        at_start = Knobs(pager_lines=0, privileged_at_login=True, login_history=False)
        return VirtualAsa(text, replace(at_start, **knobs))  # type: ignore[arg-type]

    def plan(
        self,
        text: str,
        *gateways: Address,
        strategy: Strategy | None = None,
        reading: Reading = Reading.UNKNOWN,
        mapped: Mapping[Address, Address] | None = None,
    ) -> DevicePlan:
        wishes = (Exemption(name="esa", gateways=gateways, mapped=mapped or {}),)
        request = Request(
            device="fw",
            context=None,
            identity=Identity(),
            exemptions=wishes if gateways else (),
            reading=PlanReading(value=reading, source="test"),
            strategy=strategy,
        )
        return plan_device(request, read_running(text))

    def play(self, box: VirtualAsa, commands: Iterable[Command]) -> Played:
        """Type the lines at the box's console; not one may be refused."""
        played = Played(box, Snapshot("", None, box.running, box.startup, box.knobs))
        seen, typed = len(box.snapshots), [command.line for command in commands]
        assert [""] * len(typed) == list(box.edit(typed))
        played.after_each += box.snapshots[seen:]
        return played

    def play_over_a_session(self, box: VirtualAsa, commands: Iterable[Command]) -> None:
        """Type the lines as an apply does; a refused line raises."""
        session = Session.open(MemoryWire(box), device="fw", enable_secret=None, may_change=True)
        session.configure()
        for command in commands:
            session.line(command.line)
        session.end()
        session.close()

    def fingerprint(self, text: str) -> str:
        """Of a text as the box prints it."""
        return fingerprint_of(read_running(text))

    def circle(
        self, plan: DevicePlan, text: str, gateways: Sequence[Address], **wish: Any
    ) -> None:
        """There, whole after every line; again: nothing to do; and back, whole as well."""
        box = self.box(text)
        there = self.play(box, plan.commands)
        assert plan.target_fingerprint == self.fingerprint(box.running_text)
        self.must_be_whole(plan, there, gateways)
        self.exempt_at_the_end(plan, there)
        self.elsewhere_unchanged(plan, there)

        again = self.plan(box.running_text, *gateways, **wish)
        assert ("noop", ()) == (again.status, again.commands), again.reason

        back = self.play(box, plan.inverse)
        assert plan.fingerprint == self.fingerprint(box.running_text)
        self.must_be_whole(plan, back, gateways)

    def must_be_whole(self, plan: DevicePlan, played: Played, gateways: Sequence[Address]) -> None:
        """Every flow has its old or its new treatment after every line, where this is claimed.

        In a gap that the plan declares it may lack inspections that are being entered again.
        """
        asked = list(questions(plan, gateways))
        between = list(steps(played))
        for reading, falls in worlds(plan):
            old = ask(played.before, asked, reading, falls=falls)
            new = ask(played.after_each[-1], asked, reading, falls=falls)
            for snapshot in between:
                now = ask(snapshot, asked, reading, falls=falls)
                away = away_in(snapshot, played) if declares_a_gap(plan) else frozenset()
                for flow, treatment in now.items():
                    ends = (old[flow], new[flow])
                    lacks = any(
                        treatment < end and {e for e, _ in end - treatment} <= away for end in ends
                    )
                    assert treatment in ends or lacks, (
                        f"after {snapshot.line} {flow}, {reading}, {falls}"
                    )

    def exempt_at_the_end(self, plan: DevicePlan, played: Played) -> None:
        """No gateway's mail is inspected any more, wherever it goes."""
        asked = [one for one in questions(plan, ()) if one.mail]
        for reading, falls in worlds(plan):
            for flow, now in ask(played.after_each[-1], asked, reading, falls=falls).items():
                assert "esmtp" not in {engine for engine, _ in now}, (flow, reading, falls)

    def elsewhere_unchanged(self, plan: DevicePlan, played: Played) -> None:
        """Flows of which the plan does not say that they change have what they had."""
        asked = [one for one in questions(plan, ()) if not declared(plan, one)]
        for reading, falls in worlds(plan):
            old, new = (
                ask(state, asked, reading, falls=falls)
                for state in (played.before, played.after_each[-1])
            )
            assert kept(plan, old) == kept(plan, new)


def steps(played: Played) -> Iterator[Snapshot]:
    """The states in between, each that is another than the one before in what flows meet."""
    last = relevant(played.before.running.stanzas)
    for snapshot in played.after_each[:-1]:
        now = relevant(snapshot.running.stanzas)
        if now != last:
            yield snapshot
        last = now


def declares_a_gap(plan: DevicePlan) -> bool:
    return any(finding.code == "inspection-gap" for finding in plan.findings)


def away_in(snapshot: Snapshot, played: Played) -> frozenset[str]:
    """The engines of lines that both ends have and this state has not."""
    both = inspections(played.before) & inspections(played.after_each[-1])
    lines = (line.split() for _, _, line in both - inspections(snapshot))
    return frozenset(e for words in lines for e in (words[1], " ".join(words[1:3])))


def inspections(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    return {
        (stanza.text, entry.text, line.text)
        for stanza in snapshot.running.stanzas
        if stanza.text.startswith("policy-map ")
        for entry in stanza.children
        for line in entry.children
        if line.text.startswith("inspect ")
    }


def worlds(plan: DevicePlan) -> Iterator[tuple[Reading, bool]]:
    """The readings that the plan's soundness names, with and without falling through."""
    assert plan.proof is not None
    readings = CLAIMS.get(plan.proof.sound, (plan.reading.value,))
    return product(readings, (True, False))


def kept(plan: DevicePlan, answers: Answers) -> Answers:
    """What a flow must keep: where everybody's mail is let go, all engines but that of mail."""
    assert plan.proof is not None
    if "EVERYBODY" not in " ".join(plan.proof.elsewhere):
        return answers
    return {flow: frozenset(e for e in had if e[0] != "esmtp") for flow, had in answers.items()}


def declared(plan: DevicePlan, one: Asked) -> bool:
    """Whether the plan says that this flow may change."""
    assert plan.proof is not None
    said = " ".join(plan.proof.elsewhere)
    everybody = "EVERYBODY" in said and one.packet.destination_port == SMTP
    return one.touches or everybody or ("IPV6" in said and one.packet.source.version == 6)


def questions(plan: DevicePlan, gateways: Sequence[Address]) -> Iterator[Asked]:
    """Gateways' flows and strangers', both ways, mail and other engines."""
    had = [c.line.split()[-1] for c in plan.commands if "network-object host" in c.line]
    named = [*dict.fromkeys([*gateways, *gateways_of(plan), *map(ip_address, had)])]
    for near in [STRANGER, STRANGER_6, *_neighbours(named), *named]:
        peer = PEER if near.version == 4 else PEER_6
        for protocol, port in PORTS:
            touches = near in named
            mail = near in gateways_of(plan) and (protocol, port) == ("tcp", 25)
            yield Asked(Packet(protocol, peer, near, port, 40000), mail, touches)
            yield Asked(Packet(protocol, near, peer, port, 40000), mail, touches)


def gateways_of(plan: DevicePlan) -> list[Address]:
    """The addresses that the plan says it exempts."""
    ends = [flow.removesuffix(":25") for flow in (plan.proof.exempt if plan.proof else ())]
    return [ip_address(e.split("-> ")[1].strip("[]")) for e in ends if "any -> " in e]


def _neighbours(gateways: Iterable[Address]) -> Iterator[Address]:
    known = list(gateways)
    yield from (g + 1 for g in known if g + 1 not in known)


def ask(snapshot: Snapshot, asked: Iterable[Asked], reading: Reading, *, falls: bool) -> Answers:
    """The box's answers for each flow, at each pair of interfaces that matters."""
    knobs = replace(snapshot.knobs, reading=reading, interface_falls_through=falls)
    version = version_pair(snapshot.running.version or "")
    stanzas = relevant(snapshot.running.stanzas)
    classifier = Classifier(stanzas, knobs, version)
    return {
        (one.packet, place): frozenset(
            (engine, "" if used == "_default_esmtp_map" else used)
            for engine, used in classifier.treatment(one.packet, *place).items()
        )
        for place in places(stanzas)
        for one in asked
    }


def relevant(stanzas: tuple[Line, ...]) -> tuple[Line, ...]:
    """Without the access-lists and groups that no class-map leads to: for speed alone.

    A name counts as used wherever it occurs as a word, so too much is kept rather than too little.
    """
    named: dict[str, list[Line]] = {}
    for stanza in stanzas:
        if stanza.text.startswith(NAMED_WORDS):
            words = stanza.text.split()
            named.setdefault(words[1 if words[0] == "access-list" else 2], []).append(stanza)
    kept = [s for s in stanzas if s.text.startswith(POLICY_WORDS)]
    for stanza in kept:  # which grows while it is walked through
        for word in (word for line in stanza.walk() for word in line.text.split()):
            kept += named.pop(word, [])
    return tuple(kept)


def places(stanzas: tuple[Line, ...]) -> list[Place]:
    """Pairs of interfaces with a policy of their own, then those without (an empty name).

    Not from one without to one with: whether the global policy of the first or the policy of the
    second comes first stands in no document, and box and model are of two minds.
    """
    names = [a.scope for a in attached(stanzas) if a.scope != "global"]
    return [(a, b) for a in names for b in (*names, "") if a != b] + [("", "")]


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()
