"""The virtual ASA as judge: what it counted, beside what its texts were understood to say.

The box counts mail, is cleared, reloaded, failed over, edited by hand, and is asked now and then
over a session. A ledger beside it has what was counted since it was last asked, and whether
anything else happened. Nothing of the ledger is told to what is judged.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.collect import deltas
from asa_automate.collect.collector import take_sample
from asa_automate.collect.deltas import Change, Fold, changes
from asa_automate.collect.unit import Unit
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.box import Counter
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy
from asa_automate.lab.switchover import switch_over
from asa_automate.lab.wire import MemoryWire
from asa_automate.store.values import Label, Observation
from tests.device.conftest import Clocked

#: The box's own words for a counter -> ours.
WORDS = {"packet": "packets", "drop": "drops", "reset-drop": "reset_drops"}
WIDTH = 32


def label_of(counter: Counter) -> Label:
    """As the samples name it; the box leaves the map and the action to its text."""
    scope, policy, class_, engine, name = counter
    where = scope if scope == "global" else f"interface:{scope}"
    return Label(where, policy, class_, engine, "", WORDS.get(name, name), "")


def bare(label: Label) -> Label:
    return label._replace(map="", action="")


@dataclass
class Row:
    """Since the last question: what each counter counted, and which ones something befell."""

    counted: dict[Label, int] = field(default_factory=dict)
    befallen: set[tuple[str, str]] = field(default_factory=set)

    def all(self) -> bool:
        return ("", "") in self.befallen


class Life:
    """A pair of firewalls, what happens to it, and the ledger of that."""

    def __init__(self, wrap: bool = False) -> None:
        knobs = Knobs(failover="active", serial="9ALEDGER001", mate_serial="9ALEDGER002")
        self.box = VirtualAsa(interface_policy("fw", serial="9ALEDGER001"), knobs)
        self.wrap = wrap
        self.taken_out = False
        self.places = self._places()
        lines = self.box.running_text.splitlines()
        policy = lines[lines.index(f"policy-map {self.places[0][1]}") :]
        self.inspect = next(x.strip() for x in policy if "inspect esmtp" in x)
        self.mate: dict[Counter, int] = {}
        self.mate_booted = 0.0
        self.row = Row()
        self.rows: list[Row] = []
        self.seen: list[Observation] = []
        if wrap:
            self.box.counters = {
                place: 2**WIDTH - 40 * (n + 1) for n, place in enumerate(self.places)
            }

    def _places(self) -> list[Counter]:
        """Two counters of each policy that the box prints."""
        raw = self._sample().readings
        policies = sorted({(x.scope, x.policy, x.class_) for x in raw if x.engine == "esmtp"})
        return [
            (scope.removeprefix("interface:"), policy, class_, "esmtp", name)
            for scope, policy, class_ in policies
            for name in ("packet", "drop")
        ]

    def _session(self) -> Session:
        wire = Clocked(MemoryWire(self.box))
        secret = Secret(self.box.knobs.enable_password)
        return Session.open(wire, device="fw", enable_secret=secret, clock=wire.clock)

    def _sample(self) -> Observation:
        session = self._session()
        try:
            return take_sample("fw", session, 1_000_000 + self.box.seconds).seen
        finally:
            session.close()

    def count(self, place: int, much: int) -> None:
        counter = self.places[place % len(self.places)]
        label = label_of(counter)
        if not self._prints(counter):
            return
        value = self.box.count(counter) + much
        self.box.counters[counter] = value % 2**WIDTH if self.wrap else value
        self.row.counted[label] = self.row.counted.get(label, 0) + much

    def _prints(self, counter: Counter) -> bool:
        """Nobody counts mail in a class that does not inspect it."""
        return not (self.taken_out and counter[:3] == self.places[0][:3])

    def clear(self) -> None:
        """An operator types it."""
        wire = MemoryWire(self.box)
        for line in ("enable", self.box.knobs.enable_password, "clear service-policy"):
            wire.write(f"{line}\n".encode())
            wire.read(0)
        wire.close()
        assert "clear service-policy" == self.box.transcript[-1].line
        assert {} == self.box.counters
        self._befalls()

    def reload(self) -> None:
        self.box.save()
        self.box.seconds += 3600
        self.box.reload()
        self._befalls()

    def failover(self) -> None:
        mine, booted = dict(self.box.counters), self.box.chassis.booted
        switch_over(self.box)
        self.box.counters.update(self.mate)
        self.box.chassis.booted = self.mate_booted
        self.mate, self.mate_booted = mine, booted
        self._befalls()

    def toggle(self) -> None:
        """The second operator takes the inspection out of a class, or puts it back."""
        _, policy, class_ = self.places[0][:3]
        verb = "" if self.taken_out else "no "
        self.box.edit([f"policy-map {policy}", f"class {class_}", f"{verb}{self.inspect}"])
        self.taken_out = not self.taken_out
        self.mate = {k: v for k, v in self.mate.items() if k[:3] != self.places[0][:3]}
        scope = label_of(self.places[0])[:2]
        self.row.befallen.add(scope)

    def _befalls(self) -> None:
        self.row.befallen.add(("", ""))

    def ask(self) -> None:
        self.box.seconds += 300
        self.seen.append(self._sample())
        self.rows.append(self.row)
        self.row = Row()


Step = tuple[Any, ...]
HAPPENS = st.one_of(
    st.tuples(st.just("count"), st.integers(0, 3), st.integers(1, 50)),
    st.tuples(st.just("count"), st.integers(0, 3), st.integers(1, 50)),
    st.sampled_from([("clear",), ("reload",), ("failover",), ("toggle",)]),
    st.just(("ask",)),
    st.just(("ask",)),
)


def lived(steps: Sequence[Step], *, wrap: bool = False) -> Life:
    life = Life(wrap)
    for name, *arguments in (*steps, ("ask",)):
        getattr(life, name)(*arguments)
    return life


def judge(life: Life, fold: Fold | None = None) -> None:
    """Undisturbed, each increment is the ledger's; disturbed, it is missing or too small."""
    found: dict[tuple[float, Label], Change] = {}
    for change in changes(life.seen, fold):
        found[change.at, bare(change.label)] = change
    for before, now, row in zip([None, *life.seen], life.seen, life.rows, strict=False):
        past = {} if before is None else {bare(k): v for k, v in before.readings.items()}
        present = {bare(k): v for k, v in now.readings.items()}
        back = {x[:2] for x in present if x in past and present[x] < past[x]}
        for label in present:
            change = found[now.at, label]
            counted = row.counted.get(label, 0)
            disturbed = row.all() or label[:2] in row.befallen
            if change.delta is not None:
                assert 0 <= change.delta <= counted, (change, row)
            if not disturbed and label in past:
                assert counted == change.delta, (change, row)
            if label not in past or (disturbed and label[:2] in back):
                assert change.delta is None, (change, row)


@given(st.lists(HAPPENS, max_size=40))
def test_any_life_gives_the_ledgers_truth_or_nothing(steps: list[Step]) -> None:
    judge(lived(steps))


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("count"), st.integers(0, 3), st.integers(1, 50)), st.just(("ask",))
        ),
        max_size=60,
    )
)
def test_wraps_of_a_known_width(steps: list[Step]) -> None:
    """Where all else is quiet, the increment over a wrap is the ledger's, or it is missing."""
    life = lived(steps, wrap=True)
    found = list(changes(life.seen, Fold(width_of=lambda _: WIDTH)))
    rows = {seen.at: row for seen, row in zip(life.seen, life.rows, strict=True)}

    for change in found:
        if change.delta is not None:
            assert rows[change.at].counted.get(bare(change.label), 0) == change.delta


def some_lives(count: int = 25) -> list[Life]:
    """Always the same ones, full of incidents."""
    dice = random.Random(5)  # noqa: S311  # incidents, no secrets
    lives = []
    for _ in range(count):
        steps: list[Step] = []
        for _ in range(30):
            steps += [("count", n, dice.randint(0, 40)) for n in range(4)]
            steps += dice.choice([[], [("clear",)], [("reload",)], [("failover",)], [("toggle",)]])
            steps += [("count", dice.randrange(4), dice.randint(1, 60)), ("ask",)]
        lives.append(lived(steps))
    return lives


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "other units and reloads are not seen": lambda patch: patch.setattr(
        Unit, "generation_of", lambda *_: 0
    ),
    "what went back is not seen": lambda patch: patch.setattr(deltas, "_went_back", lambda *_: {}),
    "each counter for itself": lambda patch: patch.setattr(
        deltas, "_went_back", _alone(deltas._went_back)
    ),
    "a class that was gone is not remembered": lambda patch: patch.setattr(
        Fold, "_mark_missing", lambda *_: None
    ),
    "increments are one too large": lambda patch: patch.setattr(
        Fold, "_next", _one_more(Fold._next)
    ),
}


def _alone(whole: Callable[..., Any]) -> Callable[..., Any]:
    def few(observation: Observation, seen: Any) -> Any:
        found = whole(observation, seen)
        return {label: back for label, back in found.items() if len(back.counters) > 1}

    return few


def _one_more(whole: Callable[..., Change]) -> Callable[..., Change]:
    def more(*arguments: Any) -> Change:
        change = whole(*arguments)
        return change if change.delta is None else replace(change, delta=change.delta + 1)

    return more


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return some_lives()


def test_the_judge_accepts_these_lives(lives: list[Life]) -> None:
    for life in lives:
        judge(life)
    assert {("", "")} < {place for life in lives for row in life.rows for place in row.befallen}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_judge_finds_a_fault(
    lives: list[Life], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[fault](monkeypatch)

    assert any(is_false(life) for life in lives)


def is_false(life: Life) -> bool:
    try:
        judge(life)
    except AssertionError:
        return True
    return False
