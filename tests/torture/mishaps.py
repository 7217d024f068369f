"""What can go wrong at an event, as a table: the kinds of fault and where each of them fits."""

import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from asa_automate.apply.ports import Stopped
from asa_automate.errors import Refused, StoreRefused
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault, Kind
from tests.torture.judge import Edit
from tests.torture.world import DENIED, Bug, Event, Process, is_line

Deed = Callable[[Process, Event], None]

REFUSAL = "ERROR: % Invalid input detected at '^' marker."
#: A refusal that does not look like one.
MUMBLE = "Removing obj (x) from grp (y) failed; group is being used"
READ_ONLY = (
    "%Error opening disk0:/.private/startup-config (Read-only file system)\n"
    "Error executing command\n[FAILED]"
)
FULL = "%Error copying system:/running-config (No space left on device)\n[FAILED]"
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
    "entry": ("access-list ESA_EXEMPT_ESMTP line 1 extended deny tcp any host 192.0.2.78 eq smtp",),
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
    """``line``, ``show``, ``save`` or ``move`` for what is sent; else what happens."""
    if event.what != "send":
        return event.what
    if event.detail == "write memory":
        return "save"
    if event.detail.startswith("show "):
        return "show"
    return "line" if is_line(event.detail) else "move"


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


def _scripted(kind: Kind, text: str = "", **more: float) -> Deed:
    """The box's own fault script strikes at the line, show or save that comes now."""

    def deed(process: Process, event: Event) -> None:
        on = {"save": "write", "show": "show"}.get(kind_of(event), "line")
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


def _denied(form: str) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        process.world.denied = re.compile(form).match

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
    world.box.save("operator")
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


KILL_BEFORE, KILL_AFTER = Mishap("kill-before", before=_kill), Mishap("kill-after", after=_kill)
CUT_BEFORE, CUT_AFTER = Mishap("cut-before", before=_cut), Mishap("cut-after", after=_cut)
REFUSE = Mishap("refuse-mumble", _scripted(Kind.REFUSE, MUMBLE))
IGNORE = Mishap("ignore", _scripted(Kind.IGNORE))
FALSE_OK = Mishap("ok-without-effect", _scripted(Kind.IGNORE, OK))
BUG = Mishap("bug", _raised(lambda: Bug("a mistake")))

_SENT = (
    *(KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, BUG),
    *(Mishap("reload-before", before=_reload), Mishap("reload-after", after=_reload)),
    *(Mishap(f"edit-{name}", before=_edited(lines)) for name, lines in BESIDE.items()),
    *(Mishap(f"edit-our-{name}", before=_edited(lines, ours=True)) for name, lines in INTO.items()),
    Mishap("operator-saves", before=_saved),
    Mishap("operator-edits-and-saves", before=_edited_and_saved),
)
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
        Mishap("lease-lost", _raised(lambda: Refused("the lease was lost"))),
    ),
    "wait": (KILL_BEFORE, BUG),
    "link": (
        *(KILL_BEFORE, BUG),
        *(Mishap("unreachable-once", _unreachable(1)), Mishap("unreachable", _unreachable(99))),
        Mishap("another-box", _another_box),
    ),
    "move": _SENT,
    "line": (
        *_SENT,
        *(REFUSE, IGNORE, Mishap("refuse", _scripted(Kind.REFUSE, REFUSAL))),
        *(Mishap("refuse-any-text", _random_text), Mishap("late", _scripted(Kind.DELAY, seconds=LATE))),
        *(Mishap("deny-all", _denied("")), Mishap("deny-no", _denied("no "))),
        Mishap("reload", _scripted(Kind.RELOAD)),
    ),
    "show": (
        *_SENT,
        *(Mishap("garbage", _scripted(Kind.GARBAGE)), Mishap("garbage-error", _scripted(Kind.GARBAGE, REFUSAL))),
        Mishap("truncated", _scripted(Kind.TRUNCATED, lines=3)),
        Mishap("truncated-late", _scripted(Kind.TRUNCATED, lines=20)),
        Mishap("late", _scripted(Kind.DELAY, seconds=VERY_LATE)),
    ),
    "save": (
        *_SENT,
        *(FALSE_OK, IGNORE, Mishap("read-only", _scripted(Kind.REFUSE, READ_ONLY))),
        *(Mishap("full", _scripted(Kind.REFUSE, FULL)), Mishap("denied", _scripted(Kind.REFUSE, DENIED))),
        Mishap("late", _scripted(Kind.DELAY, seconds=LATE)),
    ),
}
#: What goes wrong a second time, while a run is recovered.
AGAIN: dict[str, tuple[Mishap, ...]] = {
    **{what: (KILL_BEFORE, KILL_AFTER) for what in ("journal", "memory")},
    **{what: (KILL_BEFORE,) for what in ("guard", "wait", "link")},
    **{what: (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER) for what in ("move", "show")},
    "line": (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, REFUSE, IGNORE),
    "save": (KILL_BEFORE, KILL_AFTER, CUT_BEFORE, CUT_AFTER, REFUSE, FALSE_OK),
}


def mishaps_at(event: Event, *, again: bool = False) -> Iterator[Mishap]:
    """Every kind of fault that fits an event."""
    yield from (AGAIN if again else MISHAPS)[kind_of(event)]


def named(event: Event, name: str) -> Mishap:
    """One kind of fault by its name.

    Raises:
        LookupError: none of that name fits the event.
    """
    found = next((m for m in mishaps_at(event) if m.name == name), None)
    if found is None:
        raise LookupError(f"no fault '{name}' at {event}")
    return found
