"""Text that comes behind a prompt: waited for after a change, and never the next line's answer."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.device.dialogue import Done, Exchange, Quiet, Wait
from asa_automate.device.prompts import Prompt, parse
from asa_automate.errors import LineRefused

Make = Callable[..., Any]
LINE = "class-map C"
PROMPT = b"\rfw(config-cmap)# "
REFUSAL = "ERROR: % out of memory"


def known() -> Prompt:
    prompt = parse("fw(config)# ")
    assert prompt is not None
    return prompt


@pytest.mark.parametrize("cut", range(len(PROMPT) + 1))
def test_a_refusal_just_behind_the_prompt_is_heard(cut: int) -> None:
    """The prompt came in two pieces, and a refusal with another prompt a moment later."""
    exchange = Exchange(LINE, known=known(), confirm=True)
    exchange.receive(f"{LINE}\r\n".encode() + PROMPT[:cut])
    assert isinstance(exchange.look(0.0), Wait)
    exchange.receive(PROMPT[cut:])
    assert isinstance(exchange.look(0.0), Wait), "it could go on"
    exchange.receive(f"\r\n{REFUSAL}\r\n".encode() + PROMPT)

    step = exchange.look(Quiet().line)

    assert isinstance(step, Done)
    assert REFUSAL in step.reply.body


@pytest.mark.parametrize("late", [f"\r\n{REFUSAL}\r\n", "%ASA-5-111008: User 'a'\r\n"])
def test_what_comes_later_still_is_not_the_next_answer(
    fake_wire: Make, opened: Make, late: str
) -> None:
    """Behind the silence that a prompt is given: the next line is refused, whatever it says."""
    wire = fake_wire()
    session = opened(wire)
    session.configure()
    session.line("class-map C")
    wire.say(late.encode() + b"\rfw(config-cmap)# ")

    with pytest.raises(LineRefused, match="match access-list A"):
        session.line("match access-list A")
