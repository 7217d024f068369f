"""What holds for the ESMTP inspection whatever the bytes are: no traceback, bounded, linear."""

import sys
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.errors import BadInput, Refused
from asa_automate.simulate.dialogue import in_words, read_dialogue
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_events import Discarded, Event, Forward
from asa_automate.simulate.esmtp_knobs import Knobs, choices_of, knobs_from
from asa_automate.simulate.esmtp_map import BUILT_IN, InspectionMap, inspection_map, map_in_force
from asa_automate.simulate.smtp import HOLD, Direction

C, S = Direction.CLIENT, Direction.SERVER
Turn = tuple[Direction, bytes]
MANY_MATCHES = """\
regex R "a"
policy-map type inspect esmtp M
 parameters
  mask-banner
  allow-tls action log
  mail-relay example.net action log
  special-character action log
 match cmd line length gt 9
  log
 match not header line length gt 3
  log
 match header length gt 30
  log
 match body line length gt 5
  log
 match body length gt 40
  log
 match MIME filename length gt 3
  log
 match not MIME filename length gt 3
  log
 match MIME encoding base64 others
  log
 match MIME filetype regex R
  log
 match sender-address regex R
  mask
 match cmd RCPT count gt 1
  rate-limit 1
 match invalid-recipients count gt 1
  log
 match header to-fields count gt 1
  log
 match ehlo-reply-parameter size others
  mask log
: end
"""
MAPS = {
    "built-in": inspection_map(BUILT_IN, Knobs(), {}),
    "many matches": map_in_force(read_running(MANY_MATCHES), "M", Knobs()),
}
LINES = st.sampled_from(
    (b"EHLO x\r\n", b"250-STARTTLS\r\n", b"250 ok\r\n", b"550 no\r\n", b"DATA\r\n", b"354 go\r\n",
     b".\r\n", b"..\r\n", b"\n.\r\n", b"\r", b"\r\n\r\n", b"MAIL FROM:<a|b@c> SIZE=3\r\n",
     b"RCPT TO:<a<b@c>\r\n", b"NOOP\n", b"\0\xff\r\n", b"\r\n", b"a" * 1200, b"a" * HOLD,
     b"AUTH PLAIN\r\n", b"334 \r\n", b"235 ok\r\n", b"STARTTLS\r\n", b"220 go\r\n", b"220-x\r\n",
     b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--\r\n", b"To: x\r\n",
     b'Content-Type: x; name="a\\"bcd\r\n', b" more\";\r\n", b" filename*0=abcd\r\n",
     b"Content-Transfer-Encoding: base64\r\n", b"QUIT\r\n", b"XX\r\n", b"421 bye\r\n")
)  # fmt: skip
PIECES = st.lists(LINES | st.binary(max_size=9), min_size=1, max_size=6).map(b"".join)
SIDES = st.sampled_from((C, S))
TURNS = st.lists(st.tuples(SIDES, PIECES | st.just(b"")), max_size=14)
MAIL = [(S, b"220 x\r\n"), (C, b"DATA\r\n"), (S, b"354 go\r\n")]
STARTS = st.sampled_from(([], MAIL, [*MAIL, (C, b"Content-Type: m/x; boundary=b\r\n\r\n")]))
KNOBS = st.builds(
    lambda chosen: knobs_from([f"{name}={value}" for name, value in chosen.items()]),
    st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from(sorted(choices_of(name)))
            for name in ("pipe", "wrong_terminator", "truncated", "pipelining", "relay",
                         "server_transition", "banner_keeps", "length_counts_end")
        },
    ),
)  # fmt: skip


def events_of(engine: Engine, turns: list[Turn]) -> list[Event]:
    """All events; neighbouring bytes of one sender joined, as the engine's contract says."""
    events: list[Event] = []
    for sender, data in turns:
        engine.receive(sender, data)
        while (event := engine.next_event()) is not None:
            last = events[-1] if events else None
            joins = isinstance(event, Forward) and isinstance(last, Forward)
            if joins and event.sender is last.sender:  # type: ignore[union-attr]  # both Forward
                event = Forward(event.sender, last.data + event.data)  # type: ignore[union-attr]
                events.pop()
            events.append(event)
    return events


def by_side(events: list[Event]) -> list[Any]:
    """Bytes of both directions may overtake each other; nothing else may."""
    others = [event for event in events if not isinstance(event, Forward)]
    bytes_of = [
        b"".join(e.data for e in events if isinstance(e, Forward) and e.sender is side)
        for side in Direction
    ]
    return [*others, *bytes_of]


@pytest.mark.parametrize("inspected", MAPS.values(), ids=MAPS)
@given(start=STARTS, turns=TURNS, knobs=KNOBS, data=st.data())
def test_the_same_events_however_the_bytes_are_cut(
    inspected: InspectionMap,
    start: list[Turn],
    turns: list[Turn],
    knobs: Knobs,
    data: st.DataObject,
) -> None:
    cut: list[Turn] = []
    for sender, text in [*start, *turns]:
        places = data.draw(st.sets(st.integers(0, len(text)), max_size=5)) | {0, len(text)}
        cut += [(sender, text[a:b]) for a, b in pairwise(sorted(places))] or [(sender, b"")]

    whole = events_of(Engine(inspected, knobs), [*start, *turns])
    assert by_side(whole) == by_side(events_of(Engine(inspected, knobs), cut))


@pytest.mark.parametrize("inspected", MAPS.values(), ids=MAPS)
@given(start=STARTS, turns=TURNS, knobs=KNOBS)
def test_nothing_is_added_nor_lost_but_by_a_verdict(
    inspected: InspectionMap, start: list[Turn], turns: list[Turn], knobs: Knobs
) -> None:
    """What is passed, discarded and waited with is as long as what came, until a close."""
    engine = Engine(inspected, knobs)
    turns = [turn for turn in [*start, *turns] if turn[1]]
    events = events_of(engine, turns)
    for side in Direction:
        came = sum(len(text) for sender, text in turns if sender is side)
        went = sum(
            len(e.data) for e in events if isinstance(e, Forward | Discarded) and e.sender is side
        )
        assert went <= came
        assert engine.closed or came - went == engine.holds(side)


@pytest.mark.parametrize("inspected", MAPS.values(), ids=MAPS)
@pytest.mark.parametrize(
    "data",
    [b"a", b"NOOP\r\n", b"\0", b"DATA\r\n", b"X-\r\n", b"\n", b"a\n", b"--b\r\n", b"\r\n.\r\n"],
)
@pytest.mark.parametrize("message", [False, True])
def test_memory_is_bounded_whatever_never_ends(
    inspected: InspectionMap, data: bytes, message: bool
) -> None:
    engine = Engine(inspected, Knobs(pipelining="pass", wrong_terminator="pass"))
    for sender, text in MAIL if message else []:
        engine.receive(sender, text)
    for _ in range(8):
        engine.receive(C, data * (20_000 // len(data)))
        while engine.next_event() is not None:
            pass
        assert engine.holds(C) <= HOLD
        assert engine.waits_for <= 4097


def calls_for(turns: list[Turn]) -> int:
    """How many functions are called, of Python or of C: a count, not a time."""
    engine = Engine(MAPS["built-in"])
    count = 0

    def counting(frame: object, event: str, arg: object) -> None:
        nonlocal count
        del frame, arg
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        for turn in turns:
            engine.receive(*turn)
            while engine.next_event() is not None:
                pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "line",
    [
        b"a\r\n", b"Content-Type: x; boundary=b\r\n", b"Content-X: y\r\n", b" name=x;\r\n", b"a",
        b"--\r\n", b"a" * 1200 + b"\r\n", b"..\r\n", b"\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("inside", [b"", b"Content-Type: x/y; boundary=b\r\n\r\n"])
@pytest.mark.parametrize("piece", [7, 10**9])
def test_work_is_linear(line: bytes, inside: bytes, piece: int) -> None:
    def work(count: int) -> int:
        text = inside + line * count
        cut = [(C, text[at : at + piece]) for at in range(0, len(text), piece)]
        return calls_for([*MAIL, *cut])

    count = max(10, 2000 // len(line))
    first, second, fourth = (work(count * times) for times in (1, 2, 4))
    assert fourth - second <= 2.2 * (second - first) + 200


def test_a_long_body_line_costs_few_steps() -> None:
    """Chunks are scanned, not lines: a hundred times the lines, hardly more calls."""
    text = b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * 3000

    assert calls_for([*MAIL, (C, text)]) < 600


@given(st.lists(st.tuples(SIDES, st.binary(max_size=40))))
def test_the_small_format_says_any_bytes(turns: list[Turn]) -> None:
    names = {C: "C", S: "S"}
    text = ""
    for side, data in turns:
        said = in_words(data).replace("{", r"\x7b")
        text += f"{names[side]}- {said}\n" if data else f"{names[side]}!\n"
    read = read_dialogue(text) if turns else []

    assert [(turn.sender, turn.data) for turn in read] == turns


@given(st.text(st.sampled_from("CS:-!~ \\x0{}*9\r\n#<>=\udcffä"), max_size=60) | st.text())
def test_any_text_is_a_dialogue_or_bad_input(text: str) -> None:
    with suppress(BadInput):
        assert read_dialogue(text)


WORDS = st.sampled_from(
    ("match", "not", "cmd", "verb", "line", "length", "gt", "9" * 21, "0", "-1", "\u0663", "x",
     "MIME", "mime", "filename", "filetype", "regex", "class", "R", "encoding", "header", "body",
     "to-fields", "count", "RCPT", "log", "mask", "reset", "rate-limit", "drop-connection")
)  # fmt: skip


@given(st.lists(st.lists(WORDS, max_size=7).map(" ".join), max_size=6), st.data())
def test_any_map_is_understood_or_refused(lines: list[str], data: st.DataObject) -> None:
    """And one that is understood inspects without a traceback."""
    body = "".join(f"{' ' * data.draw(st.integers(1, 2))}{line}\n" for line in lines)
    running = read_running(f'regex R "a"\npolicy-map type inspect esmtp M\n{body}: end\n')
    with suppress(Refused):
        engine = Engine(map_in_force(running, "M", Knobs()))
        text = b"Content-Type: a; name=b\r\n\r\nx\r\n.\r\n"
        events_of(engine, [*MAIL, (C, text), (C, b"")])
