"""The figures that ``bench.sessions`` is to reach, and what is said of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

OURS, STOCK, FLOOR = "asa-automate", "netmiko", "libssh2 (floor)"


@dataclass
class Row:
    """One client in one scenario; per device where there are many."""

    scenario: str
    client: str
    status: str = "missing"
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    server_ms: float = 0.0
    grown_mb: float = 0.0
    rounds: int = 0
    text_mb: float = 0.0
    ratios: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """``client`` needs at least ``least`` times ours, or ours at most ``1/least`` of it."""

    scenario: str
    client: str
    what: str
    least: float
    words: str


GOALS = (
    Goal("1 device", STOCK, "wall", 40, "one device: at least 40 times stock netmiko"),
    Goal("1 device", FLOOR, "wall", 1 / 1.5, "one device: at most 1.5 times the floor"),
    Goal("100, 16 workers", STOCK, "wall", 10, "100 devices: at least 10 times stock netmiko"),
    Goal("100, 16 workers", FLOOR, "wall", 1 / 2, "100 devices: at most 2 times the floor"),
    Goal("20 at once, 20 ms per command", STOCK, "wall", 7, "at 20 ms: at least 7 times netmiko"),
    Goal("100, 16 workers", STOCK, "cpu", 2, "CPU at most 0.5 of stock netmiko"),
    Goal("1 device", "Ansible cisco.asa", "wall", 100, "at least 100 times Ansible"),
    Goal("1 device", "scrapli (ssh2)", "wall", 1, "one device: below scrapli"),
    Goal("20 at once", "scrapli (ssh2)", "wall", 1, "20 devices: below scrapli"),
    Goal("100, 16 workers", "scrapli (ssh2)", "wall", 1, "100 devices: below scrapli"),
    Goal("1 device", "ssh binary", "wall", 1, "one device: below the ssh binary"),
    Goal("100, 16 workers", "ssh binary", "wall", 1, "100 devices: below the ssh binary"),
    Goal("9.6 MB", STOCK, "cpu", 3, "9.6 MB: at least 3 times less CPU than netmiko"),
    Goal("9.6 MB at 1 MB/s", STOCK, "cpu", 5, "at 1 MB/s: at least 5 times less CPU"),
)


def verdicts(rows: Sequence[Row]) -> list[str]:
    """Each figure with "reached" or not; a client that is missing is named."""
    by = {(row.scenario, row.client): row for row in rows}
    said = []
    for goal in GOALS:
        row = by.get((goal.scenario, goal.client))
        if row is None or not row.ratios:
            said.append(f"- {goal.words}: not measured ({row.status if row else 'left out'})")
            continue
        value = row.ratios[goal.what]
        word = "reached" if value >= goal.least else "NOT REACHED"
        said.append(f"- {goal.words}: {word} ({_times(value, goal.least)})")
    for row in (row for row in rows if row.client == OURS and row.scenario == "9.6 MB"):
        word = "reached" if row.grown_mb <= 4 * row.text_mb else "NOT REACHED"
        times = row.grown_mb / max(row.text_mb, 0.001)
        said.append(f"- 9.6 MB: peak memory at most 4 times the text: {word} ({times:.1f})")
    return said


def _times(value: float, least: float) -> str:
    return f"{value:.1f}" if least >= 1 else f"{1 / value:.2f}"
