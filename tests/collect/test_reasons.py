"""Why a counter begins a new epoch; and the ledger of a pair with all that can happen to it."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from asa_automate.collect.deltas import Change, Fold, Reason, changes
from asa_automate.store.values import Label, Observation

A = Label("global", "gp", "c", "esmtp", "m", "mask-banner", "")
B = A._replace(name="drops")
C = A._replace(class_="other")


def seen(
    at: float,
    readings: dict[Label, int],
    serial: str | None = "JAD1",
    uptime: int | None = None,
    complete: bool = True,
) -> Observation:
    return Observation(at, serial, uptime, complete, readings)


def reasons(label: Label, *observations: Observation) -> list[Reason | None]:
    return [change.reason for change in changes(observations) if change.label == label]


def of(label: Label, fold: Fold, *observations: Observation) -> list[Change]:
    return [change for change in changes(observations, fold) if change.label == label]


def test_each_reason() -> None:
    first = seen(0, {A: 5, B: 5}, uptime=500)

    assert [Reason.FIRST, None] == reasons(A, first, seen(1, {A: 6, B: 6}, uptime=501))
    assert [Reason.FIRST, Reason.RELOAD] == reasons(A, first, seen(1, {A: 6, B: 6}, uptime=9))
    assert [Reason.FIRST, Reason.FAILOVER] == reasons(
        A, first, seen(1, {A: 6, B: 6}, "JAD2", uptime=900)
    )
    assert [Reason.FIRST, Reason.CLEARED] == reasons(A, first, seen(1, {A: 0, B: 0}, uptime=501))


def test_a_policy_that_was_edited_while_its_counters_went_back() -> None:
    edited = seen(1, {A: 0, B: 0, C: 0})

    assert [Reason.FIRST, Reason.REAPPLIED] == reasons(A, seen(0, {A: 5, B: 5}), edited)


def test_a_class_that_was_gone_and_a_policy_that_was_gone() -> None:
    whole = seen(0, {A: 5, C: 5})

    assert [Reason.FIRST, Reason.GONE] == reasons(A, whole, seen(1, {C: 6}), seen(2, {A: 6, C: 7}))
    assert [Reason.FIRST, Reason.REAPPLIED] == reasons(A, whole, seen(1, {}), seen(2, {A: 6}))


def test_what_is_gone_is_said() -> None:
    fold = Fold()
    list(changes([seen(0, {A: 5, C: 5}), seen(1, {C: 6})], fold))

    assert {A: Reason.GONE} == fold.missing()


def test_a_cut_text_that_shows_a_clear_clears_what_it_does_not_show() -> None:
    cut = seen(1, {A: 0}, complete=False)

    assert [Reason.FIRST, Reason.CLEARED] == reasons(
        B, seen(0, {A: 5, B: 5}), cut, seen(2, {A: 1, B: 9})
    )


def test_a_wrap_only_where_the_width_is_known() -> None:
    high, low = seen(0, {A: 2**32 - 1, B: 7}), seen(1, {A: 5, B: 8})

    (_, wrapped) = of(A, Fold(width_of=lambda _: 32), high, low)
    (_, guessed) = of(A, Fold(), high, low)

    assert (6, 0, Reason.WRAP) == (wrapped.delta, wrapped.epoch, wrapped.reason)
    assert (None, 1, Reason.CLEARED) == (guessed.delta, guessed.epoch, guessed.reason)
    (_, beside) = of(B, Fold(width_of=lambda _: 32), high, low)
    assert (1, 0, None) == (beside.delta, beside.epoch, beside.reason)


def test_what_may_be_a_clear_is_no_wrap() -> None:
    """No other counter of the policy counted on, or the step would be too large to believe."""
    alone = of(A, Fold(width_of=lambda _: 32), seen(0, {A: 2**32 - 1}), seen(1, {A: 5}))
    far = of(A, Fold(width_of=lambda _: 32), seen(0, {A: 2**31, B: 7}), seen(1, {A: 5, B: 8}))

    assert Reason.CLEARED is alone[1].reason
    assert Reason.CLEARED is far[1].reason


@dataclass
class Pair:
    """Two units as they are, with a ledger of what the answering one counts; nothing is told.

    A ledger row is what happened since the last sample: (what was counted, whether the counters
    still are the same ones).
    """

    values: list[dict[Label, int]] = field(default_factory=lambda: [{A: 0, C: 0}, {A: 0, C: 0}])
    born: list[int] = field(default_factory=lambda: [0, 0])
    active: int = 0
    now: int = 1_000_000
    present: bool = True
    counted: dict[Label, int] = field(default_factory=lambda: {A: 0, C: 0})
    whole: bool = True
    sample: list[Observation] = field(default_factory=list)
    ledger: list[tuple[dict[Label, int], bool]] = field(default_factory=list)

    def count(self, label: Label, much: int) -> None:
        if label == A and not self.present:
            return
        self.values[self.active][label] += much
        self.counted[label] += much

    def clear(self) -> None:
        self.values[self.active] = {A: 0, C: 0}
        self.whole = False

    def reload(self) -> None:
        self.clear()
        self.born[self.active] = self.now

    def failover(self) -> None:
        self.active = 1 - self.active
        self.whole = False

    def toggle(self) -> None:
        self.present = not self.present
        self.values[self.active][A] = 0
        self.whole = False

    def ask(self) -> None:
        self.now += 300
        uptime = (self.now - self.born[self.active]) // 60 * 60
        shown = {k: v for k, v in self.values[self.active].items() if k != A or self.present}
        self.sample.append(seen(self.now, shown, f"JAD{self.active}", uptime))
        self.ledger.append((self.counted, self.whole))
        self.counted, self.whole = {A: 0, C: 0}, True


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("count"), st.sampled_from([A, C]), st.integers(1, 50)),
        st.sampled_from([("clear",), ("reload",), ("failover",), ("toggle",)]),
        st.just(("ask",)),
        st.just(("ask",)),
    ),
    max_size=60,
)


@given(STEPS)
def test_any_sequence_gives_the_ledgers_truth_or_nothing(steps: list[tuple[object, ...]]) -> None:
    """Undisturbed, each increment is what was counted. Disturbed, it is missing or too small."""
    pair = Pair()
    for name, *arguments in (*steps, ("ask",)):
        getattr(pair, str(name))(*arguments)
    found: dict[float, dict[Label, Change]] = {}
    for change in changes(pair.sample):
        found.setdefault(change.at, {})[change.label] = change

    for before, observation, (counted, undisturbed) in zip(
        [None, *pair.sample], pair.sample, pair.ledger, strict=False
    ):
        for label, change in found.get(observation.at, {}).items():
            if change.delta is not None:
                assert 0 <= change.delta <= counted[label]
            if undisturbed and before is not None and label in before.readings:
                assert counted[label] == change.delta
