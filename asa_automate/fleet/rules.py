"""When a rollout stops, as tables: what an end means for others, and when a gate opens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.apply.outcome import Outcome, State
from asa_automate.errors import Exit
from asa_automate.fleet.waves import Amount


class Meaning(StrEnum):
    """What the end of one firewall says to the rollout; the words of ``--only``."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNREACHED = "unreached"
    UNKNOWN = "unknown"
    NOT_BEGUN = "not-begun"


MEANINGS: Mapping[State, Meaning] = {
    State.NEW: Meaning.VERIFIED,
    State.NOOP: Meaning.VERIFIED,
    State.OLD: Meaning.FAILED,
    State.REFUSED: Meaning.FAILED,
    State.DISPROVED: Meaning.FAILED,
    State.UNREACHABLE: Meaning.UNREACHED,
    State.UNKNOWN: Meaning.UNKNOWN,
    State.FOREIGN: Meaning.UNKNOWN,
    State.STUCK: Meaning.UNKNOWN,
    State.HOLD: Meaning.UNKNOWN,
    State.STOPPED: Meaning.NOT_BEGUN,
    State.NOT_BEGUN: Meaning.NOT_BEGUN,
}

#: What counts towards ``--max-fail``.
FAILURES = frozenset({Meaning.FAILED, Meaning.UNREACHED, Meaning.UNKNOWN})


def meaning_of(outcome: Outcome) -> Meaning:
    """By its exit code first: the old state is what a rollback wants, and a user may stop it."""
    if outcome.exit is Exit.DONE and outcome.state is not State.NOT_BEGUN:
        return Meaning.VERIFIED
    if outcome.exit is Exit.STOPPED:
        return Meaning.NOT_BEGUN
    return MEANINGS[outcome.state]


@dataclass(frozen=True, slots=True)
class Rules:
    """How much may go wrong.

    Args:
        waves: sizes of the waves; all at once where there are none.
        unknown: whether an unknown state stops it; one that finishes what others left goes on.
        max_fail: more failures than this stop the rollout at once. ``None``: without waves
            nothing but an unknown state stops it, with waves each gate wants all verified.
    """

    waves: tuple[Amount, ...] = ()
    max_fail: Amount | None = None
    unknown: bool = True

    def stops(self, meanings: Iterable[Meaning], total: int) -> str | None:
        """Why nothing more may begin after these ends; ``None`` where it may."""
        found = list(meanings)
        if self.unknown and Meaning.UNKNOWN in found:
            return "the state of a firewall is not known"
        failed = sum(one in FAILURES for one in found)
        if self.max_fail is not None and failed > self.max_fail.of(total):
            return f"{failed} failed, and --max-fail is {self.max_fail}"
        return None

    def closes(self, wave: Iterable[Meaning]) -> str | None:
        """Why the next wave may not begin after these ends of a wave; ``None`` where it may."""
        found = list(wave)
        bad = sum(one in FAILURES for one in found)
        if Meaning.VERIFIED not in found:
            return "none of the wave was verified"
        if bad and self.max_fail is None:
            return f"{bad} of the wave's {len(found)} not verified"
        return None


#: Ends after which a firewall may be tried again; an unknown one is for ``resume``.
AGAIN = (Meaning.FAILED, Meaning.UNREACHED, Meaning.NOT_BEGUN)


def meaning_of_record(status: str, outcome: str | None) -> Meaning | None:
    """What the recorded end of a firewall means; ``None`` where it has not ended."""
    if status == "stopped":
        return Meaning.NOT_BEGUN
    return MEANINGS[State(outcome)] if outcome else None
