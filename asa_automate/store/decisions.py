"""Do the rows of runs say what the journal says was decided?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from asa_automate.store.audit import Problem
from asa_automate.store.engine import Store
from asa_automate.store.runs import NOTED
from asa_automate.store.tables import journal, run_devices, runs

Row = Mapping[str, Any]


def compare(store: Store) -> tuple[Problem, ...]:
    """Runs and ends of devices that were altered, removed or put in beside the journal.

    Runs of versions that did not write their decisions into the journal are passed over.
    """
    with store.read() as connection:
        noted, last = _noted(connection)
        rows = {row.id: row._asdict() for row in connection.execute(select(runs))}
        devices = {
            (row.run_id, row.device): row._asdict()
            for row in connection.execute(select(run_devices))
        }
    return tuple(_problems(noted, last, rows, devices))


def _noted(connection: Connection) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Run -> what was noted of it (and of its devices), and the last record about it."""
    noted: dict[str, dict[str, Any]] = {}
    last: dict[str, int] = {}
    query = select(journal.c.seq, journal.c.run_id, journal.c.payload)
    notes = query.where(journal.c.kind == "note", journal.c.device == "")
    for row in connection.execute(notes.order_by(journal.c.seq)):
        try:
            told = json.loads(row.payload)
        except ValueError:  # altered: the chain says so
            continue
        of_run = noted.setdefault(row.run_id, {"run": {}, "devices": {}})
        last[row.run_id] = row.seq
        of_run["run"] |= told.get("run", {})
        if "finished" in told:
            of_run["run"]["status"] = told["finished"]
        if "device" in told:
            known = of_run["devices"].setdefault(told.pop("device"), {})
            known |= told
    return noted, last


def _problems(
    noted: Mapping[str, Mapping[str, Any]],
    last: Mapping[str, int],
    rows: Mapping[str, Row],
    devices: Mapping[tuple[str, str], Row],
) -> Iterator[Problem]:
    for run_id, told in noted.items():
        seq, row = last[run_id], rows.get(run_id)
        if row is None:
            yield Problem(seq, f"run {run_id} is missing")
            continue
        for name, value in told["run"].items():
            if row["plan_id" if name == "plan" else name] != value:
                yield Problem(seq, f"run {run_id} has another {name} than was recorded")
        for device, values in told["devices"].items():
            found = devices.get((run_id, device))
            for name in NOTED if found else ():
                if values.get(name) != (found or {})[name]:
                    yield Problem(
                        seq, f"run {run_id}: {name} of {device} is another than recorded"
                    )
            if found is None:
                yield Problem(seq, f"run {run_id} has no row for {device}")
    for run_id, device in devices:
        if run_id in noted and device not in noted[run_id]["devices"]:
            yield Problem(
                last[run_id], f"run {run_id} has a row for {device} that was not recorded"
            )
    newest = max(last.values(), default=0)
    first = min((rows[r]["seq"] for r in noted if r in rows), default=0)
    for run_id, row in rows.items():
        if run_id not in noted and newest and row["seq"] > first:
            yield Problem(newest, f"run {run_id} was not recorded")
