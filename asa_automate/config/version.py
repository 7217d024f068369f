"""The version line: which system printed a configuration."""

import re
from dataclasses import dataclass

_LINE = re.compile(r"(ASA|PIX|FWSM) Version (\S+)(?: +(\S.*))?")
_RELEASE = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Version:
    """``ASA Version 9.8(2)``.

    Args:
        system: ``ASA``, ``PIX`` or ``FWSM``.
        number: as printed, ``9.8(2)``.
        suffix: what follows, ``<context>`` or ``<system>`` in multiple context mode.
    """

    system: str
    number: str
    suffix: str = ""

    @property
    def release(self) -> tuple[int, int] | None:
        """Major and minor release, ``None`` where the number is not one."""
        found = _RELEASE.match(self.number)
        return (int(found[1]), int(found[2])) if found else None


def read_version(text: str) -> Version | None:
    """One line of a configuration; ``None`` if it is no version line."""
    found = _LINE.fullmatch(text.strip())
    return Version(found[1], found[2], found[3] or "") if found else None


def write_version(version: Version) -> list[str]:
    """The line, without the blank that devices print behind it."""
    return [f"{version.system} Version {version.number} {version.suffix}".rstrip()]
