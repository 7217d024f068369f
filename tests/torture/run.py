"""``make torture``: every event, every kind of fault, every event of the recovery; and real kills.

python -m tests.torture.run                       all of it; results.json and the README's table
python -m tests.torture.run --bounded             a deterministic part of it, nothing kept
python -m tests.torture.run --mutants             seeded protocol faults, each to be found
python -m tests.torture.run --kills 20            real processes, killed over real SSH
python -m tests.torture.run --case first/per-engine/80.cut-after/3.kill-before
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from asa_automate.model import Reading
from bench.markdown import into
from tests.torture.explore import Search, Sink, explore, remember_in, replay
from tests.torture.field import BOUNDED, FULL, HUNT, KILLS, README, REST, RESULTS, ROOT, WHOLE
from tests.torture.operations import Operation, names, operation
from tests.torture.report import killed as summary_of_kills
from tests.torture.report import markdown, summary, told, told_of_kills
from tests.torture.warm import remember, warm_up

if TYPE_CHECKING:
    from tests.torture.mutants import Found

Row = dict[str, Any]


def main() -> int:
    """Torture, print, and keep the results; 1 where anything was found that must not be."""
    asked = _arguments()
    if asked.worker:
        return _work(asked)
    if asked.case:
        return _one_case(asked.case, asked.mutant)
    if asked.mutants:
        return 0 if all(one.as_expected for one in _hunted(asked)) else 1
    if asked.kills is not None:
        return 1 if _kills(asked, asked.kills)["wrong"] else 0
    search = _search(asked, BOUNDED if asked.bounded else FULL)
    results = _everything(asked, search)
    print(told(results), flush=True)
    right = not any(results["wrong"].values())
    if asked.bounded or asked.operation or asked.only:
        return 0 if right else 1
    _keep(results)
    found = _hunted(asked)
    kills = _kills(asked, KILLS)
    return 0 if right and all(one.as_expected for one in found) and not kills["wrong"] else 1


def _keep(parts: Row) -> None:
    """Put parts of the results in the place of the kept ones, and into the README."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results = {**kept, **parts}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    README.write_text(into(README.read_text(), "TORTURE", markdown(results)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make torture", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--bounded", action="store_true", help="a part of it, nothing kept")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes (2)")
    parser.add_argument("--seed", type=int, default=0, help="which part, where it is a part")
    parser.add_argument("--first", type=int, help="of so many first faults one is taken")
    parser.add_argument("--second", type=int, help="of so many second faults one is taken")
    parser.add_argument("--operation", action="append", metavar="NAME/READING", help="only these")
    parser.add_argument("--case", metavar="ID", help="one case, with everything that was typed")
    parser.add_argument("--mutants", action="store_true", help="seeded protocol faults")
    parser.add_argument("--kills", type=int, metavar="N", help=f"real processes killed ({KILLS})")
    parser.add_argument("--worker", nargs="+", metavar="NAME/READING", help=argparse.SUPPRESS)
    parser.add_argument("--mutant", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="*", default=[], metavar="KIND", help="first faults")
    parser.add_argument("--then", nargs="*", default=[], metavar="KIND", help="second faults")
    parser.add_argument("--stop", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--exhaustive", action="store_true", help="all second faults: hours")
    parser.add_argument(
        "--folder", type=Path, help="where the cases are kept; what lies there is not done again"
    )
    return parser.parse_args()


def _search(asked: argparse.Namespace, usual: Search) -> Search:
    return replace(
        usual,
        seed=asked.seed,
        first=asked.first or usual.first,
        second=asked.second or usual.second,
        stop=asked.stop or usual.stop,
        only=tuple(asked.only),
        then=tuple(asked.then),
    )


def named(name: str) -> Operation:
    """An operation by ``NAME/READING``."""
    what, _, reading = name.partition("/")
    return operation(what, Reading(reading))


def all_names() -> list[str]:
    """All operations as ``NAME/READING``, the longest first: they run side by side."""
    found = [f"{what}/{reading.value}" for what, reading in names()]
    return sorted(found, key=lambda name: name not in WHOLE)


def _work(asked: argparse.Namespace) -> int:
    """Operations in a process of their own; their cases go into the folder."""
    from tests.torture.mutants import plant

    remember()
    made = [named(name) for name in asked.worker]
    for one in made:
        warm_up(one)
    if asked.mutant:
        plant(asked.mutant)
    remember_in(str(asked.folder / "stands"))
    for one in made:
        sink = Sink(str(asked.folder / f"{one.id.replace('/', '-')}.jsonl"))
        explore(one, _search(asked, FULL), sink)
    return 0


def _one_case(case: str, mutant: str) -> int:
    if mutant:
        from tests.torture.mutants import plant

        plant(mutant)
    one = named("/".join(case.split("/")[:2]))
    verdict = replay(one, case, print)
    print(json.dumps(verdict, indent=1))
    return 1 if verdict["wrong"] else 0


def _everything(asked: argparse.Namespace, search: Search) -> Row:
    began = time.monotonic()
    wanted = asked.operation or all_names()
    with TemporaryDirectory() as kept:
        folder = asked.folder or Path(kept)
        for part, names_ in _parts(wanted, search, exhaustive=asked.exhaustive):
            explore_all(folder, _not_done(folder, names_), part, asked.jobs)
        rows = list(rows_in(folder))
        begun = [path.name for path in Path(folder, "stands").iterdir()]
    took = time.monotonic() - began
    return summary(rows, begun, search, took)


def _parts(
    wanted: Sequence[str], search: Search, *, exhaustive: bool
) -> list[tuple[Search, list[str]]]:
    """How deep to go, and into which operations."""
    if exhaustive or search != FULL:
        return [(search, list(wanted))]
    whole = [name for name in wanted if name in WHOLE]
    return [(search, whole), (REST, [name for name in wanted if name not in whole])]


def _not_done(folder: Path, wanted: Sequence[str]) -> list[str]:
    """Those without rows in a folder that an earlier run left."""
    return [n for n in wanted if not (folder / f"{n.replace('/', '-')}.jsonl").exists()]


def cases(
    folder: Path, operations: Sequence[str], search: Search, jobs: int, mutant: str = ""
) -> Iterator[Row]:
    """The verdicts of all cases of these operations, ``jobs`` operations at a time."""
    explore_all(folder, operations, search, jobs, mutant)
    yield from rows_in(folder)


def rows_in(folder: Path) -> Iterator[Row]:
    """The verdicts that lie there."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open() as lines:
            yield from map(json.loads, lines)


def explore_all(
    folder: Path, operations: Sequence[str], search: Search, jobs: int, mutant: str = ""
) -> None:
    """Go through these operations, ``jobs`` at a time; their verdicts go into the folder."""
    (folder / "stands").mkdir(exist_ok=True)

    def one(batch: Sequence[str]) -> None:
        words = ["--worker", *batch, "--folder", str(folder), "--seed", str(search.seed)]
        words += ["--first", str(search.first), "--second", str(search.second)]
        words += ["--only", *search.only, "--then", *search.then]
        words += ["--stop"] if search.stop else []
        words += ["--mutant", mutant] if mutant else []
        done = subprocess.run(  # noqa: S603  # this program, once for each batch
            [sys.executable, "-m", "tests.torture.run", *words], cwd=ROOT, check=False
        )
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{batch}: the exploration itself failed: exit {done.returncode}")

    # Of a small part most of the time goes into getting ready: that is done once, then.
    small = search.first >= BOUNDED.first
    batches = [list(operations)] if small else [[name] for name in operations]
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, batches))


def _hunted(asked: argparse.Namespace) -> "list[Found]":
    from tests.torture.mutants import MUTANTS, heading, hunted

    found = []
    for mutant in MUTANTS:
        found.append(hunted(mutant, _search(asked, HUNT), asked.jobs))
        print(found[-1].told, flush=True)
    print(heading(found), flush=True)
    _keep({"mutants": [one.row for one in found]})
    return found


def _kills(asked: argparse.Namespace, number: int) -> Row:
    from tests.torture.kills import killed

    found = summary_of_kills(killed(number, asked.seed, asked.jobs), asked.seed)
    print(told_of_kills(found), flush=True)
    if number >= KILLS:
        _keep({"kills": found})
    return found


if __name__ == "__main__":
    sys.exit(main())
