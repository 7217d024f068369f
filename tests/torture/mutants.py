"""Seeded protocol faults: each is a patch of the program that the exploration has to notice.

A row names the fault, the operations in which it is looked for, and how it is planted. Those that
change nothing that a judge could see say why, and are expected not to be noticed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.torture import patches
from tests.torture.explore import Search

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


MUTANTS: tuple[Mutant, ...] = (
    Mutant("saves before it has verified", patches.save_first),
    Mutant("verifies nothing after the lines", patches.verify_nothing),
    Mutant("has no gate before the commit line", patches.no_gate_before_commit, only=("ignore",)),
    Mutant(
        "has no gate between the inverse commit line and the removals",
        patches.no_gate_after_undo,
        (BACK,),
        only=("ignore", "kill-after"),
        then=("ignore",),
    ),
    Mutant("undoes in the wrong order", patches.undo_in_wrong_order, (BACK,)),
    Mutant(
        "counts acknowledgements instead of reading the state",
        patches.acknowledgements,
        only=("kill-after",),
    ),
    Mutant("recovers only exact prefixes of the plan", patches.prefixes_only, only=("ignore",)),
    Mutant(
        "does not read the startup-config back",
        patches.no_startup_read_back,
        (REMOVE,),
        only=_SAVE,
    ),
    Mutant("believes [OK]", patches.believes_ok, (REMOVE,), only=_SAVE),
    Mutant(
        "takes any answer to the probe for per-engine",
        patches.any_probe_answer,
        ("disproved/per-class",),
    ),
    Mutant("leaves the probe behind", patches.probe_left),
    Mutant("asks gateways in one direction only", patches.one_direction, (REMOVE,)),
    Mutant(
        "does not look again before it saves",
        patches.no_look_before_saving,
        (REMOVE,),
        only=("edit-remark",),
    ),
    Mutant(
        "finishes what was never verified",
        patches.finishes_anything,
        (REMOVE,),
        only=("kill-after", "kill-before"),
    ),
    Mutant(
        "overwrites members that others have added",
        patches.overwrites_members,
        (REMOVE,),
        only=("edit-our-member",),
    ),
    Mutant(
        "goes on with another box after a lost link",
        patches.any_box,
        (REMOVE,),
        only=("another-box-after-cut",),
    ),
    Mutant(
        "does not save again when it goes back after a save",
        patches.saved_new_stays,
        (BACK,),
    ),
    Mutant(
        "accepts changes of others that are not saved",
        patches.unsaved_accepted,
        ("unsaved/per-engine",),
    ),
    Mutant(
        "does not read back what it has undone",
        patches.undo_not_read_back,
        (BACK,),
        only=("ignore",),
    ),
    Mutant(
        "asks no control flow",
        patches.no_controls,
        (REMOVE, "first/per-class"),
        "a control tells where model and device differ; the virtual firewall and the model agree, "
        "and what a fault changes in the configuration the readings see first",
    ),
    Mutant(
        "tries the way back once, not three times",
        patches.gives_up,
        (REMOVE, BACK),
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
