"""What the ESMTP inspection says happened.

Only :class:`Forward` carries bytes to a side; the others say what was done to them, and why.
Neighbouring ``Forward`` of one direction may be joined: how many there are depends on how the
bytes were cut, nothing else does.
"""

from dataclasses import dataclass

from asa_automate.simulate.smtp import Direction


@dataclass(frozen=True, slots=True)
class Forward:
    """Bytes that go on to the other side.

    Args:
        sender: whose bytes they are.
    """

    sender: Direction
    data: bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """A line was changed, its length was not.

    Args:
        rule: the match, the parameter or the signature that did it.
    """

    sender: Direction
    before: bytes
    after: bytes
    rule: str


@dataclass(frozen=True, slots=True)
class Matched:
    """A ``match`` of the map was hit.

    Args:
        rule: ``match ...`` as the counters print it.
        action: ``drop-connection log`` and the like.
    """

    sender: Direction
    rule: str
    action: str


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One of the signatures that are not in a map, such as ``pipelining``."""

    sender: Direction
    signature: str
    treatment: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """Bytes that reach nobody; the connection stands."""

    sender: Direction
    data: bytes
    rule: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The firewall ended the connection; what comes after this reaches nobody.

    Args:
        how: ``drop-connection`` (both sides are left waiting) or ``reset`` (both get a RST).
    """

    how: str
    rule: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """TLS began: the inspection looks at nothing any more (syslog 108007)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A side closed its half."""

    sender: Direction


@dataclass(frozen=True, slots=True)
class Syslog:
    """A message of the firewall, as it would be sent."""

    text: str


Event = Forward | Changed | Matched | Anomaly | Discarded | Closed | LetGo | Ended | Syslog
