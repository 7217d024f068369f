"""The table of connections: ``show conn`` and ``clear conn`` with the same filters.

Certain, from Cisco's ASA command reference (``show conn``, examples and ``show conn count``;
chapter "show b to show cq"): the line of counts, protocol, both interfaces with address and port,
idle time, bytes, flags; without ``all`` only what passes through the box is meant. The filters
are ``protocol P``, then up to two pairs of ``address A[-B] [netmask M]`` and ``port P[-Q]``.

Not certain: in which order the two ends are tried against the two pairs (here either end may be
either pair, as source and destination of a connection that somebody else opened are not known),
how many blanks stand after an interface's name (releases differ), that a bare ``clear conn`` is
incomplete, and what ``clear conn`` prints. The last two texts are in ``Wording``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, TypeVar

from asa_automate.lab.box import Box
from asa_automate.lab.grammar import Word, Words, incomplete, invalid
from asa_automate.lab.numbers import port_number
from asa_automate.lab.records import Connection, End

Address = IPv4Address | IPv6Address
T = TypeVar("T")
_PROTOCOLS = ("tcp", "udp", "sctp")


@dataclass(slots=True)
class _Pair:
    """One pair of the filter: what it says of one end; empty: nothing."""

    address: Callable[[Address], bool] | None = None
    port: Callable[[int], bool] | None = None

    def fits(self, end: End) -> bool:
        address, port = ip_address(end.address), end.port
        return (self.address is None or self.address(address)) and (
            self.port is None or self.port(port)
        )


@dataclass(slots=True)
class _Filter:
    """What is asked for."""

    everything: bool = False
    protocol: str = ""
    pairs: list[_Pair] = field(default_factory=lambda: [_Pair()])

    def fits(self, one: Connection) -> bool:
        if one.to_the_box and not self.everything:
            return False
        if self.protocol and one.protocol.lower() != self.protocol:
            return False
        first, second = (*self.pairs, _Pair())[:2]
        ends = (one.outside, one.inside), (one.inside, one.outside)
        return any(first.fits(this) and second.fits(that) for this, that in ends)

    def pair_for(self, what: str, word: Word) -> _Pair:
        """The pair that the next ``address`` or ``port`` belongs to: address before port."""
        last = self.pairs[-1]
        if last.port is None and (what == "port" or last.address is None):
            return last
        if len(self.pairs) == 2:
            raise invalid(word.offset)
        self.pairs.append(_Pair())
        return self.pairs[-1]


def show(box: Box, words: Words) -> str:
    """``show conn [all] [protocol P] [address A[-B]] [port P[-Q]] [address C] [port D]``."""
    wanted = _filter(words)
    shown = [_line(box, one) for one in box.connections if wanted.fits(one)]
    return "\n".join([_counts(box), *shown])


def count(box: Box, words: Words) -> str:
    """``show conn count``."""
    words.end()
    return _counts(box)


def clear(box: Box, words: Words) -> str:
    """``clear conn`` with ``all`` or any of the filters: exactly what ``show conn`` shows goes."""
    if not words:
        raise incomplete()
    wanted = _filter(words)
    gone = [one for one in box.connections if wanted.fits(one)]
    _counts(box)
    box.connections[:] = [one for one in box.connections if not wanted.fits(one)]
    return box.knobs.wording.connections_deleted.format(name=len(gone))


def _filter(words: Words) -> _Filter:
    wanted = _Filter(everything=words.skip("all"))
    if words.skip("protocol"):
        wanted.protocol = _protocol(words.take())
    while words:
        word = words.take()
        if word.text not in ("address", "port"):
            raise invalid(word.offset)
        pair = wanted.pair_for(word.text, word)
        if word.text == "address":
            pair.address = _addresses(words)
        else:
            pair.port = _within(words.take(), _port)
    return wanted


def _protocol(word: Word) -> str:
    if word.text.lower() not in _PROTOCOLS:
        raise invalid(word.offset)
    return word.text.lower()


def _addresses(words: Words) -> Callable[[Address], bool]:
    word = words.take()
    if not words.skip("netmask"):
        return _within(word, ip_address)
    mask = int(_read(words.take(), IPv4Address))
    net = int(_read(word, IPv4Address)) & mask
    return lambda one: one.version == 4 and int(one) & mask == net


def _within(word: Word, read: Callable[[str], Any]) -> Callable[[Any], bool]:
    """A test for ``A`` or ``A-B``; both ends are of one kind, and so is what is within."""
    first, _, last = word.text.partition("-")
    low = _read(Word(first, word.offset), read)
    high = _read(Word(last or first, word.offset), read)
    if type(low) is not type(high):
        raise invalid(word.offset)
    return lambda one: type(one) is type(low) and low <= one <= high


def _read(word: Word, read: Callable[[str], T]) -> T:
    try:
        return read(word.text)
    except ValueError:
        raise invalid(word.offset) from None


def _port(text: str) -> int:
    number = port_number("", text)
    if number is None:
        raise ValueError(text)
    return number


def _counts(box: Box) -> str:
    now = len(box.connections)
    box.most_connections = max(box.most_connections, now)
    return f"{now} in use, {box.most_connections} most used"


def _line(box: Box, one: Connection) -> str:
    return box.knobs.wording.connection.format(
        protocol=one.protocol.upper(),
        outside=one.outside,
        inside=one.inside,
        idle=_clock(one.idle),
        bytes=one.bytes,
        flags=one.flags or "-",
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
