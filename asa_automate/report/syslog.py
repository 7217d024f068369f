"""Records of the journal as syslog messages (RFC 5424), one line of JSON in each."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

PRIORITY = 13 * 8 + 5
"""Facility *log audit* (13), severity *notice* (5): RFC 5424 section 6.2.1."""

PROGRAM = "asa-automate"

LARGEST = {"stream": 8192, "datagram": 2048}
"""Bytes of a message that receivers must or should take (RFC 5425 4.3.1, RFC 5426 3.2)."""

_UNFIT = re.compile(r"[^\x21-\x7e]")


def message(record: Mapping[str, Any], kind: str) -> bytes:
    """The message of one record; a payload that is too long is told by its length and hash.

    Args:
        record: as :func:`asa_automate.store.exported.exported` gives it.
        kind: ``stream`` or ``datagram``.
    """
    whole = _message(record, record)
    if len(whole) <= LARGEST[kind]:
        return whole
    text = json.dumps(record["payload"], sort_keys=True)
    short = {"bytes": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return _message(record, {**record, "payload": short})


def _message(record: Mapping[str, Any], content: Mapping[str, Any]) -> bytes:
    at = datetime.fromtimestamp(record["at"], UTC).isoformat(timespec="microseconds")
    host = _word(record["host"], 255)
    head = f"<{PRIORITY}>1 {at.replace('+00:00', 'Z')} {host} {PROGRAM} {record['pid']}"
    # ASCII only, and no line feed: JSON spells both out.
    return f"{head} {_word(record['kind'], 32)} - {json.dumps(content)}".encode("ascii")


def _word(text: str, longest: int) -> str:
    return _UNFIT.sub("_", text)[:longest] or "-"
