"""Saved texts in the place of a device: ``DIR/<device>/show_service-policy.txt`` and company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asa_automate.errors import BadInput, Incomplete

# A counter text has some kilobytes; what is far beyond is no such text.
LARGEST = 32 * 1024 * 1024
REQUIRED = "show_service-policy.txt"
FILES = {"show version": "show_version.txt"}


@dataclass(frozen=True, slots=True)
class SavedTexts:
    """What a device answered once, as a reader; no file but the first is needed."""

    device: str
    directory: Path
    chassis: Mapping[str, str] = field(default_factory=dict)

    def show(self, command: str) -> str:
        """The saved answer; "" where a text that may be missing is missing.

        Raises:
            Incomplete: the file of the counters is missing, or a file cannot be read.
        """
        path = self.directory / FILES.get(command, REQUIRED)
        if path.name != REQUIRED and not path.exists():
            return ""
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise Incomplete(f"{path}: {error.strerror}", device=self.device) from error
        if len(data) > LARGEST:
            raise Incomplete(f"{path}: larger than {LARGEST} bytes", device=self.device)
        return data.decode("utf-8", "surrogateescape")

    def close(self) -> None:
        """Nothing is open."""


def texts_of(directory: Path, device: str) -> SavedTexts:
    """The saved texts of one device.

    Raises:
        BadInput: the name of the device leads out of the directory.
    """
    if device in (".", "..") or Path(device).name != device:
        raise BadInput("its name cannot be a directory's", device=device)
    return SavedTexts(device, directory / device)


def check_directory(directory: Path) -> None:
    """Say at once if there is no such directory.

    Raises:
        BadInput: there is none.
    """
    if not directory.is_dir():
        raise BadInput(f"{directory}: is not a directory")
