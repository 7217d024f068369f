"""Whether a command line is one of ours: the program itself parses it, and carries nothing out."""

import shlex
from functools import cache
from typing import Any

from typer.main import get_command

from asa_automate.cli.main import build
from asa_automate.cli.options import Root


@cache
def _program() -> Any:
    return get_command(build())


#: What a page writes where a reader puts something of his own.
PLACES = {"%i": "ams", "[DIR]": "DIR", "...": "FILE"}


def understood(words: list[str]) -> None:
    """Parse the words behind ``asa-automate``; raises what the program would complain of."""
    command = _program()
    if words[0].startswith("--"):
        assert words[0] in {option for one in command.params for option in one.opts}
        return
    with command.make_context("asa-automate", ["version"], obj=Root()) as context:
        rest = [PLACES.get(word, word.replace("%i", "ams")) for word in words]
        while hasattr(command, "commands") and rest:
            command, rest = command.commands[rest[0]], rest[1:]
        if not hasattr(command, "commands"):
            command.make_context("", rest, parent=context)


def words_of(line: str) -> list[str]:
    """The words of a command line behind the program, up to a pipe, a redirection or a remark."""
    words = shlex.split(line, comments=True)
    for end in ("|", ">", ">>", "&&", ";", "&"):
        if end in words:
            words = words[: words.index(end)]
    return words[1:]
