"""Boxes by the dozen: from a directory of saved texts, or the built-in samples."""

from collections.abc import Callable, Mapping
from pathlib import Path

from asa_automate.errors import BadInput
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.sample_releases import BY_RELEASE
from asa_automate.lab.samples import interface_policy, ordinary

#: Name -> configuration of the boxes that are served without ``--from-dir``.
SAMPLES: Mapping[str, Callable[[str], str]] = {
    "lab-fw1": lambda name: ordinary(name, serial="9ALAB000001"),
    "lab-fw2": lambda name: interface_policy(name, serial="9ALAB000002"),
}
_RUNNING = "show_running-config.txt"


def sample_boxes(knobs: Knobs) -> dict[str, VirtualAsa]:
    """An ordinary firewall, and one with an interface policy and an ESMTP map of its own."""
    return {name: VirtualAsa(text(name), knobs) for name, text in SAMPLES.items()}


def release_boxes(knobs: Knobs) -> dict[str, VirtualAsa]:
    """The same site behind one firewall of each dialect: ``lab-7.2`` to ``lab-9.16``."""
    named = {f"lab-{release}": sample for release, sample in BY_RELEASE.items()}
    return {name: VirtualAsa(one.text(name), one.knobs(knobs)) for name, one in named.items()}


def boxes_from(directory: Path, knobs: Knobs) -> dict[str, VirtualAsa]:
    """One box per ``DIR/<device>/show_running-config.txt`` or ``DIR/<device>.cfg``, by name.

    Raises:
        BadInput: the directory cannot be read, or holds no such file.
    """
    files = _texts(directory)
    if not files:
        raise BadInput(f"{directory}: no <device>/{_RUNNING} and no <device>.cfg in it")
    return {name: VirtualAsa(_read(path), knobs) for name, path in files.items()}


def _texts(directory: Path) -> dict[str, Path]:
    try:
        found = {path.stem: path for path in sorted(directory.glob("*.cfg"))}
        found |= {path.parent.name: path for path in sorted(directory.glob(f"*/{_RUNNING}"))}
    except OSError as error:
        raise BadInput(f"{directory}: {error.strerror}") from error
    return dict(sorted(found.items()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
