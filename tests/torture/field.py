"""The sizes of the torture run: what is tried whole, what is tried in part, where results lie."""

from pathlib import Path

from tests.torture.explore import Search

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("results.json")
README = ROOT / "README.md"

#: Everything: every first fault, and every broken recovery, once. Of all operations that takes
#: hours; `make torture` does so with these, whose recoveries are longest.
FULL = Search()
WHOLE = (
    "first/per-engine",
    "remove-last/per-engine",
    "rollback/per-engine",
    "add/per-engine",
)
#: The others: every first fault, and of so many second ones one.
REST = Search(second=12)
#: For `make test`: the same cases every time, spread over everything.
BOUNDED = Search(first=67, second=67)
#: For a seeded protocol fault: until the first violation.
HUNT = Search(first=3, second=29, stop=True)

#: Real processes that die: in the full run, and in `make test`.
KILLS, FEW_KILLS = 200, 6

#: First faults after which the box has to be reached again.
LINK_FAULTS = ("cut-", "reload", "switchover", "unreachable")
