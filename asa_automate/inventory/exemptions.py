"""``exemptions.yaml``: what its entries must not say together, and the frozen values."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any

from asa_automate.inventory.document import Document
from asa_automate.inventory.problems import Problem, Severity, did_you_mean
from asa_automate.inventory.schema import FILES, ExemptionEntry, Exemptions
from asa_automate.model import Address, Device, Exemption, Strategy


def entry_problems(document: Document) -> Iterator[Problem]:
    """Names and gateways that stand there twice, mapped addresses of no gateway."""
    seen: dict[str, int] = {}
    for index, entry in _entries(document):
        loc = ("exemptions", index)
        name = entry.get("name")
        if isinstance(name, str) and (first := seen.setdefault(name, index)) != index:
            line = document.line(("exemptions", first))
            yield document.problem(
                (*loc, "name"), f"the exemption '{name}' stands in line {line} already; rename it"
            )
        yield from _gateway_problems(document, index, entry)


def exemptions_of(document: Document | None) -> tuple[Exemption, ...]:
    """The exemptions of a document without problems, in its order."""
    read: Exemptions | None = FILES["exemptions"].validate_python(document and document.value)
    return tuple(map(_exemption, (read and read.exemptions) or ()))


def matches(exemption: Exemption, device: Device) -> bool:
    """True if every condition of the exemption holds for the device; without any, always."""
    return all(_holds(key, value, device) for key, value in exemption.match.items())


def match_warnings(
    document: Document, exemptions: Iterable[Exemption], devices: Iterable[Device]
) -> Iterator[Problem]:
    """Conditions that hold for no device, and exemptions that therefore exempt nobody."""
    everywhere = tuple(devices)
    for index, exemption in enumerate(exemptions):
        loc = ("exemptions", index, "match")
        lonely = [
            key
            for key, value in exemption.match.items()
            if not any(_holds(key, value, device) for device in everywhere)
        ]
        for key in lonely:
            text = _lonely(key, exemption.match[key], everywhere)
            yield _warning(document, (*loc, key), text)
        if not lonely and not any(matches(exemption, device) for device in everywhere):
            text = f"the exemption '{exemption.name}' matches no device; its conditions are ANDed"
            yield _warning(document, loc, text)


def _warning(document: Document, loc: tuple[str | int, ...], text: str) -> Problem:
    return Problem(document.path, document.line(loc), text, Severity.WARNING)


def _lonely(key: str, value: str, devices: tuple[Device, ...]) -> str:
    known = {"host", "group"}.union(*(device.data for device in devices))
    if key not in known:
        return f"no device has '{key}' in its data{did_you_mean(key, sorted(known))}"
    return f"no device has {key} '{value}'"


def _holds(key: str, value: str, device: Device) -> bool:
    if key == "host":
        return device.name == value
    if key == "group":
        return value in device.groups
    return device.data.get(key) == value


def _entries(document: Document) -> Iterator[tuple[int, dict[str, Any]]]:
    listed = document.value.get("exemptions") if isinstance(document.value, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            yield index, entry


def _gateway_problems(
    document: Document, index: int, entry: Mapping[str, Any]
) -> Iterator[Problem]:
    listed = entry.get("gateways")
    mapped = entry.get("mapped")
    seen: set[Address] = set()
    for place, text in enumerate(listed if isinstance(listed, list) else ()):
        address = _address(text)
        if address and address in seen:
            loc = ("exemptions", index, "gateways", place)
            yield document.problem(loc, f"the gateway {address} stands here twice")
        if address:
            seen.add(address)
    for text in mapped if isinstance(mapped, dict) else ():
        address = _address(text)
        if address and address not in seen:
            loc = ("exemptions", index, "mapped", text)
            text = f"'mapped' names {address}, which is no gateway of this entry"
            yield document.problem(loc, text)


def _address(text: object) -> Address | None:
    try:
        return ip_address(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _exemption(entry: ExemptionEntry) -> Exemption:
    return Exemption(
        name=entry.name,
        match=MappingProxyType(dict(entry.match)),
        gateways=tuple(entry.gateways),
        mapped=MappingProxyType(dict(entry.mapped or {})),
        strategy=entry.strategy or Strategy.SPLIT_CLASS,
        ticket=entry.ticket,
    )
