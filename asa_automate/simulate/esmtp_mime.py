"""A message on its way: where its header ends, how long it is, what its header names."""

import re
from dataclasses import dataclass

_FILE_NAME = re.compile(rb"\b(?:file)?name\*?(?:\d+\*?)?=\s*(?:\"([^\"]*)\"?|([^;\s]+))", re.I)


@dataclass(slots=True)
class Message:
    """What is known of the message that the client is sending."""

    in_header: bool = True
    field: bytes = b""
    size: int = 0
    header: int = 0
    body: int = 0
    to_fields: int = 0


def file_name_length(field: bytes) -> int | None:
    """How long the file name of a Content- header field is, its continuations together."""
    if field[:8].lower() != b"content-":
        return None
    found = [a or b for a, b in _FILE_NAME.findall(field)]
    return sum(map(len, found)) if found else None
