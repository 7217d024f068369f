"""A dialogue played through the inspection: what each side says, and what arrives of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asa_automate.simulate.dialogue import Turn
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_counters import Counters
from asa_automate.simulate.esmtp_events import (
    Anomaly,
    Changed,
    Closed,
    Discarded,
    Event,
    Forward,
    LetGo,
    Matched,
    Syslog,
)
from asa_automate.simulate.smtp import Direction


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the dialogue, or something that happened to it.

    Args:
        kind: ``passes``, ``changed``, ``discarded``, ``lost`` (after the connection was ended),
            ``tls``, ``matched``, ``anomaly``, ``closed``, ``let-go`` or ``note``.
        sent: what was said; ``arrived`` what reached the other side of it.
        why: the match, parameter or signature.
    """

    kind: str
    sender: Direction | None = None
    sent: bytes = b""
    arrived: bytes = b""
    why: str = ""


@dataclass(slots=True)
class Played:
    """How a dialogue went.

    Args:
        verdict: ``untouched`` (not inspected), ``unchanged``, ``changed``, ``let-go``,
            ``drop-connection`` or ``reset``.
        why: what ended the connection.
        arrived: by sender, the bytes that reached the other side.
    """

    verdict: str = "untouched"
    why: str = ""
    steps: list[Step] = field(default_factory=list)
    syslog: list[str] = field(default_factory=list)
    counters: Counters = field(default_factory=Counters)
    arrived: dict[Direction, bytearray] = field(
        default_factory=lambda: {side: bytearray() for side in Direction}
    )


#: Verdicts after which nothing arrives.
ENDED = ("drop-connection", "reset")


def play(turns: Sequence[Turn], engine: Engine | None) -> Played:
    """Play a dialogue; the sides say what the text has, whatever reaches them.

    Args:
        engine: ``None``: nobody inspects.
    """
    played = Played("untouched" if engine is None else "unchanged")
    for turn in turns:
        if engine is not None and turn.tls and engine.inspecting:
            played.steps.append(Step("note", why="TLS cannot begin: the rest was said under TLS"))
            break
        for step in _turn(played, turn, engine):
            played.steps.append(step)
    if engine is not None:
        played.counters = engine.counters
    return played


def _turn(played: Played, turn: Turn, engine: Engine | None) -> Iterator[Step]:
    if engine is None or turn.tls:
        played.arrived[turn.sender] += turn.data
        yield from _passing(Forward(turn.sender, turn.data), "tls" if turn.tls else "passes")
        return
    if played.verdict in ENDED:
        yield Step("lost", turn.sender, turn.data, b"", played.why)
        return
    engine.receive(turn.sender, turn.data)
    yield from _steps(played, list(_events(engine)))
    if engine.closed:
        yield Step("lost", turn.sender, turn.data, b"", played.why)


def _events(engine: Engine) -> Iterator[Event]:
    while (event := engine.next_event()) is not None:
        yield event


def _steps(played: Played, events: Sequence[Event]) -> Iterator[Step]:
    changed: Changed | None = None
    for event in events:
        match event:
            case Forward(sender, data):
                played.arrived[sender] += data
                if changed is not None and changed.after == data:
                    yield Step("changed", sender, changed.before, data, changed.rule)
                else:
                    yield from _passing(event, "passes")
                changed = None
            case Changed():
                changed = event
                played.verdict = "changed" if played.verdict == "unchanged" else played.verdict
            case Syslog(text):
                played.syslog.append(text)
            case _:
                yield from _happened(played, event)


def _happened(played: Played, event: Event) -> Iterator[Step]:
    match event:
        case Discarded(sender, data, rule):
            played.verdict = "changed"
            yield Step("discarded", sender, data, b"", rule)
        case Matched(sender, rule, action):
            yield Step("matched", sender, why=f"{rule}: {action}")
        case Anomaly(sender, signature, treatment):
            yield Step("anomaly", sender, why=f"{signature}: {treatment}")
        case Closed(how, rule):
            played.verdict, played.why = how, rule
            yield Step("closed", why=f"{how}: {rule}")
        case LetGo():
            played.verdict = "let-go"
            yield Step("let-go", why="TLS begins: the inspection looks at nothing any more")


def _passing(event: Forward, kind: str) -> Iterator[Step]:
    *whole, rest = event.data.split(b"\n")
    for line in [line + b"\n" for line in whole] + ([rest] if rest else []):
        yield Step(kind, event.sender, line, line)
