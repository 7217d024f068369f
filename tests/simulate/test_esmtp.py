"""The ESMTP inspection against documented transcripts, and the laws that hold for any bytes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.errors import Refused
from asa_automate.show.service_policy import parse_service_policy
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_counters import shown
from asa_automate.simulate.esmtp_events import Closed, Discarded, Event, Forward, LetGo, Syslog
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import BUILT_IN, inspection_map, map_in_force
from asa_automate.simulate.smtp import Direction

C, S = Direction.CLIENT, Direction.SERVER
Turn = tuple[Direction, bytes]
KNOBS = Knobs()
DEFAULT = inspection_map(BUILT_IN, KNOBS, {})


def play(turns: list[Turn], engine: Engine | None = None) -> list[Event]:
    engine = engine or Engine(DEFAULT, KNOBS)
    events: list[Event] = []
    for sender, data in turns:
        engine.receive(sender, data)
        while (event := engine.next_event()) is not None:
            last = events[-1] if events else None
            if (
                isinstance(event, Forward)
                and isinstance(last, Forward)
                and last.sender is event.sender
            ):
                events[-1] = Forward(event.sender, last.data + event.data)
                continue
            events.append(event)
    return events


def passed(events: list[Event], sender: Direction) -> bytes:
    return b"".join(e.data for e in events if isinstance(e, Forward) and e.sender is sender)


GREETING: list[Turn] = [(S, b"220 mail.example.com 2026 ESMTP\r\n")]
MAIL: list[Turn] = [
    *GREETING,
    (C, b"MAIL FROM:<a@example.com>\r\n"),
    (S, b"250 ok\r\n"),
    (C, b"RCPT TO:<b@example.net>\r\n"),
    (S, b"250 ok\r\n"),
    (C, b"DATA\r\n"),
    (S, b"354 go\r\n"),
]


def test_a_banner_keeps_its_twos_and_noughts() -> None:
    """Source: Cisco doc 117801."""
    masked = b"220" + b"*" * 18 + b"202" + b"*" * 7 + b"\r\n"
    knobs = Knobs(banner_keeps="nothing")

    assert masked == passed(play(GREETING, Engine(DEFAULT, knobs)), S)
    assert masked.replace(b"220*", b"220 ", 1) == passed(play(GREETING), S)


def test_the_ehlo_reply_of_a_postfix() -> None:
    """Source: transcript of a Postfix behind an ASA (deimos.fr): STARTTLS becomes XXXXXXXA."""
    asked = b"250-mx\r\n250-PIPELINING\r\n250-STARTTLS\r\n250-AUTH=LOGIN PLAIN\r\n250 DSN\r\n"

    events = play([*GREETING, (C, b"EHLO x\r\n"), (S, asked)])

    assert passed(events, S).endswith(asked.replace(b"STARTTLS", b"XXXXXXXA"))


def test_the_ehlo_reply_of_an_exim() -> None:
    """Source: transcript of an Exim behind an ASA: STARTTLS, then HELP."""
    asked = b"250-mx\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 HELP\r\n"

    events = play([*GREETING, (C, b"EHLO x\r\n"), (S, asked)])

    assert passed(events, S).endswith(b"250-mx\r\n250-PIPELINING\r\n250-XXXXXXXA\r\n250 XXXB\r\n")


def test_an_unsupported_command_is_crossed_out() -> None:
    """Source: Cisco doc 117801."""
    assert b"XXXXXXXX\r\n" == passed(play([*GREETING, (C, b"STARTTLS\r\n")]), C)


def test_the_limits_are_strict() -> None:
    """Source: Cisco ASA 9.3 firewall CLI guide, p.13-41: ``gt 998``."""
    header = b"X: " + b"a" * 995
    fine = play([*MAIL, (C, header + b"\r\n")])
    over = play([*MAIL, (C, header + b"a\r\n")])

    assert passed(fine, C).endswith(header + b"\r\n")
    assert Closed("drop-connection", "match header line length gt 998") in over
    assert any(
        isinstance(e, Syslog) and e.text.endswith("; matched Class 4: header line length gt 998")
        for e in over
    )


def test_a_long_body_line_is_only_logged() -> None:
    """Source: Cisco doc 117801, ``log all messages with lines > 998 chars``."""
    body = b"\r\n" + b"a" * 999 + b"\r\n.\r\n"
    events = play([*MAIL, (C, body)])

    assert passed(events, C).endswith(body)
    assert ["%ASA-6-108005"] == [e.text.split(":")[0] for e in events if isinstance(e, Syslog)]


def test_a_hundred_recipients_pass_and_one_more_does_not() -> None:
    """Source: Cisco ASA 9.3 firewall CLI guide, p.13-41."""
    turn: list[Turn] = [(C, b"RCPT TO:<b@example.net>\r\n"), (S, b"250 ok\r\n")]
    assert not [e for e in play([*MAIL[:3], *turn * 100]) if isinstance(e, Closed)]
    assert [e for e in play([*MAIL[:3], *turn * 101]) if isinstance(e, Closed)]


def test_a_file_name_too_long_ends_the_connection() -> None:
    """Source: Cisco doc 117801, ``match MIME filename length gt 255``."""
    for length, gone in ((255, False), (256, True)):
        name = b'Content-Disposition: attachment;\r\n filename="' + b"n" * length + b'"\r\n'
        assert gone is any(isinstance(e, Closed) for e in play([*MAIL, (C, name)]))


def test_a_pipe_closes_on_7_and_is_blanked_later() -> None:
    """Sources: Cisco doc 117801; ASA 8.4 ASDM guide, p.47-55."""
    turns = [*GREETING, (C, b"MAIL FROM:<a|b@example.com>\r\n")]
    inspected = inspection_map(BUILT_IN, KNOBS, {})

    assert any(isinstance(e, Closed) for e in play(turns, Engine(inspected, version=(7, 2))))
    later = play(turns, Engine(inspected, version=(9, 8)))
    assert b"MAIL FROM:<a b@example.com>\r\n" == passed(later, C)


def test_with_allow_tls_the_inspection_lets_go_after_220() -> None:
    """Source: Cisco ASA syslog guide, 108007."""
    config = (
        "policy-map type inspect esmtp M\n parameters\n  allow-tls action log\n"
        " match MIME filename length gt 255\n  drop-connection log\n: end\n"
    )
    inspected = map_in_force(read_running(config), "M", KNOBS)
    tls = b"\x16\x03\x01\xff|\n"
    turns = [*GREETING, (C, b"STARTTLS\r\n"), (S, b"220 go\r\n"), (C, tls)]

    events = play(turns, Engine(inspected))

    assert passed(events, C) == b"STARTTLS\r\n" + tls
    assert LetGo() in events
    assert any(isinstance(e, Syslog) and "-108007:" in e.text for e in events)


def test_the_counters_are_read_back_by_the_reader_of_real_ones() -> None:
    inspected = inspection_map(BUILT_IN, KNOBS, {})
    engine = Engine(inspected)
    play([*GREETING, (C, b"EHLO x\r\n"), (S, b"250-mx\r\n250 STARTTLS\r\n")], engine)

    for version in ((8, 4), (9, 1), (9, 16)):
        head = "Global policy: \n  Service-policy: p\n    Class-map: c\n"
        report = parse_service_policy(head + "\n".join(shown(engine.counters, inspected, version)))
        (inspect,) = report.policies[0].classes[0].inspects
        assert (3, 1) == (inspect.packets, inspect.parameters["mask-banner"])
        assert 1 == inspect.matches[-1].packets


WORDS = st.sampled_from(
    (b"EHLO x\r\n", b"250-STARTTLS\r\n", b"250 ok\r\n", b"DATA\r\n", b"354 go\r\n", b".\r\n",
     b"MAIL FROM:<a|b@c>\r\n", b"NOOP\n", b"\0\xff\r\n", b"\r\n", b"a" * 1200, b"AUTH PLAIN\r\n",
     b"334 \r\n", b"Content-Type: x; name=y\r\n", b"QUIT\r\n", b"XX\r\n")
)  # fmt: skip
TURNS = st.lists(
    st.tuples(st.sampled_from((C, S)), st.lists(WORDS | st.binary(max_size=9)).map(b"".join)),
    max_size=12,
)


@given(TURNS, st.data())
def test_the_same_events_however_the_bytes_are_cut(turns: list[Turn], data: st.DataObject) -> None:
    turns = [turn for turn in turns if turn[1]]
    cut: list[Turn] = []
    for sender, text in turns:
        places = data.draw(st.sets(st.integers(0, len(text)), max_size=5)) | {0, len(text)}
        cut += [(sender, text[a:b]) for a, b in pairwise(sorted(places))]

    assert play(turns) == play(cut)


@given(TURNS)
def test_nothing_is_added_and_lengths_stay(turns: list[Turn]) -> None:
    events = play([turn for turn in turns if turn[1]])
    for side in (C, S):
        out = len(passed(events, side))
        out += sum(len(e.data) for e in events if isinstance(e, Discarded) and e.sender is side)
        assert out <= sum(len(text) for sender, text in turns if sender is side)


OTHERS = """\
ASA Version 9.12(4)
regex BAD "(unclosed"
class-map type regex match-any BUILT_IN
 match regex _default_gator
class-map type regex match-any BROKEN
 match regex BAD
policy-map type inspect esmtp MAIL
 match sender-address {match}
  log
: end
"""


def test_a_regex_that_no_esmtp_map_names_is_nobodys_trouble() -> None:
    """Those of the software itself, and of other inspections, need not be understood."""
    text = OTHERS.format(match="length gt 320")
    assert "MAIL" == map_in_force(read_running(text), "MAIL", KNOBS).name


@pytest.mark.parametrize(
    ("match", "why"),
    [
        ("regex class BUILT_IN", "no regex '_default_gator'"),
        ("regex class BROKEN", "not understood"),
        ("regex BAD", "not understood"),
        ("regex NONE", "no regex 'NONE'"),
    ],
)
def test_one_that_a_map_names_must_be(match: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        map_in_force(read_running(OTHERS.format(match=match)), "MAIL", KNOBS)
