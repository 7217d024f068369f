"""``set connection`` in a class of a policy-map: limits, timeouts and options.

Source: Cisco ASA command reference, *set connection* and *set connection timeout*.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from asa_automate.config.spelling import Spelling, as_printed, spelling_of

_PREFIX = ("set", "connection")
_LIMITS = {
    "conn-max": "conn_max",
    "embryonic-conn-max": "embryonic_conn_max",
    "per-client-max": "per_client_max",
    "per-client-embryonic-max": "per_client_embryonic_max",
}
_TIMES = {
    "embryonic": "embryonic",
    "half-closed": "half_closed",
    "idle": "idle",
    "tcp": "tcp",
}
_SWITCH = {"enable": True, "disable": False}


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """``set connection conn-max N ...``; ``None`` where the line does not say, 0 is no limit."""

    conn_max: int | None = None
    embryonic_conn_max: int | None = None
    per_client_max: int | None = None
    per_client_embryonic_max: int | None = None
    random_sequence_number: bool | None = None
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionTimeout:
    """``set connection timeout ...``: times as ``H:MM:SS``, ``""`` where the line has none.

    Args:
        tcp: the word for ``idle`` before 8.3.
        reset: whether both ends are told.
        dcd: the words behind ``dcd`` (interval, retries), ``None`` without it.
    """

    embryonic: str = ""
    half_closed: str = ""
    idle: str = ""
    tcp: str = ""
    reset: bool = False
    dcd: tuple[str, ...] | None = None
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionOption:
    """Any other ``set connection``, in its words: ``decrement-ttl``, ``advanced-options X``."""

    words: str


SetConnection = ConnectionLimits | ConnectionTimeout | ConnectionOption


def read_set_connection(text: str) -> SetConnection | None:
    """One line of a class; ``None`` if it is no ``set connection``."""
    words = tuple(text.split())
    if words[:2] != _PREFIX or len(words) < 3:
        return None
    rest = words[2:]
    read = _timeout(rest[1:]) if rest[0] == "timeout" else _limits(rest)
    if read is None:
        return ConnectionOption(text.split(None, 2)[2])
    return replace(read, spelling=spelling_of([text], [_line(read)]))


def write_set_connection(what: SetConnection) -> list[str]:
    """The line of a class."""
    if isinstance(what, ConnectionOption):
        return [f"set connection {what.words}"]
    return as_printed([_line(what)], what.spelling)


def _line(what: ConnectionLimits | ConnectionTimeout) -> str:
    words = _limit_words(what) if isinstance(what, ConnectionLimits) else _timeout_words(what)
    return " ".join([*_PREFIX, *words])


def _limit_words(limits: ConnectionLimits) -> Iterator[str]:
    for word, name in _LIMITS.items():
        if getattr(limits, name) is not None:
            yield f"{word} {getattr(limits, name)}"
    if limits.random_sequence_number is not None:
        yield f"random-sequence-number {'enable' if limits.random_sequence_number else 'disable'}"


def _timeout_words(timeout: ConnectionTimeout) -> Iterator[str]:
    yield "timeout"
    for word, name in _TIMES.items():
        if getattr(timeout, name):
            yield f"{word} {getattr(timeout, name)}"
    if timeout.reset:
        yield "reset"
    if timeout.dcd is not None:
        yield " ".join(["dcd", *timeout.dcd])


def _limits(words: tuple[str, ...]) -> ConnectionLimits | None:
    found: dict[str, int] = {}
    randomized: bool | None = None
    while words:
        match words:
            case (word, number, *_) if word in _LIMITS and number.isdecimal():
                found[word] = int(number[:9])
            case ("random-sequence-number", switch, *_) if switch in _SWITCH:
                randomized = _SWITCH[switch]
            case _:
                return None
        words = words[2:]
    return ConnectionLimits(
        found.get("conn-max"),
        found.get("embryonic-conn-max"),
        found.get("per-client-max"),
        found.get("per-client-embryonic-max"),
        random_sequence_number=randomized,
    )


def _timeout(words: tuple[str, ...]) -> ConnectionTimeout | None:
    times: dict[str, str] = {}
    reset, dcd = False, None
    while words:
        match words:
            case (word, time, *_) if word in _TIMES and time[:1].isdecimal():
                times[word], words = time, words[2:]
            case ("reset", *_):
                reset, words = True, words[1:]
            case ("dcd", *rest):
                dcd = tuple(_while_times(rest))
                words = words[1 + len(dcd) :]
            case _:
                return None
    return ConnectionTimeout(
        times.get("embryonic", ""),
        times.get("half-closed", ""),
        times.get("idle", ""),
        times.get("tcp", ""),
        reset=reset,
        dcd=dcd,
    )


def _while_times(words: list[str]) -> Iterator[str]:
    for word in words[:2]:
        if not word[:1].isdecimal():
            return
        yield word
