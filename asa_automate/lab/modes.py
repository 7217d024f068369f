"""The modes of the command line as a table: which line opens one, and how its prompt reads."""

import re
from dataclasses import dataclass

from asa_automate.lab.stanzas import Path


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of the configuration.

    Args:
        name: also the prompt: ``config-pmap`` is printed as ``host(config-pmap)#``.
        opened_by: the path of commands that leads here, joined by line feeds.
        modelled: whether its lines are understood; otherwise they are only kept.
    """

    name: str
    opened_by: re.Pattern[str]
    modelled: bool = False


def _mode(name: str, *opened_by: str, modelled: bool = False) -> Mode:
    return Mode(name, re.compile("\n".join(opened_by)), modelled)


CONFIG = _mode("config", "", modelled=True)

#: First match wins. Prompts of the modelled modes: asa 7.2 to 9.x CLI guides, examples of
#: `class-map`, `policy-map`, `object network`, `object-group`; the rest as commonly seen.
MODES = (
    CONFIG,
    _mode("config-if", r"interface \S.*", modelled=True),
    _mode("config-network-object", r"object network \S+", modelled=True),
    _mode("config-service-object", r"object service \S+", modelled=True),
    _mode("config-network-object-group", r"object-group network \S+", modelled=True),
    _mode("config-service-object-group", r"object-group service \S.*", modelled=True),
    _mode("config-protocol-object-group", r"object-group protocol \S+", modelled=True),
    _mode("config-icmp-object-group", r"object-group icmp-type \S+", modelled=True),
    _mode("config-cmap", r"class-map \S.*", modelled=True),
    _mode("config-pmap-p", r"policy-map type .*", "parameters", modelled=True),
    _mode("config-pmap-c", r"policy-map type .*", "(match|class) .*", modelled=True),
    _mode("config-pmap-c", r"policy-map .*", r"class \S.*", modelled=True),
    _mode("config-pmap", r"policy-map \S.*", modelled=True),
    _mode("config-username", r"username \S+ attributes"),
    _mode("config-group-policy", r"group-policy \S+ attributes"),
    _mode("config-group-webvpn", r"group-policy \S+ attributes", "webvpn"),
    _mode("config-tunnel-general", r"tunnel-group \S+ general-attributes"),
    _mode("config-tunnel-ipsec", r"tunnel-group \S+ ipsec-attributes"),
    _mode("config-tunnel-webvpn", r"tunnel-group \S+ webvpn-attributes"),
    _mode("config-aaa-server-group", r"aaa-server \S+ protocol \S+"),
    _mode("config-aaa-server-host", r"aaa-server \S+ (\(\S+\) )?host \S.*"),
    _mode("config-ca-trustpoint", r"crypto ca trustpoint \S+"),
    _mode("config-ca-trustpool", r"crypto ca trustpool policy"),
    _mode("config-ikev1-policy", r"crypto (isakmp|ikev1) policy \d+"),
    _mode("config-ikev2-policy", r"crypto ikev2 policy \d+"),
    _mode("config-ipsec-proposal", r"crypto ipsec ikev2 ipsec-proposal \S+"),
    _mode("config-webvpn", r"webvpn"),
    _mode("config-router", r"router \S.*"),
    _mode("cfg-call-home", r"call-home"),
    _mode("cfg-call-home-profile", r"call-home", r"profile \S+"),
    _mode("config-ctx", r"context \S+"),
    _mode("config-time-range", r"time-range \S+"),
    _mode("config-dns-server-group", r"dns server-group \S+"),
    _mode("config-dynamic-access-policy-record", r"dynamic-access-policy-record \S+"),
)


def mode_of(path: Path) -> Mode | None:
    """The mode that a path of commands leads to; ``None`` if its last line opens none."""
    text = "\n".join(path)
    return next((mode for mode in MODES if mode.opened_by.fullmatch(text)), None)


def mode_name(path: Path) -> str:
    """The name of the mode at ``path``: ``config-pmap``; ``config`` where none is known."""
    mode = mode_of(path)
    return mode.name if mode else "config"
