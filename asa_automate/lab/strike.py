"""What a scripted fault does to the session that it strikes."""

from collections.abc import Callable
from functools import partial, reduce

from asa_automate.lab.console import Console
from asa_automate.lab.edit import Refused
from asa_automate.lab.faults import RUBBISH, Fault, Kind
from asa_automate.lab.grammar import Unparsed
from asa_automate.lab.saving import save_by_other
from asa_automate.lab.spaces import is_standby, system_of, units
from asa_automate.lab.switchover import switch_over
from asa_automate.lab.texts import SYSLOG

_Execute = Callable[[], str]


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
    del shell
    rubbish = fault.text or RUBBISH
    try:
        execute()
    except (Refused, Unparsed):
        raise Refused(rubbish) from None
    return rubbish


def _truncated(shell: Console, fault: Fault, execute: _Execute) -> str:
    del shell
    kept = 10 if fault.lines is None else fault.lines
    return "\n".join(execute().split("\n")[:kept])


def _changeto(shell: Console, fault: Fault, execute: _Execute) -> str:
    reply = execute()
    shell.box = shell.box.chassis.spaces[fault.text]
    return reply


def _edit(shell: Console, fault: Fault, execute: _Execute) -> str:
    shell.box.edit(fault.text.splitlines())
    return execute()


def _edit_after(shell: Console, fault: Fault, execute: _Execute) -> str:
    shell.afterwards.append(partial(shell.box.edit, fault.text.splitlines()))
    return execute()


def _saved_by_other(shell: Console, fault: Fault, execute: _Execute) -> str:
    del fault
    save_by_other(shell.box)
    return execute()


def _deny(shell: Console, fault: Fault, execute: _Execute) -> str:
    shell.box.chassis.denied.append(fault.text)
    return execute()


def _switchover(shell: Console, fault: Fault, execute: _Execute) -> str:
    try:
        execute()
    finally:
        switch_over(shell.box, fault.lines or 0, fault.text)
    return ""


def _switchover_before(shell: Console, fault: Fault, execute: _Execute) -> str:
    del execute
    switch_over(shell.box, fault.lines or 0, fault.text)
    return ""


def _prompt(shell: Console, fault: Fault, execute: _Execute) -> str:
    box = shell.box
    state = "stby" if is_standby(box) else "act"
    priority = units(box)[0][:3].lower() if system_of(box).knobs.failover != "off" else "pri"
    box.chassis.prompt_suffix = fault.text or f"/{priority}/{state}"
    return execute()


def _noise(shell: Console, fault: Fault, execute: _Execute) -> str:
    del shell
    lines = execute().split("\n")
    middle = (len(lines) + 1) // 2
    around = (*lines[:middle], fault.text or SYSLOG, *lines[middle:])
    return "\n".join(around).removeprefix("\n")


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
    Kind.EDIT: _edit,
    Kind.EDIT_AFTER: _edit_after,
    Kind.SAVED_BY_OTHER: _saved_by_other,
    Kind.DENY: _deny,
    Kind.SWITCHOVER: _switchover,
    Kind.SWITCHOVER_BEFORE: _switchover_before,
    Kind.PROMPT: _prompt,
    Kind.NOISE: _noise,
}


def struck_by(shell: Console, faults: tuple[Fault, ...], execute: _Execute) -> str:
    """Let the faults happen around, or in the place of, ``execute``; what the box prints.

    The first fault is the outermost one.
    """
    return reduce(partial(_around, shell), reversed(faults), execute)()


def _around(shell: Console, inner: _Execute, fault: Fault) -> _Execute:
    return partial(_FAULTS[Kind(fault.kind)], shell, fault, inner)
