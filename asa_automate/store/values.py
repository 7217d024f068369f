"""Samples of drop counters as plain values; no database in sight."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    the tool that read it, so that old texts can be read again.
    """

    device: str
    seen: Observation
    raw: str
    parser: str
    unparsed: tuple[str, ...] = ()
    slot: float | None = None
