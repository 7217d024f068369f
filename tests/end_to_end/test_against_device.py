"""``simulate flow --against-device`` over SSH, and ``doctor --probe`` whose reading it goes by."""

from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

MAIL = "tcp 198.51.100.7:40000 -> 192.168.1.1:25 in outside"


def asked(site: "Site", name: str, flow: str, code: int) -> dict[str, object]:
    words = ("simulate", "flow", flow, "--against-device", name, "--output", "json")
    return site.run(*words).must_be(code).json  # type: ignore[no-any-return]


@pytest.fixture
def site(bench: "Bench") -> "Site":
    return bench.site(
        fw=bench.box(text=ordinary("fw", serial="9AORACLE001")),
        policies=bench.box(text=interface_policy("policies", serial="9AORACLE002")),
        old=bench.box(text=ordinary("old", serial="9AORACLE003"), packet_tracer="none"),
        odd=bench.box(text=ordinary("odd", serial="9AORACLE004"), packet_tracer="without-inspect"),
        other=bench.box(text=ordinary("other", serial="9AORACLE005"), reading=Reading.PER_CLASS),
    )


def test_model_and_device(bench: "Bench", site: "Site") -> None:
    was = bench.was(site.boxes["fw"])
    for name in ("fw", "policies", "other"):
        for flow in (MAIL, MAIL.replace(":25", ":26"), MAIL.replace(":25", ":21")):
            found = asked(site, name, flow, 0)
            assert found["agrees"] is True
            assert len(found["asked"]) == 2  # type: ignore[arg-type]
    was.must_be_untouched()
    old = asked(site, "old", MAIL, 0)["asked"]
    assert old[1]["note"] == "the device does not allow or know it"  # type: ignore[index]
    odd = asked(site, "odd", MAIL, 6)
    assert odd["agrees"] is False
    said = site.run("simulate", "flow", MAIL, "--against-device", "odd").must_be(6)
    assert "odd: finding: packet-tracer shows no INSPECT phase of mail" in said.err
    assert "Phase: 1" in said.out
    assert "inspection_default" in said.out


def test_the_reading_of_a_probe_decides(site: "Site") -> None:
    """A class behind the default one tells the readings apart; the store knows which it is."""
    web = "tcp 198.51.100.7:40000 -> 192.168.1.1:80"
    site.boxes["other"].edit(
        [
            "access-list WEB extended permit tcp any any eq www",
            "class-map WEB",
            "match access-list WEB",
            "policy-map global_policy",
            "class WEB",
            "inspect http",
            "exit",
            "exit",
        ]
    )
    site.boxes["other"].save()
    assert asked(site, "other", web, 6)["agrees"] is False

    probed = site.run("doctor", "--probe", "--limit", "other", "--yes", "--output", "json")
    [device] = probed.must_be(0).json["devices"]
    assert device["reason"] == "it reads per-class"
    found = asked(site, "other", web, 0)
    assert found["reading"]["value"] == "per-class"  # type: ignore[index]

    plan = site.run("plan", "--limit", "other", "--output", "json").json
    assert "probe in run" in str(plan)
