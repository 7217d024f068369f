"""Who is measured, what of, and which figures are to be reached."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Lines of the texts.
SIZES = (300, 5_000, 100_000)
LARGEST = SIZES[-1]
#: One more for the program alone: its growth is judged where its fixed cost is small.
BETWEEN = 50_000
OURS = "asa-automate"


@dataclass(frozen=True, slots=True)
class Peer:
    """One program under measurement.

    Args:
        module: in ``bench.peers``.
        environment: folder of its virtual environment in ``.venv``, ``""`` for the project's.
        does: what it makes of a text, in a few words.
    """

    name: str
    module: str
    environment: str
    does: str

    @property
    def python(self) -> Path:
        """The interpreter that runs it: ours is the one that runs the benchmark."""
        if not self.environment:
            return Path(sys.executable)
        return ROOT / ".venv" / self.environment / "bin" / "python"


PEERS = (
    Peer(OURS, "asa_automate_plan", "", "text to a proved plan"),
    Peer("TextFSM", "textfsm_all", "bench", "one template over all lines, to records"),
    Peer("ttp", "ttp_all", "bench", "one template over all lines, to records"),
    Peer("ciscoconfparse2", "ciscoconfparse2_tree", "bench-ciscoconfparse2", "tree of lines"),
    Peer("hier_config", "hier_config_tree", "bench", "tree of lines"),
    Peer("one regex", "regex_floor", "bench", "all access-list entries, and nothing else"),
    Peer("cut, then TextFSM", "textfsm_cut", "bench", "classes and their access-lists alone"),
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach at the largest size: so many times the lines per second of a peer."""

    kind: str
    peer: str
    times: float


GOALS = (
    Goal("small-acls", "TextFSM", 30),
    Goal("small-acls", "ciscoconfparse2", 100),
    Goal("large-acl", "TextFSM", 5),
)
#: Peak memory of the whole process with ``small-acls``, in MB.
MOST_MEMORY = {"small-acls": 150}
#: Growth is linear: between the two largest sizes a line more costs at most so many times what it
#: costs between those before.
MOST_GROWTH = 1.5
