"""What a reply says of the line that it answers: taken or refused, whole or cut short."""

from asa_automate.device.dialogue import Reply, has_end
from asa_automate.device.printable import one_line
from asa_automate.device.prompts import Mode
from asa_automate.device.refusals import SILENCE, is_taken, name_refusal
from asa_automate.errors import LineRefused

#: Characters of the longest text that may be an error instead of a configuration.
_ERROR_TEXT = 2000


def is_quiet(line: str, reply: Reply) -> bool:
    """Whether ``line`` was taken without a word."""
    return not reply.before.strip(SILENCE) and is_taken(line, reply.body)


def is_entered(reply: Reply) -> bool:
    """Whether ``configure terminal`` was taken: silently, or with the one-time notice."""
    if is_quiet("configure terminal", reply):
        return True
    return "anonymous error reporting" in reply.body and name_refusal(reply.body) is None


def is_whole(text: str) -> bool:
    """Whether a configuration has its end; what is none at all is for the caller to read."""
    return has_end(text) or (len(text) < _ERROR_TEXT and name_refusal(text) is not None)


def refusal(
    device: str, line: str, reply: Reply, mode: Mode, wanted: Mode | None = None
) -> LineRefused:
    """The error for a line that was answered with text, or that led to another mode."""
    text = (reply.before + reply.body).strip("\n")
    if text.strip():
        known = name_refusal(text)
        named = f" ({known.name}: {known.advice})" if known else ""
        message = f"'{line}' was answered: {one_line(text)}{named}"
    else:
        message = f"'{line}' left the device in mode {mode}, not in {wanted or 'config'}"
    return LineRefused(message, device=device, line=line, reply=text)
