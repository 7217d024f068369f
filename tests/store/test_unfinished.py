"""Which runs have no end, which of them is in the way, and how they get one."""

from collections.abc import Callable

import pytest

from asa_automate.store.engine import Store
from asa_automate.store.journal import Journal, Kind
from asa_automate.store.runs import (
    RunDevice,
    RunKind,
    RunStatus,
    create_run,
    get_run,
    set_device,
)
from asa_automate.store.unfinished import close, in_the_way, root_of, unfinished

NOW = 1000.0
FW = RunDevice("fw", serial="9A1")
OTHER = RunDevice("other", serial="9A2")

Make = Callable[..., str]


@pytest.fixture
def run(store: Store) -> Make:
    """``run("a", FW, OTHER, begun=("fw",), parent="b", status={"other": DONE})``."""

    def make(
        name: str,
        *devices: RunDevice,
        begun: tuple[str, ...] = (),
        parent: str | None = None,
        status: dict[str, RunStatus] | None = None,
    ) -> str:
        create_run(
            store,
            run_id=name,
            kind=RunKind.RESUME if parent else RunKind.APPLY,
            plan_id=None,
            operator="me@here",
            now=NOW,
            devices=devices,
            parent=parent,
        )
        for device in begun:
            Journal(store, name, device, 1).write(Kind.BEGIN, {})
        for device, ended in (status or {}).items():
            set_device(store, name, device, status=ended)
        return name

    return make


def told(store: Store) -> list[tuple[str, str, bool, str | None]]:
    return [(u.run.id, u.device.device, u.begun, u.overtaken_by) for u in unfinished(store)]


def test_an_empty_store_has_none(store: Store) -> None:
    assert [] == unfinished(store)


@pytest.mark.parametrize("status", RunStatus)
def test_what_runs_or_is_unknown_is_open(store: Store, run: Make, status: RunStatus) -> None:
    run("a", FW, OTHER, begun=("fw",), status={"fw": status, "other": RunStatus.DONE})

    is_open = status in (RunStatus.RUNNING, RunStatus.UNKNOWN)
    assert ([("a", "fw", True, None)] if is_open else []) == told(store)


def test_a_child_belongs_to_the_root(store: Store, run: Make) -> None:
    run("a", FW, begun=("fw",))
    run("b", FW, parent="a", begun=("fw",))
    run("c", FW, parent="b", begun=("fw",))

    assert {"a"} == {root_of(store, name) for name in "abc"}
    assert {None} == {u.overtaken_by for u in unfinished(store)}


def test_a_later_run_of_another_root_overtakes(store: Store, run: Make) -> None:
    run("a", FW, begun=("fw",))
    run("b", FW)
    assert ("a", "fw", True, None) in told(store), "one that never began overtakes nobody"
    Journal(store, "b", "fw", 1).write(Kind.BEGIN, {})

    assert [("a", "fw", True, "b"), ("b", "fw", True, None)] == told(store)


def test_the_serial_number_says_that_it_is_the_same(store: Store, run: Make) -> None:
    """Under another name, too; another context of the same box is another firewall."""
    run("a", FW, begun=("fw",))
    run("b", RunDevice("alias", serial="9A1"), begun=("alias",))
    run("c", RunDevice("fw", serial="9A1", context="mail"), begun=("fw",))

    assert [("a", "fw", True, "b"), ("b", "alias", True, None), ("c", "fw", True, None)] == told(
        store
    )


@pytest.mark.parametrize(
    ("device", "serial", "root", "found"),
    [
        ("fw", "9A1", None, "a"),
        ("fw", None, None, "a"),
        ("alias", "9A1", None, "a"),
        ("alias", None, None, None),
        ("fw", "9A1", "a", None),
        ("other", "9A2", None, None),
    ],
)
def test_what_died_on_it_is_in_the_way(
    store: Store,
    run: Make,
    device: str,
    serial: str | None,
    root: str | None,
    found: str | None,
) -> None:
    """Of the other device nothing was begun; the run's own family is not in its own way."""
    run("a", FW, OTHER, begun=("fw",))

    assert found == in_the_way(unfinished(store), device, serial, root)


def test_what_a_person_must_look_at_is_in_nobodys_way(store: Store, run: Make) -> None:
    """Told once, with the lines to type; after that he may plan and apply again."""
    run("a", FW, begun=("fw",), status={"fw": RunStatus.UNKNOWN})

    assert in_the_way(unfinished(store), "fw", "9A1") is None


def test_closing_ends_the_whole_family(store: Store, run: Make) -> None:
    run("a", FW, begun=("fw",))
    run("b", FW, parent="a", begun=("fw",))
    run("c", OTHER, begun=("other",))

    close(store, "a", FW, "old", "b", NOW + 1)

    assert [("c", "other", True, None)] == told(store)
    ends = {name: get_run(store, name) for name in "ab"}
    assert {"a": RunStatus.STOPPED, "b": RunStatus.DONE} == {
        name: end.status for name, end in ends.items()
    }
    assert {"old"} == {end.devices[0].outcome for end in ends.values()}
    assert "as run b left it" == ends["a"].devices[0].reason
    assert {NOW + 1} == {end.finished for end in ends.values()}


def test_a_run_ends_with_its_last_device(store: Store, run: Make) -> None:
    run("a", FW, OTHER, begun=("fw", "other"))

    close(store, "a", FW, "new", "b", NOW + 1)
    assert (RunStatus.RUNNING, None) == (get_run(store, "a").status, get_run(store, "a").finished)
    close(store, "a", OTHER, "new", "b", NOW + 2)

    assert (RunStatus.DONE, NOW + 2) == (get_run(store, "a").status, get_run(store, "a").finished)


@pytest.mark.parametrize("outcome", ["foreign", "stuck", "unknown", "hold"])
def test_an_end_for_a_person_stays_open(store: Store, run: Make, outcome: str) -> None:
    run("a", FW, begun=("fw",))

    close(store, "a", FW, outcome, "b", NOW + 1)

    assert [("a", "fw", True, None)] == told(store)
    [device] = get_run(store, "a").devices
    assert (RunStatus.UNKNOWN, outcome) == (device.status, device.outcome)


def test_what_has_an_end_keeps_it(store: Store, run: Make) -> None:
    run("a", FW, begun=("fw",))
    set_device(store, "a", "fw", status=RunStatus.DONE, outcome="new")

    close(store, "a", FW, "old", "b", NOW + 1)

    assert "new" == get_run(store, "a").devices[0].outcome
