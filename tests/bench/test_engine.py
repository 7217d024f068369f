"""The benchmark of the ESMTP engine measures what it says; no time is asserted."""

import asyncio

import pytest

from asa_automate.simulate.dialogue import Turn
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import BUILT_IN, inspection_map
from asa_automate.simulate.play import play
from asa_automate.simulate.smtp import Direction
from bench.engine import BASE64, DIALOGUE, LONG, MULTIPART, SHORT, Report, fed, through
from bench.engine_load import hash_of, send, started


@pytest.mark.parametrize("body", [BASE64, LONG, SHORT])
@pytest.mark.parametrize("header", [b"Subject: x\r\n\r\n", MULTIPART])
def test_its_bodies_pass_unchanged(header: bytes, body: bytes) -> None:
    through(fed(header), body, 1)()


def test_a_body_that_is_changed_ends_it() -> None:
    with pytest.raises(SystemExit):
        through(fed(b"\r\n"), b"no end of line", 1)


def test_its_dialogue_is_a_whole_mail() -> None:
    engine = Engine(inspection_map(BUILT_IN, Knobs(), {}))
    played = play([Turn(side, data) for side, data in DIALOGUE], engine)

    sent = b"".join(data for side, data in DIALOGUE if side is Direction.CLIENT)
    assert sent == bytes(played.arrived[Direction.CLIENT])
    assert "changed" == played.verdict
    assert not [step for step in played.steps if step.kind in ("anomaly", "discarded", "closed")]


def test_a_goal_says_whether_it_was_reached() -> None:
    report = Report()
    report.goal("so much", 3.0, is_reached=True)
    report.goal("more", 2.0, is_reached=False)

    assert ["- so much: reached (3)", "- more: NOT REACHED (2)"] == report.reached


def test_its_server_keeps_what_its_client_sends() -> None:
    messages = [b"a\r\n", b"\r\n" + b"b" * 70_000 + b"\r\n..\r\n"]
    with started() as (sink, proxies):
        for proxy in proxies.values():
            asyncio.run(send(proxy.port, messages))
            assert 0 < proxy.memory()
            most, verdicts = proxy.end()
            assert (1, 1) == (most, sum(verdicts.values()))
        kept = sink.end()

    assert [hash_of(message) for message in messages] * 2 == kept
