"""``regex`` and ``class-map type regex``: made ready when somebody asks for one, not before.

A configuration has those of other inspections too, and of its own software (``_default_gator``);
what no ESMTP map names is nobody's trouble here.
"""

import re
from collections.abc import Iterator, Mapping

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused

_CLASS = "class-map type regex "


class Regexes(Mapping[str, "tuple[re.Pattern[bytes], ...]"]):
    """``regex NAME`` as ``NAME``, ``class-map type regex match-any NAME`` as ``class NAME``.

    Asking raises ``Refused`` where one cannot be understood, or names one that is not there.
    """

    def __init__(self, running: RunningConfig) -> None:
        self._single: dict[str, tuple[str, int]] = {}
        self._classes: dict[str, tuple[list[str], int]] = {}
        for line in running.tree.commands():
            match line.text.split(None, 2):
                case ["regex", name, pattern]:
                    self._single[name] = pattern.strip('"'), line.number
                case ["class-map", "type", _] if line.text.startswith(_CLASS):
                    named = [child.text.split()[-1] for child in line.commands()]
                    self._classes[f"class {line.text.split()[-1]}"] = named, line.number

    def __getitem__(self, name: str) -> "tuple[re.Pattern[bytes], ...]":
        if name not in self._classes:
            return (_compiled(*self._single[name]),)
        members, number = self._classes[name]
        missing = next((member for member in members if member not in self._single), None)
        if missing is not None:
            raise Refused(f"line {number}: there is no regex {missing!r} in the configuration")
        return tuple(_compiled(*self._single[member]) for member in members)

    def __iter__(self) -> Iterator[str]:
        yield from self._single
        yield from self._classes

    def __len__(self) -> int:
        return len(self._single) + len(self._classes)


def _compiled(pattern: str, number: int) -> re.Pattern[bytes]:
    try:
        return re.compile(pattern.encode())
    except re.error as error:
        raise Refused(f"line {number}: this regex is not understood: {pattern!r}") from error
