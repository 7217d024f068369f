"""The plan file: only the very bytes that the tool wrote are a plan."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.errors import BadInput, Refused
from asa_automate.model import Identity
from asa_automate.plan.document import (
    VALID_FOR,
    Command,
    DevicePlan,
    Finding,
    digest_of,
    make_plan_file,
    read_plan,
    write_plan,
)
from asa_automate.plan.request import Request, refused

NOW = datetime(2026, 3, 1, 12, 0, 5, 999, tzinfo=UTC)
SMALL = make_plan_file(
    (
        DevicePlan(
            device="fw",
            status="change",
            commands=(Command(line="no inspect esmtp", why="it exempts", commit=True),),
            findings=(Finding(code="no-version", text="none", line=None),),
        ),
    ),
    now=NOW,
    nonce="0a1b",
)
DATA = write_plan(SMALL).encode()


def refuses(data: bytes) -> bool:
    try:
        read_plan(data, "plan.json")
    except Refused:
        return True
    return False


def test_round_trip() -> None:
    assert SMALL == read_plan(DATA, "plan.json")
    assert DATA == write_plan(read_plan(DATA, "plan.json")).encode()


def test_times_are_utc_and_whole_seconds() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    plan = make_plan_file((), now=elsewhere, nonce="0a1b")

    assert datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC) == plan.created
    assert plan.created + VALID_FOR == plan.expires
    assert "20260301T120005-0a1b" == plan.id
    assert '"expires": "2026-03-02T12:00:05Z"' in write_plan(plan)


def test_no_flipped_bit_gets_by() -> None:
    """Every byte, each of its eight bits."""
    passed = [
        (place, bit)
        for place in range(len(DATA))
        for bit in range(8)
        if not refuses(DATA[:place] + bytes([DATA[place] ^ 1 << bit]) + DATA[place + 1 :])
    ]

    assert [] == passed


def test_no_byte_can_be_left_out_doubled_or_swapped() -> None:
    for place in range(len(DATA)):
        assert refuses(DATA[:place] + DATA[place + 1 :]), place
        assert refuses(DATA[: place + 1] + DATA[place:]), place


def test_no_beginning_is_a_plan() -> None:
    for length in range(len(DATA) // 2, len(DATA)):
        assert refuses(DATA[:length]), length


@pytest.mark.parametrize("changed", [DATA + b"\n", b"\xef\xbb\xbf" + DATA, b" " + DATA, DATA * 2])
def test_nothing_may_stand_around_it(changed: bytes) -> None:
    assert refuses(changed)


@pytest.mark.parametrize("key", ["id", "created", "expires", "tool", "devices"])
def test_the_digest_covers_everything_but_itself(key: str) -> None:
    content = json.loads(DATA)
    content[key] = {
        "id": "another",
        "created": "2026-03-01T12:00:06Z",
        "expires": "2030-01-01T00:00:00Z",
        "tool": "asa-automate 99",
        "devices": [],
    }[key]
    data = (json.dumps(content, indent=2) + "\n").encode()

    with pytest.raises(Refused, match="digest"):
        read_plan(data, "plan.json")


def test_a_forged_digest_is_the_only_way() -> None:
    """What the digest is for: change by accident, not by somebody who can compute it."""
    other = SMALL.model_copy(update={"id": "another"})
    honest = other.model_copy(update={"digest": digest_of(other)})

    assert refuses(write_plan(other).encode())
    assert honest == read_plan(write_plan(honest).encode(), "plan.json")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"extra": 1}, id="a key too many"),
        pytest.param({"schema": "asa-automate/plan/2"}, id="another schema"),
        pytest.param({"devices": [{"device": "fw"}]}, id="a device without status"),
    ],
)
def test_a_plan_of_another_shape_is_refused(content: dict[str, object]) -> None:
    data = json.dumps({**json.loads(DATA), **content}, indent=2).encode()

    with pytest.raises(Refused, match=r"plan\.json: altered or not a plan"):
        read_plan(data, "plan.json")


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{}", b"[]", b"null", b"hostname fw\n", b"\x00\xff\xfe", b'{"devices": 3}'),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"exemptions:\n  - name: x\n", id="yaml"),
    ],
)
def test_what_never_was_a_plan_is_bad_input(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"plan\.json: not a plan file"):
        read_plan(data, "plan.json")


@given(st.binary(max_size=200))
def test_rubbish_is_never_taken_and_never_crashes(data: bytes) -> None:
    with pytest.raises((BadInput, Refused)):
        read_plan(data, "plan.json")


@given(st.text(max_size=40))
def test_any_words_survive(words: str) -> None:
    device = DevicePlan(device="fw", status="refused", reason=words)
    plan = make_plan_file((device,), now=NOW, nonce="x")

    assert plan == read_plan(write_plan(plan).encode(), "plan.json")


def test_odd_bytes_of_a_firewall_survive() -> None:
    """A name that is not UTF-8 comes as lone surrogates out of a text, and stands in the plan."""
    running = read_running(ODD)
    request = Request("fw", None, Identity(), ())
    plan = make_plan_file((refused(request, ODD, running),), now=NOW, nonce="x")

    assert plan == read_plan(write_plan(plan).encode(), "plan.json")


ODD = b"policy-map caf\xe9\n".decode("utf-8", "surrogateescape")


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(SMALL, "digest", "")  # noqa: B010 - mypy would refuse it before pydantic does
