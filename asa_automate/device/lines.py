"""The one grammar that every line for a device passes: what is not in it is never sent.

A line is printable ASCII without ``?`` (inline help) and tab (completion), does not begin with
``!`` (a comment) or a blank, is at most ``LONGEST`` characters long, and is of a known kind.
"""

import re
from ipaddress import ip_address

from asa_automate.device.printable import one_line
from asa_automate.errors import Refused

LONGEST = 200
"""Characters in one line; the ASA itself takes 511 or more (Cisco ASA 8.4 CLI guide, *CLI*)."""

_NAME = r"[A-Za-z0-9_.:-]{1,64}"
_ADDRESS = r"(?P<address{}>[0-9A-Fa-f.:]{{2,45}})"
_SECTIONS = (
    "access-list|class-map|policy-map|service-policy|object-group|object|name|names|static|nat"
    "|global|interface|access-group|failover|context|ssh|aaa|aaa-server|hostname|version|terminal"
)


def _end(number: int) -> str:
    address = _ADDRESS.format(number)
    return rf"(?:any|any4|any6|host {address}|(?:object|object-group) {_NAME})"


_PORT = r"(?: eq (?:[a-z][a-z0-9-]{0,19}|[0-9]{1,5}))?"
_FLOW = (
    rf"flow (?:tcp|udp) host {_ADDRESS.format(1)}(?: eq [0-9]{{1,5}})?"
    rf" host {_ADDRESS.format(2)} eq [0-9]{{1,5}}"
)
_CONN = (
    rf"conn protocol tcp (?:address {_ADDRESS.format(1)} port 25"
    rf"|port 25 address {_ADDRESS.format(2)})"
)
_ACE = (
    rf"access-list {_NAME}(?: line [0-9]{{1,6}})? extended (?:permit|deny) [a-z0-9]{{1,10}}"
    rf" {_end(1)}{_PORT} {_end(2)}{_PORT}"
)

SESSION_LINES = ("enable", "terminal pager 0", "configure terminal", "end", "exit", "write memory")
"""Lines that move the session and, last, save."""

SPACE_LINES = (r"changeto system", r"changeto context [A-Za-z0-9][A-Za-z0-9_-]{0,31}")
"""Lines that move the session between execution spaces (regular expressions, matched whole)."""

SHOW_LINES = (
    r"show (?:version|curpriv|failover|failover state|mode|context|checksum|clock|firewall|names)",
    r"show cluster info",
    r"show startup-config",
    rf"show running-config(?: all)?(?: (?:{_SECTIONS})(?: {_NAME}){{0,2}})?",
    rf"show running-config(?: all)? policy-map type inspect esmtp(?: {_NAME})?",
    rf"show service-policy(?: (?:global|interface {_NAME}))?(?: inspect esmtp)?",
    rf"show service-policy {_FLOW}",
    rf"show access-list {_NAME}",
    r"show (?:interface ip brief|ip address|nameif|ssh sessions)",
    rf"show {_CONN}",
)
"""Lines that read (regular expressions, matched whole)."""

CLEAR_LINES = (rf"clear {_CONN}",)
"""Lines that disconnect: one host's connections on one port (matched whole)."""

_WORD = r"[A-Za-z0-9_.:/+-]{1,64}"
#: Actions of a class beside its inspections, sent only where a class is entered again as it was
#: (Cisco ASA command reference, commands available beneath "class" of a policy-map).
CLASS_ACTIONS = (
    rf"set connection(?: {_WORD}){{1,20}}",
    rf"(?:police|shape|flow-export|user-statistics|ips|csc|cxsc|sfr)(?: {_WORD}){{1,12}}",
    rf"service-policy {_NAME}",
    r"priority",
)

CONFIG_LINES = (
    rf"(?:no )?object-group network {_NAME}",
    rf"(?:no )?network-object host {_ADDRESS.format(1)}",
    rf"(?:no )?{_ACE}",
    rf"(?:no )?class-map {_NAME}",
    rf"(?:no )?match access-list {_NAME}",
    rf"policy-map {_NAME}",
    rf"(?:no )?class {_NAME}",
    rf"(?:no )?inspect {_NAME}(?: {_NAME}){{0,3}}",
    *CLASS_ACTIONS,
)
"""Lines that change a configuration (regular expressions, matched whole)."""

_BYTES = re.compile(r"[\x20-\x3e\x40-\x7e]+")
_KINDS = tuple(
    map(
        re.compile,
        (*map(re.escape, SESSION_LINES), *SPACE_LINES, *SHOW_LINES, *CLEAR_LINES, *CONFIG_LINES),
    )
)
_READS = tuple(map(re.compile, SHOW_LINES))
_CLEARS = tuple(map(re.compile, CLEAR_LINES))


def check_line(line: str) -> str:
    """``line`` itself, if it may be sent to a device.

    Raises:
        Refused: it may not; the message names the line, escaped.
    """
    fault = _fault(line)
    if fault:
        raise Refused(f"a line that may not be sent to a device ({fault}): '{one_line(line)}'")
    return line


def may_be_sent(line: str) -> bool:
    """Whether :func:`check_line` takes ``line``."""
    return _fault(line) is None


def is_show(line: str) -> bool:
    """Whether ``line`` only reads."""
    return any(kind.fullmatch(line) for kind in _READS)


def is_clear(line: str) -> bool:
    """Whether ``line`` disconnects."""
    return any(kind.fullmatch(line) for kind in _CLEARS)


def _fault(line: str) -> str | None:
    if not _BYTES.fullmatch(line):
        return "a character that is not plain text, or a question mark"
    if line != line.strip() or line.startswith("!"):
        return "a blank at an end, or a comment"
    if len(line) > LONGEST:
        return f"longer than {LONGEST} characters"
    return _kind_fault(line)


def _kind_fault(line: str) -> str | None:
    matches = [found for kind in _KINDS if (found := kind.fullmatch(line))]
    if not matches:
        return "not of a known kind"
    if not any(all(map(_is_address, found.groupdict().values())) for found in matches):
        return "not an address"
    return None


def _is_address(text: str | None) -> bool:
    if text is None:  # the alternative without an address was taken
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
