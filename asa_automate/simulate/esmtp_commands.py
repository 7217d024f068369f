"""A command of the client under inspection."""

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_mask import blank_out, cross_out
from asa_automate.simulate.esmtp_mime import Message
from asa_automate.simulate.esmtp_rules import Point
from asa_automate.simulate.esmtp_session import Judged, Session, State
from asa_automate.simulate.smtp import (
    CRLF,
    HOLD,
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
_WAIT = frozenset(("DATA", "AUTH", "STARTTLS"))
_NEW_MAIL = frozenset(("HELO", "EHLO", "RSET", "MAIL"))
#: Of a special character (Cisco ASA command reference, ``special-character``).
_SPECIAL = (b"|", b"`", b"\0")
_CLIENT = Direction.CLIENT


def command(session: Session, line: bytes) -> None:
    """Judge one line of the client, and let it go on, changed or not, or keep it back."""
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
    session.asked.append(verb if allowed else "")
    if not allowed or judged is Judged.MASK:
        session.change(_CLIENT, line, cross_out(line), "unsupported command")
        return
    if verb in _WAIT:
        session.state = State.WAITING
    _go_on(session, verb, line)


def _ends_well(session: Session, line: bytes) -> bool:
    if line.endswith(CRLF):
        return True
    if len(line) >= HOLD:
        session.anomaly(_CLIENT, "command without an end", "close")
        return False
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
        return Judged.PASS
    address = address_of(line)
    policing = session.inspected.special_character
    if policing and any(c in address for c in _SPECIAL):
        said = address.decode("latin-1").encode("unicode_escape").decode()
        if session.police(policing, said, _CLIENT):
            return Judged.GONE
    if b"|" in path_of(line) and session.knobs.pipe_in(session.version) == "close":
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
    return session.judge(Point.RCPT, session.recipients, _CLIENT, line)


def _is_of(address: bytes, domain: bytes) -> bool:
    host = address.rpartition(b"@")[2].lower()
    return host == domain.lower() or host.endswith(b"." + domain.lower())


def _go_on(session: Session, verb: str, line: bytes) -> None:
    after = line
    if verb in ("MAIL", "RCPT") and session.knobs.pipe_in(session.version) == "replace":
        path = path_of(line)
        after = blank_out(line, len(content(line)) - len(path)) if path else line
    if after != line:
        session.log(syslog.replaced(session.ends, path_of(line)))
    if verb == "DATA":
        session.message = Message()
    session.change(_CLIENT, line, after, "invalid character in an address")
