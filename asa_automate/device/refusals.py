"""What a device says when it does not take a line: a table, to *name* a failure, not to find it.

Whether a configuration line was taken is decided elsewhere and by one rule: the reply must be
empty. Matching texts would miss most real ones; several carry no ``ERROR`` at all. Wordings come
from public transcripts, Cisco's guides and the tests of public tools (netmiko, Ansible's
cisco.asa, Unicon, NetSPoC); rows marked *unconfirmed* were remembered, not read.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which a device says no: how it reads, what it is called, what helps."""

    pattern: re.Pattern[str]
    name: str
    advice: str


def _row(pattern: str, name: str, advice: str) -> Refusal:
    return Refusal(re.compile(pattern, re.IGNORECASE | re.MULTILINE), name, advice)


REPLICATION = re.compile(r"^(?:Beginning|End) configuration replication\b.*$", re.I | re.M)
"""What an active unit says unasked while it copies its configuration to its mate."""

DENIED = "not authorized"
"""The name of the row of lines that the account may not type."""

REFUSALS = (
    _row(
        r"Configuration Replication is NOT performed from Standby",
        "standby unit",
        "connect to the active unit",
    ),
    _row(
        REPLICATION.pattern,
        "replication in progress",
        "wait until the pair is in sync",
    ),
    _row(
        r"Command authorization failed|Fallback authorization",
        DENIED,
        "the account lacks the right to this command",
    ),
    _row(r"Command Ignored, Configuration in progress", "locked", "another session is at work"),
    _row(
        r"(?:not allowed, it is being used|is being used|is in use)",
        "in use",
        "something on the device still refers to it",
    ),
    _row(
        r"Inspect configuration of this type exists",
        "inspection already there",
        "the class has this inspection already",
    ),
    _row(
        r"Multiple match commands are not supported",
        "second match",
        "the class-map has a match command already",
    ),
    _row(r"object already exists|found duplicate element", "already there", "plan again"),
    _row(r"same id but different type", "name taken", "another object has this name"),
    _row(
        r"does not exist|specified object group .* not found|is not valid",
        "missing",
        "it is not on the device: plan again",
    ),
    _row(r"Invalid input detected", "not understood", "this version may lack the command"),
    _row(r"Incomplete command|Ambiguous command", "not understood", "report this as a bug"),
    _row(r"limit reached|No space left|out of memory", "full", "the device is at a limit"),
    _row(r"Error executing command|^\[FAILED\]|^%Error", "failed", "look at the device's flash"),
    _row(r"^WARNING:", "warning", "a line that is warned of counts as refused"),
    _row(r"^ERROR:", "error", "read the device's text"),
)

ALLOWED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = ()
"""Replies that count as success: (the line, the whole reply). Empty until a real box shows one."""


SILENCE = " \t\r\n"
"""What a device may print around nothing; any other character, a control character too, is a
reply."""


def name_refusal(reply: str) -> Refusal | None:
    """The row that ``reply``, a device's text, falls under, or ``None``."""
    return next((row for row in REFUSALS if row.pattern.search(reply)), None)


def is_denied(reply: str) -> bool:
    """Whether ``reply`` says that the account may not type the line."""
    return any(row.name == DENIED and row.pattern.search(reply) for row in REFUSALS)


def is_taken(line: str, reply: str) -> bool:
    """Whether ``reply`` says that configuration ``line`` was taken: by saying nothing."""
    text = reply.strip(SILENCE)
    return not text or any(
        sent.fullmatch(line) and heard.fullmatch(text) for sent, heard in ALLOWED
    )
