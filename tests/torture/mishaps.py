"""What can go wrong at an event, as a table: the kinds of fault and where each of them fits."""

from collections.abc import Iterator
from dataclasses import dataclass

from asa_automate.apply.ports import Stopped
from asa_automate.errors import LeaseLost, StoreRefused
from asa_automate.lab.faults import Kind
from tests.torture import deeds
from tests.torture.deeds import BESIDE, INTO, Deed, kind_of
from tests.torture.world import Bug, Event

REFUSAL = "ERROR: % Invalid input detected at '^' marker."
#: A refusal that does not look like one.
DENIED = "Command authorization failed"
MUMBLE = "Removing obj (x) from grp (y) failed; group is being used"
OK = "Building configuration...\nCryptochecksum: 00000000 00000000 00000000 00000000\n\n[OK]"
#: Longer than every limit of a session for a line, and for a reading.
LATE, VERY_LATE = 400.0, 4000.0


@dataclass(frozen=True, slots=True)
class Mishap:
    """One kind of fault: what happens before an event, and what after it."""

    name: str
    before: Deed = deeds.nothing
    after: Deed = deeds.nothing


KILL_BEFORE, KILL_AFTER = (
    Mishap("kill-before", before=deeds.kill),
    Mishap("kill-after", after=deeds.kill),
)
CUT_BEFORE, CUT_AFTER = (
    Mishap("cut-before", before=deeds.cut),
    Mishap("cut-after", after=deeds.cut),
)
REFUSE = Mishap("refuse-mumble", deeds.scripted(Kind.REFUSE, MUMBLE))
IGNORE = Mishap("ignore", deeds.scripted(Kind.IGNORE))
FALSE_OK = Mishap("ok-without-effect", deeds.scripted(Kind.IGNORE, OK))
ANOTHER_BOX = Mishap("another-box", deeds.another_box)
SWAPPED = Mishap("another-box-after-cut", before=deeds.cut_and_swapped)
BUG = Mishap("bug", deeds.raised(lambda: Bug("a mistake")))

_ANSWER = (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, BUG)
_SENT = (
    *_ANSWER,
    Mishap("switchover-0", before=deeds.switched(0)),
    *(Mishap("prompt", deeds.scripted(Kind.PROMPT)), Mishap("noise", deeds.scripted(Kind.NOISE))),
    *(Mishap("reload-before", before=deeds.reload), Mishap("reload-after", after=deeds.reload)),
    *(Mishap(f"edit-{name}", before=deeds.edited(lines)) for name, lines in BESIDE.items()),
    *(
        Mishap(f"edit-our-{name}", before=deeds.edited(lines, ours=True))
        for name, lines in INTO.items()
    ),
    Mishap("operator-saves", before=deeds.saved),
    Mishap("operator-edits-and-saves", before=deeds.edited_and_saved),
)
#: A mate lags behind what was typed just now: not behind what was read back since.
_LAGGING = tuple(Mishap(f"switchover-{lag}", before=deeds.switched(lag)) for lag in (1, 2))
#: Every kind of fault, by kind of event.
MISHAPS: dict[str, tuple[Mishap, ...]] = {
    "journal": (
        *(KILL_BEFORE, KILL_AFTER, BUG),
        Mishap("store-fails", deeds.raised(lambda: StoreRefused("disk full"))),
    ),
    "memory": (KILL_BEFORE, KILL_AFTER),
    "guard": (
        *(KILL_BEFORE, BUG),
        Mishap("stop", deeds.raised(Stopped)),
        Mishap("lease-lost", deeds.raised(lambda: LeaseLost("the lease was lost"))),
    ),
    "wait": (KILL_BEFORE, BUG),
    "link": (
        *(KILL_BEFORE, BUG),
        *(
            Mishap("unreachable-once", deeds.unreachable(1)),
            Mishap("unreachable", deeds.unreachable(99)),
        ),
        ANOTHER_BOX,
    ),
    "answer": _ANSWER,
    "move": (
        *_SENT,
        *(REFUSE, IGNORE, Mishap("late", deeds.scripted(Kind.DELAY, seconds=LATE))),
    ),
    "line": (
        *(*_SENT, SWAPPED),
        *(REFUSE, IGNORE, Mishap("refuse", deeds.scripted(Kind.REFUSE, REFUSAL))),
        *(
            Mishap("refuse-any-text", deeds.random_text),
            Mishap("late", deeds.scripted(Kind.DELAY, seconds=LATE)),
        ),
        *(
            Mishap("deny-all", deeds.denied("", "^write ")),
            Mishap("deny-no", deeds.denied("^no ")),
        ),
        Mishap(
            "reload",
            deeds.scripted(Kind.RELOAD),
            lambda process, _: process.world.forget_unsaved(),
        ),
    ),
    "show": (
        *_SENT,
        *(
            Mishap("garbage", deeds.scripted(Kind.GARBAGE)),
            Mishap("garbage-error", deeds.scripted(Kind.GARBAGE, REFUSAL)),
        ),
        Mishap("truncated", deeds.scripted(Kind.TRUNCATED, lines=3)),
        Mishap("truncated-late", deeds.scripted(Kind.TRUNCATED, lines=20)),
        Mishap("late", deeds.scripted(Kind.DELAY, seconds=VERY_LATE)),
    ),
    "save": (
        *(*_SENT, SWAPPED),
        *(FALSE_OK, IGNORE, Mishap("deny-all", deeds.denied("", "^write "))),
        *(
            Mishap(f"flash-{state}", deeds.flash(state))
            for state in ("read-only", "full", "pretends")
        ),
        Mishap("denied", deeds.scripted(Kind.REFUSE, DENIED)),
        Mishap("switchover-after", after=deeds.switched(0)),
        Mishap("late", deeds.scripted(Kind.DELAY, seconds=LATE)),
    ),
}
#: What goes wrong a second time, while a run is recovered.
AGAIN: dict[str, tuple[Mishap, ...]] = {
    **dict.fromkeys(("journal", "memory"), (KILL_BEFORE, KILL_AFTER)),
    **dict.fromkeys(("guard", "wait"), (KILL_BEFORE,)),
    "link": (KILL_BEFORE, ANOTHER_BOX),
    **dict.fromkeys(("answer", "move", "show"), _ANSWER[:4]),
    "line": (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, REFUSE, IGNORE),
    "save": (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, REFUSE, FALSE_OK),
}


def mishaps_at(event: Event, *, again: bool = False) -> Iterator[Mishap]:
    """Every kind of fault that fits an event."""
    kind = kind_of(event)
    yield from (AGAIN if again else MISHAPS)[kind]
    if not again and (kind in ("line", "save") or event.detail in WHOLE):
        yield from _LAGGING


#: Readings of a whole configuration.
WHOLE = ("show running-config", "show startup-config")


def named(event: Event, name: str) -> Mishap:
    """One kind of fault by its name.

    Raises:
        LookupError: none of that name fits the event.
    """
    found = next((m for m in mishaps_at(event) if m.name == name), None)
    if found is None:
        raise LookupError(f"no fault '{name}' at {event}")
    return found
