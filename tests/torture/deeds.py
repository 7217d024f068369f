"""What can go wrong at an event, one deed each: to the process, to its link, to the box."""

import random
import string
from collections.abc import Callable
from dataclasses import replace

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault, Kind
from asa_automate.lab.saving import save_by_other
from asa_automate.lab.switchover import switch_over
from tests.torture.records import Edit
from tests.torture.world import Event, Process

Deed = Callable[[Process, Event], None]

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


def nothing(process: Process, event: Event) -> None:
    del process, event


def kind_of(event: Event) -> str:
    """``line``, ``show``, ``save``, ``move`` or ``answer`` for what is sent; else what happens."""
    if event.what != "send":
        return event.what
    first = event.detail.split(" ")[0]
    return _SENT_KINDS.get(first, "line")


def kill(process: Process, event: Event) -> None:
    del event
    process.kill()


def cut(process: Process, event: Event) -> None:
    del event
    process.wires[-1].drop()


def reload(process: Process, event: Event) -> None:
    del event
    process.world.box.reload()
    process.world.forget_unsaved()


def raised(error: Callable[[], Exception]) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del process, event
        raise error()

    return deed


#: On what the box's fault script counts a thing that is sent.
_COUNTED = {"save": "write", "show": "show", "line": "line", "move": "command"}


def scripted(kind: Kind, text: str = "", **more: float) -> Deed:
    """The box's own fault script strikes at the line, show or save that comes now."""

    def deed(process: Process, event: Event) -> None:
        on = _COUNTED[kind_of(event)]
        script = process.world.box.script
        script.add(replace(Fault(script.count(on) + 1, kind, text, on=on), **more))  # type: ignore[arg-type]

    return deed


def random_text(process: Process, event: Event) -> None:
    """Any printable text, the same for the same line of the same box."""
    number = process.world.box.counts.config_lines
    chance = random.Random(f"{number} {event.detail}")  # noqa: S311  # a text, not a secret
    letters = string.ascii_letters + string.digits + string.punctuation
    text = "".join(chance.choices(letters + " ", k=chance.randint(1, 60)))
    scripted(Kind.REFUSE, f"{chance.choice(letters)}{text}")(process, event)


def denied(*forms: str) -> Deed:
    """From now on AAA denies these lines; an empty form: all of the configuration."""

    def deed(process: Process, event: Event) -> None:
        del event
        process.world.box.chassis.denied.extend(forms)

    return deed


def flash(state: str) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        box = process.world.box
        box.knobs = replace(box.knobs, flash=state)  # type: ignore[arg-type]  # of the table below

    return deed


def switched(lag: int) -> Deed:
    """The active unit fails; its mate has not heard of the last ``lag`` lines."""

    def deed(process: Process, event: Event) -> None:
        del event
        switch_over(process.world.box, lag)
        if lag:
            process.world.forget_unsaved()

    return deed


def edited(lines: tuple[str, ...], *, ours: bool = False) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        process.world.edit(lines, ours=ours)

    return deed


def saved(process: Process, event: Event) -> None:
    """The second operator's ``write memory``."""
    del event
    world = process.world
    save_by_other(world.box)
    here, snapshot = len(world.box.transcript), len(world.box.snapshots)
    world.edits.append(Edit((), here, snapshot, saved=True))


def edited_and_saved(process: Process, event: Event) -> None:
    edited(BESIDE["remark"])(process, event)
    saved(process, event)


def unreachable(times: int) -> Deed:
    def deed(process: Process, event: Event) -> None:
        del event
        process.world.unreachable = times

    return deed


def another_box(process: Process, event: Event) -> None:
    """The same text and address, another serial number."""
    del event
    box = process.world.box
    text = box.running_text.replace(box.serial, "9AANOTHER01")
    process.world.other = VirtualAsa(text, replace(box.knobs, serial="9AANOTHER01"))


def cut_and_swapped(process: Process, event: Event) -> None:
    another_box(process, event)
    cut(process, event)
