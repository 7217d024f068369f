"""Sessions with a context of a box in multiple mode; its transcript says where lines went."""

from collections.abc import Callable

import pytest

from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.errors import AsaAutomateError, LineRefused, LinkLost, Refused
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.wire import MemoryWire
from tests.device.conftest import Clocked

NAMES = ("admin", "mail", "web")

#: What boxes in multiple mode differ in.
KNOBS = {
    "ordinary": Knobs(),
    "privileged": Knobs(privileged_at_login=True),
    "in the system": Knobs(login_space="system"),
    "in the context": Knobs(login_space="mail"),
    "no name in the prompt": Knobs(prompt_names_context=False, prompt_suffix="/pri/act"),
    "name and roles": Knobs(prompt_suffix="/act/pri"),
    "pager comes back": Knobs(changeto_resets_pager=True),
    "narrow": Knobs(width=40),
}


def chassis(knobs: Knobs | None = None, *faults: Fault, **more: object) -> MultipleAsa:
    texts = {name: ordinary(name) for name in NAMES}
    return MultipleAsa(system_text("fw", NAMES), texts, knobs or Knobs(**more), faults)  # type: ignore[arg-type]  # fields by name


def opened(box: VirtualAsa, context: str | None = "mail", chunk: int | None = None) -> Session:
    wire = Clocked(MemoryWire(box, chunk=chunk))
    return Session.open(
        wire,
        device="fw1",
        enable_secret=Secret(box.knobs.enable_password),
        context=context,
        may_change=True,
        clock=wire.clock,
    )


def changes(box: VirtualAsa) -> set[str]:
    """The spaces in which a configuration line was typed, or a configuration saved."""
    return {e.space for e in box.transcript if e.number is not None or e.line == "write memory"}


@pytest.mark.parametrize("chunk", [None, 1])
@pytest.mark.parametrize("knobs", KNOBS.values(), ids=list(KNOBS))
def test_all_that_changes_is_typed_in_the_context(knobs: Knobs, chunk: int | None) -> None:
    box = chassis(knobs)
    before = {name: (one.running_text, one.startup_text) for name, one in box.contexts.items()}
    session = opened(box, chunk=chunk)
    session.configure()
    session.line("class-map C")
    session.end()
    session.save()
    assert "class-map C" in session.show("show running-config")
    session.close()

    assert {"mail"} == changes(box)
    after = {name: (one.running_text, one.startup_text) for name, one in box.contexts.items()}
    assert ["mail"] == [name for name in NAMES if before[name] != after[name]]
    assert not session.paged
    assert box.open_sessions == 0


def test_the_admin_context_is_a_context_like_others() -> None:
    for names in (NAMES, NAMES[:1]):
        texts = {name: ordinary(name) for name in names}
        box = MultipleAsa(system_text("fw", names), texts)
        session = opened(box, "admin")
        session.configure()
        session.line("class-map C")
        assert {"admin"} == changes(box)


def test_what_only_the_system_says_is_asked_there() -> None:
    session = opened(chassis())

    assert "Serial Number: 9AMULTI0001" in session.chassis["show version"]
    assert "Failover Off" in session.chassis["show failover"]
    assert "Serial Number" not in session.show("show version")


def test_an_address_of_its_own_leads_nowhere_else() -> None:
    box = chassis()
    session = opened(box.contexts["mail"], "mail")
    assert session.chassis == {}

    with pytest.raises(Refused, match="from context mail no way leads to context web"):
        opened(box.contexts["mail"], "web")


#: Name: knobs, the context of the inventory, and what the complaint says.
REFUSALS = {
    "no such context": (Knobs(), "GLOBAL", "no context GLOBAL.*it has admin, mail, web$"),
    "several rows": (Knobs(context_lists_all=True), "mail", "cannot be told"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_context_that_cannot_be_had(what: str) -> None:
    knobs, context, words = REFUSALS[what]
    box = chassis(knobs)

    with pytest.raises(Refused, match=words):
        opened(box, context)

    assert set() == changes(box)
    assert box.open_sessions == 0


def test_single_mode_has_none() -> None:
    box = VirtualAsa(ordinary())
    with pytest.raises(
        Refused, match=r"^fw1: the inventory says context mail, but it runs in sing"
    ):
        opened(box, "mail")
    assert box.open_sessions == 0


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("step", ["configure", "line", "save", "show"])
def test_a_session_that_was_carried_off_sends_nothing(step: str, named: bool) -> None:
    """Silently, in the same mode; with a prompt that tells where, and with one that does not."""
    box = chassis(Knobs(prompt_names_context=named))
    session = opened(box)
    if step == "line":
        session.configure()
        session.line("policy-map global_policy")
    before = len(box.transcript)
    box.carry_off("web")

    steps: dict[str, Callable[[], object]] = {
        "configure": session.configure,
        "line": lambda: session.line("class inspection_default"),
        "save": session.save,
        "show": lambda: session.show("show running-config"),
    }
    with pytest.raises(LinkLost):
        steps[step]()

    assert not session.alive
    after = box.transcript[before:]
    assert all(e.number is None and e.line.startswith("show ") for e in after), after
    assert "web" not in changes(box)
    with pytest.raises(LinkLost):
        session.configure()
    assert box.open_sessions == 0


def test_a_prompt_that_changes_unasked_is_seen_before_anything_is_sent() -> None:
    box = chassis()
    session = opened(box)
    before = len(box.transcript)
    shell = box.sessions[0]
    shell.go_to("web")
    shell.say("\n")
    shell.prompt()

    with pytest.raises(LinkLost):
        session.configure()

    assert not [e for e in box.transcript[before:] if not e.line.startswith("show ")]


@pytest.mark.parametrize("kind", ["garbage", "truncated", "cut_after", "cut_before"])
@pytest.mark.parametrize("command", ["show mode", "show context", "show version"])
def test_answers_that_cannot_be_read_open_nothing(command: str, kind: str) -> None:
    lines = 0 if command == "show mode" else 1  # its answer has no more
    faults = [Fault(at, kind, "?", on="show", command=command, lines=lines) for at in range(1, 9)]
    box = chassis(None, *faults)

    def configure() -> None:
        opened(box).configure()

    with pytest.raises(AsaAutomateError):
        configure()

    assert set() == changes(box)
    assert not [e for e in box.transcript if e.line.startswith("configure")]
    assert box.open_sessions == 0


def test_replication_under_way_is_refused_at_the_login() -> None:
    banner = "Beginning configuration replication: Sending to mate."
    with pytest.raises(Refused, match="replicating"):
        opened(VirtualAsa(ordinary(), Knobs(banner=banner)), None)


def test_a_refused_line_leaves_the_session_in_its_context() -> None:
    box = chassis()
    session = opened(box)
    session.configure()
    with pytest.raises(LineRefused):
        session.line("no access-list NONE extended permit ip any any")
    session.line("class-map C")
    assert {"mail"} == changes(box)
