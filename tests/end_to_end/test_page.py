"""``plan --html`` with a firewall that answers: what it counts now, and one that does not."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench


def test_a_page_of_live_firewalls(bench: "Bench") -> None:
    site = bench.site(fw=bench.box())
    hosts = site.inventory / "hosts.yaml"
    hosts.write_text(hosts.read_text() + "\ndead:\n  hostname: 127.0.0.1\n  port: 1\n")

    site.run("plan", "--html", "plan.html").must_be(4, "dead")

    page = (site.place / "plan.html").read_text(encoding="ascii")
    alive = page.split('<section id="device-1">')[1].split("</section>")[0]
    assert "Counted now" in alive
    assert "no inspect esmtp" in alive
    assert '<span class="badge unreachable">unreachable</span>' in page
