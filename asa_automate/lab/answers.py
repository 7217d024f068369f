"""The show commands, and the one that zeroes counters, as a table from words to answer."""

import re
from collections.abc import Callable

from asa_automate.lab import (
    cluster,
    connections,
    failover,
    show_config,
    show_policy,
    show_system,
    spaces,
)
from asa_automate.lab.box import Box
from asa_automate.lab.grammar import Words, incomplete

Answer = Callable[[Box, Words], str]

ANSWERS: dict[str, Answer] = {
    "show running-config": show_config.running_config,
    "show startup-config": show_config.startup_config,
    "show configuration": show_config.startup_config,
    "show access-list": show_config.access_lists,
    "show checksum": show_config.show_checksum,
    "show names": show_config.show_names,
    "show version": show_system.version,
    "show mode": show_system.mode,
    "show context": spaces.show_context,
    "show hostname": show_system.hostname,
    "show clock": show_system.clock,
    "show conn": connections.show,
    "show conn count": connections.count,
    "clear conn": connections.clear,
    "show cluster info": cluster.show_info,
    "show failover": failover.show,
    "show failover state": failover.show_state,
    "show service-policy": show_policy.service_policy,
    "show service-policy flow": show_policy.flow,
    "clear service-policy": show_policy.clear,
}

#: ``| include WORD`` and the like: which lines stay, given a test for a hit.
_FILTERS: dict[str, Callable[[list[str], Callable[[str], bool]], list[str]]] = {
    "include": lambda lines, hit: [line for line in lines if hit(line)],
    "grep": lambda lines, hit: [line for line in lines if hit(line)],
    "exclude": lambda lines, hit: [line for line in lines if not hit(line)],
    "begin": lambda lines, hit: lines[_first(lines, hit) :],
}


def split_filter(line: str) -> tuple[str, str]:
    """A command and what stands behind its ``|``."""
    command, _, rest = line.partition("|")
    return command.rstrip(), rest.strip()


def filtered(text: str, asked: str) -> str:
    """An answer through ``include``, ``exclude``, ``grep [-v]`` or ``begin``."""
    if not asked:
        return text
    words = Words.of(asked)
    word = words.text()
    names = [name for name in _FILTERS if name.startswith(word.lower())]
    if not names or not words:
        raise incomplete()
    name = names[0]
    if name == "grep" and words.skip("-v"):
        name = "exclude"
    hit = _test(words.tail())
    return "\n".join(_FILTERS[name](text.split("\n"), hit))


def _test(pattern: str) -> Callable[[str], bool]:
    try:
        expression = re.compile(pattern)
    except re.error:
        expression = re.compile(re.escape(pattern))
    return lambda line: expression.search(line) is not None


def _first(lines: list[str], hit: Callable[[str], bool]) -> int:
    return next((i for i, line in enumerate(lines) if hit(line)), len(lines))
