"""Plans that somebody must stand for, plans good for once, and every byte of a real one."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.errors import BadInput, Refused
from asa_automate.plan.document import read_plan

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

#: Changes tried at each place: the lowest bit, the case of a letter, a digit, a quote, any byte.
CHANGES = (lambda b: b ^ 1, lambda b: b ^ 0x20, lambda _: 0x30, lambda _: 0x22)


@pytest.fixture
def signed(
    bench: "Bench", tmp_path: Path, require_program: Callable[[str], Path]
) -> tuple["Site", dict[str, str]]:
    site = bench.site(fw=bench.box())
    key = tmp_path / "key"
    subprocess.run(  # noqa: S603  # words of the test itself
        [require_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key], check=True
    )
    return site, {
        "ASA_AUTOMATE_PLAN_KEY": str(key),
        "ASA_AUTOMATE_PLAN_SIGNERS": f"{key}.pub",
    }


def test_only_a_signed_plan_is_applied(signed: tuple["Site", dict[str, str]]) -> None:
    site, env = signed
    plan, beside = site.place / "plan.json", site.place / "plan.json.sig"
    site.run("plan", "--out", "plan.json", "--sign", env=env).must_be(0)
    good, signature = plan.read_bytes(), beside.read_text()
    dialled = site.boxes["fw"].counts.logins_tried

    beside.unlink()
    assert "not signed" in site.run("apply", "plan.json", "--yes", env=env).must_be(5).err
    site.run("plan", "--out", "plan.json", env=env).must_be(0)
    dialled_by_plan = site.boxes["fw"].counts.logins_tried - dialled
    beside.write_text(signature)
    assert "does not fit" in site.run("apply", "plan.json", "--yes", env=env).must_be(5).err
    assert site.boxes["fw"].counts.logins_tried == dialled + dialled_by_plan

    plan.write_bytes(good)
    two = env | {"ASA_AUTOMATE_PLAN_SIGNATURES": "2"}
    assert "1 of the 2" in site.run("apply", "plan.json", "--yes", env=two).must_be(5).err
    site.run("apply", "plan.json", "--yes", env=env).must_be(0)


def test_a_key_or_a_list_that_others_may_touch(signed: tuple["Site", dict[str, str]]) -> None:
    site, env = signed
    site.run("plan", "--out", "plan.json", "--sign", env=env).must_be(0)
    Path(env["ASA_AUTOMATE_PLAN_SIGNERS"]).chmod(0o666)
    assert "chmod" in site.run("apply", "plan.json", "--yes", env=env).must_be(65).err
    Path(env["ASA_AUTOMATE_PLAN_KEY"]).chmod(0o644)
    assert "chmod" in site.run("plan", "--out", "x", "--sign", env=env).must_be(65).err
    site.run("plan", "--sign", env=env).must_be(64)
    site.run("plan", "--sign", "--out", "x").must_be(64)


def test_a_plan_is_good_for_once(bench: "Bench") -> None:
    site = bench.site(fw=bench.box())
    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)
    [run] = site.run("runs", "--output", "json").json
    site.run("rollback", run["id"], "--yes").must_be(0)

    was = bench.was(site.boxes["fw"])
    again = site.run("apply", "plan.json", "--yes").must_be(5)
    assert f"applied to it already, in run {run['id']}" in again.out + again.err
    was.must_be_untouched()


def test_no_single_byte_of_a_real_plan_can_be_another(plan_file: Path) -> None:
    data = plan_file.read_bytes()
    chance = random.Random(8)  # noqa: S311  # any bytes will do
    tried = 0
    for place, byte in enumerate(data):
        others = {change(byte) for change in CHANGES} | {chance.randrange(256)}
        for other in sorted(others - {byte}):
            with pytest.raises((Refused, BadInput)):
                read_plan(data[:place] + bytes([other]) + data[place + 1 :], "plan.json")
            tried += 1
    print(f"{len(data)} bytes of a plan, {tried} changes of one of them, all refused")
    assert tried > 4 * len(data)
