"""The built-in ESMTP inspection map, which no configuration shows unless asked with ``all``.

Source: ASA 9.3/9.4 firewall guide p.13-41; whether TLS is allowed differs between releases.
"""

from asa_automate.config.tree import Line
from asa_automate.lab.knobs import Knobs

NAME = "_default_esmtp_map"

_MATCHES = (
    ("match cmd line length gt 512", "drop-connection log"),
    ("match cmd RCPT count gt 100", "drop-connection log"),
    ("match body line length gt 998", "log"),
    ("match header line length gt 998", "drop-connection log"),
    ("match sender-address length gt 320", "drop-connection log"),
    ("match MIME filename length gt 255", "drop-connection log"),
    ("match ehlo-reply-parameter others", "mask"),
)


def default_map(knobs: Knobs) -> Line:
    """The map as a stanza."""
    tls = "allow-tls" if knobs.default_map_allows_tls else "no allow-tls"
    settings = ("mask-banner", "no mail-relay", "no special-character", tls)
    return Line(
        f"policy-map type inspect esmtp {NAME}",
        children=(
            Line("description Default ESMTP policy-map"),
            Line("parameters", children=tuple(Line(setting) for setting in settings)),
            *(Line(match, children=(Line(action),)) for match, action in _MATCHES),
        ),
    )
