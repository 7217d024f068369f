"""A message under inspection: where it is, and the lines of its headers, one by one.

Sources: RFC 5321, 4.5.2 (a leading dot is doubled, ``CRLF . CRLF`` ends the message); RFC 2046,
5.1.1 (parts). What the lines of the body are judged by is in ``esmtp_body``.
"""

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_mime import NESTED, Field, Message
from asa_automate.simulate.esmtp_rules import Point
from asa_automate.simulate.esmtp_session import END_OF_DATA, Judged, Session, State
from asa_automate.simulate.smtp import CRLF, Direction, content

_CLIENT = Direction.CLIENT


def at_end(message: Message, line: bytes) -> bool:
    """Whether this line ends the message."""
    return line == b".\r\n" and message.tail == CRLF and not message.line


def header_line(session: Session, message: Message, line: bytes) -> None:
    """Judge one line of a header, or a piece of one that is too long to wait for."""
    begins, before = not message.line, message.line
    text = undotted(line) if begins else content(line)
    counted = len(text)
    if session.knobs.length_counts_end:
        counted += len(line) - len(content(line))
    message.line = 0 if line.endswith(b"\n") else before + len(line)
    message.size += len(line) - begins * line.startswith(b".")
    message.saw(line)
    if begins and not text and line.endswith(b"\n"):
        gone = not _header_ends(session, message)
    else:
        gone = not _judged(session, message, text, (before, before + counted), line)
    if not gone:
        session.forward(_CLIENT, line)


def undotted(line: bytes) -> bytes:
    """What a line of a message says: without its end and without the dot that was put before."""
    text = content(line)
    return text[1:] if text.startswith(b".") else text


def _judged(
    session: Session, message: Message, text: bytes, grown: tuple[int, int], line: bytes
) -> bool:
    begins = not grown[0]
    folded = text[:1] in (b" ", b"\t")
    if begins and not folded and not field_ends(session, message):
        return False
    if message.in_part:
        before, message.body = message.body, message.body + len(line)
        whole = session.grew(Point.BODY_LINE, *grown, line) and session.grew(
            Point.BODY, before, message.body, line
        )
    else:
        whole = _of_header(session, message, begins, text, grown, line)
    return whole and _field(session, message, text, line)


def _of_header(
    session: Session,
    message: Message,
    begins: bool,
    text: bytes,
    grown: tuple[int, int],
    line: bytes,
) -> bool:
    before, message.header = message.header, message.header + len(line)
    to_fields = message.to_fields
    message.to_fields += begins and text[:3].lower() == b"to:"
    ended = line.endswith(b"\n")
    return (
        session.grew(Point.HEADER_LINE, *grown, line)
        and (not ended or session.stood(Point.HEADER_LINE, grown[1], line))
        and session.grew(Point.HEADER, before, message.header, line)
        and session.grew(Point.TO_FIELDS, to_fields, message.to_fields, line)
    )


def _field(session: Session, message: Message, text: bytes, line: bytes) -> bool:
    before = message.field.longest
    message.field.grow(text)
    return session.grew(Point.FILE_NAME, before, message.field.longest, line)


def field_ends(session: Session, message: Message) -> bool:
    """What can be said of a header field when it is over; whether the connection stands."""
    one, message.field = message.field, Field()
    if not one.is_content:
        return True
    if one.boundary:
        message.boundaries = (*message.boundaries, b"--" + one.boundary)[-NESTED:]
    stands = not one.longest or session.stood(Point.FILE_NAME, one.longest, b"")
    for point, subject in ((Point.FILE_TYPE, one.media_type), (Point.ENCODING, one.encoding)):
        if stands and subject:
            stands = session.judge(point, subject, _CLIENT, b"") is not Judged.GONE
    return stands


def _header_ends(session: Session, message: Message) -> bool:
    message.in_header = False
    if not field_ends(session, message):
        return False
    if message.in_part:
        return True
    return session.stood(Point.HEADER, message.header, b"") and session.stood(
        Point.TO_FIELDS, message.to_fields, b""
    )


def finish(session: Session, message: Message, line: bytes) -> None:
    """The line that ends the message."""
    if message.in_header and not _header_ends(session, message):
        return
    if not session.stood(Point.BODY, message.body, line):
        return
    declared, actual = session.declared, message.size
    if declared is not None and actual > declared:
        session.log(syslog.size_violation(session.ends, declared, actual))
    session.state = State.COMMANDS
    session.asked.append(END_OF_DATA)
    session.recipients = session.refused = 0
    session.message = None
    session.forward(_CLIENT, line)
