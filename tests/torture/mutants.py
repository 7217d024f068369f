"""Seeded protocol faults: each is a patch of the program that the exploration has to notice.

A row names the fault, the operations in which it is looked for, and how it is planted. Those that
change nothing that a judge could see say why, and are expected not to be noticed.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from asa_automate.model import Reading
from asa_automate.plan.document import Command
from asa_automate.plan.order import way
from asa_automate.plan.predict import Prediction
from asa_automate.plan.scope import scope_of
from asa_automate.plan.state import fingerprint_of
from asa_automate.show.save import save_succeeded
from tests.torture.explore import Search

_ROOM = "asa_automate.apply"


def _module(name: str) -> Any:
    """A module as something that can be patched."""
    return import_module(f"{_ROOM}.{name}")


applier, live, pieces, probing = map(_module, ("applier", "live", "pieces", "probing"))
proving, reading, recover, resume = map(_module, ("proving", "reading", "recover", "resume"))
saving, sending = map(_module, ("saving", "sending"))

SPLIT, REMOVE, LAST, BACK = (
    f"{name}/per-engine" for name in ("first", "remove", "remove-last", "rollback")
)


_SAVE = ("ok-without-effect", "flash-pretends")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One seeded fault.

    Args:
        name: what the program does wrongly.
        plant: puts it in.
        where: the operations in which it is looked for, in turn.
        equivalent: why nobody can notice it; empty where somebody must.
        only, then: kinds of faults to which the search is narrowed, to be done soon.
    """

    name: str
    plant: Callable[[], None]
    where: tuple[str, ...] = (SPLIT,)
    equivalent: str = ""
    only: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


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


def _save_first() -> None:
    whole = applier._verify

    def verify(session: Any, *rest: Any) -> None:
        session.save()
        whole(session, *rest)

    _set(applier, "_verify", verify)


def _verify_nothing() -> None:
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


def _no_gate_before_commit() -> None:
    _gates_but(lambda at, inside: at["intent"] == "intent" and inside and at["command"].commit)


def _no_gate_after_undo() -> None:
    def leaves_out(at: Any, inside: bool) -> bool:
        return at["intent"] == "undo" and not (inside and at["command"].commit)

    _gates_but(leaves_out)


def _undo_in_wrong_order() -> None:
    def wrong(now: Any, before: Any, order: Any) -> tuple[Command, ...]:
        groups = list(sending.groups_of(way(now, before, order)))
        ordered = sorted(groups, key=lambda group: group.commit)
        return tuple(command for group in ordered for command in group.lines)

    _everywhere("way", wrong)


def _acknowledgements() -> None:
    whole = resume.left_behind

    def left_behind(records: Any) -> Any:
        sent = [payload["line"] for kind, payload in records if kind == "ack"]
        return whole(records) if any("PROBE" not in line for line in sent) else None

    _set(resume, "left_behind", left_behind)


def _prefixes_only() -> None:
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


def _no_startup_read_back() -> None:
    whole = saving._read_back
    _set(saving, "_read_back", lambda at, goal: (_Seen(goal.target), whole(at, goal)[1]))


def _believes_ok() -> None:
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


def _any_probe_answer() -> None:
    def one(answer: Any, *_: Any) -> Reading:
        return Reading.PER_ENGINE if answer.readable else Reading.UNKNOWN

    _set(probing, "_one", one)


def _probe_left() -> None:
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


def _no_controls() -> None:
    _set(proving.LiveProof, "_ask_controls", lambda *_: None)


def _one_direction() -> None:
    whole = live.gateway_questions
    _set(live, "gateway_questions", lambda gateways: list(whole(gateways))[::2])


def _no_look_before_saving() -> None:
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


def _finishes_anything() -> None:
    whole = resume.left_behind

    def left_behind(records: Any) -> Any:
        left = whole(records)
        return left and replace(left, verified=True)

    _set(resume, "left_behind", left_behind)
    _set(resume, "must_be_exempt_still", lambda *_: None)


def _overwrites_members() -> None:
    _everywhere("foreign_in", lambda *_: None)


def _any_box() -> None:
    _everywhere("recognise", lambda session, *_: reading.identify(session))


def _saved_new_stays() -> None:
    def startup_is(session: Any, goal: Any, now: Any, around: Any) -> bool:
        del around
        startup = recover.read(session, goal.device, recover.STARTUP)
        return bool(startup.fingerprint == now.fingerprint)

    _set(recover, "_startup_is", startup_is)


def _unsaved_accepted() -> None:
    _set(applier, "must_be_saved", lambda *_: None)


def _undo_not_read_back() -> None:
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


def _gives_up() -> None:
    _set(recover, "_ATTEMPTS", 1)


MUTANTS: tuple[Mutant, ...] = (
    Mutant("saves before it has verified", _save_first),
    Mutant("verifies nothing after the lines", _verify_nothing),
    Mutant("has no gate before the commit line", _no_gate_before_commit, only=("ignore",)),
    Mutant(
        "has no gate between the inverse commit line and the removals",
        _no_gate_after_undo,
        (BACK,),
        only=("ignore", "kill-after"),
        then=("ignore",),
    ),
    Mutant("undoes in the wrong order", _undo_in_wrong_order, (BACK,)),
    Mutant(
        "counts acknowledgements instead of reading the state",
        _acknowledgements,
        only=("kill-after",),
    ),
    Mutant("recovers only exact prefixes of the plan", _prefixes_only, only=("ignore",)),
    Mutant("does not read the startup-config back", _no_startup_read_back, (REMOVE,), only=_SAVE),
    Mutant("believes [OK]", _believes_ok, (REMOVE,), only=_SAVE),
    Mutant(
        "takes any answer to the probe for per-engine",
        _any_probe_answer,
        ("disproved/per-class",),
    ),
    Mutant("leaves the probe behind", _probe_left),
    Mutant("asks gateways in one direction only", _one_direction, (REMOVE,)),
    Mutant(
        "does not look again before it saves",
        _no_look_before_saving,
        (REMOVE,),
        only=("edit-remark",),
    ),
    Mutant(
        "finishes what was never verified",
        _finishes_anything,
        (REMOVE,),
        only=("kill-after", "kill-before"),
    ),
    Mutant(
        "overwrites members that others have added",
        _overwrites_members,
        (REMOVE,),
        only=("edit-our-member",),
    ),
    Mutant(
        "goes on with another box after a lost link",
        _any_box,
        (REMOVE,),
        only=("another-box-after-cut",),
    ),
    Mutant(
        "does not save again when it goes back after a save",
        _saved_new_stays,
        (BACK,),
    ),
    Mutant(
        "accepts changes of others that are not saved", _unsaved_accepted, ("unsaved/per-engine",)
    ),
    Mutant(
        "does not read back what it has undone",
        _undo_not_read_back,
        (BACK,),
        only=("ignore",),
    ),
    Mutant(
        "asks no control flow",
        _no_controls,
        (REMOVE, "first/per-class"),
        "a control tells where model and device differ; the virtual firewall and the model agree, "
        "and what a fault changes in the configuration the readings see first",
    ),
    Mutant(
        "tries the way back once, not three times",
        _gives_up,
        (REMOVE, BACK),
        "a run that gives up is left open and says so; one resume later it is whole",
    ),
)


def plant(name: str) -> None:
    """Put one fault in, for the rest of this process.

    Raises:
        LookupError: there is none of that name.
    """
    found = next((one for one in MUTANTS if one.name == name), None)
    if found is None:
        raise LookupError(f"no seeded fault is called '{name}'")
    found.plant()


@dataclass(frozen=True, slots=True)
class Found:
    """What came of the search for one fault."""

    mutant: Mutant
    cases: int
    case: str = ""
    what: str = ""

    @property
    def as_expected(self) -> bool:
        """Found where it can be, and not found where it cannot."""
        return bool(self.case) is not bool(self.mutant.equivalent)

    @property
    def row(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "mutant": self.mutant.name,
            "cases": self.cases,
            "case": self.case,
            "what": self.what,
            "equivalent": self.mutant.equivalent,
        }

    @property
    def told(self) -> str:
        """For a terminal."""
        mark = "" if self.as_expected else "UNEXPECTED: "
        if self.case:
            end = f"{self.what} after {self.cases:,} cases ({self.case})"
        else:
            end = f"not found in {self.cases:,} cases: {self.mutant.equivalent or 'it should be'}"
        return f"  {mark}{self.mutant.name}: {end}"


def hunted(mutant: Mutant, search: Search, jobs: int) -> Found:
    """Look for one fault until the first violation."""
    from tests.torture.run import cases

    if mutant.only:
        search = replace(search, first=1, second=1, only=mutant.only, then=mutant.then)
    tried = 0
    for name in mutant.where:
        with TemporaryDirectory() as folder:
            rows = list(cases(Path(folder), [name], search, jobs, mutant.name))
        tried += len(rows)
        wrong = next((row for row in rows if row["wrong"]), None)
        if wrong:
            return Found(mutant, tried, wrong["case"], wrong["wrong"][0]["what"])
    return Found(mutant, tried)


def heading(found: Sequence[Found]) -> str:
    """What came of all of them."""
    caught = sum(bool(one.case) for one in found)
    argued = sum(bool(one.mutant.equivalent) for one in found)
    return (
        f"{len(found)} seeded protocol faults: {caught} found, {argued} argued to change nothing"
    )
