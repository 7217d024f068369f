"""A rollout as a machine without I/O: told what ended, it says what may begin, and what never.

::

    next(now) -> Begin        call this firewall now
              -> Outcome      this one is not begun, and why
              -> None         nothing now: one that is at work must end first, or a gate be asked
    ended(outcome)            a firewall that was begun has ended
    gate                      the wave that has just ended, while others wait behind it
    passed() / stop(why)      the gate opens; nothing more begins

A wave begins once all of the one before has ended and its gate has opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asa_automate.apply.outcome import Outcome, State
from asa_automate.errors import Exit
from asa_automate.fleet.members import Caps, Member, in_order
from asa_automate.fleet.rules import Meaning, Rules, meaning_of
from asa_automate.fleet.waves import Amount, ends, wave_of
from asa_automate.fleet.windows import closed

_ALL = (Amount(100, percent=True),)
_BEHIND = "behind the last wave, which is as was asked"


@dataclass(frozen=True, slots=True)
class Begin:
    """A firewall whose turn it is; its wave counts from 1."""

    member: Member
    wave: int


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave as it stands: who is in it, and how those ended that have ended."""

    number: int
    of: int
    names: tuple[str, ...]
    outcomes: tuple[Outcome, ...] = ()

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """What its ends mean."""
        return tuple(map(meaning_of, self.outcomes))


@dataclass(frozen=True, slots=True)
class _Reason:
    text: str
    exit: Exit


class Rollout:
    """Which firewall may begin when.

    Args:
        members: in the order of the plan; canaries of the inventory go to the front.
        now: firewalls whose window is closed then stand in no wave.
    """

    def __init__(
        self, members: Iterable[Member], rules: Rules, caps: Caps, *, now: datetime
    ) -> None:
        self._rules = rules
        self._caps = caps
        ordered = in_order(members)
        self._shut = [(one, why) for one in ordered if (why := closed(one.window, now))]
        shut = {one.name for one, _ in self._shut}
        self._open = tuple(one for one in ordered if one.name not in shut)
        self._sizes = ends(rules.waves or _ALL, len(self._open))
        self._waves = {one.name: wave_of(n, self._sizes) for n, one in enumerate(self._open)}
        self._waiting = list(self._open)
        self._running: dict[str, Member] = {}
        self._ended: dict[str, Outcome] = {}
        self._wave = 1
        self._reason: _Reason | None = None

    @property
    def wave(self) -> Wave:
        """The wave that is on."""
        names = self._members_of(self._wave)
        found = tuple(self._ended[name] for name in names if name in self._ended)
        return Wave(self._wave, len(self._sizes), names, found)

    @property
    def waves(self) -> Sequence[tuple[str, ...]]:
        """The names of each wave."""
        return [self._members_of(number) for number in range(1, len(self._sizes) + 1)]

    @property
    def stopped(self) -> str | None:
        """Why nothing more begins; ``None`` while all goes on."""
        return self._reason.text if self._reason else None

    @property
    def idle(self) -> bool:
        """Whether nobody is at work."""
        return not self._running

    @property
    def done(self) -> bool:
        """Whether nobody is at work or waits."""
        return self.idle and not self._waiting and not self._shut

    @property
    def gate(self) -> bool:
        """Whether the wave has ended, another one waits, and nobody has said yet that it may."""
        last = self._wave >= len(self._sizes)
        return self._reason is None and not last and self._whole() and self.idle

    def next(self, now: datetime) -> Begin | Outcome | None:
        """What to do next; a firewall is not asked for twice."""
        if self._shut:
            member, why = self._shut.pop(0)
            return Outcome(member.name, State.NOT_BEGUN, why)
        if self._reason is not None:
            return self._dropped(self._reason)
        for position, member in enumerate(self._waiting):
            wave = self._waves[member.name]
            if wave is None:
                del self._waiting[position]
                return Outcome(member.name, State.NOT_BEGUN, _BEHIND, exit_code=Exit.DONE)
            if wave > self._wave:
                break
            if self._caps.may_begin(member, self._running.values()):
                del self._waiting[position]
                return self._begun(member, wave, now)
        return None

    def ended(self, outcome: Outcome) -> None:
        """A firewall that was begun has ended."""
        del self._running[outcome.device]
        self._ended[outcome.device] = outcome
        why = self._rules.stops(map(meaning_of, self._ended.values()), len(self._open))
        if why:
            self.stop(why, Exit.CHANGES)
        if self.gate and (why := self._rules.closes(self.wave.meanings)):
            self.stop(f"wave {self._wave} of {len(self._sizes)}: {why}", Exit.CHANGES)

    def passed(self) -> None:
        """The gate has opened."""
        self._wave += 1

    def stop(self, why: str, code: Exit = Exit.REFUSED) -> None:
        """Begin nothing more; the first reason stays.

        Args:
            code: of the firewalls that are not begun. ``CHANGES`` where another's end says it.
        """
        if self._reason is None:
            self._reason = _Reason(why, code)

    def _begun(self, member: Member, wave: int, now: datetime) -> Begin | Outcome:
        if why := closed(member.window, now):
            outcome = Outcome(member.name, State.NOT_BEGUN, why)
            self._running[member.name] = member
            self.ended(outcome)
            return outcome
        self._running[member.name] = member
        return Begin(member, wave)

    def _dropped(self, reason: _Reason) -> Outcome | None:
        if not self._waiting:
            return None
        member = self._waiting.pop(0)
        text = f"not begun: {reason.text}"
        return Outcome(member.name, State.NOT_BEGUN, text, exit_code=reason.exit)

    def _members_of(self, wave: int) -> tuple[str, ...]:
        first = self._sizes[wave - 2] if wave > 1 else 0
        last = self._sizes[wave - 1] if self._sizes else 0
        return tuple(one.name for one in self._open[first:last])

    def _whole(self) -> bool:
        return all(name in self._ended for name in self._members_of(self._wave))
