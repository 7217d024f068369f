"""Everything else: settings of which there is one, interfaces, and lines that are only kept."""

import re

from asa_automate.config.tree import Line
from asa_automate.lab.edit import Ctx, Outcome, Refused, Rules
from asa_automate.lab.grammar import Words, incomplete, invalid
from asa_automate.lab.modes import mode_of
from asa_automate.lab.places import placed
from asa_automate.lab.stanzas import Stanzas, at, changed, first, key, removed, replaced, starting

#: Settings of which there is one value: this many words say which setting it is.
_SINGLE = {
    "hostname": 1, "domain-name": 1, "terminal width": 2, "pager": 1, "mtu": 2, "prompt": 1,
    "enable password": 2, "passwd": 1, "telnet timeout": 2, "ssh timeout": 2,
    "ssh version": 2, "console timeout": 2, "arp timeout": 2, "ftp mode": 2, "asdm image": 2,
    "clock timezone": 2, "clock summer-time": 2, "logging trap": 2, "logging buffered": 2,
    "logging console": 2, "logging monitor": 2, "logging asdm": 2, "access-group": 99,
    "snmp-server location": 2, "snmp-server contact": 2,
}  # fmt: skip
#: Lines that only say what is so anyway; a box does not print them.
_DEFAULTS = ("terminal width 80",)

#: First words of commands that are kept without being understood.
#: Source: ASA command reference, list of configuration commands.
KEPT = (
    "aaa", "aaa-server", "access-group", "arp", "asdm", "auth-prompt", "banner", "boot",
    "admin-context", "call-home", "clock", "cluster", "command-alias", "console", "context", "crl",
    "crypto", "ddns",
    "dhcp-client", "dhcpd", "dhcprelay", "dns", "dns-group", "domain-name",
    "dynamic-access-policy-record", "dynamic-filter", "enable", "established", "event",
    "failover", "fips", "flow-export", "ftp", "global", "group-policy", "hpm", "http", "icmp",
    "igmp", "ip", "ipsec", "ipv6", "isakmp", "jumbo-frame", "key", "ldap", "license",
    "logging", "mac-address", "mac-list", "management-access", "mfib", "monitor-interface",
    "mroute", "mtu", "multicast-routing", "nat", "ntp", "nve", "pager", "passwd",
    "password-policy", "pim", "prefix-list", "privilege", "prompt", "quota",
    "radius-common-pw", "regex", "route", "route-map", "router", "same-security-traffic",
    "service", "service-module", "setup", "sla", "smtp-server", "snmp-server", "ssh", "ssl",
    "sunrpc-server", "sysopt", "tcp-map", "telnet", "tftp-server", "threat-detection",
    "time-range", "timeout", "tls-proxy", "track", "tunnel-group", "url-cache", "url-server",
    "user-identity", "username", "virtual", "vpdn", "vpn", "vpn-addr-assign", "vpn-sessiondb",
    "wccp", "webvpn", "xlate", "zone-labs",
)  # fmt: skip

_WIDTHS = (0, *range(40, 512))
_OLD_NAT_IS_GONE = (
    "ERROR: This syntax of nat command has been deprecated.\n"
    'Please refer to "help nat" command for more details.'
)


def hostname(ctx: Ctx, words: Words) -> Outcome:
    """The box's name; the prompt follows at once."""
    if ctx.negated:
        return ctx.done(removed(ctx.stanzas, lambda text: text.startswith("hostname ")))
    words.text()
    words.end()
    return keep(ctx, words)


def terminal_width(ctx: Ctx, words: Words) -> Outcome:
    """A setting of the configuration, unlike ``terminal pager``."""
    word = words.take()
    if not word.text.isdigit() or int(word.text) not in _WIDTHS:
        raise invalid(word.offset)
    words.end()
    return keep(ctx, words)


def old_translation(ctx: Ctx, words: Words) -> Outcome:
    """``static``, ``global`` and ``nat-control`` ended with 8.3."""
    if not ctx.dialect.old_nat:
        raise Refused(_OLD_NAT_IS_GONE)
    return keep(ctx, words)


def nat(ctx: Ctx, words: Words) -> Outcome:
    """``nat (real) ID ...`` before 8.3, ``nat [(real,mapped)] source ...`` from then on."""
    place = words.take()
    is_old = "," not in place.text and words.peek().isdigit()
    if is_old and not ctx.dialect.old_nat:
        raise Refused(_OLD_NAT_IS_GONE)
    if not is_old and not ctx.dialect.objects:
        raise invalid(place.offset)
    return keep(ctx, words)


def interface(ctx: Ctx, words: Words) -> Outcome:
    """Enter an interface, new (a sub-interface, a VLAN) or old."""
    name = words.rest().replace(" ", "")
    if not name:
        raise incomplete()
    text = _full_name(ctx.stanzas, name)
    if ctx.negated:
        return ctx.done(removed(ctx.stanzas, lambda line: line == text))
    return ctx.enter(text)


def _full_name(stanzas: Stanzas, name: str) -> str:
    """``gi0/0`` is the interface whose kind begins so and whose number is the same."""
    number = name.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    kind = name[: len(name) - len(number)].lower()
    for line in starting(stanzas, "interface "):
        other = key(line).split()[1]
        if other.lower().startswith(kind) and other.endswith(number) and number:
            rest = other[: -len(number)]
            if rest.isalpha():
                return key(line)
    return f"interface {name}"


def nameif(ctx: Ctx, words: Words) -> Outcome:
    """The interface's name; a first name brings a security level."""
    if ctx.negated:
        return ctx.inside(lambda lines: removed(lines, lambda t: t.startswith("nameif ")))
    name = words.text()
    words.end()
    is_old = re.compile(r"(no )?nameif\b").match
    named = ctx.inside(lambda lines: replaced(lines, lambda t: bool(is_old(t)), ctx.text))
    here = at(named.stanzas, ctx.path)
    if here is None or any(starting(here.children, "security-level ")):
        return named
    level = f"security-level {100 if name == 'inside' else 0}"
    no_level = re.compile("no security-level$").match
    stanzas = changed(
        named.stanzas, ctx.path, lambda lines: replaced(lines, lambda t: bool(no_level(t)), level)
    )
    said = f'INFO: Security level for "{name}" set to {level.split()[1]} by default.'
    return ctx.done(stanzas, said)


def interface_line(ctx: Ctx, words: Words) -> Outcome:
    """A setting of an interface: the new value takes the old one's place, or its ``no``'s."""
    words.rest()
    width = 2 if ctx.text.split()[0] in ("ip", "ipv6", "switchport") else 1
    setting = " ".join(ctx.text.split()[:width])

    def is_old(text: str) -> bool:
        return _word(text.removeprefix("no "), width) == setting

    if ctx.negated and setting != "shutdown":
        return ctx.inside(lambda lines: removed(lines, is_old))
    if ctx.negated:
        return ctx.inside(lambda lines: removed(lines, lambda text: text == "shutdown"))
    return ctx.inside(lambda lines: replaced(lines, is_old, ctx.text))


def _word(text: str, count: int) -> str:
    return " ".join(text.split()[:count])


def keep(ctx: Ctx, words: Words) -> Outcome:
    """A command that is not modelled: its line is kept, replaced or taken away."""
    words.rest()
    text = ctx.text
    path = (text,) if mode_of((text,)) and not ctx.negated else ()
    if ctx.negated:
        return Outcome(_without(ctx.stanzas, text), ())
    if first(ctx.stanzas, text):
        return Outcome(ctx.stanzas, path)
    stanzas = removed(ctx.stanzas, lambda line: line == f"no {text}")
    old = next((line for line in stanzas if _same_setting(key(line), text)), None)
    if old is not None and not old.is_comment:
        stanzas = tuple(Line(text) if line is old else line for line in stanzas)
    else:
        stanzas = placed(stanzas, Line(text))
    return Outcome(removed(stanzas, lambda line: line in _DEFAULTS), path)


def _without(stanzas: Stanzas, text: str) -> Stanzas:
    exact = removed(stanzas, lambda line: line == text)
    if len(exact) < len(stanzas):
        return exact
    return removed(stanzas, lambda line: line.startswith(f"{text} "))


def _same_setting(old: str, new: str) -> bool:
    for setting, width in _SINGLE.items():
        if new.startswith(f"{setting} "):
            return _word(old, width) == _word(new, width)
    if new.startswith("timeout "):
        return _word(old, 2) == _word(new, 2)
    return False


RULES: Rules = {
    **dict.fromkeys(KEPT, keep),
    "names": keep,
    "hostname": hostname,
    "interface": interface,
    "terminal width": terminal_width,
    "nat": nat,
    **dict.fromkeys(("static", "global", "nat-control"), old_translation),
}
INTERFACE: Rules = {
    "nameif": nameif,
    **dict.fromkeys(
        ("ip address", "ipv6", "ip", "security-level", "shutdown", "description", "speed",
         "duplex", "management-only", "vlan", "switchport", "channel-group", "bridge-group",
         "delay", "mac-address", "forward", "flowcontrol", "ospf", "igmp", "pim", "zone-member"),
        interface_line,
    ),
}  # fmt: skip
