"""Which class of which policy takes a flow: the box's own classifier, on text.

It shares nothing with the simulator of this project but the Cisco documents, so the one can
judge the other: ASA 8.4 CLI guide p.32-3 and p.42-7, ASDM guides "Managing the Order of Service
Policy Rules", ASA 9.x firewall guide p.1-6 and 1-7.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from asa_automate.lab.access import Packet, Rulebook
from asa_automate.lab.dialects import Release, dialect_of
from asa_automate.lab.edit_inspect import DEFAULT_MATCH
from asa_automate.lab.engines import DEFAULT_TRAFFIC, Inspect, owns, protocols, read_inspect
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.nat import Translations
from asa_automate.lab.stanzas import Stanzas, at, commands, first, key, starting
from asa_automate.model import Reading


@dataclass(frozen=True, slots=True)
class Attached:
    """A ``service-policy`` line: where (``global`` or an interface's name) and which."""

    scope: str
    policy: str

    @property
    def title(self) -> str:
        """The section's heading in ``show service-policy``."""
        return "Global policy:" if self.scope == "global" else f"Interface {self.scope}:"


@dataclass(frozen=True, slots=True)
class Taken:
    """One class of a policy that matches a flow, and what it does to it.

    Args:
        name: of the class.
        matches: its ``match`` lines, without the word.
        rule: the access-list entry that was hit, from ``permit`` on; empty without one.
        inspects: the inspections that this class, and no earlier one, brings to the flow.
    """

    name: str
    matches: tuple[str, ...]
    rule: str
    inspects: tuple[Inspect, ...]


def attached(stanzas: Stanzas) -> list[Attached]:
    """All attached policies, the global one first."""
    found = []
    for line in starting(stanzas, "service-policy "):
        words = key(line).split()
        found.append(Attached("global" if words[2] == "global" else words[3], words[1]))
    return sorted(found, key=lambda policy: policy.scope != "global")


def classes(stanzas: Stanzas, policy: str) -> Iterator[tuple[str, list[str]]]:
    """The classes of a policy-map in order, each with its lines."""
    head = at(stanzas, (f"policy-map {policy}",))
    for line in commands(head.children if head else ()):
        if key(line).startswith("class "):
            yield key(line).split()[1], [key(child) for child in line.commands()]


def inspections(lines: list[str]) -> list[Inspect]:
    """The inspections among a class's lines."""
    return [found for line in lines if (found := read_inspect(line))]


class Classifier:
    """Answers for one state of a configuration.

    Args:
        stanzas: the running configuration.
        knobs: whose ``reading`` and ``acl_ports_count`` decide.
        version: for what ``any`` covers, and which addresses a class sees.
    """

    def __init__(self, stanzas: Stanzas, knobs: Knobs, version: Release) -> None:
        self._stanzas = stanzas
        self._knobs = knobs
        dialect = dialect_of(version, knobs)
        self._rules = Rulebook(stanzas, any_is_both=dialect.unified_acl)
        self._translations = (
            Translations.of(stanzas) if dialect.class_sees == "interface" else Translations()
        )

    def taken(self, policy: str, packet: Packet) -> list[Taken]:
        """The classes of one policy-map that match, in order."""
        matching = list(self._matching(policy, packet))
        if self._knobs.reading == Reading.PER_CLASS:
            return _per_class(matching)
        return _per_engine(matching)

    def treatment(self, packet: Packet, *interfaces: str) -> dict[str, str]:
        """Engine to map (or an empty text) for a flow that enters and leaves by ``interfaces``.

        An interface's policy beats the global one for each engine that it has; the flow is
        inspected when either end's policy takes it (ASA 9.x firewall guide p.1-6, 1-7). Before
        8.3 each end sees the addresses that are in use on its side.
        """
        policies = {policy.scope: policy.policy for policy in attached(self._stanzas)}
        result: dict[str, str] = {}
        for interface in interfaces or ("",):
            for engine, used in self._at(
                interface, policies, self._translations.seen_at(interface, packet)
            ).items():
                result.setdefault(engine, used)
        return result

    def _at(self, interface: str, policies: dict[str, str], packet: Packet) -> dict[str, str]:
        own, whole = policies.get(interface), policies.get("global")
        result = self._by_engine(whole, packet)
        if own is None:
            return result
        mine = self._by_engine(own, packet)
        if not self._knobs.interface_falls_through:
            has = {
                i.engine for _, lines in classes(self._stanzas, own) for i in inspections(lines)
            }
            result = {engine: used for engine, used in result.items() if engine not in has}
        return {**result, **mine}

    def _by_engine(self, policy: str | None, packet: Packet) -> dict[str, str]:
        taken = self.taken(policy, packet) if policy else []
        return {inspect.engine: inspect.map for one in taken for inspect in one.inspects}

    def _matching(self, policy: str, packet: Packet) -> Iterator[tuple[Taken, bool]]:
        """Each matching class with the inspections that fit, and if it has any at all."""
        for name, lines in classes(self._stanzas, policy):
            rule = self._match(name, packet)
            if rule is None:
                continue
            every = inspections(lines)
            by_default = DEFAULT_MATCH.removeprefix("match ") in self._matches(name)
            fitting = tuple(i for i in every if _fits(i.engine, packet, by_default))
            yield Taken(name, self._matches(name), rule, fitting), bool(every)

    def _matches(self, name: str) -> tuple[str, ...]:
        if name == "class-default":
            return ("any",)
        head = first(self._stanzas, f"class-map {name}")
        texts = (key(child) for child in head.commands()) if head else iter(())
        return tuple(text.removeprefix("match ") for text in texts if text.startswith("match "))

    def _match(self, name: str, packet: Packet) -> str | None:
        """``None``: no match. Else the access rule that was hit, or an empty text."""
        matches = self._matches(name)
        if not matches:
            return None
        with_default = "default-inspection-traffic" in matches
        ports = self._knobs.acl_ports_count or not with_default
        rules = [self._one(match, packet, ports) for match in matches]
        if any(rule is None for rule in rules):
            return None
        return next((rule for rule in rules if rule), "")

    def _one(self, match: str, packet: Packet, ports: bool) -> str | None:
        words = match.split()
        if words[0] == "any":
            return ""
        if words[0] == "access-list":
            return self._rules.permits(words[1], packet, ports)
        if words[0] == "port":
            hit = self._rules.port_matches(words[1], " ".join(words[2:]), packet)
            return "" if hit else None
        if words[0] == "default-inspection-traffic":
            return "" if _is_default_traffic(packet) else None
        return None


def _is_default_traffic(packet: Packet) -> bool:
    protocol, port = packet.protocol, packet.destination_port
    return any(owns(engine, protocol, port) for engine in DEFAULT_TRAFFIC)


def _fits(engine: str, packet: Packet, by_default: bool) -> bool:
    if by_default:
        return owns(engine, packet.protocol, packet.destination_port)
    return bool(protocols(engine) & {packet.protocol, "ip"})


def _per_engine(matching: list[tuple[Taken, bool]]) -> list[Taken]:
    """Each engine goes to the first class that has it for the flow."""
    seen, result = set[str](), []
    for taken, _ in matching:
        mine = tuple(i for i in taken.inspects if i.engine not in seen)
        seen |= {i.engine for i in mine}
        result.append(Taken(taken.name, taken.matches, taken.rule, mine))
    return result


def _per_class(matching: list[tuple[Taken, bool]]) -> list[Taken]:
    """The first class with any inspection takes the flow; later ones inspect nothing."""
    used, result = False, []
    for taken, inspects in matching:
        mine = () if used else taken.inspects
        used = used or inspects
        result.append(Taken(taken.name, taken.matches, taken.rule, mine))
    return result
