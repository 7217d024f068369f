"""How each seeded protocol fault is put in: patches of the program, by name, for one process."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from asa_automate.model import Reading
from asa_automate.plan.document import Command
from asa_automate.plan.order import way
from asa_automate.plan.predict import Prediction
from asa_automate.plan.scope import scope_of
from asa_automate.plan.state import fingerprint_of
from asa_automate.show.save import save_succeeded

_ROOM = "asa_automate.apply"


def _module(name: str) -> Any:
    """A module as something that can be patched."""
    return import_module(f"{_ROOM}.{name}")


applier, live, pieces, probing = map(_module, ("applier", "live", "pieces", "probing"))
proving, reading, recover, resume = map(_module, ("proving", "reading", "recover", "resume"))
saving, sending = map(_module, ("saving", "sending"))


def _set(place: Any, name: str, value: Any) -> None:
    """Put ``value`` in the place of what must be there."""
    getattr(place, name)
    setattr(place, name, value)


def _everywhere(name: str, value: Any) -> None:
    """The same in every module of the program that knows this name."""
    modules = [m for path, m in sys.modules.items() if path.startswith(f"{_ROOM}.")]
    places = [module for module in modules if hasattr(module, name)]
    if not places:
        raise LookupError(f"nothing is called '{name}'")
    for place in places:
        setattr(place, name, value)


def save_first() -> None:
    """``write memory`` comes before the first verification."""
    whole = applier._verify

    def verify(session: Any, *rest: Any) -> None:
        session.save()
        whole(session, *rest)

    _set(applier, "_verify", verify)


def verify_nothing() -> None:
    """The end is neither read nor asked about."""
    _set(applier, "_verify", lambda *_: None)


def _gates_but(leaves_out: Callable[[Any, bool], bool]) -> None:
    """Leave out looks of ``send``; what a look is for stands in the frame of ``send``."""

    def patched(name: str, *, inside: bool) -> None:
        whole = getattr(sending, name)

        def look(*rest: Any) -> None:
            at = sys._getframe(1).f_locals
            if "group" not in at or not leaves_out(at, inside):
                whole(*rest)

        _set(sending, name, look)

    patched("gate", inside=False)
    patched("_gate_inside", inside=True)


def no_gate_before_commit() -> None:
    """Nothing is read right before a commit line of the way forward."""
    _gates_but(lambda at, inside: at["intent"] == "intent" and inside and at["command"].commit)


def no_gate_after_undo() -> None:
    """Nothing is read between the inverse commit line and what is then removed."""

    def leaves_out(at: Any, inside: bool) -> bool:
        return at["intent"] == "undo" and not (inside and at["command"].commit)

    _gates_but(leaves_out)


def undo_in_wrong_order() -> None:
    """The pieces go before the commit line is taken back."""

    def wrong(now: Any, before: Any, order: Any) -> tuple[Command, ...]:
        groups = list(sending.groups_of(way(now, before, order)))
        ordered = sorted(groups, key=lambda group: group.commit)
        return tuple(command for group in ordered for command in group.lines)

    _everywhere("way", wrong)


def acknowledgements() -> None:
    """A run in which no line was acknowledged has nothing to recover."""
    whole = resume.left_behind

    def left_behind(records: Any) -> Any:
        sent = [payload["line"] for kind, payload in records if kind == "ack"]
        return whole(records) if any("PROBE" not in line for line in sent) else None

    _set(resume, "left_behind", left_behind)


def prefixes_only() -> None:
    """What is no prefix of the plan is called foreign."""
    whole = pieces.commands_back

    def commands_back(goal: Any, running: Any) -> Any:
        commands = whole(goal, running)
        now = Prediction(running)
        for command in commands:
            now = now.after(command.line)
        prefixes = [scope_of(now.running)]
        for command in way(scope_of(now.running), goal.after, list(goal.before.policies)):
            now = now.after(command.line)
            prefixes.append(scope_of(now.running))
        if not any(pieces.is_same(scope_of(running), one) for one in prefixes):
            raise pieces.Foreign("this is no prefix of the plan")
        return commands

    _everywhere("commands_back", commands_back)


def no_startup_read_back() -> None:
    """The startup-config is taken for what was to be saved."""
    whole = saving._read_back
    _set(saving, "_read_back", lambda at, goal: (_Seen(goal.target), whole(at, goal)[1]))


def believes_ok() -> None:
    """So it is where the device says [OK]."""
    answers: list[str] = []
    typed, read_back = saving._typed, saving._read_back

    def _typed(*rest: Any) -> str:
        answers.append(typed(*rest))
        return answers[-1]

    def _read_back(at: Any, goal: Any) -> tuple[Any, Any]:
        startup, running = read_back(at, goal)
        return (_Seen(goal.target) if save_succeeded(answers[-1]) else startup), running

    _set(saving, "_typed", _typed)
    _set(saving, "_read_back", _read_back)


def any_probe_answer() -> None:
    """Any answer that can be read says per-engine."""

    def one(answer: Any, *_: Any) -> Reading:
        return Reading.PER_ENGINE if answer.readable else Reading.UNKNOWN

    _set(probing, "_one", one)


def probe_left() -> None:
    """The probe is not taken away, and that is not looked at."""
    whole, read, before = sending.send, probing.read, reading.Snapshot

    def send(session: Any, device: Any, start: Any, commands: Any, *rest: Any, **more: Any) -> Any:
        if more.get("intent") == "undo":
            return start
        return whole(session, device, start, commands, *rest, **more)

    def as_before(*rest: Any) -> Any:
        at = sys._getframe(1).f_locals
        return before(*_fields(at["before"])) if "there" in at else read(*rest)

    _set(probing, "send", send)
    _set(probing, "read", as_before)


def _fields(snapshot: Any) -> tuple[Any, str]:
    return snapshot.running, snapshot.fingerprint


def no_controls() -> None:
    """No control flow is asked about."""
    _set(proving.LiveProof, "_ask_controls", lambda *_: None)


def one_direction() -> None:
    """Of the two questions about a gateway one is asked."""
    whole = live.gateway_questions
    _set(live, "gateway_questions", lambda gateways: list(whole(gateways))[::2])


def no_look_before_saving() -> None:
    """The configuration is not read again before it is saved."""
    whole = saving.read

    def read(*rest: Any) -> Any:
        caller = sys._getframe(1)
        if caller.f_code.co_name == "save_verified":
            return _Seen(caller.f_locals["goal"].target)
        return whole(*rest)

    _set(saving, "read", read)


@dataclass(frozen=True)
class _Seen:
    """A reading that nobody took."""

    fingerprint: str


def finishes_anything() -> None:
    """Every run is finished as if it had been verified."""
    whole = resume.left_behind

    def left_behind(records: Any) -> Any:
        left = whole(records)
        return left and replace(left, verified=True)

    _set(resume, "left_behind", left_behind)
    _set(resume, "must_be_exempt_still", lambda *_: None)


def overwrites_members() -> None:
    """Nothing is foreign."""
    _everywhere("foreign_in", lambda *_: None)


def any_box() -> None:
    """Whoever answers is the planned box."""
    _everywhere("recognise", lambda session, *_: reading.identify(session))


def saved_new_stays() -> None:
    """The startup-config stays as it is on the way back."""

    def startup_is(session: Any, goal: Any, now: Any, around: Any) -> bool:
        del around
        startup = recover.read(session, goal.device, recover.STARTUP)
        return bool(startup.fingerprint == now.fingerprint)

    _set(recover, "_startup_is", startup_is)


def unsaved_accepted() -> None:
    """Changes that others did not save are no reason to refuse."""
    _set(applier, "must_be_saved", lambda *_: None)


def undo_not_read_back() -> None:
    """After the way back the configuration is not read."""
    ends: list[Any] = []
    send, read = recover.send, recover.read

    def sent(*rest: Any, **more: Any) -> Any:
        ends.append(send(*rest, **more))
        return ends[-1]

    def unread(session: Any, device: Any, *rest: Any) -> Any:
        if ends and not rest:
            running = ends.pop().running
            return reading.Snapshot(running, fingerprint_of(running))
        return read(session, device, *rest)

    _set(recover, "send", sent)
    _set(recover, "read", unread)


def gives_up() -> None:
    """The way back is tried once."""
    _set(recover, "_ATTEMPTS", 1)
