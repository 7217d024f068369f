"""The body of a message under inspection, in whole chunks: a line is looked at only if it must be.

Of a chunk, all goes on at once up to the first line that a match, a boundary or the end of the
message needs a look at; that line is judged by itself. Each byte is searched a fixed number of
times, whatever it is.
"""

from asa_automate.simulate.esmtp_message import at_end, finish, header_line, undotted
from asa_automate.simulate.esmtp_mime import Message
from asa_automate.simulate.esmtp_rules import Point
from asa_automate.simulate.esmtp_session import Session
from asa_automate.simulate.smtp import HOLD, LF, Direction, Lines, content

_CLIENT = Direction.CLIENT
_END = b"\r\n.\r\n"


def message_bytes(session: Session, lines: Lines) -> bool:
    """Take the next of what the client sends of a message; whether there was something."""
    message = session.message
    if message is None:
        message = session.message = Message()
    if message.in_header:
        line = lines.line(session.inspected.holds.header)
        return line is not None and _line(session, message, line)
    if message.line:
        return _rest_of_line(session, message, lines)
    plain = _plain(session, message, lines)
    if plain:
        _let_pass(session, message, lines.take(plain))
        return True
    line = lines.line(session.inspected.holds.body)
    return line is not None and _line(session, message, line)


def _line(session: Session, message: Message, line: bytes) -> bool:
    if at_end(message, line):
        finish(session, message, line)
    elif message.in_header:
        header_line(session, message, line)
    else:
        body_line(session, message, line)
    return True


def _rest_of_line(session: Session, message: Message, lines: Lines) -> bool:
    """More of a line whose beginning went on already; once no limit is left, nothing waits."""
    longest = max(session.inspected.limits(Point.BODY_LINE), default=0)
    line = lines.line() if lines.complete or message.line <= longest else lines.rest()
    if not line:
        return False
    body_line(session, message, line)
    return True


def body_line(session: Session, message: Message, line: bytes) -> None:
    """Judge one line of the body, or a piece of one that is too long to wait for."""
    begins, before, ended = not message.line, message.line, line.endswith(LF)
    text = undotted(line) if begins else content(line)
    after = before + len(text)
    after += (len(line) - len(content(line))) * session.knobs.length_counts_end
    total, message.body = message.body, message.body + len(line)
    message.size += len(line) - begins * line.startswith(b".")
    message.line = 0 if ended else before + len(line)
    message.saw(line)
    if begins and ended and text.rstrip(b" \t") in message.boundaries:
        message.in_header = message.in_part = True
    if (
        session.grew(Point.BODY_LINE, before, after, line)
        and (not ended or session.stood(Point.BODY_LINE, after, line))
        and session.grew(Point.BODY, total, message.body, line)
    ):
        session.forward(_CLIENT, line)


def _let_pass(session: Session, message: Message, data: bytes) -> None:
    if session.declared is not None:
        message.size += len(data) - data.count(b"\n.") - data.startswith(b".")
    message.body += len(data)
    message.saw(data)
    session.forward(_CLIENT, data)


def _plain(session: Session, message: Message, lines: Lines) -> int:
    """How many bytes of whole lines, from the beginning of a line, need no look."""
    limit = session.inspected.holds.plain
    if limit is None or not lines.complete:
        return 0
    held, end = lines.held, lines.complete
    if end > HOLD:
        end = held.rfind(LF, 0, HOLD) + 1
    if message.boundaries:
        end = _before_boundary(held, end, message.boundaries)
    for most in session.inspected.limits(Point.BODY):
        if message.body <= most < message.body + end:
            end = held.rfind(LF, 0, most - message.body) + 1
    end = _before_end(held, end, message)
    return _before_long(held, end, limit + (not session.knobs.length_counts_end))


def _before_boundary(held: bytearray, end: int, boundaries: tuple[bytes, ...]) -> int:
    if held.startswith(boundaries):
        return 0
    hyphen = held.find(b"-", 0, end)  # one byte is found much faster than three
    at = held.find(b"\n--", hyphen - 1, end) if hyphen > 0 else -1
    while at >= 0:
        if held.startswith(boundaries, at + 1):
            return at + 1
        at = held.find(b"\n--", at + 1, end)
    return end


def _before_end(held: bytearray, end: int, message: Message) -> int:
    if message.tail == _END[:2] and held.startswith(_END[2:]):
        return 0
    dot = held.find(b".", 0, end)
    at = held.find(_END, max(0, dot - 2), end) if dot >= 0 else -1
    return end if at < 0 else at + 2


def _before_long(held: bytearray, end: int, most: int) -> int:
    """Where the first line begins that has more than ``most`` bytes, its LF among them.

    From one LF the next step goes to the last LF within reach: a few steps for many short lines.
    """
    at = 0
    while end - at > most:
        found = held.rfind(LF, at, at + most)
        if found < 0:
            return at
        at = found + 1
    return end
