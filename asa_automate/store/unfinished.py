"""Runs that began to change a device and have not said how that ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from asa_automate.store.engine import Store
from asa_automate.store.runs import (
    RunDevice,
    RunKind,
    RunStatus,
    RunSummary,
    finish_run,
    list_runs,
    set_device,
)
from asa_automate.store.tables import journal, run_devices

#: A device of a run in one of these has no end, or one that a person must look at.
OPEN = frozenset({RunStatus.RUNNING, RunStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One device of a run without an end.

    Args:
        root: the apply that the run belongs to, which it undoes or finishes; itself for an apply.
        begun: whether anything may have been sent.
        overtaken_by: a later run, of another root, that began on the same device.
    """

    run: RunSummary
    root: str
    device: RunDevice
    begun: bool
    overtaken_by: str | None = None


def unfinished(store: Store) -> list[Unfinished]:
    """All of them, oldest first."""
    if not _any(store):
        return []
    runs = list_runs(store)
    roots = _roots(runs)
    begins = _begins(store)
    latest = _latest(runs, begins)
    found = []
    for run in runs:
        for device in run.devices:
            if device.status not in OPEN:
                continue
            newest = latest.get(_key(device))
            begun = (run.id, device.device) in begins
            overtaken = begun and newest is not None and roots[newest] != roots[run.id]
            found.append(
                Unfinished(
                    run,
                    roots[run.id],
                    device,
                    begun=begun,
                    overtaken_by=newest if overtaken else None,
                )
            )
    return found


def anything_open(store: Store, device: str, serial: str | None, but: str) -> bool:
    """Whether a run other than ``but`` has no end on the device: quick, and sure only if not."""
    same = run_devices.c.device == device
    if serial:
        same = same | (run_devices.c.serial == serial)
    query = select(run_devices.c.run_id).where(
        same, run_devices.c.status.in_(OPEN), run_devices.c.run_id != but
    )
    with store.read() as connection:
        return connection.execute(query.limit(1)).first() is not None


def in_the_way(
    found: Iterable[Unfinished], device: str, serial: str | None, root: str | None = None
) -> str | None:
    """A run that died on the device, other than those of ``root``: it must be finished first."""
    for one in found:
        same = one.device.device == device or (serial and one.device.serial == serial)
        open_ = one.begun and one.device.status is RunStatus.RUNNING and not one.overtaken_by
        if same and open_ and one.root != root:
            return one.run.id
    return None


def close(store: Store, root: str, device: RunDevice, outcome: str, by: str, now: float) -> None:
    """Record for all open runs of ``root`` how ``device`` ended, read back by run ``by``.

    A run whose devices have all ended, ends.

    Args:
        outcome: ``new``, ``old``, or what a person must look at.
    """
    runs = list_runs(store)
    roots = _roots(runs)
    for run in (run for run in runs if roots[run.id] == root):
        mine = [d for d in run.devices if _key(d) == _key(device) and d.status in OPEN]
        status = _status(run, outcome)
        for one in mine:
            set_device(
                store,
                run.id,
                one.device,
                status=status,
                outcome=outcome,
                reason=None if by == run.id else f"as run {by} left it",
            )
        rest = [d for d in run.devices if d not in mine]
        if mine and run.status in OPEN and not any(d.status in OPEN for d in rest):
            finish_run(store, run.id, status, now=now)


def _status(run: RunSummary, outcome: str) -> RunStatus:
    ends = {"new": RunStatus.DONE, "old": RunStatus.STOPPED}
    if outcome == "old" and run.kind is not RunKind.APPLY:
        return RunStatus.DONE
    return ends.get(outcome, RunStatus.UNKNOWN)


def root_of(store: Store, run_id: str) -> str:
    """The apply that a run belongs to."""
    return _roots(list_runs(store)).get(run_id, run_id)


def _any(store: Store) -> bool:
    query = select(run_devices.c.run_id).where(run_devices.c.status.in_(OPEN)).limit(1)
    with store.read() as connection:
        return connection.execute(query).first() is not None


def _roots(runs: Iterable[RunSummary]) -> Mapping[str, str]:
    roots: dict[str, str] = {}
    for run in runs:  # oldest first: a parent stands ahead of its children
        roots[run.id] = roots.get(run.parent, run.parent) if run.parent else run.id
    return roots


def _begins(store: Store) -> Mapping[tuple[str, str], int]:
    """Where in the journal a run began on a device, by run and device."""
    query = select(journal.c.run_id, journal.c.device, journal.c.seq).where(
        journal.c.kind == "begin"
    )
    with store.read() as connection:
        rows = connection.execute(query.order_by(journal.c.seq)).all()
    return {(row.run_id, row.device): row.seq for row in rows}


def _latest(
    runs: Iterable[RunSummary], begins: Mapping[tuple[str, str], int]
) -> Mapping[tuple[str, str | None], str]:
    """The run that began last on each device."""
    last: dict[tuple[str, str | None], tuple[int, str]] = {}
    for run in runs:
        for device in run.devices:
            seq = begins.get((run.id, device.device))
            if seq is not None and seq > last.get(_key(device), (0, ""))[0]:
                last[_key(device)] = seq, run.id
    return {key: run_id for key, (_, run_id) in last.items()}


def _key(device: RunDevice) -> tuple[str, str | None]:
    return device.serial or device.device, device.context
