"""A line of the server under inspection."""

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_events import LetGo
from asa_automate.simulate.esmtp_mask import mask_banner, mask_parameter
from asa_automate.simulate.esmtp_rules import Point
from asa_automate.simulate.esmtp_session import CONNECT, Judged, Session, State
from asa_automate.simulate.smtp import LF, Direction, Reply, reply_of

_SERVER = Direction.SERVER

#: The reply that opens something else than commands.
NEXT = {
    ("DATA", 354): State.MESSAGE,
    ("AUTH", 334): State.AUTH,
    ("STARTTLS", 220): State.OPEN,
}
#: Keywords of an EHLO reply by the word of ``match ehlo-reply-parameter``; no other has one.
WORDS = {
    "8BITMIME": "8bitmime",
    "AUTH": "auth",
    "BINARYMIME": "binaryname",
    "CHECKPOINT": "checkpoint",
    "DSN": "dsn",
    "ENHANCEDSTATUSCODES": "ecode",
    "ETRN": "etrn",
    "PIPELINING": "pipelining",
    "SIZE": "size",
    "VRFY": "vrfy",
}
#: Replies that open something, and what alone they answer (RFC 5321, 4.3.2; 4954, 4; 3207, 4).
_ONLY_AFTER = {
    220: (CONNECT, "STARTTLS"),
    334: ("AUTH",),
    354: ("DATA",),
}
#: A server may say goodbye whenever it likes (RFC 5321, 3.8).
_GOODBYE = 421


def reply(session: Session, line: bytes) -> None:
    """Judge one line of a reply; with its last one, the state moves on."""
    if not line.endswith(LF):
        session.anomaly(_SERVER, "reply without an end", "close")
        return
    said = reply_of(line)
    asked = session.asked[0] if session.asked else None
    if said is None or _unexpected(asked, said.code):
        treatment = session.knobs.server_transition
        session.anomaly(_SERVER, "unexpected server transition", treatment)
        if treatment == "discard":
            session.discard(_SERVER, line, "unexpected server transition")
        if treatment in ("discard", "close"):
            return
    if said is None:
        session.forward(_SERVER, line)
        return
    if asked == CONNECT and said.code == 220 and session.inspected.mask_banner:
        masked = mask_banner(line, session.knobs.banner_keeps)
        session.change(_SERVER, line, masked, "mask-banner")
        if said.last:
            session.counters.add("mask-banner")
    elif asked == "EHLO" and said.code == 250 and session.reply_lines:
        _parameter(session, line, said)
    else:
        session.forward(_SERVER, line)
    session.reply_lines += 1
    if said.last and session.state is not State.CLOSED:
        _answered(session, said)


def _unexpected(asked: str | None, code: int) -> bool:
    """Whether the server goes somewhere where nobody asked it to go."""
    if asked is None:
        return code != _GOODBYE
    return asked not in _ONLY_AFTER.get(code, (asked,))


def _parameter(session: Session, line: bytes, said: Reply) -> None:
    keyword = said.text.split(b" ")[0].decode("latin-1").upper()
    if keyword == "STARTTLS" and session.inspected.allow_tls:
        session.forward(_SERVER, line)
        return
    word = _word(session, keyword)
    judged = session.judge(Point.PARAMETER, word, _SERVER, line)
    if judged is Judged.GONE:
        return
    if judged is Judged.MASK or keyword == "STARTTLS":
        rule = session.masked_by if judged is Judged.MASK else "no allow-tls"
        session.change(_SERVER, line, mask_parameter(line, session.letters), rule)
        session.letters += 1
    else:
        session.forward(_SERVER, line)


def _word(session: Session, keyword: str) -> str:
    if keyword == "VRFY" and session.knobs.ehlo_vrfy == "mask":
        return "others"
    if keyword.startswith("AUTH="):
        return "auth" if session.knobs.ehlo_auth_equals == "keep" else "others"
    return WORDS.get(keyword, "others")


def _answered(session: Session, said: Reply) -> None:
    session.letters = session.reply_lines = 0
    verb = session.asked.popleft() if session.asked else ""
    if verb == "RCPT" and said.code >= 500:
        session.refused += 1
        session.grew(Point.INVALID, session.refused - 1, session.refused, b"", _SERVER)
    if session.state is State.CLOSED:
        return
    after = NEXT.get((verb, said.code), State.COMMANDS)
    if session.state is State.WAITING and not session.asked:
        session.state = after
        if after is State.OPEN:
            _let_go(session)


def _let_go(session: Session) -> None:
    session.counters.add("allow-tls")
    if session.inspected.log_tls:
        session.log(syslog.tls_started(session.ends))
    session.events.append(LetGo())
