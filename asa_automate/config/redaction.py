"""Secrets inside a configuration: struck out before a text is kept, shown or written anywhere.

The firewall prints passwords as hashes and most keys as ``*****``, but not all, not in each
release, and a hash can be broken. Nothing that an exemption depends on is a secret, so what is
read for a plan is the true text, and what is kept is :func:`redact` of it.
"""

import re

STRUCK = "*****"
"""What stands for a secret; the ASA itself prints the same (``show running-config``)."""

#: A word after which the rest of the line is a secret (Cisco ASA command reference: enable
#: password, passwd, username, aaa-server host mode, ldap-login-password, tunnel-group
#: ipsec-attributes, failover key, snmp-server community, ospf and eigrp authentication, ntp
#: authentication-key, vpdn username, cts sxp, isakmp key, call-home, webvpn sso-server).
_WORDS = frozenset(
    {
        "password", "passwd", "passphrase", "secret", "pre-shared-key", "community", "key",
        "key-string", "message-digest-key", "authentication-key", "radius-common-pw", "challenge",
        "token", "idtoken", "psk",
    }
)  # fmt: skip
_ENDINGS = ("-password", "-passwd", "-secret", "-key", "-passphrase", "-token", "-psk", "-pw")
_NO_SECRETS = frozenset({"trusted-key"})
#: What may follow a secret and is none: kind of hash, level, address ... (word -> its arguments).
_TAILS = {
    "encrypted": 0, "pbkdf2": 0, "nt-encrypted": 0, "mschap": 0, "store-local": 0, "level": 1,
    "privilege": 1, "version": 1, "udp-port": 1, "address": 1, "netmask": 1, "key-id": 1,
}  # fmt: skip
#: Commands whose grammar has no place for a secret, whatever they name things.
_STRUCTURE = re.compile(
    r"(?:no )?(?:access-list \S+ (?!remark )|object |object-group |network-object |group-object "
    r"|port-object |service-object |class-map |policy-map |class |match |inspect |service-policy "
    r"|access-group |nat |static |global |name |names$|interface |nameif |key chain |ntp server "
    r"|hostname |password encryption aes$)"
)
_HINT = re.compile(
    r"pass|secret|key|community|challenge|token|psk|-pw|snmp-server user |://", re.I
)
_LOGIN = re.compile(r"(?<=://)[^\s/@]{1,200}@")
_QUOTES = "\"':=,;("


def redact(text: str) -> str:
    """The text with each secret of its commands as ``*****``; line ends and all else stay."""
    return "\n".join(map(redact_line, text.split("\n")))


def redact_line(line: str) -> str:
    """The same for one line; an indented one as well, and one that a difference has marked."""
    if not _HINT.search(line):
        return line
    line = _LOGIN.sub(f"{STRUCK}@", line)
    body = line.lstrip(" +-")
    if _STRUCTURE.match(body):
        return line
    lead, tail = line[: len(line) - len(body)], body[len(body.rstrip()) :]
    words = body.split()
    if words[:2] == ["snmp-server", "user"]:
        return lead + " ".join(_snmp_user(words)) + tail
    at = next((n for n, word in enumerate(words) if _announces(word)), None)
    return line if at is None or at + 1 == len(words) else lead + _struck(words, at) + tail


def _announces(word: str) -> bool:
    bare = word.strip(_QUOTES).lower()
    return bare in _WORDS or (bare.endswith(_ENDINGS) and bare not in _NO_SECRETS)


def _struck(words: list[str], at: int) -> str:
    """Up to the word that announces it, the stars, and what is known to be no part of it."""
    end = len(words)
    while (start := _tail_before(words, end)) > at + 1:
        end = start
    return " ".join([*words[: at + 1], STRUCK, *words[end:]])


def _tail_before(words: list[str], end: int) -> int:
    """Where the known words begin that end before ``end``; 0 if none do."""
    for length in (1, 2):
        start = end - length
        if start > 0 and _TAILS.get(words[start].lower()) == length - 1:
            return start
    return 0


def _snmp_user(words: list[str]) -> list[str]:
    """``snmp-server user NAME GROUP v3 [encrypted] auth ALG SECRET [priv ALG [BITS] SECRET]``."""
    struck = list(words)
    for announced in ("auth", "priv"):
        if announced in words[4:]:
            at = words.index(announced, 4) + 2
            at += announced == "priv" and at < len(words) and words[at] in ("128", "192", "256")
            struck[at : at + 1] = [STRUCK] * (at < len(words))
    return struck
