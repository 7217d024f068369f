"""The results in figures: as JSON, in a terminal, and as a table of the README."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.keep import machine
from bench.markdown import grid
from tests.torture.explore import Search
from tests.torture.field import LINK_FAULTS, REST
from tests.torture.records import Wrong

Row = Mapping[str, Any]


def summary(
    rows: Sequence[Row], begun: Sequence[str], search: Search, took: float
) -> dict[str, Any]:
    """All that is kept of a run."""
    return {
        "schema": "asa-automate/torture/1",
        "machine": machine(),
        "seed": search.seed,
        "of": {"first": search.first, "second": search.second, "rest": REST.second},
        "seconds": round(took),
        "cases": len(rows),
        "twice": sum(len(_faults(row)) > 1 for row in rows),
        "operations": [_operation(name, rows, begun) for name in sorted({_name(r) for r in rows})],
        "faults": dict(sorted(Counter(_faults(row)[0] for row in rows).items())),
        "wrong": {what.value: _count(rows, what) for what in Wrong},
        "found": [{"case": row["case"], **one} for row in rows for one in row["wrong"]][:100],
        "link": times([row["seconds"] for row in rows if _is_link(row)]),
    }


def _operation(name: str, rows: Sequence[Row], begun: Sequence[str]) -> dict[str, Any]:
    mine = [row for row in rows if _name(row) == name]
    events = max(int(row["case"].split("/")[2].partition(".")[0]) for row in mine)
    return {
        "operation": name,
        "events": events,
        "cases": len(mine),
        "recoveries broken": sum(one.startswith(name.replace("/", "-") + "-") for one in begun),
        "ends": dict(Counter(row["end"] for row in mine).most_common()),
    }


def _name(row: Row) -> str:
    return "/".join(row["case"].split("/")[:2])


def _faults(row: Row) -> list[str]:
    return [step.partition(".")[2] for step in row["case"].split("/")[2:]]


def _count(rows: Iterable[Row], what: Wrong) -> int:
    return sum(any(one["what"] == what for one in row["wrong"]) for row in rows)


def _is_link(row: Row) -> bool:
    return row["seconds"] is not None and _faults(row)[0].startswith(LINK_FAULTS)


def times(seconds: Iterable[float]) -> dict[str, Any]:
    """Number, median and 99th percentile (nearest rank)."""
    ordered = sorted(seconds)
    if not ordered:
        return {"number": 0, "median": None, "p99": None}
    return {
        "number": len(ordered),
        "median": round(ordered[len(ordered) // 2], 2),
        "p99": round(ordered[max(0, -(-99 * len(ordered) // 100) - 1)], 2),
    }


def told(results: Row) -> str:
    """For a terminal."""
    lines = [
        f"{results['cases']:,} cases, {results['twice']:,} of them with a second fault in the "
        f"recovery, in {results['seconds']} s (seed {results['seed']})",
        *(_line(one) for one in results["operations"]),
        *(f"  {number:6,}  {what}" for what, number in results["wrong"].items()),
        _times("a lost link to a safe state, virtual clock", results["link"]),
        *(f"  {one['case']}: {one['what']}: {one['text']}" for one in results["found"][:20]),
    ]
    return "\n".join(lines)


def _line(one: Row) -> str:
    ends = ", ".join(f"{number} {end}" for end, number in one["ends"].items())
    return (
        f"  {one['operation']:24} {one['events']:4} events {one['cases']:7,} cases "
        f"{one['recoveries broken']:5} recoveries broken  {ends}"
    )


def _times(what: str, found: Row) -> str:
    return f"  {what}: median {found['median']} s, p99 {found['p99']} s ({found['number']:,})"


def markdown(results: Row) -> str:
    """What stands between the markers of the README."""
    kills, mutants = results.get("kills"), results.get("mutants")
    lines = [
        f"{results['cases']:,} cases on virtual firewalls, {results['twice']:,} of them with a "
        f"second fault in the recovery, over {len(results['operations'])} changes under both "
        "readings; a dash: nothing is said about it. What stands of others is from their "
        "documents and sources.",
        "",
        *grid(("", "asa-automate", *_PEERS), _compared(results)),
        "",
        *_counted(results),
    ]
    if mutants:
        lines += ["", _seeded(mutants)]
    if kills:
        lines += ["", _killed(kills)]
    return "\n".join(lines)


#: Nothing is said about it.
_NONE = "-"
_PEERS = ("Ansible `asa_config`", "NAPALM", "annet", "NETCONF, Junos: confirmed commit")


def _compared(results: Row) -> list[tuple[str, ...]]:
    wrong, link, kills = results["wrong"], results["link"], results.get("kills") or {}
    edits = sum(
        n for name, n in results["faults"].items() if name.startswith(("edit", "operator"))
    )
    slow = f"{kills['times']['median']} s, {kills['times']['p99']} s" if kills else "not run"
    return [
        (
            "after a crash anywhere and one recovery",
            f"old or new; {wrong[Wrong.ENDS]} of {results['cases']:,} cases outside",
            "what was sent stays; it raises",
            "ASA: it only reads",
            "no ASA; asks whether to roll back, default no",
            "old, when the timer runs out or the session is lost",
        ),
        (
            "crash of the recovery as well",
            f"{results['twice']:,} cases; of four changes all, of the others one in "
            f"{results['of']['rest']}",
            _NONE,
            _NONE,
            _NONE,
            "no figures published",
        ),
        (
            "time from fault to safe state",
            f"link: median {link['median']} s, p99 {link['p99']} s (virtual clock); "
            f"killed process: {slow} (real)",
            "none: a person",
            "IOS: `revert timer`, 1 to 120 min",
            "a person's answer",
            "600 s by default",
        ),
        (
            "saved without being verified",
            f"{wrong[Wrong.SAVES]}",
            "`save_when` never by default; nothing is verified",
            "IOS: saved right after the commit, unchecked",
            _NONE,
            _NONE,
        ),
        (
            "edits of others during the change",
            f"{edits:,} injected, {wrong[Wrong.LOST]} lost or saved by us unseen",
            "not looked for",
            "not looked for",
            "not looked for",
            "NSO: out-of-sync check",
        ),
        (
            "claims that were not read back",
            f"{wrong[Wrong.CLAIMS]}",
            "nothing is verified",
            "IOS: one text is looked for",
            _NONE,
            _NONE,
        ),
    ]


def _counted(results: Row) -> list[str]:
    return [f"- {what}: {number}" for what, number in results["wrong"].items()]


def _seeded(mutants: Sequence[Row]) -> str:
    found = sum(bool(one["case"]) for one in mutants)
    argued = sum(bool(one["equivalent"]) for one in mutants)
    return (
        f"{len(mutants)} seeded protocol faults: {found} found by the same cases, {argued} argued "
        "to change nothing (`tests/torture/mutants.py`)."
    )


def _killed(kills: Row) -> str:
    return (
        f"{kills['number']} real processes got SIGKILL over real SSH ({kills['enumerated']} after "
        f"an enumerated exchange, {kills['random']} at random, seed {kills['seed']}), each "
        f"recovered by a second process: {kills['wrong']} wrong."
    )


def killed(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """All that is kept of the kills."""
    return {
        "number": sum(row["died"] for row in rows),
        "started": len(rows),
        "enumerated": sum(row["died"] and not row["random"] for row in rows),
        "random": sum(row["died"] and row["random"] for row in rows),
        "seed": seed,
        "ends": dict(Counter(row["end"] for row in rows).most_common()),
        "wrong": sum(bool(row["wrong"]) for row in rows),
        "found": [row for row in rows if row["wrong"]],
        "times": times([row["seconds"] for row in rows if row["died"]]),
    }


def told_of_kills(found: Row) -> str:
    """For a terminal."""
    lines = [
        f"{found['number']} real processes killed of {found['started']} started: "
        f"{found['enumerated']} after an enumerated exchange, {found['random']} at random moments "
        f"(seed {found['seed']}); {found['wrong']} wrong",
        f"  ends {found['ends']}",
        _times("a killed process to a safe state, real clock", found["times"]),
        *(f"  {row['kill']}: {row['wrong']}" for row in found["found"]),
    ]
    return "\n".join(lines)
