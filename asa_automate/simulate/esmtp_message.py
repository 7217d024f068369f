"""A line of a message under inspection (RFC 5321, 4.5.2: a leading dot is doubled)."""

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_mime import file_name_length
from asa_automate.simulate.esmtp_rules import Point, Subject
from asa_automate.simulate.esmtp_session import END_OF_DATA, Judged, Session, State
from asa_automate.simulate.smtp import Direction, content

_CLIENT = Direction.CLIENT


def data_line(session: Session, line: bytes) -> None:
    """Judge one line, and let it go on."""
    if line == b".\r\n":
        _finish(session, line)
        return
    text = content(line)
    text = text[1:] if text.startswith(b".") else text
    message = session.message
    message.size += len(line) - (len(content(line)) - len(text))
    long = len(text) + (len(line) - len(content(line))) * session.knobs.length_counts_end
    if message.in_header and not text:
        message.in_header = False
        session.forward(_CLIENT, line)
    elif (_header if message.in_header else _body)(session, line, text, long):
        session.forward(_CLIENT, line)


def _header(session: Session, line: bytes, text: bytes, long: int) -> bool:
    message = session.message
    message.header += len(line)
    message.field = message.field + text if text[:1] in (b" ", b"\t") else text
    message.to_fields += text[:3].lower() == b"to:"
    points: list[tuple[Point, Subject]] = [
        (Point.HEADER_LINE, long),
        (Point.HEADER, message.header),
        (Point.TO_FIELDS, message.to_fields),
    ]
    length = file_name_length(message.field)
    if length is not None:
        points.append((Point.FILE_NAME, length))
    return _passes(session, line, points)


def _body(session: Session, line: bytes, text: bytes, long: int) -> bool:
    message = session.message
    message.body += len(line)
    points: list[tuple[Point, Subject]] = [(Point.BODY_LINE, long), (Point.BODY, message.body)]
    message.field = message.field + text if text[:1] in (b" ", b"\t") else text
    length = file_name_length(message.field)
    if length is not None:
        points.append((Point.FILE_NAME, length))
    return _passes(session, line, points)


def _passes(session: Session, line: bytes, points: list[tuple[Point, Subject]]) -> bool:
    return all(
        session.judge(point, subject, _CLIENT, line) is not Judged.GONE
        for point, subject in points
    )


def _finish(session: Session, line: bytes) -> None:
    declared, actual = session.declared, session.message.size
    if declared is not None and actual > declared:
        session.log(syslog.size_violation(session.ends, declared, actual))
    session.state = State.COMMANDS
    session.asked.append(END_OF_DATA)
    session.recipients = session.refused = 0
    session.forward(_CLIENT, line)
