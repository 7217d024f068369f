"""A dialogue that goes wrong in mid-change: noise, prompts, pages, pieces, late replies."""

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asa_automate.apply.outcome import State
from asa_automate.config.reader import read_running
from asa_automate.device.conversation import Timeouts
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.errors import Exit
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.wire import MemoryWire
from asa_automate.plan.state import fingerprint_of
from tests.apply.rig import Clocked, make_rig
from tests.apply.test_every_fault import STRIDE, run_all, tell
from tests.apply.test_life_of_a_box import GATEWAY, faultless

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

    Rigs = Callable[..., Rig]
    Judges = Callable[..., Judge]

#: How long an answer to one line may take.
LINE = Timeouts().line
#: Where the samples' access-lists begin.
AN_ENTRY = "access-list OUTSIDE_IN"


def commands(clean: "Rig") -> range:
    """The number of each command line of an apply."""
    return range(1, clean.box.script.count("command") + 1)


# --- pieces and silence --------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 3, 61])
def test_in_pieces_it_is_the_same_dialogue(chunk: int, rigs: "Rigs") -> None:
    """Byte by byte, with letters of several bytes: the same lines, the same end."""
    remark = "access-list T remark caf\u00e9 \u65e5\u672c"
    config = ordinary("fw").replace(AN_ENTRY, f"{remark}\n{AN_ENTRY}", 1)
    assert remark in rigs(config).box.running_text
    plan = rigs(config).plan(GATEWAY)
    whole, pieces = rigs(config), rigs(config)
    assert whole.apply(plan).state is State.NEW
    pieces.link = in_pieces(pieces, chunk)  # type: ignore[method-assign]  # another wire

    outcome = pieces.apply(plan)

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    assert [e.line for e in whole.box.transcript] == [e.line for e in pieces.box.transcript]
    assert whole.box.running_text == pieces.box.running_text


def in_pieces(rig: "Rig", chunk: int) -> Callable[[], Session]:
    def link() -> Session:
        wire = Clocked(MemoryWire(rig.box, chunk=chunk))
        return Session.open(
            wire,
            device="fw",
            enable_secret=Secret(rig.secret),
            may_change=True,
            clock=lambda: wire.now,
        )

    return link


def test_a_late_answer_is_never_taken_for_the_next(
    rigs: "Rigs", judges: "Judges", capsys: pytest.CaptureFixture[str]
) -> None:
    """Later than anybody waits for, at every command: nothing more is typed in that session."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    late: list[Rig] = []

    def make(faults: tuple[Fault, ...]) -> "Rig":
        late.append(rigs(None, None, faults))
        return late[-1]

    ends = run_all(
        make,
        judge,
        ((Fault(at, "delay", seconds=4000.0, on="command"),) for at in commands(clean)),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, "late answer", ends)
    for rig in late:
        entries = rig.box.transcript
        [slow] = [i for i, e in enumerate(entries) if e.fault]
        after = [e.line for e in entries[slow + 1 :] if e.session == entries[slow].session]
        assert [] == after, entries[slow]


def test_an_answer_in_good_time_is_waited_for(rigs: "Rigs") -> None:
    """A commit line that the box compiles for long: typed once, and the change is done."""
    for seconds in (1.0, 120.0, LINE - 1):
        plan = rigs().plan(GATEWAY)
        rig = rigs(None, None, (Fault(23, "delay", seconds=seconds),))
        outcome = rig.apply(plan)
        assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
        assert 1 == [e.line for e in rig.box.transcript].count("no inspect esmtp")


def test_a_line_that_never_ends_is_given_up(rigs: "Rigs", judges: "Judges") -> None:
    """A link that is dead without a word: given up in time, by a clock and not by luck."""
    plan, _, judge = faultless(rigs, judges, Knobs())
    rig = rigs(None, None, (Fault(20, "delay", seconds=1e9),))

    outcome = rig.apply(plan)

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit)
    assert f"no prompt within {LINE:.0f} s" in str(outcome.reason)
    judge.judge(rig, outcome)


@pytest.mark.parametrize("seconds", [0.0, 200.0])
def test_a_session_that_was_closed_for_idling(
    seconds: float, rigs: "Rigs", judges: "Judges"
) -> None:
    """The settling wait outlasts `ssh timeout`: the box hangs up; back, all checked anew."""
    knobs = Knobs(idle_seconds=100)
    plan, _, judge = faultless(rigs, judges, knobs)
    rig = rigs(None, knobs)

    def wait(_: float) -> None:
        rig.box.seconds += seconds

    rig.on_wait = wait
    outcome = rig.apply(plan)

    judge.judge(rig, outcome)
    if seconds:
        assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
        assert must_look_before_typing(rig) > 1
    else:
        assert State.NEW is outcome.state


def must_look_before_typing(rig: "Rig") -> int:
    """How many sessions there were; each of them asked who answers before it typed a line."""
    by_session: dict[int, list[str]] = {}
    for entry in rig.box.transcript:
        if entry.session:
            by_session.setdefault(entry.session, []).append(entry.line)
    for lines in by_session.values():
        typed = next((i for i, li in enumerate(lines) if li == "configure terminal"), len(lines))
        if typed < len(lines):
            assert {"show version", "show failover", "show running-config"} <= set(lines[:typed])
    return len(by_session)


def test_every_new_session_looks_before_it_types(rigs: "Rigs") -> None:
    plan = rigs().plan(GATEWAY)
    for at in (4, 12, 17, 23):
        rig = rigs(None, None, (Fault(at, "cut_after"), Fault(at + 1, "cut_before")))
        rig.apply(plan)
        assert must_look_before_typing(rig) > 1, at


# --- what nobody asked for -----------------------------------------------------------------------

NOISES = {
    "syslog": "%ASA-5-111008: User 'enable_15' executed the 'logging on' command.",
    "replication": "Beginning configuration replication: Sending to mate.",
    "prompt": "fw# ",
    "prompt of another mode": "fw(config)# ",
    "error": "ERROR: % Invalid input detected at '^' marker.",
    "page": "<--- More --->",
    "bytes": "caf\udce9\x00\x1b[7m\u202e",
}


@pytest.mark.parametrize("what", NOISES)
def test_noise_at_every_line(
    what: str, rigs: "Rigs", judges: "Judges", capsys: pytest.CaptureFixture[str]
) -> None:
    """Any text where there should be none: no line forward any more, and back it goes."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    noisy: list[Rig] = []

    def make(faults: tuple[Fault, ...]) -> "Rig":
        noisy.append(rigs(None, None, faults))
        return noisy[-1]

    lines = clean.box.script.count("line")
    ends = run_all(
        make,
        judge,
        ((Fault(at, "noise", text=NOISES[what]),) for at in range(1, lines + 1)),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, f"noise at a line: {what}", ends)
    assert set(ends) == {"old"}
    for rig in noisy:
        nothing_forward_after_the_fault(rig)


def nothing_forward_after_the_fault(rig: "Rig") -> None:
    """By the journal and by the box: what was typed after the fault belongs to the way back."""
    kinds = rig.kinds
    undo = kinds.index("abort")
    assert "intent" not in kinds[undo:]
    acknowledged = [p["line"] for kind, p in rig.records[:undo] if kind == "intent"]
    entries = rig.box.transcript
    [struck] = [i for i, e in enumerate(entries) if e.fault]
    sent = [e.line for e in entries[: struck + 1] if e.session and e.number is not None]
    forward = [p["line"] for kind, p in rig.records[:undo] if kind in ("intent", "undo")]
    assert sent == forward, (acknowledged, sent)


@pytest.mark.parametrize("what", NOISES)
def test_noise_at_every_question(
    what: str, rigs: "Rigs", judges: "Judges", capsys: pytest.CaptureFixture[str]
) -> None:
    """In the middle of an answer: the end is old or new and true, whichever it is."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    cases = ((Fault(at, "noise", text=NOISES[what], on="command"),) for at in commands(clean))

    ends = run_all(
        lambda faults: rigs(None, None, faults),
        judge,
        islice(cases, len(what) % STRIDE, None, STRIDE),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, f"noise at a command: {what}", ends)
    assert ends.get("old", 0) + ends.get("unreachable", 0) + ends.get("refused", 0) > 0


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(min_size=1, max_size=60).filter(lambda t: bool(t.strip(" \r\n\t\x00"))))
@example(text="\x1f").via("a reply of nothing but a control character")
def test_any_text_behind_a_line_is_a_refusal(text: str) -> None:
    """Whatever its wording or language: never a success."""
    rig = make_rig(None, None, (Fault(14, "garbage", text=text),))
    startup = rig.box.startup_text

    outcome = rig.apply(rig.plan(GATEWAY))

    assert State.OLD is outcome.state, (text, outcome)
    assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves)


WARNINGS = (
    "WARNING: <ESA_EXEMPT_ESMTP> found duplicate element",
    "WARNING: Adding obj (network-object host 192.168.1.1) to grp (G) failed; "
    "object already exists",
    "INFO: This may take a while",
)


@pytest.mark.parametrize("text", WARNINGS)
def test_a_warning_is_a_refusal(text: str, rigs: "Rigs", judges: "Judges") -> None:
    """The line was taken all the same: what it did is undone by what the box has."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    for at in range(1, clean.box.script.count("line") + 1, 3):
        rig = rigs(None, None, (Fault(at, "garbage", text=text),))
        outcome = rig.apply(plan)
        assert State.OLD is outcome.state, (at, outcome)
        judge.judge(rig, outcome)


# --- prompts -------------------------------------------------------------------------------------

PROMPTS = {"role": "/pri/act", "standby": "/sec/stby", "another name": "-b", "a context": "/mail"}


#: What ends a login: its password answers the question of `enable`, whatever the prompt was.
LOGIN = ("exit", "(enable password)")


@pytest.mark.parametrize("what", PROMPTS)
def test_another_prompt_at_every_command(
    what: str, rigs: "Rigs", judges: "Judges", capsys: pytest.CaptureFixture[str]
) -> None:
    """`prompt hostname priority state`, say, typed by somebody else: stop, look, go back."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    cases = ((Fault(at, "prompt", text=PROMPTS[what], on="command"),) for at in commands(clean))
    changed: list[Rig] = []

    def make(faults: tuple[Fault, ...]) -> "Rig":
        changed.append(rigs(None, None, faults))
        return changed[-1]

    ends = run_all(
        make,
        judge,
        islice(cases, len(what) % STRIDE, None, STRIDE),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, f"another prompt: {what}", ends)
    assert ends["old"] > 5
    for rig in changed:
        entries = rig.box.transcript
        [struck] = [i for i, e in enumerate(entries) if e.fault]
        same = [e.line for e in entries[struck + 1 :] if e.session == entries[struck].session]
        assert [] == [line for line in same if line not in LOGIN], same


def test_no_line_is_executed_in_another_mode_than_planned(rigs: "Rigs") -> None:
    """Each mode line fails in turn, silently or not: what belongs below it is never typed."""
    modes = {
        "network-object": "config-network-object-group",
        "match": "config-cmap",
        "class ": "config-pmap",
        "inspect": "config-pmap-c",
        "no inspect": "config-pmap-c",
        "no match": "config-cmap",
    }
    plan = rigs().plan(GATEWAY)
    for kind, text in (("ignore", ""), ("refuse", "ERROR: % no"), ("garbage", "?")):
        for at in range(1, 24, 2):
            rig = rigs(None, None, (Fault(at, kind, text),))
            rig.apply(plan)
            for entry in rig.box.transcript:
                for begin, mode in modes.items():
                    if entry.number is not None and entry.line.startswith(begin):
                        assert mode == entry.mode, (kind, at, entry)


def test_the_question_of_a_new_box_is_put_off(rigs: "Rigs") -> None:
    """The first `configure terminal` asks about reporting: put off, and nothing is decided."""
    config = ordinary("fw").replace("no call-home reporting anonymous\n", "")
    knobs = Knobs(ask_error_reporting=True)
    plan = rigs(config, knobs).plan(GATEWAY)
    rig = rigs(config, knobs)
    shell = rig.box.open_session()
    shell.receive(f"enable\n{knobs.enable_password}\n".encode())
    assert b"[A]sk later" in shell.receive(b"configure terminal\n")
    shell.close()

    outcome = rig.apply(plan)

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    assert not rig.box.reporting_asked, "the answer was yes or no"
    assert "call-home" not in rig.box.running_text
    assert plan.target_fingerprint == fingerprint_of(read_running(rig.box.running_text))


# --- the pager -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 2, 24, 500])
def test_a_pager_that_cannot_be_turned_off(lines: int, rigs: "Rigs", judges: "Judges") -> None:
    """`terminal pager 0` is denied: page by page, the texts are whole all the same."""
    knobs = Knobs(pager_lines=lines, denied=("^terminal pager",))
    plan = rigs().plan(GATEWAY)
    assert plan == rigs(None, knobs).plan(GATEWAY)
    rig = rigs(None, knobs)
    judge = judges(rigs(), lambda one: one.apply(plan), GATEWAY)

    outcome = rig.apply(plan)

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    judge.judge(rig, outcome)


@pytest.mark.parametrize("lines", [1, 24])
def test_a_page_is_never_taken_for_the_whole(lines: int, rigs: "Rigs") -> None:
    """The link goes while a page waits, or the rest is cut off: nothing is decided on it."""
    knobs = Knobs(pager_lines=lines, denied=("^terminal pager",))
    plan = rigs().plan(GATEWAY)
    for at in (1, 2):
        fault = Fault(at, "truncated", on="show", command="show running-config", lines=100)
        rig = rigs(None, knobs, (fault,))
        startup = rig.box.startup_text
        outcome = rig.apply(plan)
        assert outcome.state in (State.REFUSED, State.UNREACHABLE, State.OLD), outcome
        assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves)


# --- texts that look like something else ---------------------------------------------------------

TRAPS = """\
banner motd fw#
banner motd fw(config)#
banner motd <--- More --->
banner motd ERROR: % Invalid input detected at '^' marker.
access-list TRAP remark fw#
access-list TRAP remark ERROR: % Invalid input detected at '^' marker.
access-list TRAP remark <--- More --->
access-list TRAP remark Cryptochecksum:0123456789abcdef0123456789abcdef
access-list TRAP remark Password:
access-list TRAP extended permit ip any any
"""


@pytest.mark.parametrize("chunk", [None, 1])
def test_a_configuration_full_of_traps(chunk: int | None, rigs: "Rigs") -> None:
    """Prompts, errors and ends inside remarks and banners end no reading and refuse nothing."""
    config = ordinary("fw").replace(AN_ENTRY, f"{TRAPS}{AN_ENTRY}", 1)
    rig = rigs(config)
    assert TRAPS.splitlines()[5] in rig.box.running_text
    if chunk:
        rig.link = in_pieces(rig, chunk)  # type: ignore[method-assign]  # another wire
    before = len(rig.box.running_text.splitlines())

    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    assert len(rig.box.running_text.splitlines()) > before


def test_one_odd_byte_is_another_configuration() -> None:
    """Bytes that are no UTF-8 count: they are neither dropped nor made alike."""
    odd = ("", "\udce9", "\udce8", "\ufffd", "?")

    marks = {fingerprint_of(read_running(with_byte(byte))) for byte in odd}

    assert len(odd) == len(marks)


def with_byte(byte: str) -> str:
    return ordinary("fw").replace(AN_ENTRY, f"access-list T remark caf{byte}\n{AN_ENTRY}", 1)


def test_a_box_with_an_odd_byte_is_changed_and_not_mixed_up(rigs: "Rigs") -> None:
    plan = rigs(with_byte("\udce9")).plan(GATEWAY)

    refused = rigs(with_byte("\udce8")).apply(plan)
    done = rigs(with_byte("\udce9")).apply(plan)

    assert (State.REFUSED, Exit.REFUSED) == (refused.state, refused.exit)
    assert (State.NEW, True) == (done.state, done.saved)


# --- no free session -----------------------------------------------------------------------------


@pytest.mark.parametrize("free_after", [1, 3, 99])
def test_all_sessions_are_taken_when_it_must_come_back(free_after: int, rigs: "Rigs") -> None:
    """Others took the last slot after the link was lost: tried again, within a bound."""
    plan = rigs().plan(GATEWAY)
    rig = rigs(None, Knobs(max_sessions=2), (Fault(20, "cut_after"),))
    waits: list[float] = []
    held: list[object] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            held.extend(rig.box.hold_sessions(2))
        if len(waits) == free_after + 1:
            for shell in held:
                shell.close()  # type: ignore[attr-defined]  # a shell

    rig.on_wait = wait
    outcome = rig.apply(plan)

    if free_after < 9:
        assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
    else:
        assert (State.UNKNOWN, Exit.UNKNOWN) == (outcome.state, outcome.exit), outcome
        assert "no free session" in str(outcome.reason)
        assert 0 < sum(waits) < 600
        assert outcome.lines
