"""What can be wrong between coordinator, database and worker: nothing is left half changed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.errors import Refused, StoreRefused
from asa_automate.fleet.queue import ensure_queue
from asa_automate.lab.faults import Fault
from asa_automate.plan.document import read_plan, write_plan
from asa_automate.store.clock import MOST_SKEW, must_agree
from asa_automate.store.engine import open_store
from tests.distributed.conftest import Crew, boxes, until
from tests.end_to_end.conftest import Bench, Said, box
from tests.end_to_end.test_stopping import SLOW

if TYPE_CHECKING:
    CrewOf = Callable[..., Crew]

#: A configuration line in the middle of a first exemption with its probe.
MIDDLE = 14
APPLY = ("apply", "plan.json", "--engine", "postgres", "--yes", "--output", "json")


def ended(crew: Crew, one: "subprocess.Popen[str]") -> Said:
    out, err = one.communicate(timeout=180)
    return crew.site.heard(one.returncode, out, err)


def queued(crew: Crew) -> None:
    """Until the order is in the database."""
    until(lambda: crew.sql("SELECT 1 FROM pg_tables WHERE tablename = 'procrastinate_jobs'"))
    until(lambda: crew.sql("SELECT 1 FROM orders WHERE kind = 'apply'"))


def test_the_database_goes_away_in_mid_change(crew_of: "CrewOf") -> None:
    """The firewall goes back at once; worker and coordinator say so; then the run is finished."""
    crew = crew_of(fw=box(Fault(MIDDLE, "delay", seconds=SLOW)))
    was = Bench.was(crew.site.boxes["fw"])
    crew.run("plan", "--out", "plan.json").must_be(0)
    worker = crew.worker()
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: crew.site.boxes["fw"].counts.config_lines >= MIDDLE)
        away(crew, "false")
        said, gone = ended(crew, coordinator), ended(crew, worker)

    assert 7 == said.code
    assert "is out of sight" in said.err
    assert 5 == gone.code
    assert "takes no more jobs until it is back" in gone.err
    was.must_be_old()
    away(crew, "true")
    crew.worker()
    until(lambda: crew.run("runs", "--output", "json").json[0]["status"] != "running")
    was.must_be_old()
    assert 1 == len({e.session for e in was.box.transcript if e.line.startswith("no class-map")})


def away(crew: Crew, allowed: str) -> None:
    """No connection is left, and none is let in; or they are let in again."""
    import psycopg

    name = crew.url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(crew.url.replace(f"/{name}?", "/postgres?"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}".encode())
        if allowed == "false":
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def test_there_is_no_database(crew_of: "CrewOf") -> None:
    crew = crew_of(fw=box())
    elsewhere = {"ASA_AUTOMATE_STORE": "postgresql://nobody@127.0.0.1:1/none"}

    for words in (("worker",), ("plan", "--engine", "postgres")):
        said = crew.run(*words, env=elsewhere).must_be(5)
        assert "store postgresql://nobody@127.0.0.1:1/none" in said.first


def test_a_file_is_no_queue(crew_of: "CrewOf", tmp_path: Path) -> None:
    crew = crew_of(fw=box())
    file = {"ASA_AUTOMATE_STORE": f"sqlite:///{tmp_path / 'own.db'}"}

    for words in (("worker",), ("collect", "--engine", "postgres")):
        assert "PostgreSQL" in crew.run(*words, env=file).must_be(64).first


def test_what_workers_cannot_do(crew_of: "CrewOf") -> None:
    crew = crew_of(fw=box())

    crew.run("plan", "--engine", "postgres", "--from-dir", ".").must_be(64)
    crew.run("collect", "--engine", "postgres", "--every", "5m").must_be(64)
    assert "divides" in crew.run("worker", "--collect-every", "7m").must_be(64).first


def test_a_firewall_that_left_the_workers_inventory(crew_of: "CrewOf") -> None:
    served = boxes(2)
    crew = crew_of(**served)
    was = Bench.was(served["fw01"])
    crew.run("plan", "--out", "plan.json").must_be(0)
    with_less(crew)

    planned = crew.run("plan", "--engine", "postgres", "--output", "json").must_be(0)
    applied = crew.run(*APPLY).must_be(5)

    assert ["change", "refused"] == [d["status"] for d in planned.json["devices"]]
    assert "fw01: it is not in this worker's inventory" in applied.err
    assert ["new", "refused"] == [d["outcome"] for d in applied.json["devices"]]
    was.must_be_untouched()


def with_less(crew: Crew) -> None:
    """A worker whose inventory does not have the last firewall."""
    older = crew.site.place / "older"
    shutil.copytree(crew.site.inventory, older)
    hosts = older / "hosts.yaml"
    hosts.write_text("".join(hosts.read_text().splitlines(keepends=True)[:-1]))
    env = crew.site.env | {"ASA_AUTOMATE_INVENTORY": str(older)}
    Crew(replace(crew.site, env=env), crew.url, crew.working).worker()


def test_inventories_that_differ(crew_of: "CrewOf") -> None:
    """Another gateway is wanted here than there: nothing is planned on half the truth."""
    crew = crew_of(fw=box())
    crew.worker()
    exemptions = crew.site.inventory / "exemptions.yaml"
    other = crew.site.place / "other"
    shutil.copytree(crew.site.inventory, other)
    text = exemptions.read_text().replace("192.168.1.1", "192.168.1.9")
    (other / "exemptions.yaml").write_text(text)

    said = crew.run("plan", "--engine", "postgres", "--inventory", other).must_be(5, "fw")

    assert "different inventories" in said.first


@pytest.mark.parametrize("kind", ["altered", "foreign", "expired"])
def test_a_plan_in_the_queue_that_is_not_the_one_confirmed(crew_of: "CrewOf", kind: str) -> None:
    crew = crew_of(fw=box())
    was = Bench.was(crew.site.boxes["fw"])
    crew.run("plan", "--out", "plan.json").must_be(0)
    plan = (crew.site.place / "plan.json").read_bytes()
    with crew.site.start(*APPLY) as coordinator:
        queued(crew)
        put(crew, plan, kind)
        crew.worker()
        said = ended(crew, coordinator).must_be(5)

    words = {"altered": "plan again", "foreign": "another plan", "expired": "expired in the queue"}
    assert words[kind] in said.err
    was.must_be_untouched()


def test_a_worker_that_asks_for_signatures(
    crew_of: "CrewOf", tmp_path: Path, require_program: Callable[[str], Path]
) -> None:
    """Whoever can write to the database cannot have a plan of his own carried out."""
    crew = crew_of(fw=box())
    was = Bench.was(crew.site.boxes["fw"])
    key = tmp_path / "key"
    subprocess.run(  # noqa: S603  # words of the test itself
        [require_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key], check=True
    )
    strict = crew.site.env | {"ASA_AUTOMATE_PLAN_SIGNERS": f"{key}.pub"}
    workers = Crew(replace(crew.site, env=strict), crew.url, crew.working)
    workers.worker()

    crew.run("plan", "--out", "plan.json").must_be(0)
    unsigned = crew.run(*APPLY).must_be(5)
    assert "not signed" in unsigned.err
    was.must_be_untouched()

    signing = {"ASA_AUTOMATE_PLAN_KEY": str(key)}
    crew.run("plan", "--out", "plan.json", "--sign", env=signing).must_be(0)
    assert ["new"] == [d["outcome"] for d in crew.run(*APPLY).must_be(0).json["devices"]]


def put(crew: Crew, plan: bytes, kind: str) -> None:
    """Another plan in the place of the order's own."""
    from datetime import timedelta

    from asa_automate.plan.document import make_plan_file

    made = read_plan(plan, "plan.json")
    text = plan.decode().replace("no inspect esmtp", "no inspect dns", 1)
    if kind != "altered":
        age = timedelta(hours=25 if kind == "expired" else 0)
        text = write_plan(make_plan_file(made.devices, now=made.created - age, nonce="ffff"))
    crew.sql("UPDATE orders SET plan = %s WHERE kind = 'apply'", text)
    if kind == "expired":
        detail = json.loads(crew.sql("SELECT detail FROM orders WHERE kind = 'apply'")[0][0])
        detail["plan"] = json.loads(text)["id"]
        crew.sql("UPDATE orders SET detail = %s WHERE kind = 'apply'", json.dumps(detail))


def test_a_job_of_no_order(crew_of: "CrewOf") -> None:
    """Somebody else's job, or one of an order that was thrown away: said, and nothing sent."""
    crew = crew_of(fw=box())
    one = crew.worker()
    crew.sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
        'VALUES (\'site:\', \'asa_automate.device\', 0, \'{"order": "none", "device": "fw"}\')'
    )
    until(lambda: crew.sql("SELECT 1 FROM procrastinate_jobs WHERE status = 'succeeded'"))

    assert "there is no order none" in crew.stop(one).err
    assert 0 == crew.site.boxes["fw"].counts.logins_tried


def test_two_coordinators_with_one_plan(crew_of: "CrewOf") -> None:
    """One firewall after the other, one forward pass; who comes second is told."""
    served = boxes(2)
    crew = crew_of(**served)
    before = [Bench.was(one) for one in served.values()]
    crew.run("plan", "--out", "plan.json").must_be(0)
    first, second = crew.site.start(*APPLY), crew.site.start(*APPLY)
    for _ in range(2):
        crew.worker("--workers", "2")

    with first, second:
        said = [ended(crew, first), ended(crew, second)]

    ends = sorted(tuple(d["outcome"] for d in one.json["devices"]) for one in said)
    assert [0, 5] == sorted(one.code for one in said) or ends == [("new", "refused")] * 2
    assert ["new", "new", "refused", "refused"] == sorted(end for pair in ends for end in pair)
    for was in before:
        was.must_be_exempt_and_saved()
        assert 1 == [e.line for e in was.box.transcript].count("no inspect esmtp")


def test_clocks_that_differ(database: str) -> None:
    """Leases go by the database's clock; a host whose own is wrong takes no work."""
    with closing(open_store(database)) as store:
        assert abs(must_agree(store)) < MOST_SKEW
        for now, word in ((0.0, "behind"), (1e10, "ahead of")):
            with pytest.raises(Refused, match=word):
                must_agree(store, lambda now=now: now)  # type: ignore[misc]  # bound now


def test_a_worker_with_a_wrong_clock(crew_of: "CrewOf") -> None:
    import subprocess

    crew = crew_of(fw=box())
    late = "import time; true = time.time; time.time = lambda: true() - 3600; "
    late += "from asa_automate.cli.main import main; main()"
    done = subprocess.run(  # noqa: S603  # our own program, an hour late
        [sys.executable, "-c", late, "worker"],
        env=crew.site.env | {"PATH": os.environ["PATH"]},
        cwd=crew.site.place,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    said = crew.site.heard(done.returncode, done.stdout, done.stderr).must_be(5)
    assert "s behind that of the database" in said.first


@pytest.mark.parametrize(("key", "value"), [("orders", "99"), ("procrastinate", "99.0.sql")])
def test_tables_of_a_newer_program(crew_of: "CrewOf", key: str, value: str) -> None:
    crew = crew_of(fw=box())
    with closing(open_store(crew.url)) as store:
        ensure_queue(store)
    crew.sql("UPDATE meta SET value = %s WHERE key = %s", value, key)

    for words in (("worker",), ("plan", "--engine", "postgres")):
        assert "newer" in crew.run(*words).must_be(5).first


def test_tables_of_an_older_procrastinate(crew_of: "CrewOf") -> None:
    """They are brought up, in one transaction; then jobs run."""
    from procrastinate.schema import SchemaManager

    crew = crew_of(fw=box())
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    older = [step for step in steps if step.name < "03.02"]
    open_store(crew.url).close()
    for step in older:
        crew.sql(step.read_text())
    crew.sql("INSERT INTO meta VALUES ('procrastinate', %s)", older[-1].name)

    crew.worker()

    crew.run("collect", "--engine", "postgres").must_be(0)
    assert steps[-1].name == crew.sql("SELECT value FROM meta WHERE key = 'procrastinate'")[0][0]


def test_a_queue_of_another_program(database: str) -> None:
    with closing(open_store(database)) as store:
        with store.write() as connection:
            connection.exec_driver_sql("CREATE TABLE procrastinate_jobs (id int)")
        with pytest.raises(StoreRefused, match="database of its own"):
            ensure_queue(store)
