"""Plan, apply and collect by workers: the same ends as by the commands themselves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.distributed.conftest import Crew, boxes
from tests.end_to_end.conftest import Bench

if TYPE_CHECKING:
    CrewOf = Callable[..., Crew]


def test_plan_apply_collect_rollback(crew_of: "CrewOf") -> None:
    served = boxes(3)
    crew = crew_of(**served)
    before = {name: Bench.was(one) for name, one in served.items()}
    one, two = crew.worker("--workers", "2"), crew.worker("--workers", "2")

    collected = crew.run("collect", "--engine", "postgres", "--output", "json").must_be(0)
    planned = crew.run("plan", "--engine", "postgres", "--out", "plan.json", "--html", "plan.html")
    planned.must_be(0)
    applied = crew.run(
        "apply", "plan.json", "--engine", "postgres", "--yes", "-v", "--output", "json"
    )

    assert ["collected"] * 3 == [row["outcome"] for row in collected.json]
    assert "-  inspect esmtp" in planned.out
    assert ["new"] * 3 == [d["outcome"] for d in applied.must_be(0).json["devices"]]
    assert "verif" in applied.err, "its progress is seen here"
    for was in before.values():
        was.must_be_exempt_and_saved()
    [run] = crew.run("runs", "--output", "json").json
    assert ("apply", "done") == (run["kind"], run["status"])
    crew.run("rollback", run["id"], "--yes").must_be(0)
    for was in before.values():
        was.must_be_old()
    for worker in (one, two):
        assert "stopped; nothing is under way" in crew.stop(worker).must_be(0).err
    assert [] == crew.site.leaks()
