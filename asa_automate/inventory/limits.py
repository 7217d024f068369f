"""``--limit``: which devices are meant.

``fw1``, ``fw-ams-*`` (names and globs), ``group:NAME``, ``key=value`` of data; a comma is *or*,
several expressions are ANDed.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from asa_automate.errors import UsageError
from asa_automate.inventory.problems import near
from asa_automate.model import Device

Test = Callable[[Device], bool]


def select(devices: Sequence[Device], limits: Sequence[str]) -> tuple[Device, ...]:
    """The devices that every expression takes, in their order.

    Raises:
        UsageError: a part of an expression takes no device at all (most likely it is misspelt,
            and to go on would leave a device out unnoticed), or no device is left.
    """
    left = tuple(devices)
    for limit in limits:
        terms = [term.strip() for term in limit.split(",")]
        taken = {name for term in terms for name in _taken(devices, term, limit)}
        left = tuple(device for device in left if device.name in taken)
    if limits and not left:
        raise UsageError(f"no device is left by {_shown(limits)}; they are ANDed")
    return left


def _taken(devices: Sequence[Device], term: str, limit: str) -> list[str]:
    if not term:
        raise UsageError(f"--limit '{limit}' has an empty part; write for example fw1,fw2")
    test = _test(term)
    names = [device.name for device in devices if test(device)]
    if not names:
        raise UsageError(f"--limit '{term}' matches no device{_hint(devices, term)}")
    return names


def _test(term: str) -> Test:
    if term.startswith("group:"):
        group = term.removeprefix("group:")
        return lambda device: any(fnmatchcase(name, group) for name in device.groups)
    key, equals, value = term.partition("=")
    if equals:
        return lambda device: key in device.data and fnmatchcase(device.data[key], value)
    return lambda device: fnmatchcase(device.name, term)


def _hint(devices: Sequence[Device], term: str) -> str:
    if term.startswith("group:"):
        known = sorted({f"group:{group}" for device in devices for group in device.groups})
    elif "=" in term:
        known = sorted({f"{k}={v}" for device in devices for k, v in device.data.items()})
    else:
        known = [device.name for device in devices]
    found = near(term, known, cutoff=0.5)
    return f"; near it are {', '.join(found)}" if found else "; see 'asa-automate inventory list'"


def _shown(limits: Sequence[str]) -> str:
    return " and ".join(f"--limit '{limit}'" for limit in limits)
