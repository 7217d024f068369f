"""Whether an access-list entry covers a packet: addresses, groups and ports looked up in text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from asa_automate.lab.addresses import names
from asa_automate.lab.numbers import port_number, protocol_number
from asa_automate.lab.stanzas import Stanzas, key, starting

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a flow.

    Args:
        protocol: ``tcp``, ``udp``, ``icmp`` ...
        source_port: ``None`` where it is not known; then it covers every source port.
    """

    protocol: str
    source: Address
    destination: Address
    destination_port: int = 0
    source_port: int | None = None


@dataclass(slots=True)
class Rulebook:
    """The access-lists and objects of one configuration.

    Args:
        stanzas: the running configuration.
        any_is_both: ``any`` covers IPv6 too, as it does from 9.0.
    """

    stanzas: Stanzas
    any_is_both: bool = True
    _names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._names = names(self.stanzas)

    def permits(self, name: str, packet: Packet, ports: bool = True) -> str | None:
        """The entry that permits the packet, from ``permit`` on; ``None`` if none does.

        A ``deny`` entry ends the look-up: for a class it means "not this class".
        """
        for line in starting(self.stanzas, f"access-list {name} extended "):
            words = key(line).split()[3:]
            if "inactive" in words or not self._covers(words, packet, ports):
                continue
            return " ".join(words) if words[0] == "permit" else None
        return None

    def port_matches(self, protocol: str, test: str, packet: Packet) -> bool:
        """``match port tcp eq 25``: the destination port only."""
        return protocol == packet.protocol and _port_test(
            protocol, test.split(), packet.destination_port
        )

    def _covers(self, words: list[str], packet: Packet, ports: bool) -> bool:
        reader = _Reader([*words[1:]])
        services = self._protocol(reader)
        source, source_ports = self._address(reader), self._ports(reader)
        target, target_ports = self._address(reader), self._ports(reader)
        if not source(packet.source) or not target(packet.destination):
            return False
        if not ports:
            return True
        return (
            services(packet)
            and source_ports(packet.protocol, packet.source_port)
            and target_ports(packet.protocol, packet.destination_port)
        )

    def _protocol(self, reader: "_Reader") -> Callable[[Packet], bool]:
        word = reader.take()
        if word in ("object", "object-group"):
            lines = list(self._service_lines(reader.take()))
            return lambda packet: any(_service(line, packet) for line in lines)
        return lambda packet: _protocol_covers(word, packet.protocol)

    def _address(self, reader: "_Reader") -> Callable[[Address], bool]:
        word = reader.take()
        if word in ("any", "any4", "any6"):
            return self._any(word)
        if word in ("object", "object-group"):
            members = list(self._members(reader.take(), frozenset()))
            return lambda address: any(_inside(address, member) for member in members)
        if word == "interface":
            own = self._interface_address(reader.take())
            return lambda address: own is not None and _inside(address, own)
        first = reader.take() if word == "host" else word
        mask = "" if word == "host" or "/" in first else reader.take()
        member = self._network(first, mask)
        return lambda address: _inside(address, member)

    def _any(self, word: str) -> Callable[[Address], bool]:
        families = {"any4": (4,), "any6": (6,)}.get(word, (4, 6) if self.any_is_both else (4,))
        return lambda address: address.version in families

    def _network(self, address: str, mask: str = "") -> str:
        return "/".join(part for part in (self._names.get(address, address), mask) if part)

    def _ports(self, reader: "_Reader") -> Callable[[str, int | None], bool]:
        if reader.peek() in ("eq", "gt", "lt", "neq", "range"):
            test = [reader.take(), reader.take()]
            test += [reader.take()] if test[0] == "range" else []
            return lambda protocol, port: port is None or _port_test(protocol, test, port)
        if reader.peek() == "object-group" and self._is_service(reader.peek(1)):
            reader.take()
            lines = list(self._service_lines(reader.take()))
            return lambda protocol, port: (
                port is None
                or any(
                    _port_test(protocol, line.split()[1:], port)
                    for line in lines
                    if line.startswith("port-object ")
                )
            )
        return lambda _protocol, _port: True

    def _is_service(self, name: str) -> bool:
        heads = (key(line).split() for line in starting(self.stanzas, "object-group service "))
        return any(head[2] == name for head in heads)

    def _definition(self, name: str) -> Iterator[str]:
        """The lines beneath the object or object-group of that name."""
        for prefix in ("object ", "object-group "):
            for head in starting(self.stanzas, prefix):
                if key(head).split()[2:3] == [name]:
                    yield from (key(child) for child in head.commands())

    def _members(self, name: str, seen: frozenset[str]) -> Iterator[str]:
        """The networks of an object or group, nested groups included."""
        if name in seen:
            return
        for line in self._definition(name):
            words = line.split()
            if words[0] == "group-object":
                yield from self._members(words[1], seen | {name})
            elif words[:2] == ["network-object", "object"]:
                yield from self._members(words[2], seen | {name})
            elif words[:2] == ["network-object", "host"] or words[0] == "host":
                yield self._network(words[-1])
            elif words[0] in ("network-object", "subnet"):
                yield self._network(*words[1:3])
            elif words[0] == "range":
                yield f"{self._network(words[1])}-{self._network(words[2])}"

    def _service_lines(self, name: str, depth: int = 0) -> Iterator[str]:
        for line in self._definition(name):
            words = line.split()
            if words[0] == "group-object" and depth < 20:
                yield from self._service_lines(words[1], depth + 1)
            elif words[:2] == ["service-object", "object"]:
                yield from self._service_lines(words[2], depth + 1)
            else:
                yield line

    def _interface_address(self, name: str) -> str | None:
        for head in starting(self.stanzas, "interface "):
            lines = [key(child) for child in head.commands()]
            if f"nameif {name}" in lines:
                texts = (line.split() for line in lines if line.startswith("ip address "))
                return next((words[2] for words in texts), None)
        return None


class _Reader:
    def __init__(self, words: list[str]) -> None:
        self._words = words

    def take(self) -> str:
        return self._words.pop(0) if self._words else ""

    def peek(self, ahead: int = 0) -> str:
        return self._words[ahead] if len(self._words) > ahead else ""


def _inside(address: Address, member: str) -> bool:
    try:
        if "-" in member:
            low, high = (ip_address(end) for end in member.split("-"))
            same = low.version == high.version == address.version
            return same and int(low) <= int(address) <= int(high)
        return address in ip_network(member, strict=False)
    except ValueError:
        # A name that is not defined, or an interface with a DHCP address: covers nothing.
        return False


def _protocol_covers(word: str, protocol: str) -> bool:
    if word == "tcp-udp":
        return protocol in ("tcp", "udp")
    return word == "ip" or protocol_number(word) == protocol_number(protocol)


def _port_test(protocol: str, test: list[str], port: int) -> bool:
    if not test:
        return True
    numbers = [port_number(protocol, word) for word in test[1:]]
    low = numbers[0] if numbers and numbers[0] is not None else -1
    high = numbers[1] if len(numbers) > 1 and numbers[1] is not None else -1
    tests = {
        "eq": port == low,
        "neq": port != low,
        "gt": port > low,
        "lt": port < low,
        "range": low <= port <= high,
    }
    return tests.get(test[0], True)


def _service(line: str, packet: Packet) -> bool:
    """``service tcp destination eq 25``, ``service-object tcp``, ``protocol-object tcp``."""
    words = line.split()
    if (
        words[0] == "port-object"
        or len(words) < 2
        or not _protocol_covers(words[1], packet.protocol)
    ):
        return False
    if "destination" in words:
        return _port_test(
            packet.protocol, words[words.index("destination") + 1 :], packet.destination_port
        )
    rest = words[2:]
    if rest[:1] == ["source"]:
        return packet.source_port is None or _port_test(
            packet.protocol, rest[1:], packet.source_port
        )
    return _port_test(packet.protocol, rest, packet.destination_port)
