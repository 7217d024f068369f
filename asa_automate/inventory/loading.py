"""A directory of inventory files to an :class:`Inventory`, or to all that is wrong with it."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asa_automate.errors import BadInput, UsageError
from asa_automate.inventory import checks, exemptions, limits
from asa_automate.inventory.document import Document, read
from asa_automate.inventory.problems import Problem, Severity, did_you_mean, in_order
from asa_automate.inventory.schema import FILES
from asa_automate.model import Device, Exemption


@dataclass(frozen=True, slots=True)
class Inventory:
    """The devices, in the order of the file, and what is wanted of them."""

    devices: tuple[Device, ...]
    exemptions: tuple[Exemption, ...] = ()

    def select(self, expressions: Sequence[str]) -> "Inventory":
        """The part that the ``--limit`` expressions take; all of it where there are none.

        Raises:
            UsageError: an expression takes no device.
        """
        return replace(self, devices=limits.select(self.devices, expressions))

    def exemptions_for(self, device: Device) -> tuple[Exemption, ...]:
        """The exemptions that match the device, in the order of the file."""
        return tuple(e for e in self.exemptions if exemptions.matches(e, device))

    def device(self, name: str) -> Device:
        """The device of that name.

        Raises:
            UsageError: there is none; the message has the names that come near.
        """
        for device in self.devices:
            if device.name == name:
                return device
        hint = did_you_mean(name, [device.name for device in self.devices])
        raise UsageError(f"no device is called '{name}'{hint}")


def load(directory: Path) -> Inventory:
    """The inventory in the directory.

    Raises:
        BadInput: something is wrong; ``problems`` has all of it, a line each.
    """
    inventory, found = examine(directory)
    if inventory is None:
        wrong = [str(problem) for problem in found if problem.severity is Severity.ERROR]
        raise BadInput("; ".join(wrong), problems=wrong)
    return inventory


def examine(directory: Path) -> tuple[Inventory | None, tuple[Problem, ...]]:
    """The inventory, ``None`` where it cannot be used, and all that is wrong or doubtful."""
    files = {name: read(directory / f"{name}.yaml") for name in FILES}
    hosts, groups, wanted = files["hosts"], files["groups"], files["exemptions"]
    if hosts is None:
        return None, (_missing(directory / "hosts.yaml"),)
    machines = [p for n in ("hosts", "groups", "defaults") for p in _alone(files[n], n)]
    machines += [*checks.group_problems(hosts, groups), *checks.case_problems(hosts)]
    desires = list(_desires(wanted))
    if machines:
        return None, in_order([*machines, *desires])
    devices = _devices(directory)
    desires += [*_duplicates(hosts, devices), *_windows(hosts, devices)]
    if desires:
        return None, in_order(desires)
    found = exemptions.exemptions_of(wanted)
    doubts = exemptions.match_warnings(wanted, found, devices) if wanted else ()
    return Inventory(devices, found), in_order([*_serials(hosts, devices), *doubts])


def wanted_of(path: Path) -> tuple[Exemption, ...]:
    """The exemptions of one file, for devices that come from elsewhere.

    Raises:
        BadInput: it is not there, or something is wrong in it.
    """
    document = read(path)
    if document is None:
        raise BadInput(f"{path}: is missing")
    if wrong := [str(problem) for problem in _desires(document)]:
        raise BadInput("; ".join(wrong), problems=wrong)
    return exemptions.exemptions_of(document)


def _missing(path: Path) -> Problem:
    return Problem(path, None, f"is missing; 'asa-automate init {path.parent}' writes a sample")


def _alone(document: Document | None, name: str) -> Iterator[Problem]:
    """What is wrong with one file, whatever the others say."""
    if document is not None:
        yield from document.problems
        yield from checks.shape_problems(document, name)
        yield from checks.secret_problems(document)
        yield from checks.slip_problems(document)


def _desires(document: Document | None) -> Iterator[Problem]:
    yield from _alone(document, "exemptions")
    if document is not None:
        yield from exemptions.entry_problems(document)


def _devices(directory: Path) -> tuple[Device, ...]:
    from asa_automate.inventory.source import devices_of, read_files

    return devices_of(read_files(directory))


def _duplicates(hosts: Document, devices: Iterable[Device]) -> Iterator[Problem]:
    """Devices that are one and the same: address, port, context and jump hosts all agree."""
    seen: dict[tuple[object, ...], Device] = {}
    for device in devices:
        key = (_canonical(device.host), device.port, device.context, device.via)
        other = seen.setdefault(key, device)
        if other is not device:
            text = (
                f"'{device.name}' and '{other.name}' (line {hosts.line((other.name,))}) are the "
                "same: address, port, context and jump hosts all agree; remove one"
            )
            yield hosts.problem((device.name,), text)


def _windows(hosts: Document, devices: Iterable[Device]) -> Iterator[Problem]:
    """Windows that say too little once host, groups and defaults are merged."""
    for device in devices:
        window = device.window
        if window is None:
            continue
        said = {"from": window.begin, "to": window.end, "zone": window.zone}
        missing = [f"'{key}:'" for key, value in said.items() if not value]
        if missing:
            text = f"the window of '{device.name}' says no {' and no '.join(missing)}"
            yield hosts.problem((device.name,), text)
        elif window.begin == window.end:
            yield hosts.problem((device.name,), f"the window of '{device.name}' is empty")


def _serials(hosts: Document, devices: Iterable[Device]) -> Iterator[Problem]:
    """Serial numbers that two devices claim for the same context: one of them is mistaken."""
    seen: dict[tuple[str, str | None], Device] = {}
    for device in devices:
        if device.serial is None:
            continue
        other = seen.setdefault((device.serial, device.context), device)
        if other is not device:
            text = f"'{device.name}' and '{other.name}' have the same serial {device.serial}"
            yield Problem(hosts.path, hosts.line((device.name,)), text, Severity.WARNING)


def _canonical(host: str) -> str:
    """One spelling for each address; names in small letters."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower().rstrip(".")
