"""Text of one ``show`` command to records, by the TextFSM template that bears its name.

A template for ``show service-policy`` is the file ``cisco_asa_show_service-policy.textfsm``. It is
looked for in the directories of the environment variable ``NET_TEXTFSM`` (so that a site can put
its own in front), then in the package (a wheel carries them), then beside it (a checkout).
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import cast

import textfsm

from asa_automate.errors import AsaAutomateError, BadInput
from asa_automate.show.direct import Direct

Record = dict[str, str | list[str]]

#: The longest line that is handed to a regular expression, in characters. The longest line of a
#: firewall that we have seen has 223; what is far longer is not a line of one.
LINE_CAP = 4096

_PACKAGE = Path(__file__).resolve().parent.parent
_BUILT_IN = (_PACKAGE / "textfsm_templates", _PACKAGE.parent / "textfsm_templates")

#: ``str.splitlines`` breaks at these too; a terminal does not, and a line must keep its number.
_NOT_LINE_ENDS = str.maketrans(dict.fromkeys("\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))

_LAST_STATES = frozenset({"End", "EOF"})


def records(command: str, text: str, values: Collection[str] = ()) -> list[Record]:
    """The records that the template of ``command`` finds in ``text``, in order.

    Args:
        command: as on the command line, ``show running-config policy-map`` say.
        text: the answer; CRLF and lone CR count as line ends.
        values: those that the caller relies on. A template without them is passed over: many
            users let ``NET_TEXTFSM`` point at ntc-templates, whose files bear the same names.

    Returns:
        One dictionary per record: every value of the template by its name, ``""`` or ``[]``
        where the text does not give it (``List`` values are lists of strings).

    Raises:
        BadInput: the template's ``Error`` rule took a line, a line is longer than
            :data:`LINE_CAP`, or the template itself cannot be compiled.
    """
    return _template(command, values).records(command, lines_of(text))


@dataclass(frozen=True, slots=True)
class Reader:
    """The template of a command, for many short texts.

    Args:
        is_flat: whether no line depends on those before it: then many texts can be one.
    """

    command: str
    template: "_Template"
    is_flat: bool

    def __call__(self, lines: list[str]) -> list[dict[str, str]]:
        """From lines, as :func:`line_of` makes them, to records without their lists.

        Raises:
            BadInput: as :func:`records`.
        """
        return self.template.texts(self.command, lines)


def reader(command: str) -> Reader:
    """The reader of ``command``."""
    template = _template(command, ())
    return Reader(command, template, template.is_flat)


def is_built_in(command: str) -> bool:
    """Whether the template of ``command`` is ours, and so takes what we know it to take."""
    return _template(command, ()).is_built_in


def lines_of(text: str) -> list[str]:
    """The lines of a text as a terminal shows them: split at LF, CRLF and CR only."""
    plain = _visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.removesuffix("\n").split("\n")


def line_of(text: str) -> str:
    """A text without LF and CR as a template can read it."""
    return text if text.isascii() and text.isprintable() else _visible(text)


def _visible(text: str) -> str:
    """Undecodable bytes that were read as surrogates are no characters: kept as visible text."""
    return text.translate(_NOT_LINE_ENDS).encode("utf-8", "backslashreplace").decode("utf-8")


def _template(command: str, values: Collection[str]) -> "_Template":
    """The first template for ``command`` that gives ``values``; the user's directories lead."""
    return _found(command, tuple(values), os.environ.get("NET_TEXTFSM", ""))


@cache
def _found(command: str, values: tuple[str, ...], listed: str) -> "_Template":
    """Looked for once: a plan asks for its templates dozens of times."""
    name = f"cisco_asa_{'_'.join(command.split())}.textfsm"
    searched = (*_extra_directories(listed), *_BUILT_IN)
    for directory in searched:
        if (directory / name).is_file():
            template = _compiled(directory / name)
            if template.gives(values):
                return template
    places = ", ".join(str(directory) for directory in searched)
    raise AsaAutomateError(f"no template {name} in {places}: the installation is not complete")


def _extra_directories(listed: str) -> Iterator[Path]:
    return (Path(directory).expanduser() for directory in listed.split(os.pathsep) if directory)


class _Template:
    """A compiled template; one text at a time, since TextFSM keeps its state in the template."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self.is_built_in = path.parent in _BUILT_IN
        try:
            with path.open(encoding="utf-8") as file:
                self._fsm = textfsm.TextFSM(file)
            self._direct = Direct.of(self._fsm)
        except (OSError, UnicodeDecodeError, textfsm.Error) as broken:
            raise BadInput(f"{path}: not a TextFSM template: {broken}") from broken

    @property
    def is_flat(self) -> bool:
        return self._direct is not None and self._direct.is_flat

    def gives(self, values: Collection[str]) -> bool:
        return not values or set(values) <= set(self._fsm.header)

    def records(self, command: str, lines: list[str]) -> list[Record]:
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_CAP:
                raise BadInput(f"{command}: line {number} has {len(line)} characters")
        if self._direct:
            return cast("list[Record]", self._direct.records(lines))
        with self._lock:
            self._fsm.Reset()
            for number, line in enumerate(lines, 1):
                self._feed(command, number, line)
                if self._fsm._cur_state_name in _LAST_STATES:  # TextFSM has no public name for it
                    break
            rows = self._fsm.ParseText("", eof=True)
            return [dict(zip(self._fsm.header, row, strict=True)) for row in rows]

    def texts(self, command: str, lines: list[str]) -> list[dict[str, str]]:
        """As ``records``, without values that are lists."""
        if self._direct:
            return cast("list[dict[str, str]]", self.records(command, lines))
        return [
            {name: value for name, value in record.items() if isinstance(value, str)}
            for record in self.records(command, lines)
        ]

    def _feed(self, command: str, number: int, line: str) -> None:
        try:
            self._fsm.ParseText(f"{line}\n", eof=False)
        except textfsm.TextFSMError as refused:
            raise BadInput(f"{command}: line {number} is not understood: {line!r}") from refused


@cache
def _compiled(path: Path) -> _Template:
    return _Template(path)
