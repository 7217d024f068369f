"""JSON in exactly one spelling, so that it can be hashed and compared as text."""

import json
from typing import Any


def canonical(value: Any) -> str:
    """Sorted keys, no blanks, ASCII only (which also carries bytes that were no UTF-8).

    Raises:
        ValueError, TypeError: the value is not JSON (NaN included).
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
