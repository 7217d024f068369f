"""What the tool's two accounts must be allowed to type: no more than this table, and no less.

A TACACS+ server is asked for each line: the first word is the command, the rest its arguments,
matched by patterns (Cisco ASA 9 general operations guide, *Configure TACACS+ command
authorization*). It sees the line and not the mode, so that ``class`` and ``inspect`` cannot be
bound to a policy-map. ``docs/security.md`` has the same table for people.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.apply.ports import Session
from asa_automate.device.refusals import is_denied
from asa_automate.errors import Incomplete, LineRefused
from asa_automate.plan.names import ACL, CLASS, GROUP, PROBE
from asa_automate.plan.probe import DESTINATION, SOURCE


class Account(StrEnum):
    """Who needs a right; each of them has those of the ones above, too."""

    READ = "read-only"
    """collect, check, plan, doctor."""
    CHANGE = "change"
    """apply, rollback, resume with the strategies split-class and narrow-default."""
    MORE = "change-more"
    """--strategy class-first, which enters other classes again, and --clear-conn."""


@dataclass(frozen=True, slots=True)
class Right:
    """One command with the pattern of its arguments (``""``: none), and what it is for."""

    account: Account
    command: str
    arguments: str
    why: str

    @property
    def pattern(self) -> str:
        """What matches the whole line."""
        rest = f" (?:{self.arguments})" if self.arguments else ""
        return f"^{self.command}{rest}$"


_OURS = "|".join(dict.fromkeys((GROUP, ACL, CLASS, PROBE)))
_LIST = f"(?:{ACL}|{PROBE})"
_FLOW = r"flow (?:tcp|udp) host \S+(?: eq \d+)? host \S+ eq \d+"
_ACE = rf"{_LIST} (?:line \d+ )?extended (?:permit|deny) .+"
_ADDRESS = r"[0-9A-Fa-f.:]+"
_CONN = rf"conn protocol tcp (?:address {_ADDRESS} port 25|port 25 address {_ADDRESS})"


def _rows(account: Account, *rows: tuple[str, str, str]) -> tuple[Right, ...]:
    return tuple(Right(account, *row) for row in rows)


RIGHTS = (
    *_rows(
        Account.READ,
        ("enable", "", "to become privileged"),
        ("terminal", "pager 0", "whole answers"),
        ("show", "curpriv", "where the login stands"),
        ("show", "version", "serial number and version"),
        ("show", "mode", "single or multiple contexts"),
        ("show", "context", "contexts and where they run"),
        ("show", "failover", "active or standby"),
        ("show", "cluster info", "member of a cluster or not"),
        ("show", "running-config", "the configuration"),
        ("show", "startup-config", "is it saved"),
        ("show", "service-policy(?: inspect esmtp)?", "the counters"),
        ("show", f"service-policy {_FLOW}", "the live proof"),
        ("show", _CONN, "connections that keep the old inspection"),
        ("changeto", r"system|context \S+", "to a context"),
        ("exit", "", "to log out, and out of a mode"),
    ),
    *_rows(
        Account.CHANGE,
        ("configure", "terminal", "to change anything"),
        ("object-group", f"network (?:{GROUP}|{PROBE})", "the gateways"),
        ("network-object", f"host {_ADDRESS}", "a gateway"),
        ("access-list", _ACE, "our access-list"),
        ("class-map", f"{CLASS}|{PROBE}|inspection_default", "our class, or the narrowed one"),
        ("match", f"access-list {_LIST}", "our access-list in it"),
        ("policy-map", r"\S+", "a policy-map in force"),
        ("class", r"\S+", "a class of it"),
        ("inspect", r"\S+(?: \S+)?", "esmtp with its map; for the probe another engine"),
        ("no", f"object-group network (?:{GROUP}|{PROBE})", "the way back"),
        ("no", f"network-object host {_ADDRESS}", "a gateway less"),
        ("no", f"access-list {_ACE}", "the way back"),
        ("no", f"class-map (?:{CLASS}|{PROBE})", "the way back"),
        ("no", f"match access-list {_LIST}", "the way back"),
        ("no", f"class (?:{CLASS}|{PROBE})", "the way back"),
        ("no", r"inspect esmtp(?: \S+)?", "the commit line"),
        ("end", "", "out of configuration mode"),
        ("write", "memory", "to save, once verified"),
    ),
    *_rows(
        Account.MORE,
        ("no", r"class \S+", "class-first: classes are entered again in another order"),
        ("inspect", r"\S+(?: \S+){0,3}", "class-first: as they were"),
        ("set", "connection .+", "class-first: as it was"),
        ("police", ".+", "class-first: as it was"),
        ("priority", "", "class-first: as it was"),
        ("service-policy", r"\S+", "class-first: as it was"),
        ("clear", _CONN, "--clear-conn"),
    ),
)
"""Command, arguments, reason; the order is that of the document."""


def rights_of(account: Account) -> tuple[Right, ...]:
    """All rights of one account."""
    upto = list(Account).index(account)
    return tuple(r for r in RIGHTS if list(Account).index(r.account) <= upto)


def is_allowed(line: str, rights: Iterable[Right]) -> bool:
    """Whether one of these rights covers the line."""
    return any(re.match(right.pattern, line) for right in rights)


#: Lines that show whether a right of the read-only account is there.
READS = (
    "show curpriv",
    "show version",
    "show mode",
    "show failover",
    "show running-config",
    "show startup-config",
    "show service-policy inspect esmtp",
    f"show service-policy flow tcp host {SOURCE} host {DESTINATION} eq 25",
)
#: Removals of what is not there: they change nothing, and a denial is told from any other answer.
REMOVALS = (
    f"no access-list {PROBE} extended permit tcp host {SOURCE} host {DESTINATION} eq smtp",
    f"no class-map {PROBE}",
    f"no object-group network {PROBE}",
)


def missing_rights(
    session: Session, account: Account, show: Callable[[str], str] | None = None
) -> list[str]:
    """The lines that the login may not type, of those which can be tried and change nothing.

    What makes pieces, and ``write memory``, can only be tried by doing it: the rehearsal of an
    apply does the first, and its save the second.

    Args:
        session: privileged; for an account that changes it must be one that may configure.
        account: ``READ`` tries lines that read; the others enter configuration mode, too, and
            remove pieces of ours that are not there.
        show: asks in the place of ``session.show``, where answers are kept.

    Raises:
        LinkLost: the session ended.
    """
    missing = [line for line in READS if _is_denied(show or session.show, line)]
    if account is not Account.READ:
        missing += _missing_changes(session)
    return missing


def _is_denied(show: Callable[[str], str], line: str) -> bool:
    try:
        return is_denied(show(line))
    except Incomplete:  # cut short, and so not denied
        return False


def _missing_changes(session: Session) -> Iterator[str]:
    try:
        session.configure()
    except LineRefused as error:
        if is_denied(error.reply):
            yield "configure terminal"
            return
        raise
    for line in REMOVALS:
        try:
            session.line(line)
        except LineRefused as error:
            if is_denied(error.reply):
                yield line
    session.end()
