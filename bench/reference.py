"""A slow, plain reader of well-formed running-configs: the judge of the answers.

It shares no code with the program. What a class takes is decided by brute force: each entry of
its access-list is expanded, nested groups and all, to the IPv4 peers that a gateway may talk to
over tcp/25 from port 40000, first match first. Nothing that was expanded is kept.

    python bench/reference.py FILE      # JSON: what the text says, and the plan's lines

It reads what :mod:`bench.generate` writes (ASA 9.x, IPv4, one column of blanks for each level),
and raises on anything else: it is a judge for known cases, not a reader for the field.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

Interval = tuple[int, int]
Words = list[str]

_EVERYBODY: Interval = (0, 2**32 - 1)
_SMTP, _SOURCE_PORT = 25, 40000
#: Of the ASA's port names those that the generator prints.
_PORTS = {"smtp": 25, "sqlnet": 1521, "domain": 53, "www": 80, "https": 443}
_LOGGING = ("log", "informational", "interval", "disable")


@dataclass(frozen=True, slots=True)
class Text:
    """A configuration as lines, what stands beneath each top-level line, and its names."""

    lines: tuple[str, ...]
    blocks: dict[str, list[Words]]
    names: dict[str, str]

    def beneath(self, header: str) -> list[Words]:
        """The lines beneath ``header``, of all its blocks, as words."""
        return self.blocks.get(header, [])

    def entries(self, acl: str) -> list[Words]:
        """The entries of an access-list, after ``extended``; remarks are none."""
        head = f"access-list {acl} extended "
        return [line[len(head) :].split() for line in self.lines if line.startswith(head)]

    def address(self, word: str) -> int:
        """An address, given as such or as a word of the ``name`` table."""
        return _number(self.names.get(word, word))


def read(text: str) -> Text:
    """Cut a text into lines and blocks."""
    lines = text.splitlines()
    blocks: dict[str, list[Words]] = {}
    names: dict[str, str] = {}
    header = ""
    for line in lines:
        words = line.split()
        if line.startswith(" "):
            blocks[header].append(words)
            continue
        header = line.rstrip()
        blocks.setdefault(header, [])
        if words[:1] == ["name"]:
            names[words[2]] = words[1]
    return Text(tuple(lines), blocks, names)


def _number(dotted: str) -> int:
    a, b, c, d = (int(part) for part in dotted.split("."))
    return a << 24 | b << 16 | c << 8 | d


def attached(text: Text) -> list[tuple[str, str]]:
    """Policy-map and scope of each ``service-policy``."""
    found = [line.split() for line in text.lines if line.startswith("service-policy ")]
    return [(words[1], " ".join(words[2:])) for words in found]


def esmtp_classes(text: Text, policy: str) -> list[str]:
    """The classes of a policy-map that inspect ESMTP, in order."""
    found: list[str] = []
    name = ""
    for words in text.beneath(f"policy-map {policy}"):
        if words[0] == "class":
            name = words[1]
        elif words == ["inspect", "esmtp"]:
            found.append(name)
    return found


def takes_gateway(text: Text, class_name: str, gateway: str) -> bool:
    """Whether a class matches any SMTP of a gateway, to it or from it."""
    matches = [words for words in text.beneath(f"class-map {class_name}") if words[0] == "match"]
    match matches:
        case [["match", "default-inspection-traffic"]]:
            return True
        case [["match", "access-list", acl]]:
            entries = text.entries(acl)
            return any(_permits(text, entries, _number(gateway), to) for to in (True, False))
    raise ValueError(f"class-map {class_name}: {matches}")


def _permits(text: Text, entries: list[Words], gateway: int, to_gateway: bool) -> bool:
    """Whether an entry permits a peer that no entry before it denied.

    A peer that an earlier entry permits has been found already, so denied ones suffice.
    """
    denied = [(gateway, gateway)]
    for words in entries:
        peers = list(_peers(text, words, gateway, to_gateway))
        if words[0] == "deny":
            denied += peers
        elif any(_left(peer, denied) for peer in peers):
            return True
    return False


def _left(peers: Interval, denied: list[Interval]) -> list[Interval]:
    """What of ``peers`` is in none of ``denied``."""
    left = [peers]
    for low, high in denied:
        cut: list[Interval] = []
        for first, last in left:
            cut += [(first, min(last, low - 1)), (max(first, high + 1), last)]
        left = [(first, last) for first, last in cut if first <= last]
    return left


def _peers(text: Text, words: Words, gateway: int, to_gateway: bool) -> Iterator[Interval]:
    """The peers whose SMTP with the gateway an entry speaks of."""
    if words[-1] == "inactive":
        return
    protocol, rest = _protocol(words[1:])
    source, rest = _end(rest)
    source_ports, rest = _ports(text, rest)
    destination, rest = _end(rest)
    ports, rest = _ports(text, rest)
    rest = [word for word in rest if word not in _LOGGING and not word.isdigit()]
    if rest:
        raise ValueError(f"words that are not understood: {rest}")
    own, other = (destination, source) if to_gateway else (source, destination)
    if (
        _speaks_smtp(text, protocol)
        and _has_port(text, source_ports, _SOURCE_PORT)
        and _has_port(text, ports, _SMTP)
        and any(low <= gateway <= high for low, high in _addresses(text, own))
    ):
        yield from _addresses(text, other)


def _protocol(words: Words) -> tuple[Words, Words]:
    count = 2 if words[0] in ("object", "object-group") else 1
    return words[:count], words[count:]


def _end(words: Words) -> tuple[Words, Words]:
    count = 1 if words[0] in ("any", "any4") else 2
    return words[:count], words[count:]


def _ports(text: Text, words: Words) -> tuple[Words, Words]:
    """A group behind an end is of ports if there is such a group for tcp."""
    count = {"eq": 2, "gt": 2, "range": 3}.get(words[0], 0) if words else 0
    if words[:1] == ["object-group"] and f"object-group service {words[1]} tcp" in text.blocks:
        count = 2
    return words[:count], words[count:]


def _speaks_smtp(text: Text, protocol: Words) -> bool:
    match protocol:
        case ["tcp" | "ip"]:
            return True
        case ["object", name]:
            return any(_is_smtp(words[1:]) for words in text.beneath(f"object service {name}"))
        case ["object-group", name]:
            members = text.beneath(f"object-group service {name}")
            return any(_is_smtp(words[1:]) for words in members)
    return False


def _is_smtp(service: Words) -> bool:
    """``tcp destination eq smtp``, or another service."""
    if service[0] != "tcp":
        return False
    return service[1] == "destination" and _covers(service[2:], _SMTP)


def _has_port(text: Text, ports: Words, port: int) -> bool:
    if not ports:
        return True
    if ports[0] != "object-group":
        return _covers(ports, port)
    members = text.beneath(f"object-group service {ports[1]} tcp")
    return any(_covers(words[1:], port) for words in members)


def _covers(ports: Words, port: int) -> bool:
    numbers = [_PORTS[word] if word in _PORTS else int(word) for word in ports[1:]]
    match ports[0]:
        case "eq":
            return port == numbers[0]
        case "gt":
            return port > numbers[0]
        case "range":
            return numbers[0] <= port <= numbers[1]
    raise ValueError(f"ports that are not understood: {ports}")


def _addresses(text: Text, end: Words) -> Iterator[Interval]:
    """The addresses of an end or of a member of a group, nested ones included."""
    match end:
        case ["any" | "any4"]:
            yield _EVERYBODY
        case ["host", word]:
            yield (text.address(word),) * 2
        case ["object", name]:
            yield from _object(text, name)
        case ["object-group", name]:
            for words in text.beneath(f"object-group network {name}"):
                if words[0] != "description":
                    member = (
                        ["object-group", words[1]] if words[0] == "group-object" else words[1:]
                    )
                    yield from _addresses(text, member)
        case [network, mask]:
            low = text.address(network)
            yield low, low | _EVERYBODY[1] ^ _number(mask)
        case _:
            raise ValueError(f"addresses that are not understood: {end}")


def _object(text: Text, name: str) -> Iterator[Interval]:
    for words in text.beneath(f"object network {name}"):
        match words:
            case ["host", _] | ["subnet", _, _]:
                yield from _addresses(text, words if words[0] == "host" else words[1:])
            case ["range", low, high]:
                yield _number(low), _number(high)
            case ["nat" | "description", *_]:
                pass
            case _:
                raise ValueError(f"object network {name}: {words}")


def plan(text: Text, gateways: tuple[str, ...]) -> list[str]:
    """The lines of a plan by the strategy ``split-class`` on a firewall without exemption.

    Classes that take a gateway's SMTP give their inspection to a class that leaves the gateways
    out; others keep theirs.
    """
    takers = {
        policy: [
            name
            for name in esmtp_classes(text, policy)
            if any(takes_gateway(text, name, gateway) for gateway in gateways)
        ]
        for policy in dict(attached(text))
    }
    named, group = "ESA_EXEMPT_ESMTP", "ESA_EXEMPT_HOSTS"
    acl = f"access-list {named}"
    lines = [f"object-group network {group}", *(f"network-object host {g}" for g in gateways)]
    lines += [
        f"{acl} extended permit tcp any any eq smtp",
        f"{acl} line 1 extended deny tcp any object-group {group} eq smtp",
        f"{acl} line 2 extended deny tcp object-group {group} any eq smtp",
        f"class-map {named}",
        f"match {acl}",
    ]
    for policy in takers:
        lines += [f"policy-map {policy}", f"class {named}", "inspect esmtp"]
    for policy, classes in takers.items():
        # The last class first: what it lets go still meets those ahead of it.
        for name in reversed(classes):
            lines += [f"policy-map {policy}", f"class {name}", "no inspect esmtp"]
    return lines


def facts(text: Text) -> dict[str, object]:
    """What every peer must have found in the text, whatever it does with it."""
    policies = attached(text)
    acls = _class_acls(text)
    return {
        "attached": [" ".join(one) for one in policies],
        "esmtp": [f"{policy} {c}" for policy, _ in policies for c in esmtp_classes(text, policy)],
        "class_acls": {acl: digest(" ".join(w) for w in text.entries(acl)) for acl in acls},
        "entries": sum(1 for line in text.lines if _is_entry(line.split())),
        "names": sum(1 for line in text.lines if line.startswith("name ")),
        "objects": len({line for line in text.lines if line.startswith("object network ")}),
        "members": sum(1 for line in text.lines if line.split()[:1] in _MEMBERS),
    }


def _class_acls(text: Text) -> list[str]:
    """The access-lists that classes with an ESMTP inspection name."""
    classes = {name for policy, _ in attached(text) for name in esmtp_classes(text, policy)}
    matches = [words for name in sorted(classes) for words in text.beneath(f"class-map {name}")]
    return [words[2] for words in matches if words[:2] == ["match", "access-list"]]


def entries_of_classes(text: Text) -> int:
    """How many entries stand behind classes that inspect ESMTP."""
    return sum(len(text.entries(acl)) for acl in _class_acls(text))


_MEMBERS = (["network-object"], ["group-object"])


def _is_entry(words: Words) -> bool:
    return words[:1] == ["access-list"] and words[2] == "extended"


def digest(entries: Iterator[str]) -> str:
    """How many entries, and a hash of their words."""
    given = list(entries)
    return f"{len(given)} " + sha256("\n".join(given).encode()).hexdigest()[:16]


def main() -> None:
    """Print what the text says, and the plan for the generator's gateways."""
    text = read(Path(sys.argv[1]).read_text())
    gateways = tuple(sys.argv[2:])
    json.dump({"facts": facts(text), "plan": plan(text, gateways)}, sys.stdout)


if __name__ == "__main__":
    main()
