"""``make bench``: measure the program and its peers, in turn, on the same texts.

Every round makes a new text, asks the reference what is right, and then runs every peer once, each
in a process of its own. A time is taken only where the answer is right.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.field import BETWEEN, OURS, PEERS, ROOT, SIZES, Peer
from bench.generate import KINDS
from bench.judge import Answer, Shot, fault_of, goals, growth, summary
from bench.keep import machine
from bench.markdown import into
from bench.stanzas import GATEWAYS
from bench.table import markdown

RESULTS = ROOT / "bench" / "results.json"
README = ROOT / "README.md"
_PATIENCE = 60  # seconds for one process
_DETAILS = ("start_seconds", "peak_mb", "base_mb", "read_seconds")


def main() -> int:
    """Measure, print, and keep the results; 1 where an answer of ours was wrong."""
    parser = argparse.ArgumentParser(prog="make bench", description="measure beside peers")
    parser.add_argument("--quick", action="store_true", help="small texts, once, nothing kept")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--kind", choices=KINDS, action="append")
    asked = parser.parse_args()
    sizes, rounds = (SIZES[:-1], 1) if asked.quick else (sorted((*SIZES, BETWEEN)), asked.rounds)
    kinds = asked.kind or KINDS
    with TemporaryDirectory() as folder:
        shots = list(_shots(Path(folder), kinds, sizes, rounds))
    results = _results(shots, rounds)
    print(markdown(results))
    if not asked.quick and not asked.kind:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        README.write_text(into(README.read_text(), "BENCHMARK", markdown(results)))
    return 1 if any(s.status != "ok" for s in shots if s.peer == OURS) else 0


def _shots(
    folder: Path, kinds: Sequence[str], sizes: Sequence[int], rounds: int
) -> Iterator[Shot]:
    given_up: set[tuple[str, int, str]] = set()
    warm_up = _generate(folder, KINDS[0], SIZES[0], 0)
    for number in range(1, rounds + 1):
        for lines in sizes:
            for kind in kinds:
                text = _generate(folder, kind, lines, number)
                reference = _json([sys.executable, "-m", "bench.reference", str(text), *GATEWAYS])
                for peer in _in_turn(number):
                    if (kind, lines, peer.name) in given_up or _left_out(peer, lines):
                        continue
                    print(f"round {number}: {kind} {lines}: {peer.name}", file=sys.stderr)
                    shot = _shot(peer, kind, lines, number, text, warm_up, reference)
                    if shot.status != "ok":
                        given_up.add((kind, lines, peer.name))
                    yield shot


def _left_out(peer: Peer, lines: int) -> bool:
    return lines == BETWEEN and peer.name != OURS


def _in_turn(number: int) -> Sequence[Peer]:
    """Another one begins in each round."""
    at = number % len(PEERS)
    return (*PEERS[at:], *PEERS[:at])


def _generate(folder: Path, kind: str, lines: int, seed: int) -> Path:
    """In a process of its own: a large parent would count as its children's peak memory."""
    path = folder / f"{kind}-{lines}-{seed}.txt"
    words = ["--kind", kind, "--lines", str(lines), "--seed", str(seed)]
    with path.open("wb") as out:
        subprocess.run(
            [sys.executable, "-m", "bench.generate", *words], stdout=out, cwd=ROOT, check=True
        )
    return path


def _shot(
    peer: Peer, kind: str, lines: int, number: int, text: Path, warm_up: Path, reference: Answer
) -> Shot:
    shot = _outcome(peer, text, warm_up)
    if isinstance(shot, tuple):
        status, note = shot
        return Shot(kind, lines, number, peer.name, status, note)
    fault = fault_of(shot, reference)
    if fault:
        return Shot(kind, lines, number, peer.name, "wrong", f"seed {number}: {fault}")
    return Shot(
        kind,
        lines,
        number,
        peer.name,
        "ok",
        shot.get("note", ""),
        text.stat().st_size,
        shot["seconds"],
        {key: shot[key] for key in _DETAILS if key in shot},
    )


def _outcome(peer: Peer, text: Path, warm_up: Path) -> Answer | tuple[str, str]:
    """What a peer printed, or status and note where it did not."""
    if not peer.python.exists():
        return "missing", "its environment could not be built here"
    module = f"bench.peers.{peer.module}"
    try:
        said: Answer = _json([str(peer.python), "-m", module, str(text), str(warm_up), *GATEWAYS])
        return said
    except subprocess.TimeoutExpired:
        return "failed", f"not done after {_PATIENCE} s"
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no word"])[-1]
        return "missing" if "ModuleNotFoundError" in last else "failed", last


def _json(command: Sequence[str]) -> Any:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=_PATIENCE
    )
    return json.loads(done.stdout)


def _results(shots: Sequence[Shot], rounds: int) -> dict[str, Any]:
    order = [peer.name for peer in PEERS]
    rows = sorted(
        summary(shots), key=lambda r: (KINDS.index(r["kind"]), r["lines"], order.index(r["peer"]))
    )
    return {
        "schema": "asa-automate/bench/1",
        "machine": machine(),
        "rounds": rounds,
        "rows": rows,
        "growth": growth(rows),
        "goals": list(goals(rows)),
    }


if __name__ == "__main__":
    sys.exit(main())
