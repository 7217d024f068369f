"""What a scripted fault does to the session that it strikes."""

from collections.abc import Callable

from asa_automate.lab.console import Console
from asa_automate.lab.faults import RUBBISH, Fault, Kind

_Execute = Callable[[], str]
#: Kinds after which the line took no effect.
NOT_EXECUTED = ("cut_before", "refuse", "ignore", "reload")


def _cut_before(shell: Console, fault: Fault, execute: _Execute) -> str:
    del fault, execute
    shell.close()
    return ""


def _cut_after(shell: Console, fault: Fault, execute: _Execute) -> str:
    del fault
    try:
        execute()
    finally:
        shell.close()
    return ""


def _only_text(shell: Console, fault: Fault, execute: _Execute) -> str:
    del shell, execute
    return fault.text


def _delay(shell: Console, fault: Fault, execute: _Execute) -> str:
    shell.late(fault.seconds)
    return execute()


def _reload(shell: Console, fault: Fault, execute: _Execute) -> str:
    del fault, execute
    shell.box.reload()
    return ""


def _garbage(shell: Console, fault: Fault, execute: _Execute) -> str:
    del shell, execute
    return fault.text or RUBBISH


def _truncated(shell: Console, fault: Fault, execute: _Execute) -> str:
    del shell
    return "\n".join(execute().split("\n")[: fault.lines])


def _changeto(shell: Console, fault: Fault, execute: _Execute) -> str:
    reply = execute()
    shell.box = shell.box.chassis.spaces[fault.text]
    return reply


_FAULTS: dict[Kind, Callable[[Console, Fault, _Execute], str]] = {
    Kind.CUT_BEFORE: _cut_before,
    Kind.CUT_AFTER: _cut_after,
    Kind.REFUSE: _only_text,
    Kind.IGNORE: _only_text,
    Kind.DELAY: _delay,
    Kind.RELOAD: _reload,
    Kind.GARBAGE: _garbage,
    Kind.TRUNCATED: _truncated,
    Kind.CHANGETO: _changeto,
}


def strike(shell: Console, fault: Fault, execute: _Execute) -> str:
    """Let ``fault`` happen in the place of ``execute``; what the box prints."""
    return _FAULTS[Kind(fault.kind)](shell, fault, execute)
