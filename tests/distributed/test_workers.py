"""Workers come, go and die; what they were at is finished by what each firewall has."""

import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from asa_automate.lab.faults import Fault
from tests.canaries import ENABLE, PASSWORD
from tests.distributed.conftest import Crew, boxes, until
from tests.distributed.test_bad_input import APPLY, MIDDLE, ended
from tests.end_to_end.conftest import Bench, box
from tests.end_to_end.test_stopping import SLOW

if TYPE_CHECKING:
    CrewOf = Callable[..., Crew]

#: The line that exempts, in a first exemption with its probe.
COMMIT = 23


def test_a_killed_worker_is_found_by_another(crew_of: "CrewOf") -> None:
    """Its job is held until somebody gives it back; the firewall is read, no line is replayed."""
    crew = crew_of(fw=box(Fault(COMMIT, "delay", seconds=SLOW)))
    fw = crew.site.boxes["fw"]
    was = Bench.was(fw)
    crew.run("plan", "--out", "plan.json").must_be(0)
    first = crew.worker()
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: fw.counts.config_lines >= COMMIT)
        crew.kill(first)
        assert ("doing",) in crew.sql("SELECT status FROM procrastinate_jobs")
        crew.worker()
        said = ended(crew, coordinator).must_be(3)

    [end] = said.json["devices"]
    assert "old" == end["outcome"]
    assert "the worker died in mid-change" in end["reason"]
    was.must_be_old()
    assert 1 == [e.line for e in fw.transcript].count("no inspect esmtp")
    kinds = [(r["kind"], r["status"]) for r in crew.run("runs", "--output", "json").json]
    assert [("apply", "stopped"), ("resume", "done")] == kinds


def test_a_worker_that_died_on_another_host(crew_of: "CrewOf") -> None:
    """Whether it lives cannot be seen from here: its lease is waited for, and that is shown."""
    crew = crew_of(fw=box(Fault(MIDDLE, "delay", seconds=SLOW)))
    fw = crew.site.boxes["fw"]
    was = Bench.was(fw)
    crew.run("plan", "--out", "plan.json").must_be(0)
    first = crew.worker()
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: fw.counts.config_lines >= MIDDLE)
        crew.kill(first)
        crew.sql("UPDATE leases SET host = 'elsewhere' WHERE host IS NOT NULL")
        lines = fw.counts.config_lines
        crew.worker()
        until(lambda: crew.sql("SELECT 1 FROM order_devices WHERE stage LIKE 'waits: lease%'"))
        assert lines == fw.counts.config_lines
        crew.sql("UPDATE leases SET expires = 1 WHERE host IS NOT NULL")
        ended(crew, coordinator).must_be(3)

    was.must_be_old()


def test_reconcile_alone(crew_of: "CrewOf") -> None:
    """By cron, say: it gives back, and does nothing else."""
    crew = crew_of(fw=box(Fault(MIDDLE, "delay", seconds=SLOW)))
    fw = crew.site.boxes["fw"]
    crew.run("plan", "--out", "plan.json").must_be(0)
    worker = crew.worker()
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: fw.counts.config_lines >= MIDDLE)
        crew.kill(worker)
        lines = fw.counts.config_lines

        until(lambda: "1 jobs" in crew.run("worker", "--reconcile", "--lost-after", "1").err)

        assert [("todo",)] == crew.sql("SELECT status FROM procrastinate_jobs")
        assert lines == fw.counts.config_lines
        coordinator.kill()


def test_a_worker_is_asked_to_stop_twice(crew_of: "CrewOf") -> None:
    """The first time it would finish; the second time the firewall is left whole at once."""
    crew = crew_of(fw=box(Fault(MIDDLE, "delay", seconds=SLOW)))
    fw = crew.site.boxes["fw"]
    was = Bench.was(fw)
    crew.run("plan", "--out", "plan.json").must_be(0)
    worker = crew.worker()
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: fw.counts.config_lines >= MIDDLE)
        worker.send_signal(signal.SIGTERM)
        assert worker.stderr is not None
        heard = worker.stderr
        until(lambda: "stopping" in heard.readline())
        crew.stop(worker).must_be(0)
        said = ended(crew, coordinator).must_be(130)

    assert ["old"] == [d["outcome"] for d in said.json["devices"]]
    was.must_be_old()


def test_the_coordinator_takes_an_order_back(crew_of: "CrewOf") -> None:
    """What waits does not begin, what is under way is left whole; the end is in the runs."""
    served = boxes(2)
    served["fw00"].script.add(Fault(MIDDLE, "delay", seconds=SLOW))
    crew = crew_of(**served)
    before = [Bench.was(one) for one in served.values()]
    crew.run("plan", "--out", "plan.json").must_be(0)
    crew.worker("--workers", "1")
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: served["fw00"].counts.config_lines >= MIDDLE)
        coordinator.send_signal(signal.SIGINT)
        said = ended(crew, coordinator).must_be(130)

    assert ["old", "stopped"] == [d["outcome"] for d in said.json["devices"]]
    for was in before:
        was.must_be_old()
    before[1].must_be_untouched()
    assert "stopped" == crew.run("runs", "--output", "json").json[0]["status"]


def test_resume_leaves_alone_what_workers_have(crew_of: "CrewOf") -> None:
    crew = crew_of(fw=box())
    crew.run("plan", "--out", "plan.json").must_be(0)
    with crew.site.start(*APPLY) as coordinator:
        until(lambda: crew.run("runs", "--output", "json").out.strip() != "[]")
        assert "still at work" in crew.run("resume", "--all", "--yes").must_be(0).err
        crew.worker()
        ended(crew, coordinator).must_be(0)


def test_a_round_fires_once(crew_of: "CrewOf") -> None:
    """However many workers keep the time: one sample for each instant, one login for each."""
    served = boxes(2)
    crew = crew_of(**served)
    workers = [crew.worker("--collect-every", "2s") for _ in range(3)]
    until(lambda: crew.sql("SELECT count(*) FROM samples")[0][0] >= 6)
    for one in workers:
        crew.stop(one).must_be(0)

    orders = crew.sql("SELECT count(*) FROM orders")[0][0]
    doubles = crew.sql("SELECT device, slot FROM samples GROUP BY 1, 2 HAVING count(*) > 1")
    assert [] == doubles
    for fw in served.values():
        assert fw.counts.logins_tried <= orders
        assert 0 == fw.counts.config_entries


def test_secrets_are_the_workers_own(crew_of: "CrewOf") -> None:
    """The coordinator has none, and none is in the database."""
    crew = crew_of(fw=box())
    crew.worker()
    none = {f"ASA_AUTOMATE_{name}": None for name in ("USERNAME", "PASSWORD", "ENABLE")}
    crew.run("plan", "--engine", "postgres", "--out", "plan.json", env=none).must_be(0)
    crew.run(*APPLY, env=none).must_be(0)

    tables = crew.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [str(crew.sql(f'SELECT * FROM "{name}"')) for (name,) in tables]  # noqa: S608  # its own tables
    assert any("192.168.1.1" in text for text in rows)
    assert not [text for text in rows if PASSWORD in text or ENABLE in text]


def test_a_wrong_password_is_tried_once(crew_of: "CrewOf") -> None:
    served = boxes(3)
    crew = crew_of(**served)
    env = crew.site.env | {"ASA_AUTOMATE_PASSWORD": "wrong"}
    crew.site.env = env
    crew.worker("--workers", "3")

    crew.run("plan", "--engine", "postgres").must_be(4)

    assert 1 == sum(fw.counts.logins_refused for fw in served.values())


def test_nobody_listens(crew_of: "CrewOf") -> None:
    """Who waits for a queue that nobody takes up is told which."""
    crew = crew_of(fw=box())
    with crew.site.start("collect", "--engine", "postgres") as coordinator:
        assert coordinator.stderr
        heard = coordinator.stderr.readline()
        coordinator.kill()

    assert "no worker has taken anything up" in heard
    assert "worker --queue site:" in heard
