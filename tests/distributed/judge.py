"""What the boxes say of a round of jobs: who typed, what was typed twice, how they ended.

Nothing of the program is asked: a box knows every line that was typed and in which session.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import groupby
from typing import Any

from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from tests.end_to_end.conftest import PEER, Was

GATEWAYS = ("192.168.1.1", "192.168.1.2")
OTHERS = "192.168.1.20"


@dataclass(frozen=True)
class Round:
    """One box at the beginning of a round, and what the round wants of it."""

    name: str
    was: Was
    start: int
    plan: Mapping[str, Any]
    wanted: frozenset[str]

    @classmethod
    def of(
        cls, name: str, box: VirtualAsa, plan: Mapping[str, Any], wanted: Sequence[str]
    ) -> "Round":
        return cls(name, Was.of(box), len(box.transcript), plan, frozenset(wanted))

    @property
    def ended(self) -> str:
        """``old``, ``new``, ``both`` where the round wants what is there, else ``between``."""
        box = self.was.box
        old = Was.of(box).running == self.was.running and Was.of(box).startup == self.was.startup
        new = exempt(box) == self.wanted and Was.of(box).running == Was.of(box).startup
        return {(1, 1): "both", (1, 0): "old", (0, 1): "new"}.get((old, new), "between")

    def faults(self, claimed: str) -> Iterator[str]:
        """All that is wrong, a line each; ``claimed`` is the end that the program names."""
        typed = [
            entry
            for entry in self.was.box.transcript[self.start :]
            if entry.mode.startswith("config") and entry.session
        ]
        writers = [session for session, _ in groupby(typed, key=lambda entry: entry.session)]
        if len(writers) != len(set(writers)):
            yield f"{self.name}: two writers at a time: sessions {writers}"
        yield from self._replayed(Counter(entry.line for entry in typed))
        if self.ended == "between":
            yield f"{self.name}: neither old nor new"
        if claimed in ("old", "new") and self.ended not in (claimed, "both"):
            yield f"{self.name}: said to be {claimed}, is {self.ended}"

    def _replayed(self, typed: Counter[str]) -> Iterator[str]:
        """Lines of the way there that no way back has: once each, whoever died in between."""
        probe = self.plan["probe"] or {"commands": (), "inverse": ()}
        lines = Counter(c["line"] for c in (*self.plan["commands"], *probe["commands"]))
        back = {c["line"] for c in (*self.plan["inverse"], *probe["inverse"])}
        for line, most in lines.items():
            if line not in back and typed[line] > most:
                yield f"{self.name}: typed {typed[line]} times: {line}"


def exempt(box: VirtualAsa) -> frozenset[str] | None:
    """The gateways whose mail the box leaves alone; ``None`` where one way alone is exempt."""
    found = set()
    for gateway in (*GATEWAYS, OTHERS):
        address = ip_address(gateway)
        there = box.treatment(Packet("tcp", PEER, address, 25), "outside", "inside")
        back = box.treatment(Packet("tcp", address, PEER, 25), "inside", "outside")
        if ("esmtp" in there) != ("esmtp" in back):
            return None
        if "esmtp" not in there:
            found.add(gateway)
    return frozenset(found)
