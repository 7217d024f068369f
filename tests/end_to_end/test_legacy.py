"""A firewall with old algorithms alone: reached with the mark, refused without, and on record."""

from dataclasses import replace
from typing import TYPE_CHECKING

from asa_automate.device.legacy import legacy_devices, remark, weak
from asa_automate.inventory import load
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_options import LEGACY, SshOptions
from asa_automate.lab.ssh_server import serve

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

#: SHA-1 in the key exchange alone; all else as new as can be.
GROUP14 = SshOptions(kex_algs=("diffie-hellman-group14-sha1",))


def test_with_the_mark_only(bench: "Bench") -> None:
    boxes = {n: bench.box(text=ordinary(n, serial=f"9AL{n}")) for n in ("old", "g14", "new")}
    site = bench.site(**boxes)
    lab = bench.stack.enter_context(serve(boxes, options={"old": LEGACY, "g14": GROUP14}))
    site = replace(site, lab=lab)
    site.write_hosts(lab.ports)
    site.trust()

    site.run("hostkeys", "scan", "--limit", "old,g14").must_be(4)
    refused = site.run("plan", "--limit", "old,g14").must_be(4)
    assert "ssh: {legacy: true}" in refused.err
    assert [0, 0] == [boxes[name].counts.logins_tried for name in ("old", "g14")]

    lines = (
        f"{n}: {{hostname: 127.0.0.1, port: {port}, data: {{ssh: {{legacy: true}}}}}}\n"
        for n, port in lab.ports.items()
    )
    (site.inventory / "hosts.yaml").write_text("".join(lines))
    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)
    [run] = site.run("runs", "--output", "json").json
    journal = site.run("show", run["id"], "--output", "json").json["journal"]
    used = {r["device"]: r["payload"]["ssh"] for r in journal if "ssh" in r["payload"]}

    assert {"diffie-hellman-group14-sha1", "ssh-rsa", "aes128-cbc"} == set(weak(used["old"]))
    assert weak(used["g14"]) == ("diffie-hellman-group14-sha1",)
    assert weak(used["new"]) == ()
    assert used["new"]["strict"] == "yes"
    assert "legacy ssh: diffie-hellman-group14-sha1, ssh-rsa" in site.run("show", run["id"]).out

    devices = load(site.inventory).devices
    assert devices == legacy_devices(devices)
    told = {d.name: remark(d, used[d.name]) for d in devices}
    assert "used: diffie-hellman-group14-sha1" in str(told["g14"])
    assert "not needed" in str(told["new"])
    assert remark(devices[0].model_copy(update={"legacy_ssh": False}), used["old"]) is None
