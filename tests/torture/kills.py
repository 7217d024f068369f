"""Real processes over real SSH, killed with SIGKILL, each recovered by a second process.

A kill after the n-th exchange is exact: the box has carried the line out and holds its reply back,
so the process waits for it when it dies. The others come at random moments of a printed seed.
"""

import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.store.engine import open_store
from asa_automate.store.runs import list_runs
from tests.end_to_end.conftest import GATEWAY, Bench, Site, box, knobs
from tests.torture.field import ROOT
from tests.torture.judge import Judge
from tests.torture.records import Attempt, Standard

#: How long the box holds a reply back: long enough to be killed in, and never waited for.
HELD = 30.0
#: A guard against a hung process, not a measurement.
PATIENCE = 120.0
_TICK = 0.005
#: From so many kills on every exchange has one.
FULL_SET = 200


@dataclass(frozen=True, slots=True)
class Kill:
    """One process to be killed.

    Args:
        command: ``apply`` or ``rollback``.
        exchange: it dies when the box has carried out so many command lines of it.
        after: or so many seconds after its start.
        again: the recovery dies too, after so many exchanges of its own.
    """

    command: str
    exchange: int | None = None
    after: float | None = None
    again: int | None = None

    @property
    def id(self) -> str:
        """For the report."""
        when = f"exchange {self.exchange}" if self.exchange else f"{self.after:.3f} s"
        again = f", its recovery at exchange {self.again}" if self.again else ""
        return f"{self.command} at {when}{again}"


@dataclass(frozen=True)
class Field:
    """What all kills share.

    Args:
        plan: the file.
        applied: a store in which the plan was carried out.
        standard: both states.
        exchanges, seconds: how long an unharmed process is at it.
    """

    plan: Path
    applied: Path
    standard: Standard
    exchanges: dict[str, int]
    seconds: dict[str, float]


def killed(number: int, seed: int, jobs: int = 2) -> list[dict[str, Any]]:
    """So many processes that died, and the verdict of each; ``jobs`` at a time.

    Of those that were to die at a random moment some are done by then: others take their place,
    until twice as many were started.
    """
    chance = random.Random(seed)  # noqa: S311  # moments, not secrets
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        field = survey(Path(folder))
        each = list(exact(field, number - number // 3 if number < FULL_SET else number))
        rows = list(pool.map(lambda kill: _one(field, kill), each))
        while (left := number - sum(row["died"] for row in rows)) > 0 and len(rows) < 2 * number:
            more = [_by_chance(field, chance) for _ in range(left)]
            rows += pool.map(lambda kill: _one(field, kill), more)
    return rows


def exact(field: Field, most: int) -> Iterator[Kill]:
    """A kill after every exchange; of a few, spread over all."""
    each = [
        Kill(command, exchange)
        for command in ("apply", "rollback")
        for exchange in range(1, field.exchanges[command] + 1)
    ]
    stride = max(1, len(each) // most)
    yield from each[stride // 2 :: stride][:most]


def _by_chance(field: Field, chance: random.Random) -> Kill:
    command = chance.choice(("apply", "rollback"))
    after = chance.uniform(0.0, field.seconds[command])
    return Kill(command, after=after, again=chance.choice((None, chance.randint(1, 25))))


def survey(folder: Path) -> Field:
    """Plan, and let an unharmed apply and rollback show what there is."""
    with ExitStack() as stack:
        site = _site(stack)
        fw = site.boxes["fw"]
        plan = folder / "plan.json"
        site.run("plan", "--out", plan).must_be(0)
        old = fw.running_text
        new, applied = "", folder
        exchanges, seconds = {}, {}
        for words in (("apply", str(plan)), ("rollback", "")):
            run = words[1] or _runs(site)[0]
            before, began = fw.script.count("command"), time.monotonic()
            site.run(words[0], run, "--yes").must_be(0)
            exchanges[words[0]] = fw.script.count("command") - before
            seconds[words[0]] = time.monotonic() - began
            if words[0] == "apply":
                new, applied = fw.running_text, Path(shutil.copy(_store(site), folder))
    standard = Standard(old, new, knobs(), (str(GATEWAY),))
    return Field(plan, applied, standard, exchanges, seconds)


def _site(stack: ExitStack, text: str = "") -> Site:
    places = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    site = Bench(lambda: places, stack).site(fw=box(text=text))
    site.env["PYTHONPATH"] = str(ROOT)  # the program of this tree, not an installed one
    return site


def _store(site: Site) -> Path:
    return Path(site.store.removeprefix("sqlite:///"))


def _runs(site: Site) -> list[str]:
    with closing(open_store(site.store)) as store:
        return [run.id for run in list_runs(store)]


def _one(field: Field, kill: Kill) -> dict[str, Any]:
    with ExitStack() as stack:
        site = _site(stack, field.standard.new if kill.command == "rollback" else "")
        fw = site.boxes["fw"]
        words = ["apply", str(field.plan), "--yes"]
        if kill.command == "rollback":
            shutil.copy(field.applied, _store(site))
            words = ["rollback", _runs(site)[0], "--yes"]
        judge = Judge(field.standard)
        attempts = [_murdered(site, words, kill)]
        judge.after(fw, attempts[-1], ())
        recovery = ["resume", "--all", "--yes", "--output", "json"]
        if kill.again:
            attempts.append(_murdered(site, recovery, Kill("resume", kill.again)))
            judge.after(fw, attempts[-1], ())
        began = time.monotonic()
        attempts.append(_recovered(site, recovery, fw))
        seconds = time.monotonic() - began
        judge.after(fw, attempts[-1], ())
        found = judge.at_last(fw, attempts, ())
    return {
        "kill": kill.id,
        "random": kill.exchange is None,
        "died": attempts[0].died == "killed",
        "end": attempts[-1].state or "nothing was open",
        "seconds": round(seconds, 3),
        "wrong": [asdict(violation) for violation in found],
    }


def _murdered(site: Site, words: Sequence[str], kill: Kill) -> Attempt:
    """Start a process and kill it; the part of the transcript that is its own."""
    fw = site.boxes["fw"]
    start, snapshots = len(fw.transcript), len(fw.snapshots)
    due = fw.script.count("command") + (kill.exchange or 0)
    if kill.exchange:
        fw.script.add(Fault(due, "delay", seconds=HELD, on="command"))
    with site.start(*words) as program:
        deadline = time.monotonic() + (PATIENCE if kill.after is None else kill.after)
        while program.poll() is None and time.monotonic() < deadline:
            if kill.exchange and fw.script.count("command") >= due:
                break
            time.sleep(_TICK)
        program.kill()
        program.communicate()
    _hung_up(fw)
    died = "killed" if program.returncode < 0 else "killed too late"
    return Attempt(start, len(fw.transcript), snapshots, died=died)


def _hung_up(fw: VirtualAsa) -> None:
    """Until the box has seen the link drop."""
    deadline = time.monotonic() + PATIENCE
    while fw.open_sessions and time.monotonic() < deadline:
        time.sleep(_TICK)


def _recovered(site: Site, words: Sequence[str], fw: VirtualAsa) -> Attempt:
    start, snapshots = len(fw.transcript), len(fw.snapshots)
    said = site.run(*words)
    _hung_up(fw)
    devices = json.loads(said.out)["devices"] if said.out.strip() else []
    if not devices:
        return Attempt(
            start, len(fw.transcript), snapshots, died="" if said.code else "killed nothing"
        )
    [one] = devices
    return Attempt(
        start,
        len(fw.transcript),
        snapshots,
        state=one["outcome"],
        exit=one["exit"],
        saved=one["saved"],
        reason=one["reason"] or "",
        lines=tuple(one["lines"]),
        left_open=fw.open_sessions,
    )
