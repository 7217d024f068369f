"""What can go wrong at an event, as a table: the kinds of fault and where each of them fits."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from asa_automate.apply.ports import Stopped
from asa_automate.errors import LeaseLost, StoreRefused
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault, Kind
from asa_automate.lab.saving import save_by_other
from asa_automate.lab.switchover import switch_over
from tests.torture.judge import Edit
from tests.torture.world import Bug, Event, Process

Deed = Callable[[Process, Event], None]

REFUSAL = "ERROR: % Invalid input detected at '^' marker."
#: A refusal that does not look like one.
DENIED = "Command authorization failed"
MUMBLE = "Removing obj (x) from grp (y) failed; group is being used"
OK = "Building configuration...\nCryptochecksum: 00000000 00000000 00000000 00000000\n\n[OK]"
#: Longer than every limit of a session for a line, and for a reading.
LATE, VERY_LATE = 400.0, 4000.0

#: What a second operator types: beside what the program owns, and into it.
BESIDE: dict[str, tuple[str, ...]] = {
    "remark": ("access-list INSIDE_IN remark changed in the night",),
    "inspect": ("policy-map global_policy", "class inspection_default", "inspect icmp"),
    "no-inspect": ("policy-map global_policy", "class inspection_default", "no inspect tftp"),
    "class": (
        *("class-map THEIRS", "match port tcp eq 5063"),
        *("policy-map global_policy", "class THEIRS", "inspect sip"),
    ),
}
INTO: dict[str, tuple[str, ...]] = {
    "member": ("object-group network ESA_EXEMPT_HOSTS", "network-object host 192.0.2.77"),
    "entry": (
        "access-list ESA_EXEMPT_ESMTP line 1 extended deny tcp any host 192.0.2.78 eq smtp",
    ),
}


#: What is sent, by its first word; everything else is a configuration line.
_SENT_KINDS = {
    "show": "show",
    "write": "save",
    "": "answer",
    "(password)": "answer",
    **dict.fromkeys(("configure", "end", "exit", "enable", "terminal"), "move"),
}


def _nothing(process: Process, event: Event) -> None:
    del process, event


@dataclass(frozen=True, slots=True)
class Mishap:
    """One kind of fault: what happens before an event, and what after it."""

    name: str
    before: Deed = _nothing
    after: Deed = _nothing


def kind_of(event: Event) -> str:
    """``line``, ``show``, ``save``, ``move`` or ``answer`` for what is sent; else what happens."""
    if event.what != "send":
        return event.what
    first = event.detail.split(" ")[0]
    return _SENT_KINDS.get(first, "line")


def _kill(process: Process, event: Event) -> None:
    del event
    process.kill()


def _cut(process: Process, event: Event) -> None:
    del event
    process.wires[-1].drop()


def _reload(process: Process, event: Event) -> None:
    del event
    process.world.box.reload()


def _raised(error: Callable[[], Exception]) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del process, event
        raise error()

    return deed


#: On what the box's fault script counts a thing that is sent.
_COUNTED = {"save": "write", "show": "show", "line": "line", "move": "command"}


def _scripted(kind: Kind, text: str = "", **more: float) -> Deed:
    """The box's own fault script strikes at the line, show or save that comes now."""

    def deed(process: Process, event: Event) -> None:
        on = _COUNTED[kind_of(event)]
        script = process.world.box.script
        script.add(replace(Fault(script.count(on) + 1, kind, text, on=on), **more))  # type: ignore[arg-type]

    return deed


def _random_text(process: Process, event: Event) -> None:
    """Any printable text, the same for the same line of the same box."""
    number = process.world.box.counts.config_lines
    chance = random.Random(f"{number} {event.detail}")  # noqa: S311  # a text, not a secret
    letters = string.ascii_letters + string.digits + string.punctuation
    text = "".join(chance.choices(letters + " ", k=chance.randint(1, 60)))
    _scripted(Kind.REFUSE, f"{chance.choice(letters)}{text}")(process, event)


def _denied(*forms: str) -> Deed:
    """From now on AAA denies these lines; an empty form: all of the configuration."""

    def deed(process: Process, event: Event) -> None:
        del event
        process.world.box.chassis.denied.extend(forms)

    return deed


def _flash(state: str) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        box = process.world.box
        box.knobs = replace(box.knobs, flash=state)  # type: ignore[arg-type]  # of the table below

    return deed


def _switched(lag: int) -> Deed:
    """The active unit fails; its mate has not heard of the last ``lag`` lines."""

    def deed(process: Process, event: Event) -> None:
        del event
        switch_over(process.world.box, lag)

    return deed


def _edited(lines: tuple[str, ...], *, ours: bool = False) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        process.world.edit(lines, ours=ours)

    return deed


def _saved(process: Process, event: Event) -> None:
    """The second operator's ``write memory``."""
    del event
    world = process.world
    save_by_other(world.box)
    here, snapshot = len(world.box.transcript), len(world.box.snapshots)
    world.edits.append(Edit((), here, snapshot, saved=True))


def _edited_and_saved(process: Process, event: Event) -> None:
    _edited(BESIDE["remark"])(process, event)
    _saved(process, event)


def _unreachable(times: int) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        process.world.unreachable = times

    return deed


def _another_box(process: Process, event: Event) -> None:
    """The same text and address, another serial number."""
    del event
    box = process.world.box
    text = box.running_text.replace(box.serial, "9AANOTHER01")
    process.world.other = VirtualAsa(text, replace(box.knobs, serial="9AANOTHER01"))


def _cut_and_swapped(process: Process, event: Event) -> None:
    _another_box(process, event)
    _cut(process, event)


KILL_BEFORE, KILL_AFTER = Mishap("kill-before", before=_kill), Mishap("kill-after", after=_kill)
CUT_BEFORE, CUT_AFTER = Mishap("cut-before", before=_cut), Mishap("cut-after", after=_cut)
REFUSE = Mishap("refuse-mumble", _scripted(Kind.REFUSE, MUMBLE))
IGNORE = Mishap("ignore", _scripted(Kind.IGNORE))
FALSE_OK = Mishap("ok-without-effect", _scripted(Kind.IGNORE, OK))
ANOTHER_BOX = Mishap("another-box", _another_box)
SWAPPED = Mishap("another-box-after-cut", before=_cut_and_swapped)
BUG = Mishap("bug", _raised(lambda: Bug("a mistake")))

_ANSWER = (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, BUG)
_SENT = (
    *_ANSWER,
    Mishap("switchover-0", before=_switched(0)),
    *(Mishap("prompt", _scripted(Kind.PROMPT)), Mishap("noise", _scripted(Kind.NOISE))),
    *(Mishap("reload-before", before=_reload), Mishap("reload-after", after=_reload)),
    *(Mishap(f"edit-{name}", before=_edited(lines)) for name, lines in BESIDE.items()),
    *(
        Mishap(f"edit-our-{name}", before=_edited(lines, ours=True))
        for name, lines in INTO.items()
    ),
    Mishap("operator-saves", before=_saved),
    Mishap("operator-edits-and-saves", before=_edited_and_saved),
)
#: A mate lags behind what was typed just now: not behind what was read back since.
_LAGGING = tuple(Mishap(f"switchover-{lag}", before=_switched(lag)) for lag in (1, 2))
#: Every kind of fault, by kind of event.
MISHAPS: dict[str, tuple[Mishap, ...]] = {
    "journal": (
        *(KILL_BEFORE, KILL_AFTER, BUG),
        Mishap("store-fails", _raised(lambda: StoreRefused("disk full"))),
    ),
    "memory": (KILL_BEFORE, KILL_AFTER),
    "guard": (
        *(KILL_BEFORE, BUG),
        Mishap("stop", _raised(Stopped)),
        Mishap("lease-lost", _raised(lambda: LeaseLost("the lease was lost"))),
    ),
    "wait": (KILL_BEFORE, BUG),
    "link": (
        *(KILL_BEFORE, BUG),
        *(Mishap("unreachable-once", _unreachable(1)), Mishap("unreachable", _unreachable(99))),
        ANOTHER_BOX,
    ),
    "answer": _ANSWER,
    "move": (
        *_SENT,
        *(REFUSE, IGNORE, Mishap("late", _scripted(Kind.DELAY, seconds=LATE))),
    ),
    "line": (
        *(*_SENT, SWAPPED),
        *(REFUSE, IGNORE, Mishap("refuse", _scripted(Kind.REFUSE, REFUSAL))),
        *(
            Mishap("refuse-any-text", _random_text),
            Mishap("late", _scripted(Kind.DELAY, seconds=LATE)),
        ),
        *(Mishap("deny-all", _denied("", "^write ")), Mishap("deny-no", _denied("^no "))),
        Mishap("reload", _scripted(Kind.RELOAD)),
    ),
    "show": (
        *_SENT,
        *(
            Mishap("garbage", _scripted(Kind.GARBAGE)),
            Mishap("garbage-error", _scripted(Kind.GARBAGE, REFUSAL)),
        ),
        Mishap("truncated", _scripted(Kind.TRUNCATED, lines=3)),
        Mishap("truncated-late", _scripted(Kind.TRUNCATED, lines=20)),
        Mishap("late", _scripted(Kind.DELAY, seconds=VERY_LATE)),
    ),
    "save": (
        *(*_SENT, SWAPPED),
        *(FALSE_OK, IGNORE, Mishap("deny-all", _denied("", "^write "))),
        *(Mishap(f"flash-{state}", _flash(state)) for state in ("read-only", "full", "pretends")),
        Mishap("denied", _scripted(Kind.REFUSE, DENIED)),
        Mishap("switchover-after", after=_switched(0)),
        Mishap("late", _scripted(Kind.DELAY, seconds=LATE)),
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
