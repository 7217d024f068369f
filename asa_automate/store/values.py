"""Samples of drop counters as plain values; no database in sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Label(NamedTuple):
    """What a counter counts. "" stands for what the text did not say.

    ``name`` is a parameter such as ``mask-banner``, a match text, or one of ``packets``,
    ``drops``, ``reset_drops`` and ``lock_fails``; ``action`` only goes with a match.
    """

    scope: str
    policy: str
    class_: str
    engine: str
    map: str
    name: str
    action: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What one sample says: ``at`` in seconds since the epoch, ``uptime`` in seconds.

    ``complete`` is false where the text was cut, refused or had a line nobody could read: what
    is absent from such a sample may still exist.
    """

    at: float
    serial: str | None
    uptime: int | None
    complete: bool
    readings: Mapping[Label, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """An observation of a device with the text that it was read from.

    ``raw`` keeps every byte (what was no UTF-8 as lone surrogates); ``parser`` is the version of
    the tool that read it, so that old texts can be read again. ``slot`` is the scheduled instant
    that it answers; ``changing`` marks one taken while the device was being changed.
    """

    device: str
    seen: Observation
    raw: str
    parser: str
    unparsed: tuple[str, ...] = ()
    slot: float | None = None
    changing: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A device that was to be sampled and was not; ``reason`` is a word, ``message`` a line."""

    device: str
    at: float
    reason: str
    message: str
    slot: float | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """What one counter did in one hour (``hour``: its first second, since the epoch).

    ``added`` sums the increments that are known, ``breaks`` counts the readings that had none;
    ``value`` and ``epoch`` are those of the last of its ``readings``.
    """

    hour: int
    added: int
    readings: int
    breaks: int
    value: int
    epoch: int


class State(StrEnum):
    """How far the mail gateways of a device are exempt; ``NOBODY``: no exemption is wanted."""

    EXEMPT = "exempt"
    PARTLY = "partly"
    NOT_EXEMPT = "not-exempt"
    CANNOT_TELL = "cannot-tell"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the configuration said, at an instant.

    ``gateways`` is the state of each address; ``classed`` whether the counters of that moment had
    the class of our exemption.
    """

    device: str
    at: float
    state: State
    classed: bool
    fingerprint: str | None
    gateways: Mapping[str, str]
