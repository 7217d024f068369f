"""Many firewalls, some of them dead: a sample or an outcome from each."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from asa_automate.collect.collector import (
    COUNTERS,
    UNIT,
    Asking,
    Outcome,
    collect,
    take_sample,
)
from asa_automate.collect.saved import SavedTexts, check_directory, texts_of
from asa_automate.collect.turns import Limits
from asa_automate.errors import BadInput, Exit, Incomplete, LinkLost, StoreRefused, Unreachable
from asa_automate.model import Device
from asa_automate.store.values import Sample

TEXT = """\
Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
      Inspect: esmtp _default_esmtp_map, packet 96, drop 2, reset-drop 1
        mask-banner, count 3
"""
VERSION = """\
Cisco Adaptive Security Appliance Software Version 9.8(2)
fw1 up 3 days 4 hours
Serial Number: JAD123456AB
"""


@dataclass
class Box:
    """A reader that remembers what it was asked."""

    text: str = TEXT
    asked: list[str] = field(default_factory=list)
    closed: int = 0
    loses_link: bool = False
    chassis: dict[str, str] = field(default_factory=dict)

    def show(self, command: str) -> str:
        self.asked.append(command)
        if self.loses_link:
            raise LinkLost("the link broke", device="fw1")
        return VERSION if command == UNIT else self.text

    def close(self) -> None:
        self.closed += 1


def gather(
    boxes: "dict[str, Box | Exception]", workers: int = 4
) -> tuple[list[Outcome], list[Sample]]:
    kept: list[Sample] = []

    def opened(device: Device) -> Box:
        box = boxes[device.name]
        if isinstance(box, Exception):
            raise box
        return box

    devices = [Device(name=name, host="127.0.0.1") for name in boxes]
    asking = Asking(opened, kept.append, lambda: 12.5)
    outcomes = collect(
        devices,
        asking,
        limits=Limits(workers=workers),
        told=lambda _: None,
        monotonic=time.monotonic,
    )
    return outcomes, kept


def test_two_questions_and_goodbye() -> None:
    box = Box()

    (outcome,), (sample,) = gather({"fw1": box})

    assert [COUNTERS, UNIT] == box.asked
    assert "show service-policy inspect esmtp" == COUNTERS
    assert 1 == box.closed
    assert (Exit.DONE, None, sample) == (outcome.exit, outcome.message, outcome.sample)
    assert ("fw1", TEXT, 12.5, True) == (
        sample.device,
        sample.raw,
        sample.seen.at,
        sample.seen.complete,
    )
    assert ("JAD123456AB", (3 * 24 + 4) * 3600) == (sample.seen.serial, sample.seen.uptime)
    assert 4 == len(sample.seen.readings)
    assert sample.parser.startswith("asa-automate ")


def test_a_dead_one_does_not_stop_the_others() -> None:
    outcomes, kept = gather(
        {
            "dead": Unreachable("no route", device="dead"),
            "fw1": Box(loses_link=True),
            "bug": KeyError("ours"),
            "live": Box(),
        },
        workers=2,
    )

    assert ["dead", "fw1", "bug", "live"] == [outcome.device for outcome in outcomes]
    assert [4, 4, 1, 0] == [outcome.exit for outcome in outcomes]
    assert "dead: no route" == outcomes[0].message
    assert "bug: unexpected error: KeyError: 'ours'" == outcomes[2].message
    assert ["live"] == [sample.device for sample in kept]


def test_a_session_that_broke_is_closed() -> None:
    box = Box(loses_link=True)
    gather({"fw1": box})
    assert 1 == box.closed


def test_no_more_at_a_time_than_workers() -> None:
    lock, now, most = threading.Lock(), 0, 0
    pair = threading.Barrier(2)

    class Counted(Box):
        def show(self, command: str) -> str:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            pair.wait(30)
            with lock:
                now -= 1
            pair.wait(30)
            return super().show(command)

    gather({f"fw{n}": Counted() for n in range(6)}, workers=2)
    assert 2 == most


def test_a_sample_that_cannot_be_kept_is_said() -> None:
    def keep(sample: Sample) -> None:
        raise StoreRefused(f"store x: the disk is full ({sample.device})")

    (outcome,) = collect(
        [Device(name="fw1", host="h")],
        Asking(lambda _: Box(), keep, lambda: 0.0),
        limits=Limits(),
        told=lambda _: None,
        monotonic=time.monotonic,
    )

    assert (5, "fw1: store x: the disk is full (fw1)") == (outcome.exit, outcome.message)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", Exit.DONE, "no output"),
        (TEXT + "a line of tomorrow 7\n", Exit.DONE, "1 lines were not understood"),
        ("ERROR: % Invalid input detected at '^' marker.\n", Exit.UNREACHABLE, "ERROR: % Invalid"),
    ],
)
def test_what_was_not_understood_is_kept_and_marked(text: str, code: Exit, says: str) -> None:
    (outcome,), (sample,) = gather({"fw1": Box(text)})

    assert code == outcome.exit
    assert outcome.message is not None
    assert says in outcome.message
    assert outcome.message.startswith("fw1: ")
    assert (text, False) == (sample.raw, sample.seen.complete)


def test_saved_texts_in_the_place_of_a_device(tmp_path: Path) -> None:
    (tmp_path / "fw1").mkdir()
    (tmp_path / "fw1" / "show_service-policy.txt").write_bytes(TEXT.encode() + b"caf\xe9\r\n")

    sample = take_sample("fw1", texts_of(tmp_path, "fw1"), 1)

    assert sample.raw.endswith("caf\udce9\r\n")
    assert (None, None) == (sample.seen.serial, sample.seen.uptime)
    (tmp_path / "fw1" / "show_version.txt").write_text(VERSION)
    assert "JAD123456AB" == take_sample("fw1", texts_of(tmp_path, "fw1"), 1).seen.serial


def test_a_missing_text_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(Incomplete, match=r"fw1: .*show_service-policy\.txt: No such file"):
        SavedTexts("fw1", tmp_path / "fw1").show(COUNTERS)


@pytest.mark.parametrize("name", ["../fw1", "/etc", "a/b", ".."])
def test_a_name_does_not_lead_out_of_the_directory(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        texts_of(tmp_path, name)


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a directory"):
        check_directory(tmp_path / "missing")
