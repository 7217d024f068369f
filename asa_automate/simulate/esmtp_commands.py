"""A command of the client under inspection."""

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_mask import blank_out, cross_out
from asa_automate.simulate.esmtp_rules import Point
from asa_automate.simulate.esmtp_session import Judged, Session, State
from asa_automate.simulate.smtp import (
    CRLF,
    LF,
    Direction,
    address_of,
    content,
    declared_size,
    path_of,
    verb_of,
)

#: Cisco doc 117801: seven of RFC 821 and eight extended ones; all others become X's.
ALLOWED = frozenset(
    (
        *("DATA", "HELO", "MAIL", "NOOP", "QUIT", "RCPT", "RSET"),
        *("AUTH", "EHLO", "ETRN", "HELP", "SAML", "SEND", "SOML", "VRFY"),
    )
)
#: After these the reply decides what the next bytes are.
SHORTEST = 4  # characters of a command: Cisco doc 117801
_WAIT = frozenset(("DATA", "AUTH", "STARTTLS"))
_NEW_MAIL = frozenset(("HELO", "EHLO", "RSET", "MAIL"))
#: ``special-character`` looks for special characters in addresses (9.3 firewall CLI
#: guide, p.13-41), of which no source has a list: these are from memory (docs/engine.md).
_SPECIAL = (b"|", b"`", b"\0")
_CLIENT = Direction.CLIENT


def command(session: Session, line: bytes) -> None:
    """Judge one line of the client, and let it go on, changed or not, or keep it back."""
    if not line.endswith(LF) and _without_end(session, line):
        return
    if not _ends_well(session, line):
        return
    if session.asked:
        session.anomaly(_CLIENT, "pipelining", session.knobs.pipelining)
        if _kept_back(session, line, "pipelining", session.knobs.pipelining):
            return
    verb = verb_of(line)
    long = len(line if session.knobs.length_counts_end else content(line))
    judged = session.judge(Point.LINE, long, _CLIENT, line)
    if judged is Judged.PASS:
        judged = session.judge(Point.VERB, verb, _CLIENT, line)
    if judged is Judged.GONE or _mail(session, verb, line) is Judged.GONE:
        return
    allowed = verb in ALLOWED or (verb == "STARTTLS" and session.inspected.allow_tls)
    masked = judged is Judged.MASK
    session.ask(verb if allowed and not masked else "")
    if session.state is State.CLOSED:
        return
    if masked or not allowed:
        why = session.masked_by if masked else _reason(verb)
        session.change(_CLIENT, line, cross_out(line), why)
        return
    if verb in _WAIT:
        session.state = State.WAITING
    _go_on(session, verb, line)


def _reason(verb: str) -> str:
    return "unsupported command" if len(verb) >= SHORTEST else "command of fewer than 4 characters"


def _without_end(session: Session, line: bytes) -> bool:
    """So long a beginning decides by itself: a limit that ends the connection, or no end."""
    if session.judge(Point.LINE, len(line), _CLIENT, line) is not Judged.GONE:
        session.anomaly(_CLIENT, "command without an end", "close")
    return True


def _ends_well(session: Session, line: bytes) -> bool:
    if line.endswith(CRLF) and b"\r" not in line[:-2]:
        return True
    treatment = session.knobs.wrong_terminator
    session.anomaly(_CLIENT, "wrong terminator", treatment)
    return not _kept_back(session, line, "wrong terminator", treatment)


def _kept_back(session: Session, line: bytes, signature: str, treatment: str) -> bool:
    if treatment == "discard":
        session.discard(_CLIENT, line, signature)
    return treatment in ("discard", "close")


def _mail(session: Session, verb: str, line: bytes) -> Judged:
    """What the address of a MAIL or RCPT command is judged by."""
    if verb in _NEW_MAIL:
        session.recipients = session.refused = 0
        session.sender, session.declared = b"", None
    if verb not in ("MAIL", "RCPT"):
        return _numbers(session, line) if verb == "DATA" else Judged.PASS
    address = address_of(line)
    policing = session.inspected.special_character
    if policing and any(c in address for c in _SPECIAL):
        said = address.decode("latin-1").encode("unicode_escape").decode()
        if session.police(policing, said, _CLIENT):
            return Judged.GONE
    closes = session.knobs.pipe_in(session.version) == "close"
    if closes and b"|" in path_of(line):
        session.log(syslog.malicious(session.ends, address))
        session.anomaly(_CLIENT, "pipe in an address", "close")
        return Judged.GONE
    return _sender(session, line, address) if verb == "MAIL" else _recipient(session, line)


def _sender(session: Session, line: bytes, address: bytes) -> Judged:
    session.sender, session.declared = address, declared_size(line)
    judged = session.judge(Point.SENDER_LENGTH, len(address), _CLIENT, line)
    if judged is Judged.GONE:
        return judged
    return session.judge(Point.SENDER, address, _CLIENT, line)


def _recipient(session: Session, line: bytes) -> Judged:
    session.recipients += 1
    relay = session.inspected.mail_relay
    foreign = relay is not None and not _is_of(address_of(line), relay.domain)
    if relay and foreign and session.knobs.relay != "recipient":
        foreign = not _is_of(session.sender, relay.domain)
    if relay and foreign and session.police(relay, "No Mail Relay allowed", _CLIENT):
        return Judged.GONE
    grew = session.grew(Point.RCPT, session.recipients - 1, session.recipients, line)
    return Judged.PASS if grew else Judged.GONE


def _numbers(session: Session, line: bytes) -> Judged:
    """What is known of a message's recipients when its text begins."""
    stood = session.stood(Point.RCPT, session.recipients, line) and session.stood(
        Point.INVALID, session.refused, line
    )
    return Judged.PASS if stood else Judged.GONE


def _is_of(address: bytes, domain: bytes) -> bool:
    host = address.rpartition(b"@")[2].lower()
    return host == domain.lower() or host.endswith(b"." + domain.lower())


def _without_special_characters(line: bytes) -> bytes:
    if b"|" not in line and line.count(b"<") == 1 == line.count(b">"):
        return line
    path = path_of(line)
    return blank_out(line, len(content(line)) - len(path)) if path else line


def _go_on(session: Session, verb: str, line: bytes) -> None:
    after = line
    if verb in ("MAIL", "RCPT") and session.knobs.pipe_in(session.version) == "replace":
        after = _without_special_characters(line)
    if after != line:
        session.log(syslog.replaced(session.ends, path_of(line)))
    session.change(_CLIENT, line, after, "invalid character in an address")
