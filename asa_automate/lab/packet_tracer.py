"""``packet-tracer input IFC tcp A P B Q [detailed]``: the phases of a packet, its inspections too.

The skeleton (``Phase:``, ``Type:``, ``Subtype:``, ``Result:``, ``Config:``, the final block) is
that of published outputs. That an inspected flow has a phase ``Type: INSPECT`` with a subtype
named after the engine, ``inspect-smtp`` for mail, is expected and not verified: a knob leaves it
out (``packet_tracer``). No access-list of an interface and no translation is played.
"""

from ipaddress import ip_address, ip_interface

from asa_automate.lab.access import Address, Packet
from asa_automate.lab.addresses import host, names
from asa_automate.lab.box import Box
from asa_automate.lab.flow import Attached, attached
from asa_automate.lab.grammar import Words, invalid
from asa_automate.lab.numbers import port_number
from asa_automate.lab.stanzas import Stanzas, key, starting

_SUBTYPES = {"esmtp": "inspect-smtp"}


def packet_tracer(box: Box, words: Words) -> str:
    """The phases, the inspections among them, and the final block."""
    start = words.take()
    if box.knobs.packet_tracer == "none" or start.text != "input":
        raise invalid(start.offset)
    came = words.take()
    interfaces = _interfaces(box.running.stanzas)
    if came.text not in interfaces:
        raise invalid(came.offset)
    packet = _packet(box, words)
    goes = _way_out(interfaces, packet.destination)
    lines = _phase(1, "ROUTE-LOOKUP", "Resolve Egress Interface", [f"egress ifc {goes}"])
    shown = box.treatment(packet, came.text, goes) if box.knobs.packet_tracer == "full" else {}
    for number, engine in enumerate(shown, 2):
        where = [line for one in attached(box.running.stanzas) for line in _config(one)]
        lines += _phase(number, "INSPECT", _SUBTYPES.get(engine, f"inspect-{engine}"), where)
    lines += _phase(len(shown) + 2, "FLOW-CREATION", "", [])
    return "\n".join([*lines, *_result(came.text, goes)])


def _config(one: Attached) -> list[str]:
    scope = "global" if one.scope == "global" else f"interface {one.scope}"
    return [f"policy-map {one.policy}", f"service-policy {one.policy} {scope}"]


def _phase(number: int, kind: str, subtype: str, config: list[str]) -> list[str]:
    return [
        "",
        f"Phase: {number}",
        f"Type: {kind}",
        f"Subtype: {subtype}",
        "Result: ALLOW",
        "Config:",
        *config,
        "Additional Information:",
    ]


def _result(came: str, goes: str) -> list[str]:
    ends = [("input", came), ("output", goes)]
    lines = ["", "Result:"]
    for side, name in ends:
        lines += [f"{side}-interface: {name}", f"{side}-status: up", f"{side}-line-status: up"]
    return [*lines, "Action: allow"]


def _packet(box: Box, words: Words) -> Packet:
    protocol = words.take()
    if protocol.text not in ("tcp", "udp"):
        raise invalid(protocol.offset)
    table = names(box.running.stanzas)
    source = ip_address(host(words, table))
    source_port = _port(words, protocol.text)
    destination = ip_address(host(words, table))
    port = _port(words, protocol.text)
    words.skip("detailed")
    words.end()
    return Packet(protocol.text, source, destination, port, source_port)


def _port(words: Words, protocol: str) -> int:
    word = words.take()
    number = port_number(protocol, word.text)
    if number is None:
        raise invalid(word.offset)
    return number


def _interfaces(stanzas: Stanzas) -> dict[str, str]:
    """Each ``nameif`` with address and mask, empty without."""
    found = {}
    for head in starting(stanzas, "interface "):
        lines = [key(line).split() for line in head.commands()]
        named = [words[1] for words in lines if words[0] == "nameif" and len(words) > 1]
        own = [w[2:4] for w in lines if w[:2] == ["ip", "address"] and len(w) > 3]
        found.update({name: "/".join(own[0]) if own else "" for name in named})
    return found


def _way_out(interfaces: dict[str, str], destination: Address) -> str:
    """The interface whose network has the address, else ``outside``, or the first."""
    for name, own in interfaces.items():
        if own and destination in ip_interface(own).network:
            return name
    return "outside" if "outside" in interfaces else next(iter(interfaces))
