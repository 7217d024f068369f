"""The proof over all flows behind long access-lists, and the classifying of many concrete flows.

``python -m bench.proof``; ``--quick`` leaves the longest lists out and keeps nothing.
"""

import argparse
import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.lab.samples import ordinary
from asa_automate.model import Reading
from asa_automate.plan.claims import Claim
from asa_automate.plan.everywhere import Refuted, refuted
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists
from bench.keep import keep
from bench.markdown import grid

GATEWAY = ip_address("192.168.1.1")
SIZES = (100, 1_000, 10_000, 100_000)
#: The size that the goals are about.
GOAL = 10_000
ROUNDS = 5
#: Protocol, source, destination, port: lowest and highest of each; whether it permits.
Plain = tuple[int, int, int, int, int, int, bool]


def entries(count: int, seed: int) -> list[str]:
    """Entries of partners' hosts and networks, mail and other ports, one in ten a deny."""
    chance = random.Random(seed)  # a benchmark's choice
    return [
        f"{'deny' if chance.random() < 0.1 else 'permit'} tcp host "
        f"{IPv4Address((10 << 24) + 7 * place)} 172.{chance.randrange(16, 32)}."
        f"{chance.randrange(256)}.0 255.255.255.0 eq {chance.choice((25, 25, 25, 587, 443))}"
        for place in range(count)
    ]


def behind_a_class(listed: Sequence[str]) -> RunningConfig:
    """A firewall whose first class has these entries and inspects mail."""
    text = ordinary("fw")
    lines = "".join(f"access-list THEIRS extended {entry}\n" for entry in listed)
    first = "class-map inspection_default\n"
    text = text.replace(first, f"{lines}class-map THEIRS\n match access-list THEIRS\n{first}")
    old, new = " class inspection_default\n", " class THEIRS\n  inspect esmtp\n"
    return read_running(
        text.replace(old, new + old).replace("  inspect esmtp\n  inspect s", "  inspect s")
    )


def exempted(listed: list[str]) -> list[str]:
    """With the gateway taken out, ahead of all."""
    host = f"host {GATEWAY}"
    return [f"deny tcp any {host} eq 25", f"deny tcp {host} any eq 25", *listed]


def widened(listed: list[str]) -> list[str]:
    """With one port more in the middle."""
    places = [n for n, e in enumerate(listed) if e.startswith("permit") and e.endswith("eq 25")]
    place = min(places, key=lambda n: abs(n - len(listed) // 2))
    changed = listed[place].replace("eq 25", "range 25 26")
    return [*listed[:place], changed, *listed[place + 1 :]]


def moved(listed: list[str]) -> list[str]:
    """With one line in a hundred somewhere else, where it decides the same."""
    chance = random.Random(7)  # a benchmark's choice
    taken = set(chance.sample(range(len(listed)), max(1, len(listed) // 100)))
    rest = [entry for place, entry in enumerate(listed) if place not in taken]
    for place in taken:
        rest.insert(chance.randrange(len(rest)), listed[place])
    return rest


def _holds(found: Refuted | None) -> bool:
    return found is None


def _port_26(found: Refuted | None) -> bool:
    return found is not None and found.flow.destination_port == 26


@dataclass(frozen=True, slots=True)
class Case:
    """A change, whom it exempts, and the right answer."""

    name: str
    change: Callable[[list[str]], list[str]]
    wanted: frozenset[object]
    is_right: Callable[[Refuted | None], bool]


CASES = (
    Case("insert", exempted, frozenset({GATEWAY}), _holds),
    Case("bug", widened, frozenset(), _port_26),
    Case("moved", moved, frozenset(), _holds),
)


def timed(work: Callable[[], object], rounds: int) -> float:
    """The median of the seconds of the processor that it takes; it waits for nothing."""
    found = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return sorted(found)[rounds // 2]


def peak_mb(work: Callable[[], object]) -> float:
    """The most memory that it had at once beyond what there was."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def proof_of(case: Case, count: int, rounds: int) -> tuple[float, float]:
    """Seconds and megabytes of one proof over all flows, from two read configurations.

    Raises:
        SystemExit: the answer is wrong; then no time counts.
    """
    listed = entries(count, count)
    states = [behind_a_class(listed), behind_a_class(case.change(listed))]
    claim = Claim(states, case.wanted, case.wanted)  # type: ignore[arg-type]

    def work() -> Refuted | None:
        return refuted(claim, Reading.PER_ENGINE)

    if not case.is_right(found := work()):
        raise SystemExit(f"bench.proof: {case.name}, {count} entries: wrong answer: {found}")
    return timed(work, rounds), peak_mb(work)


def plain_of(running: RunningConfig) -> list[Plain]:
    """The entries as whole numbers."""
    found = []
    for entry in running.acls["THEIRS"].entries:
        source, destination, ports = (
            entry.source.network,
            entry.destination.network,
            entry.destination_ports,
        )
        if source is None or destination is None or ports is None:
            raise ValueError(entry.text)
        ends = (source.network_address, source.broadcast_address)
        far = (destination.network_address, destination.broadcast_address)
        numbers = [int(address) for address in (*ends, *far)]
        found.append((*numbers, ports.low, ports.high, entry.permit))
    return found  # type: ignore[return-value]


def first_match(rules: list[Plain], source: int, destination: int, port: int) -> bool:
    """The loop that everybody would write."""
    for a, b, c, d, low, high, permit in rules:
        if a <= source <= b and c <= destination <= d and low <= port <= high:
            return permit
    return False


def flows_of(rules: list[Plain], count: int) -> list[Flow]:
    """Half of them hit an entry, the others one of its ends."""
    chance = random.Random(11)  # a benchmark's choice
    found = []
    for _ in range(count):
        one, other = chance.choice(rules), chance.choice(rules)
        ends = one if chance.random() < 0.5 else other
        port = chance.choice((25, ends[4], chance.randrange(1, 65536)))
        source, destination = IPv4Address(one[0]), IPv4Address(chance.randint(ends[2], ends[3]))
        found.append(Flow("tcp", source, destination, port, chance.randrange(1024, 65536)))
    return found


def classifying(count: int, flows: int) -> tuple[float, float]:
    """Flows a second: of the plain loop, and of the list made ready.

    Raises:
        SystemExit: they do not agree.
    """
    running = behind_a_class(entries(count, count))
    rules = plain_of(running)
    ready = Lists(running).ready(running.acls["THEIRS"])
    asked = flows_of(rules, flows)
    few = asked[: max(200, flows // 100)]
    numbers = [(int(f.source), int(f.destination), f.destination_port) for f in few]
    plain = [first_match(rules, *number) for number in numbers]
    mine = [ready.decide(flow, addresses_only=False).match for flow in few]
    if plain != mine:
        raise SystemExit("bench.proof: the ready list answers otherwise than the plain loop")
    slow = timed(lambda: [first_match(rules, *number) for number in numbers], 3)
    fast = timed(lambda: [ready.decide(flow, addresses_only=False) for flow in asked], 3)
    return len(few) / slow, len(asked) / fast


def said(name: str, value: float, reached: bool) -> str:
    """A goal and whether it is reached."""
    return f"- {name}: {'reached' if reached else 'NOT REACHED'} ({value:,.3g})"


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small lists, once, nothing kept")
    words = parser.parse_args()
    sizes = SIZES[:-1] if words.quick else SIZES
    figures = {
        case.name: {n: proof_of(case, n, 1 if n > GOAL or words.quick else ROUNDS) for n in sizes}
        for case in CASES
    }
    plain, ready = classifying(GOAL, 20_000)
    rows = [
        [name, f"{n:,}", f"{seconds:.4f}", f"{mb:.1f}", f"{seconds / n * 1e6:.1f}"]
        for name, by_size in figures.items()
        for n, (seconds, mb) in by_size.items()
    ]
    lines = grid(["change", "entries", "seconds", "peak MB", "µs an entry"], rows)
    lines += [
        "",
        f"flows a second at {GOAL:,} entries: plain loop {plain:,.0f}, ready {ready:,.0f}",
        "",
    ]
    for name in ("insert", "bug", "moved"):
        seconds, mb = figures[name][GOAL]
        lines.append(said(f"{name}, {GOAL:,} entries, under 0.2 s", seconds, seconds < 0.2))
        lines.append(said(f"{name}, {GOAL:,} entries, under 100 MB", mb, mb < 100))
    lines.append(said("50 times the flows of the plain loop", ready / plain, ready >= 50 * plain))
    results = {
        "proof": {name: {str(n): f for n, f in by.items()} for name, by in figures.items()},
        "flows_a_second": {"plain": plain, "ready": ready},
    }
    keep("proof", results, "\n".join(lines), for_good=not words.quick)


if __name__ == "__main__":
    main()
