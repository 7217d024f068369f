"""Passwords go to the firewall that asks for them, and nowhere else."""

from typing import TYPE_CHECKING

from asa_automate.lab.faults import Fault
from asa_automate.lab.samples import ordinary
from tests.canaries import INSIDE
from tests.config.test_redaction import LINES

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench


def test_nothing_that_is_said_or_written_holds_one(bench: "Bench") -> None:
    """A good one, a failing one, one with a wrong password and one with a wrong enable."""
    site = bench.site(
        good=bench.box(text=ordinary("good", serial="9A1")),
        fails=bench.box(Fault(23, "cut_after"), text=ordinary("fails", serial="9A2")),
        password=bench.box(text=ordinary("password", serial="9A3"), password="another"),
        enable=bench.box(text=ordinary("enable", serial="9A4"), enable_password="another"),
    )
    site.run("hostkeys", "scan", "-vv")
    site.run("collect", "-vv").must_be(4)
    # One at a time: a credential that one refused is not tried at the next.
    for wrong in ("password", "enable"):
        site.run("plan", "--limit", wrong, "-vv").must_be(4)
    site.run("plan", "--limit", "good,fails", "--out", "plan.json", "-vv").must_be(0)
    site.run("apply", "plan.json", "--yes", "-vv").must_be(3)
    [run] = site.run("runs", "--output", "json", "-vv").json
    site.run("show", run["id"], "--output", "json", "-vv").must_be(0)
    site.run("rollback", run["id"], "--yes", "-vv").must_be(0)
    site.run("audit", "verify", "-vv").must_be(0)

    assert 9 < sum(1 for path in site.place.rglob("*") if path.is_file()) + len(site.said)
    assert [] == site.leaks()


def test_the_judge_would_see_one(bench: "Bench") -> None:
    site = bench.site()
    notes = site.place / "notes"
    notes.write_bytes(b"\x00" + bench.enable.encode())
    site.heard(0, "", f"login with {bench.password} refused")

    assert {"output 0", str(notes)} == set(site.leaks())
    notes.unlink()


def test_nothing_that_stands_inside_a_configuration(bench: "Bench") -> None:
    """Keys and hashes next to what is planned on, in the lines that a difference shows."""
    text = ordinary("fw", serial="9A1").replace(
        "enable password *****", f"enable password {INSIDE}"
    )
    lines = [line.replace("@", INSIDE) for line in LINES if not line.startswith((" ", "+", "-"))]
    end = text.index("Cryptochecksum")
    text = text[:end] + "\n".join(lines) + "\n" + text[end:]
    box = bench.box(text=text)
    assert box.running_text.count(INSIDE) > 20
    site = bench.site(fw=box)
    site.run("plan", "--out", "plan.json", "--html", "plan.html", "-vv").must_be(0)
    site.run("check", "-vv").must_be(0)
    site.run("apply", "plan.json", "--yes", "-vv").must_be(0)
    [run] = site.run("runs", "--output", "json", "-vv").json
    site.run("show", run["id"], "--output", "json").must_be(0)
    site.run("rollback", run["id"], "--yes", "-vv").must_be(0)

    assert [] == site.leaks()
    assert box.running_text.count(INSIDE) > 20
