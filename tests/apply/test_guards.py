"""What stands in the way before a line is sent: the right exit code, and nothing sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.apply.applier import Options
from asa_automate.apply.outcome import State
from asa_automate.errors import Exit
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.model import Identity, Reading
from asa_automate.plan.document import DevicePlan

if TYPE_CHECKING:
    from tests.apply.rig import Rig

GATEWAY = "192.168.1.1"
Edit = Callable[["Rig"], Any]


def knob(**fields: object) -> Edit:
    def edit(rig: "Rig") -> None:
        rig.box.knobs = replace(rig.box.knobs, **fields)  # type: ignore[arg-type]  # fields by name

    return edit


def edited(*lines: str, save: bool = False) -> Edit:
    def edit(rig: "Rig") -> None:
        replies = rig.box.edit(lines)
        assert not any(replies), replies
        if save:
            rig.box.save()

    return edit


#: Name: what is done to the box after the plan, the exit code, and a word of the reason.
GUARDS: dict[str, tuple[Edit, State, str]] = {
    "changed and saved": (edited("hostname other", save=True), State.REFUSED, "changed since"),
    "changed and not saved": (edited("hostname other"), State.REFUSED, "changed since"),
    "standby unit": (knob(failover="standby"), State.REFUSED, "standby"),
    "multiple mode": (knob(multiple_mode=True), State.REFUSED, "multiple context mode"),
    "no free session": (knob(max_sessions=0), State.UNREACHABLE, "no free session"),
    "another enable password": (knob(enable_password="other"), State.UNREACHABLE, "enable"),
}


def must_be_untouched(rig: "Rig", running: str, startup: str) -> None:
    assert all(e.number is None for e in rig.box.transcript if e.session)
    assert rig.box.counts.config_entries == 0
    assert rig.box.counts.saves == 0
    assert (running, startup) == (rig.box.running_text, rig.box.startup_text)
    assert rig.box.open_sessions == 0
    assert "begin" not in rig.kinds


@pytest.mark.parametrize("what", [*GUARDS, "unsaved changes"])
def test_a_guard_says_no(what: str, rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    if what == "unsaved changes":
        edited("hostname other")(rig)
    plan = rig.plan(GATEWAY)
    edit, state, word = GUARDS.get(what, (lambda _: None, State.REFUSED, "not in its startup"))
    edit(rig)
    saves = rig.box.counts.saves
    rig.box.counts.saves = 0
    running, startup = rig.box.running_text, rig.box.startup_text

    outcome = rig.apply(plan)

    assert (outcome.state, outcome.device) == (state, "fw")
    assert outcome.exit is (Exit.REFUSED if state is State.REFUSED else Exit.UNREACHABLE)
    assert word in str(outcome.reason)
    assert "\n" not in str(outcome.reason)
    must_be_untouched(rig, running, startup)
    assert saves in (0, 1)


CLUSTERED = ordinary("fw").replace(
    "\nclass-map inspection_default", "\ncluster group lab\nclass-map inspection_default", 1
)


@pytest.mark.parametrize(
    ("cluster", "word"), [("data", "control unit"), ("off", "cannot be read")]
)
def test_a_unit_of_a_cluster_that_is_not_surely_its_control_unit(
    cluster: str, word: str, rigs: "Callable[..., Rig]"
) -> None:
    rig = rigs(CLUSTERED, Knobs(cluster="control"))
    plan = rig.plan(GATEWAY)
    knob(cluster=cluster)(rig)
    running, startup = rig.box.running_text, rig.box.startup_text

    outcome = rig.apply(plan)

    assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit)
    assert word in str(outcome.reason)
    must_be_untouched(rig, running, startup)


def test_the_control_unit_of_a_cluster(rigs: "Callable[..., Rig]") -> None:
    rig = rigs(CLUSTERED, Knobs(cluster="control"))

    assert State.NEW is rig.apply(rig.plan(GATEWAY)).state


@pytest.mark.parametrize(
    ("field", "value"), [("serial", "9AOTHER0001"), ("version", "9.12(1)"), ("serial", "")]
)
def test_another_box(field: str, value: str, rigs: "Callable[..., Rig]") -> None:
    """The plan's box has been swapped or upgraded; also where the planned one is the odd one."""
    plan = rigs().plan(GATEWAY)
    other = {"serial": "9AEDGE0000A", "version": "9.16(4)", field: value or "X"}
    rig = rigs(ordinary("fw", **other))
    running, startup = rig.box.running_text, rig.box.startup_text

    outcome = rig.apply(plan)

    assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit)
    assert f"plan is for {field}" in str(outcome.reason)
    must_be_untouched(rig, running, startup)


def test_a_plan_without_identity_still_needs_its_configuration(rigs: "Callable[..., Rig]") -> None:
    plan = rigs().plan(GATEWAY).model_copy(update={"identity": Identity()})
    rig = rigs(ordinary("fw").replace("mtu dmz 1500", "mtu dmz 1400"))

    assert rig.apply(plan).state is State.REFUSED
    assert rig.box.counts.config_entries == 0


def altered(plan: DevicePlan) -> Iterator[DevicePlan]:
    """Plans with a line less, a line more, two lines the other way round, another target."""
    lines = plan.commands
    yield plan.model_copy(update={"commands": lines[:-1]})
    yield plan.model_copy(update={"commands": (*lines, lines[-1])})
    yield plan.model_copy(update={"commands": (lines[1], lines[0], *lines[2:])})
    yield plan.model_copy(update={"target_fingerprint": plan.fingerprint})
    other = lines[1].model_copy(update={"line": "network-object host 192.168.1.77"})
    yield plan.model_copy(update={"commands": (lines[0], other, *lines[2:])})
    reload = other.model_copy(update={"line": "reload"})
    yield plan.model_copy(update={"commands": (*lines, reload)})
    assert plan.probe
    first = plan.probe.commands[0].model_copy(update={"line": "no mtu dmz"})
    probe = plan.probe.model_copy(update={"commands": (first, *plan.probe.commands[1:])})
    yield plan.model_copy(update={"probe": probe})


def test_lines_that_planning_again_does_not_give(rigs: "Callable[..., Rig]") -> None:
    plan = rigs().plan(GATEWAY)
    for wrong in altered(plan):
        rig = rigs()
        running, startup = rig.box.running_text, rig.box.startup_text
        outcome = rig.apply(wrong)
        assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit), wrong.commands
        must_be_untouched(rig, running, startup)


SHOWS = (
    "show version",
    "show failover",
    "show mode",
    "show running-config",
    "show startup-config",
    "show curpriv",
)


@pytest.mark.parametrize("command", SHOWS)
@pytest.mark.parametrize("text", ["", "ERROR: % Invalid input detected at '^' marker.", "\n", "?"])
def test_a_device_that_answers_garbage(
    command: str, text: str, rigs: "Callable[..., Rig]"
) -> None:
    plan = rigs().plan(GATEWAY)
    faults = [Fault(n, "garbage", text, on="show", command=command) for n in range(1, 9)]
    rig = rigs(None, None, faults)
    running, startup = rig.box.running_text, rig.box.startup_text

    outcome = rig.apply(plan)

    absent = "Invalid input" in text and command in ("show failover", "show mode")
    if command == "show curpriv" or absent:
        # Of the first only the prompt is of interest, and that is there; a box that does not
        # know the other two has no failover and no contexts.
        assert outcome.state is State.NEW
        return
    assert outcome.state in (State.REFUSED, State.UNREACHABLE)
    assert outcome.exit in (Exit.REFUSED, Exit.UNREACHABLE)
    must_be_untouched(rig, running, startup)


def test_what_is_done_already_is_refused_and_says_so(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    plan = rig.plan(GATEWAY)
    assert rig.apply(plan).state is State.NEW
    lines = rig.box.counts.config_lines

    again = rig.apply(plan)

    assert (State.REFUSED, Exit.REFUSED) == (again.state, again.exit)
    assert "already" in str(again.reason)
    assert lines == rig.box.counts.config_lines


def test_a_known_per_class_box_is_not_even_probed(rigs: "Callable[..., Rig]") -> None:
    rig = rigs(None, Knobs(reading=Reading.PER_CLASS))
    plan = rig.plan(GATEWAY)
    rig.remember(plan.identity.serial or "", plan.identity.version or "", Reading.PER_CLASS)

    outcome = rig.apply(plan)

    assert (State.DISPROVED, Exit.DISPROVED) == (outcome.state, outcome.exit)
    assert rig.box.counts.config_lines == 0


@pytest.mark.parametrize("live_proof", [False, True])
def test_never_save_means_never(live_proof: bool, rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    startup = rig.box.startup_text
    outcome = rig.apply(rig.plan(GATEWAY), Options(save=False, live_proof=live_proof))

    assert (State.NEW, Exit.DONE, False) == (outcome.state, outcome.exit, outcome.saved)
    assert "ESA_EXEMPT_HOSTS" in rig.box.running_text
    assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves)


def test_never_save_means_never_on_the_way_back(rigs: "Callable[..., Rig]") -> None:
    """A first exemption is there unsaved; adding a gateway fails: nothing may be saved."""
    rig = rigs()
    assert rig.apply(rig.plan(GATEWAY), Options(save=False)).state is State.NEW
    plan = rig.plan(GATEWAY, "192.168.1.2")
    rig.box.script.add(Fault(rig.box.counts.config_lines + 2, "refuse", "ERROR: no"))

    outcome = rig.apply(plan, Options(save=False))

    assert (State.OLD, False) == (outcome.state, outcome.saved)
    assert rig.box.counts.saves == 0
