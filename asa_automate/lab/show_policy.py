"""``show service-policy``, its counters, and ``show service-policy flow``.

Layout of the counters: outputs of 7.2, 9.0 and 9.5+ boxes; of the flow form: ASA command
reference, `show service-policy`.
"""

from collections.abc import Callable, Iterator
from ipaddress import ip_address

from asa_automate.config.tree import Line
from asa_automate.lab.access import Address, Packet
from asa_automate.lab.addresses import host, mask, names
from asa_automate.lab.box import Box
from asa_automate.lab.engines import Inspect, has_tcp_proxy, read_inspect
from asa_automate.lab.esmtp_map import default_map
from asa_automate.lab.flow import Attached, Taken, attached, classes, inspections
from asa_automate.lab.grammar import Words, invalid
from asa_automate.lab.knobs import Era
from asa_automate.lab.numbers import port_number
from asa_automate.lab.stanzas import first, key

_DEFAULT_MAPS = {
    "esmtp": "_default_esmtp_map",
    "h323 h225": "_default_h323_map",
    "h323 ras": "_default_h323_map",
    "ip-options": "_default_ip_options_map",
}
#: Engines whose missing map leaves a blank before the comma.
_BLANK_MAP = ("sip", "skinny")
_TAILS = {
    Era.PRE_9: "packet {packet}, drop {drop}, reset-drop {reset}",
    Era.NINE: "packet {packet}, lock fail {lock}, drop {drop}, reset-drop {reset}",
    Era.NINE_FIVE: (
        "packet {packet}, lock fail {lock}, drop {drop}, reset-drop {reset},"
        " 5-min-pkt-rate {rate} pkts/sec, v6-fail-close {v6} sctp-drop-override {sctp}"
    ),
}


def service_policy(box: Box, words: Words) -> str:
    """All policies, or those of one scope, with the counters of all engines or of one."""
    scope = _scope(words)
    engine = words.rest() if words.skip("inspect") else ""
    words.end()
    lines: list[str] = []
    for policy in attached(box.running.stanzas):
        if scope in ("", policy.scope):
            lines += ["", *_head(policy), *_classes(box, policy, engine)]
    return "\n".join(lines)


def clear(box: Box, words: Words) -> str:
    """All counters to zero."""
    words.rest()
    box.counters.clear()
    return ""


def flow(box: Box, words: Words) -> str:
    """Which classes take one flow, policy by policy."""
    if not box.dialect.flow_query:
        raise invalid(words.back().offset)
    packet = _packet(box, words)
    classifier = box.classifier()
    lines: list[str] = []
    for policy in attached(box.running.stanzas):
        lines += ["", *_head(policy)]
        for taken in classifier.taken(policy.policy, packet):
            lines += _taken(box, policy, taken)
        lines += ["    Class-map: class-default", "      Match: any", "      Action:"]
        lines += ["        Output flow: "]
    return "\n".join(lines)


def _scope(words: Words) -> str:
    if words.skip("global"):
        return "global"
    return words.text() if words.skip("interface") else ""


def _head(policy: Attached) -> list[str]:
    return [f"{policy.title} ", f"  Service-policy: {policy.policy}"]


def _classes(box: Box, policy: Attached, engine: str) -> Iterator[str]:
    for name, lines in classes(box.running.stanzas, policy.policy):
        shown = [i for i in inspections(lines) if engine in ("", i.engine)]
        others = [] if engine else [line for line in lines if not read_inspect(line)]
        if not shown and not others and (engine or box.knobs.empty_class == "omitted"):
            continue
        yield f"    Class-map: {name}"
        for inspect in shown:
            yield from _inspect(box, policy, name, inspect)
        for other in others:
            yield f"      {other[:1].upper()}{other[1:]}"


def _inspect(box: Box, policy: Attached, class_: str, inspect: Inspect) -> Iterator[str]:
    def count(what: str) -> int:
        return box.count((policy.scope, policy.policy, class_, inspect.engine, what))

    tail = _TAILS[box.dialect.counters].format(
        packet=count("packet"),
        lock=count("lock fail"),
        drop=count("drop"),
        reset=count("reset-drop"),
        rate=count("5-min-pkt-rate"),
        v6=count("v6-fail-close"),
        sctp=count("sctp-drop-override"),
    )
    yield f"      Inspect: {_with_map(box, inspect)}, {tail}"
    if inspect.engine == "esmtp" and box.dialect.inspection_maps:
        for line in _esmtp_map(box, inspect.map):
            yield from _map_line(line, count)
    elif has_tcp_proxy(inspect.engine):
        yield "        tcp-proxy: bytes in buffer 0, bytes dropped 0"


def _with_map(box: Box, inspect: Inspect) -> str:
    """The engine and its map, the built-in one by its name; 7.0 has no maps to name."""
    built_in = _DEFAULT_MAPS.get(inspect.engine, "") if box.dialect.inspection_maps else ""
    map_ = inspect.map or built_in
    blank = " " if map_ or inspect.engine in _BLANK_MAP else ""
    return f"{inspect.engine}{blank}{map_}"


def _esmtp_map(box: Box, name: str) -> tuple[Line, ...]:
    head = first(box.running.stanzas, f"policy-map type inspect esmtp {name}") if name else None
    return (head or default_map(box.knobs)).children


def _map_line(line: Line, count: Callable[[str], int]) -> Iterator[str]:
    if key(line) == "parameters":
        for setting in line.commands():
            word = key(setting).split()[0]
            if word in ("mask-banner", "allow-tls"):
                yield f"        {word}, count {count(word)}"
    elif key(line).startswith("match "):
        action = " ".join(key(child) for child in line.commands())
        yield f"        {key(line)} "
        yield f"          {action}, packet {count(key(line))}"


def _taken(box: Box, policy: Attached, taken: Taken) -> list[str]:
    of = dict(classes(box.running.stanzas, policy.policy))
    actions = [_action(box, inspect) for inspect in taken.inspects]
    actions += [line for line in of.get(taken.name, []) if not read_inspect(line)]
    if not actions and not box.knobs.flow_lists_idle_classes:
        return []
    lines = [f"    Class-map: {taken.name}"]
    for match in taken.matches:
        lines.append(f"      Match: {match}")
        if match.startswith("access-list ") and taken.rule:
            lines.append(f"        Access rule: {taken.rule}")
    return [*lines, "      Action:", *(f"        Input flow:  {action}" for action in actions)]


def _action(box: Box, inspect: Inspect) -> str:
    if not box.knobs.flow_prints_map:
        return f"inspect {inspect.engine}"
    return f"inspect {_with_map(box, inspect)}".rstrip()


def _packet(box: Box, words: Words) -> Packet:
    """``tcp host A [eq P] host B eq P``; ``A M`` and ``any`` are taken by their first address."""
    protocol = words.take()
    if protocol.text not in ("tcp", "udp", "icmp"):
        raise invalid(protocol.offset)
    source = _end(box, words)
    source_port = _port(words, protocol.text)
    destination = _end(box, words)
    port = _port(words, protocol.text)
    if protocol.text == "icmp":
        words.rest()
    words.end()
    return Packet(protocol.text, source, destination, port or 0, source_port)


def _end(box: Box, words: Words) -> Address:
    table = names(box.running.stanzas)
    if words.skip("any"):
        return ip_address("0.0.0.0")  # noqa: S104 - an address in a question, nothing is bound
    if words.skip("host"):
        return ip_address(host(words, table))
    address = ip_address(host(words, table))
    mask(words)
    return address


def _port(words: Words, protocol: str) -> int | None:
    if not words.skip("eq"):
        return None
    word = words.take()
    number = port_number(protocol, word.text)
    if number is None:
        raise invalid(word.offset)
    return number
