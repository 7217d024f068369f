"""The state of the exemption: by the configuration where it was collected, else by counters."""

import json
import os
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from asa_automate.cli.main import run
from asa_automate.cli.verdicts import over_all
from asa_automate.collect.current import Current
from asa_automate.collect.exemption import HOLDS, state_of
from asa_automate.collect.metrics import NUMBERS, STATE, series_of
from asa_automate.store.engine import open_store
from asa_automate.store.values import Label, State, Verdict
from asa_automate.store.verdicts import latest_verdicts
from tests.collect.test_every import Site, site

OURS = "ESA_EXEMPT_ESMTP"
PACKETS = Label("global", "gp", "inspection_default", "esmtp", "m", "packets", "")
NOW = 1_000_000.0

READS = re.compile(
    r"\(.*password\)|enable|exit|terminal pager 0|"
    r"show (curpriv|mode|version|failover|running-config|service-policy.*)"
)
NOBODY_INSPECTS = ("policy-map global_policy", "class inspection_default", "no inspect esmtp")


def current(*classes: str, verdict: Verdict | None = None) -> Current:
    return Current("fw1", NOW, {PACKETS._replace(class_=name): 1 for name in classes}, verdict)


def said(state: State, *, ago: float = 60, classed: bool = False) -> Verdict:
    return Verdict("fw1", NOW - ago, state, classed, None, {})


def of(found: Current) -> State | None:
    state = state_of(found, OURS)
    return state[0] if state else None


def test_by_counters_alone() -> None:
    assert State.EXEMPT is of(current("inspection_default", OURS))
    assert State.NOT_EXEMPT is of(current("inspection_default"))
    assert None is of(current())


@pytest.mark.parametrize("state", NUMBERS)
def test_a_verdict_goes_before_counters(state: State) -> None:
    found = current("inspection_default", verdict=said(state))

    assert state is of(found)
    assert {("fw1",): NUMBERS[state]} == series_of([found], OURS)[STATE]


def test_a_verdict_that_is_old_or_overtaken_does_not() -> None:
    old = said(State.EXEMPT, ago=HOLDS + 1)
    before_apply = said(State.NOT_EXEMPT, classed=False)
    before_rollback = said(State.EXEMPT, classed=True)

    assert State.NOT_EXEMPT is of(current("c", verdict=old))
    assert State.EXEMPT is of(current("c", OURS, verdict=before_apply))
    assert State.NOT_EXEMPT is of(current("c", verdict=before_rollback))


def test_nobody_to_exempt_leaves_it_to_counters() -> None:
    assert State.NOT_EXEMPT is of(current("c", verdict=said(State.NOBODY)))


def test_over_all_gateways() -> None:
    exempt, not_, unsure = State.EXEMPT, State.NOT_EXEMPT, State.CANNOT_TELL

    assert [exempt, State.PARTLY, unsure, State.PARTLY, State.NOBODY] == [
        over_all(states)
        for states in ([exempt] * 2, [exempt, not_], [exempt, unsure], [not_, unsure], [])
    ]


def exported(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    assert 0 == run(["counters", "export", "--format", "openmetrics"])
    return {
        sample.labels["device"]: sample.value
        for family in text_string_to_metric_families(capsys.readouterr().out)
        for sample in family.samples
        if sample.name == "asa_exemption_state"
    }


def wanted(here: Site, name: str) -> None:
    (here.home / "inventory" / "exemptions.yaml").write_text(
        f"exemptions:\n  - name: x\n    match: {{host: {name}}}\n    gateways: [192.168.1.1]\n"
    )


def test_from_firewalls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with site(tmp_path, 2, monkeypatch) as here:
        wanted(here, "fw0")
        sessions = here.logins()
        assert 0 == run(["collect", "--what", "config"])
        assert 2 == here.logins() - sessions
        assert {"fw0": 0, "fw1": 0} == exported(capsys)

        here.boxes["fw0"].edit(NOBODY_INSPECTS)
        assert 0 == run(["collect", "--what", "config", "--limit", "fw0"])
        assert 1 == exported(capsys)["fw0"]

        store = open_store(os.environ["ASA_AUTOMATE_STORE"])
        found = latest_verdicts(store)
        with store.read() as connection:
            dump = str(connection.exec_driver_sql("SELECT * FROM verdicts").all())
        store.close()
        assert {"fw0": State.EXEMPT, "fw1": State.NOBODY} == {
            name: verdict.state for name, verdict in found.items()
        }
        assert {"192.168.1.1": "exempt"} == found["fw0"].gateways
        assert "policy-map" not in dump
        for box in here.boxes.values():
            assert [] == [
                e.line for e in box.transcript if e.session and not READS.fullmatch(e.line)
            ]
            assert 0 == box.counts.config_lines


def test_one_that_cannot_be_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A standby unit: its counters are good, of its configuration nothing is said."""
    with site(tmp_path, 1, monkeypatch, failover="standby") as here:
        wanted(here, "fw0")
        capsys.readouterr()

        assert 5 == run(["collect", "--what", "config", "--output", "json"])

        (found,) = json.loads(capsys.readouterr().out)
        assert "collected" == found["outcome"]
        assert found["message"].startswith("fw0: its configuration: ")
        assert {"fw0": -1} == exported(capsys)
        assert 0 == here.boxes["fw0"].counts.config_lines


def test_drift_is_alerted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody puts the inspection back by hand."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("alerts:\n  - {name: drift, kind: exemption}\n")
    with site(tmp_path, 1, monkeypatch) as here:
        wanted(here, "fw0")
        here.boxes["fw0"].edit(NOBODY_INSPECTS)
        words = ["collect", "--what", "config", "--output", "json", "--alerts", str(rules)]

        def told() -> list[str]:
            capsys.readouterr()
            assert 0 == run(words)
            found = json.loads(capsys.readouterr().out)
            return [one["event"] for one in found if "alert" in one]

        assert [] == told()
        here.boxes["fw0"].edit((*NOBODY_INSPECTS[:2], "inspect esmtp"))
        assert ["firing"] == told()
        assert [] == told()
        here.boxes["fw0"].edit(NOBODY_INSPECTS)
        assert ["resolved"] == told()
