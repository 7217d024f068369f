"""A dialogue through the inspection, for a person and for a program."""

from collections.abc import Iterator
from typing import Any

from asa_automate.simulate.dialogue import in_words
from asa_automate.simulate.esmtp_counters import shown
from asa_automate.simulate.inspection import Inspection
from asa_automate.simulate.play import Played, Step
from asa_automate.simulate.smtp import Direction, content

_WHO = {Direction.CLIENT: "C", Direction.SERVER: "S", None: " "}
#: What is longer is cut in the words for a person; JSON has all of it.
WIDTH = 160

VERDICTS = {
    "untouched": "nobody inspects it: every byte passes untouched",
    "unchanged": "inspected; every byte passes as it was sent",
    "changed": "inspected; lines are changed or kept back",
    "let-go": "inspected until TLS begins; from there on nothing is looked at",
    "drop-connection": "the connection is dropped: both sides hear nothing more and time out",
    "reset": "the connection is reset: both sides get a RST",
}


def lines_of(inspection: Inspection, played: Played) -> Iterator[str]:
    """The dialogue line by line, the verdict, the counters and the messages."""
    yield str(inspection)
    for step in played.steps:
        yield from _step(step)
    yield f"verdict: {VERDICTS[played.verdict]}{f' ({played.why})' if played.why else ''}"
    moved = [f"{name} +{value}" for name, value in sorted(played.counters.values.items())]
    if inspection.inspected is not None:
        yield f"counters: {', '.join(moved) or 'none moves'}"
    yield from (f"syslog: {text}" for text in played.syslog)


def _step(step: Step) -> Iterator[str]:
    who = _WHO[step.sender]
    match step.kind:
        case "passes" | "tls":
            yield f"  {who}  {_said(step.sent)}{'   [under TLS]' if step.kind == 'tls' else ''}"
        case "changed":
            yield f"  {who}- {_said(step.sent)}"
            yield f"  {who}+ {_said(step.arrived)}   [{step.why}]"
        case "discarded" | "lost":
            why = "kept back" if step.kind == "discarded" else "lost"
            yield f"  {who}- {_said(step.sent) if step.sent else '(closes)'}   [{why}: {step.why}]"
        case _:
            yield f"  !  {step.why}"


def _said(data: bytes) -> str:
    text = in_words(content(data) if data.endswith(b"\r\n") else data)
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}... ({len(data)} bytes)"


def as_json(inspection: Inspection, played: Played) -> dict[str, Any]:
    """The same as one object; bytes are in the small format of dialogues."""
    taken, inspected = inspection.taken, inspection.inspected
    return {
        "inspected": inspected is not None,
        "class": taken.class_name if taken else None,
        "policy": taken.policy if taken else None,
        "map": inspected.name if inspected else None,
        "verdict": played.verdict,
        "why": played.why or None,
        "steps": [_step_json(step) for step in played.steps],
        "arrived": {side.value: in_words(bytes(data)) for side, data in played.arrived.items()},
        "counters": dict(sorted(played.counters.values.items())),
        "shown": shown(played.counters, inspected, inspection.version) if inspected else [],
        "syslog": played.syslog,
    }


def _step_json(step: Step) -> dict[str, str | None]:
    return {
        "kind": step.kind,
        "sender": step.sender.value if step.sender else None,
        "sent": in_words(step.sent),
        "arrived": in_words(step.arrived),
        "why": step.why or None,
    }
