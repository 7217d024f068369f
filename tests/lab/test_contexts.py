"""A box in multiple mode: what its spaces share, and what each has for itself."""

import pytest

from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.lab.shell import Shell

NAMES = ("admin", "mail", "web")


def chassis(*faults: Fault, **knobs: object) -> MultipleAsa:
    texts = {name: ordinary(name) for name in NAMES[:-1]} | {"web": interface_policy("web")}
    plain: dict[str, object] = {"pager_lines": 0, "privileged_at_login": True}
    return MultipleAsa(system_text("fw", NAMES), texts, Knobs(**plain | knobs), faults)  # type: ignore[arg-type]  # fields by name


def session(box: MultipleAsa, *lines: str) -> Shell:
    shell = box.open_session()
    shell.greeting()
    for line in lines:
        shell.receive(f"{line}\n".encode())
    return shell


def test_the_transcript_says_where() -> None:
    box = chassis()
    session(box, "changeto context mail", "configure terminal", "class-map C", "changeto system")

    said = [(entry.space, entry.line) for entry in box.transcript]

    assert said == [
        ("admin", "changeto context mail"),
        ("mail", "configure terminal"),
        ("mail", "class-map C"),
        ("mail", "changeto system"),
    ]
    assert box.contexts["mail"].transcript is box.transcript


def test_each_context_is_saved_for_itself() -> None:
    box = chassis()
    before = {name: one.startup_text for name, one in box.contexts.items()}
    for name in ("mail", "web"):
        session(box, f"changeto context {name}", "configure terminal", "hostname new")
    session(box, "changeto context mail", "write memory")

    changed = [n for n, one in box.contexts.items() if one.startup_text != before[n]]

    assert changed == ["mail"]
    assert "hostname new" in box.contexts["web"].running_text
    assert box.counts.saves == 1


def test_a_reload_is_the_whole_box() -> None:
    box = chassis(Fault(2, "reload"))
    shell = session(box, "changeto context mail", "configure terminal", "hostname new")

    shell.receive(b"hostname newer\n")

    assert shell.closed
    assert "hostname new" not in box.contexts["mail"].running_text
    assert box.counts.reloads == 1


def test_an_address_of_its_own() -> None:
    box = chassis()
    shell = box.contexts["web"].open_session()

    assert shell.prompt_text == "fw/web# "
    assert (box.open_sessions, box.contexts["web"].open_sessions) == (0, 1)


@pytest.mark.parametrize(("space", "prompt"), [("", "fw/admin# "), ("system", "fw# ")])
def test_where_a_login_lands(space: str, prompt: str) -> None:
    assert session(chassis(login_space=space)).prompt_text == prompt


@pytest.mark.parametrize(("resets", "page"), [(False, 0), (True, 24)])
def test_the_pager_after_changeto(resets: bool, page: int) -> None:
    box = chassis(changeto_resets_pager=resets, pager_lines=None)

    assert page == session(box, "terminal pager 0", "changeto context mail").page


def test_the_fault_carries_the_session_off_in_its_mode() -> None:
    box = chassis(Fault(1, "changeto", "web"))
    shell = session(box, "changeto context mail", "configure terminal", "policy-map global_policy")

    assert shell.prompt_text == "fw/web(config-pmap)# "
    shell.receive(b"class inspection_default\n")
    assert [("mail", True), ("web", True)] == [
        (entry.space, entry.executed) for entry in box.transcript if entry.number
    ]


def test_sessions_are_carried_off_silently() -> None:
    box = chassis()
    shell = session(box, "changeto context mail", "configure terminal")

    box.carry_off("web")

    assert shell.prompt_text == "fw/web(config)# "


def test_a_standby_group_warns_in_its_contexts_alone() -> None:
    text = system_text("fw", NAMES, groups={"mail": 2})
    texts = {name: ordinary(name) for name in NAMES}
    groups = Knobs(
        pager_lines=0,
        privileged_at_login=True,
        failover="active",
        failover_groups=("active", "standby"),
    )
    box = MultipleAsa(text, texts, groups)
    shown = {
        name: session(box, f"changeto context {name}").receive(b"configure terminal\n").decode()
        for name in NAMES
    }

    assert ["mail"] == [name for name in NAMES if "NOT performed from Standby" in shown[name]]


def test_mishaps_in_a_context() -> None:
    """They strike where the line is typed, counted over the whole box."""
    faults = [
        Fault(2, "edit", text="class-map THEIRS"),
        Fault(3, "saved_by_other"),
        Fault(4, "deny"),
        Fault(8, "prompt", on="command"),
    ]
    box = chassis(*faults)
    shell = session(box, "conf t", "class-map A", "changeto context mail", "conf t")
    for line in ("class-map B", "match any", "no class-map B"):
        shell.receive(f"{line}\n".encode())
    shown = shell.receive(b"end\n")
    admin, mail = box.contexts["admin"], box.contexts["mail"]

    assert shown.endswith(b"fw/mail/pri/act# ")
    assert "class-map THEIRS\n" in mail.running_text
    assert "class-map THEIRS\n" not in admin.running_text
    assert "class-map B\n!" in mail.startup_text
    assert "class-map A\n" not in admin.startup_text
    theirs = [(entry.space, entry.line) for entry in box.transcript if entry.session == 0]
    assert theirs == [("mail", "class-map THEIRS"), ("mail", "write memory")]
    assert "class-map B\n match any\n" in mail.running_text, "the denied line took no effect"
    denied = [entry for entry in box.transcript if not entry.executed]
    assert [(entry.line, entry.space) for entry in denied] == [("no class-map B", "mail")]
