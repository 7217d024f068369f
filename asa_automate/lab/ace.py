"""One extended access-list entry: read from what was typed, printed as the ASA prints it.

Source of the syntax: ASA command reference, `access-list extended`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from asa_automate.lab.addresses import host, names, network, printed, shown_names
from asa_automate.lab.dialects import Dialect
from asa_automate.lab.grammar import Words, incomplete, invalid
from asa_automate.lab.numbers import port_number, port_word, protocol_number, protocol_word
from asa_automate.lab.stanzas import Stanzas, key, starting

_WITH_PORTS = ("tcp", "udp", "sctp")
_OPERATORS = ("eq", "gt", "lt", "neq", "range")
_TAIL = ("log", "time-range", "inactive")
_LEVELS = (
    "emergencies", "alerts", "critical", "errors", "warnings", "notifications",
    "informational", "debugging",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ace:
    """An entry, field by field, each as printed; an absent field is an empty text."""

    action: str
    protocol: str
    source: str
    source_port: str
    destination: str
    destination_port: str
    tail: str = ""

    @property
    def text(self) -> str:
        """Everything after ``extended``."""
        fields = (
            self.action, self.protocol, self.source, self.source_port, self.destination,
            self.destination_port, self.tail,
        )  # fmt: skip
        return " ".join(field for field in fields if field)


@dataclass(frozen=True, slots=True)
class Room:
    """What an entry may refer to: the configuration, and whether its names are checked.

    Args:
        stanzas: the running configuration.
        check: called with kind (``object-group``...) and name of each thing referred to.
        dialect: of the release: whether it knows objects, IPv6, ``any4``.
    """

    stanzas: Stanzas
    check: Callable[[str, str], None]
    dialect: Dialect


def read_ace(words: Words, room: Room) -> Ace:
    """An entry from ``permit`` on; ``Unparsed`` where it is not one."""
    action = words.take()
    if action.text.lower() not in ("permit", "deny"):
        raise invalid(action.offset)
    protocol = _protocol(words, room)
    source = _address(words, room)
    source_port = _ports(words, room, protocol)
    destination = _address(words, room)
    ports = _icmp(words) if protocol in ("icmp", "icmp6") else ""
    ports = ports or _ports(words, room, protocol)
    tail = _tail(words)
    words.end()
    return Ace(action.text.lower(), protocol, source, source_port, destination, ports, tail)


def group_type(stanzas: Stanzas, name: str) -> str | None:
    """``network``, ``service``, ...: the type of an object-group; ``None`` if there is none."""
    heads = (key(line).split() for line in starting(stanzas, "object-group "))
    return next((head[1] for head in heads if head[2:3] == [name]), None)


def _protocol(words: Words, room: Room) -> str:
    if words.peek() in ("object", "object-group"):
        return _reference(words, room)
    word = words.take()
    if protocol_number(word.text.lower()) is None:
        raise invalid(word.offset)
    return protocol_word(word.text.lower())


def _reference(words: Words, room: Room) -> str:
    kind = words.text()
    if kind == "object" and not room.dialect.objects:
        raise invalid(words.back().offset)
    name = words.text()
    room.check(kind, name)
    return f"{kind} {name}"


def _address(words: Words, room: Room) -> str:
    word = words.peek().lower()
    if not word:
        raise incomplete()
    if word == "any" or (word in ("any4", "any6") and room.dialect.unified_acl):
        return words.text().lower()
    if word in ("object", "object-group"):
        return _reference(words, room)
    if word == "interface":
        return f"{words.text()} {words.text()}"
    shown = shown_names(room.stanzas)
    if words.skip("host"):
        address = host(words, names(room.stanzas))
        _must_be_known(ip_address(address).version, words, room)
        return f"host {shown.get(address, address)}"
    net = network(words, names(room.stanzas))
    _must_be_known(net.version, words, room)
    return printed(net, shown, "any4" if room.dialect.unified_acl else "any")


def _must_be_known(version: int, words: Words, room: Room) -> None:
    """Before 9.0 an extended access-list holds no IPv6."""
    if version == 6 and not room.dialect.unified_acl:
        raise invalid(words.back().offset)


def _ports(words: Words, room: Room, protocol: str) -> str:
    word = words.peek().lower()
    if word == "object-group":
        name = words.words[words.at + 1].text if words.at + 1 < len(words.words) else ""
        return _reference(words, room) if group_type(room.stanzas, name) == "service" else ""
    if protocol not in _WITH_PORTS or word not in _OPERATORS:
        return ""
    words.take()
    ports = [_port(words, protocol) for _ in range(1 + (word == "range"))]
    return " ".join([word, *ports])


def _port(words: Words, protocol: str) -> str:
    word = words.take()
    number = port_number(protocol, word.text.lower())
    if number is None:
        raise invalid(word.offset)
    return port_word(protocol, number)


def _icmp(words: Words) -> str:
    if words.peek() in ("", "object-group", *_TAIL):
        return ""
    return words.text()


def _tail(words: Words) -> str:
    """``log``, ``time-range`` and ``inactive``, with the defaults of ``log`` left out."""
    taken = []
    while words.peek() in _TAIL:
        word = words.text()
        taken.append(word)
        if word == "time-range":
            taken.append(words.text())
        if word == "log":
            taken += _log(words)
    return " ".join(taken)


def _log(words: Words) -> list[str]:
    taken = []
    if words.peek() in (*_LEVELS, "disable", "default") or words.peek().isdigit():
        level = words.text()
        taken.append(_LEVELS[int(level)] if level in "01234567" else level)
    if words.skip("interval"):
        taken += ["interval", words.text()]
    return [] if taken == ["default"] else taken
