"""Every event of a run, every kind of fault, every event of the recovery: by forking.

The run goes on in the parent. At each of its events a child is forked for every kind of fault; it
takes the fault, lets the program do what it does then, and recovers what was left open. At each
event of that recovery it forks again, once for each fault of a second kind. Whatever was left then
is recovered by one last process without a fault, judged, and written down. No prefix runs twice.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from zlib import crc32

from tests.torture.judge import Judge
from tests.torture.mishaps import mishaps_at, named
from tests.torture.operations import Operation
from tests.torture.records import Wrong
from tests.torture.world import Event, Fault, Process, Smooth, World

#: A child that found something wrong, when the first finding ends the search.
FOUND = 3


@dataclass(frozen=True, slots=True)
class Search:
    """How much of it all is tried.

    Args:
        seed: another seed takes other cases where not all are taken.
        first, second: of so many first and second faults one is taken.
        stop: whether the first finding ends it.
        only, then: the kinds of first and second faults that are tried; none: all.
    """

    seed: int = 0
    first: int = 1
    second: int = 1
    stop: bool = False
    only: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    def takes(self, case: str, *, again: bool) -> bool:
        """Whether this case is tried; the same answer every time."""
        stride = self.second if again else self.first
        kinds = self.then if again else self.only
        if kinds and case.rpartition(".")[2] not in kinds:
            return False
        return crc32(f"{self.seed} {case}".encode()) % stride == 0


class Sink:
    """Where cases are written down, one JSON document a line, by every process."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, entry: dict[str, Any]) -> None:
        """One whole line."""
        os.write(self._file, (json.dumps(entry) + "\n").encode())


@dataclass
class Forking:
    """The pilot of a search: in the parent nothing ever goes wrong.

    Args:
        case: the case so far: the operation, and the faults that were taken.
        again: whether these are the second faults.
        child: whether this process is one that took a fault here.
    """

    case: str
    search: Search
    again: bool = False
    event: int = 0
    child: bool = False
    forked: int = 0

    def at(self, process: Process, event: Event) -> Fault | None:
        """Fork for every kind of fault; in a child, the fault."""
        del process
        if self.child:
            return None
        self.event += 1
        for mishap in mishaps_at(event, again=self.again):
            case = f"{self.case}/{self.event}.{mishap.name}"
            if self.search.takes(case, again=self.again) and self._fork():
                self.case = case
                return mishap
        return None

    def _fork(self) -> bool:
        """Whether this is the child; the parent waits for its end."""
        self.forked += 1
        pid = os.fork()
        if pid == 0:
            self.child = True
            return True
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == FOUND and self.search.stop:
            os._exit(FOUND)
        if code not in (0, FOUND):
            os._exit(code if code > 0 else 1)
        return False


@dataclass
class Replay:
    """The pilot of one case: the given fault at the given event, and nothing else."""

    number: int
    name: str
    event: int = 0

    def at(self, process: Process, event: Event) -> Fault | None:
        """The fault, when its event has come."""
        del process
        self.event += 1
        return named(event, self.name) if self.event == self.number else None


@dataclass
class Case:
    """One world on its way through a run, its recoveries, and the judge."""

    operation: Operation
    world: World
    judge: Judge
    tell: Callable[[str], None] = field(default=lambda _: None)

    @classmethod
    def of(cls, operation: Operation) -> "Case":
        """A fresh one."""
        return cls(operation, operation.world(), Judge(operation.standard))

    def run(self, pilot: Any) -> None:
        """The change itself."""
        self._judged(self.operation.work, pilot)

    def recover(self, pilot: Any) -> bool:
        """One recovery, if anything was left open; whether there was.

        It is given the journal that ``resume`` takes: of the newest process that began anything.
        """
        begun = [one for one in self.world.journals if any(kind == "begin" for kind, _ in one)]
        work = self.operation.resume(begun[-1] if begun else ())
        if work is None:
            return False
        self._judged(work, pilot)
        return True

    def calm(self) -> None:
        """Whatever stood in the way for long is over."""
        box = self.world.box
        box.chassis.denied.clear()
        box.knobs = replace(box.knobs, flash="ok")
        if self.world.unreachable and self.world.fault_at is not None:
            self.world.fault_at = self.world.clock  # it answers from now on
        self.world.unreachable = 0
        self.world.other = None

    @property
    def settled(self) -> bool:
        """Whether the last process ended by itself in a state that needs nobody."""
        last = self.world.attempts[-1]
        return not last.died and last.exit != 7 and last.state != "unreachable"

    @property
    def stands(self) -> str:
        """All that a recovery can depend on: the box, what it is told, what still goes on."""
        world = self.world
        left = [
            (k, p) for k, p in world.journals[0] if k not in ("intent", "ack", "gate", "proof")
        ]
        box = world.box
        trouble = (box.chassis.denied, box.chassis.prompt_suffix, box.knobs, world.unreachable)
        edits = [(e.lines, e.saved) for e in world.edits]
        key = (world.box.running_text, world.box.startup_text, left, trouble, edits)
        return f"{crc32(repr(key).encode()):08x}"

    def _judged(self, work: Any, pilot: Any) -> None:
        attempt = self.world.attempt(work, pilot)
        self.judge.after(self.world.box, attempt, self.world.edits)
        self.tell(f"{attempt.died or attempt.state} (exit {attempt.exit}) {attempt.reason}")

    def finish(self) -> dict[str, Any]:
        """The verdict."""
        world = self.world
        found = self.judge.at_last(world.box, world.attempts, world.edits)
        last = world.attempts[-1]
        since = None if world.fault_at is None else round(world.clock - world.fault_at, 3)
        return {
            "end": last.state or "nothing begun",
            "attempts": len(world.attempts),
            "seconds": since,
            "wrong": [asdict(violation) for violation in found],
        }


def explore(operation: Operation, search: Search, sink: Sink) -> None:
    """All cases of one operation. Runs in a process of its own, and may end it."""
    if _is_wrong_without_a_fault(operation, sink) and search.stop:
        os._exit(FOUND)
    case = Case.of(operation)
    first = Forking(operation.id, search)
    case.run(first)
    if not first.child:
        return
    os._exit(_child(case, first.case, search, sink))


def _is_wrong_without_a_fault(operation: Operation, sink: Sink) -> bool:
    case = Case.of(operation)
    case.run(Smooth())
    if died := case.world.attempts[-1].died:
        case.judge.add(Wrong.CLAIMS, f"a faultless run died: {died}")
    last = case.world.attempts[-1].state
    if last != operation.end:
        case.judge.add(Wrong.CLAIMS, f"a faultless run ended '{last}'")
    verdict = case.finish()
    sink.write({"case": f"{operation.id}/0.none", **verdict})
    return bool(verdict["wrong"])


def _child(case: Case, name: str, search: Search, sink: Sink) -> int:
    """What follows a first fault; the exit code of its process."""
    second = Forking(name, search, again=True)
    if not case.settled:
        _recover(case, second)
    verdict = case.finish()
    sink.write({"case": second.case, **verdict})
    return FOUND if verdict["wrong"] else 0


def _recover(case: Case, second: Forking) -> None:
    """A recovery that is broken at each of its events, and then one that is not."""
    stands = case.stands
    if _is_new(stands, case.operation.id):
        case.recover(second)
    else:
        case.recover(Smooth())
    if second.child or not case.settled:
        case.calm()
        case.recover(Smooth())


#: Where recoveries have already begun that were broken at each of their events.
_BEGUN: dict[str, str] = {}


def _is_new(stands: str, operation: str) -> bool:
    """Whether no recovery from here was broken yet: an equal one would go the same way."""
    folder = _BEGUN.get("folder")
    if folder is None:
        return True
    path = os.path.join(folder, f"{operation.replace('/', '-')}-{stands}")  # noqa: PTH118  # hot
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def remember_in(folder: str) -> None:
    """Keep in files of ``folder`` where recoveries have begun: every process sees them."""
    _BEGUN["folder"] = folder


def replay(operation: Operation, name: str, tell: Callable[[str], None]) -> dict[str, Any]:
    """One case by its id, with everything that was typed.

    Raises:
        LookupError: there is no such fault at that event.
    """
    faults = [step.partition(".") for step in name.split("/")[2:]]
    pilots = [Replay(int(number), what) for number, _, what in faults]
    case = Case.of(operation)
    case.tell = tell
    case.run(pilots[0])
    if not case.settled:
        case.recover(pilots[1] if len(pilots) > 1 else Smooth())
        if len(pilots) > 1 or not case.settled:
            case.calm()
            case.recover(Smooth())
    for number, entry in enumerate(case.world.box.transcript):
        tell(f"{number:4} {entry.session:2} {entry.mode:14} {entry.line}  {entry.reply[:70]!r}")
    return case.finish()
