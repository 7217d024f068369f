"""Contexts over real SSH: each is a target of its own, its neighbour stays what it is."""

from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

NAMES = ("admin", "mail", "web")


def multiple(bench: "Bench", **knobs: Any) -> MultipleAsa:
    texts = {name: ordinary(name) for name in NAMES}
    given = {"password": bench.password, "enable_password": bench.enable} | knobs
    return MultipleAsa(system_text("fw", NAMES), texts, Knobs(**given))


def site_of(bench: "Bench", box: MultipleAsa, **contexts: str | None) -> "Site":
    """An inventory whose devices are contexts of one box, all at its one address."""
    site = bench.site(fw=box)
    port = site.lab.ports["fw"]
    lines = [
        f"{name}: {{hostname: 127.0.0.1, port: {port}"
        + (f", data: {{context: {context}}}" if context else "")
        + "}\n"
        for name, context in contexts.items()
    ]
    (site.inventory / "hosts.yaml").write_text("".join(lines))
    return site


def texts_of(box: MultipleAsa, *but: str) -> dict[str, tuple[str, str]]:
    spaces = box.chassis.spaces.items()
    return {n: (s.running_text, s.startup_text) for n, s in spaces if n not in but}


def test_the_whole_way_in_one_context(bench: "Bench") -> None:
    box = multiple(bench)
    site = site_of(bench, box, mailfw="mail")
    mail = bench.was(box.contexts["mail"])
    neighbours = texts_of(box, "mail")

    planned = site.run("plan", "--out", "plan.json", "--output", "json").must_be(0).json
    [entry] = planned["devices"]
    assert ("change", "mail") == (entry["status"], entry["context"])
    assert {"hostname": "mail", "serial": "9AMULTI0001", "version": "9.16(4)"} == entry["identity"]
    site.run("apply", "plan.json", "--yes").must_be(0)
    mail.must_be_exempt_and_saved()
    assert neighbours == texts_of(box, "mail")

    [run] = site.run("runs", "--output", "json").must_be(0).json
    assert ["mail"] == [device["context"] for device in run["devices"]]
    assert "noop" == site.run("plan", "--output", "json").must_be(0).json["devices"][0]["status"]

    [sample] = site.run("collect", "--output", "json").must_be(0).json
    assert ("collected", "9AMULTI0001") == (sample["outcome"], sample["serial"])
    flow = "tcp 198.51.100.7 -> 192.168.1.1:25"
    simulated = site.run("simulate", "flow", flow, "--limit", "mailfw", "--output", "json")
    assert [] == simulated.must_be(0).json["readings"]["per-engine"]["inspects"]

    site.run("rollback", run["id"], "--yes").must_be(0)
    mail.must_be_old()
    assert neighbours == texts_of(box, "mail")
    changed = {e.space for e in box.transcript if e.number is not None}
    assert {"mail"} == changed
    assert [] == site.leaks()


def test_two_contexts_at_a_time(bench: "Bench") -> None:
    """One box, two targets: neither lease nor run of the one is in the other's way."""
    box = multiple(bench)
    site = site_of(bench, box, one="mail", two="web")
    was = [bench.was(box.contexts[name]) for name in ("mail", "web")]
    others = texts_of(box, "mail", "web")

    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)

    for one in was:
        one.must_be_exempt_and_saved()
    assert others == texts_of(box, "mail", "web")


@pytest.mark.parametrize(
    ("space", "context", "words"),
    [
        ("", None, "(admin, mail, web)"),
        ("system", None, "system execution space"),
        ("", "gone", "it has admin, mail, web"),
    ],
)
def test_no_such_target(bench: "Bench", space: str, context: str | None, words: str) -> None:
    box = multiple(bench, login_space=space)
    site = site_of(bench, box, fw=context)
    before = texts_of(box)

    for command in ("plan", "collect"):
        said = site.run(command).must_be(5, "fw")
        assert words in said.first

    assert before == texts_of(box)
    assert box.counts.config_entries == 0


def test_a_context_of_a_box_in_single_mode(bench: "Bench") -> None:
    site = bench.site(fw=bench.box())
    port = site.lab.ports["fw"]
    host = f"fw: {{hostname: 127.0.0.1, port: {port}, data: {{context: mail}}}}\n"
    (site.inventory / "hosts.yaml").write_text(host)

    said = site.run("plan").must_be(5, "fw")

    assert "single context mode" in said.first


def test_saved_texts(bench: "Bench") -> None:
    """A context is planned on its text; the system's is refused with the line that shows it."""
    box = multiple(bench)
    site = bench.site()
    texts = site.place / "texts"
    texts.mkdir()
    system = box.running_text
    saved = {
        "mail": box.contexts["mail"].running_text,
        "system": system,
        "unmarked": system.replace(" <system>", "").replace("admin-context admin\n", ""),
        "admincontext": ordinary("x").replace(
            "prompt hostname", "admin-context a\nprompt hostname"
        ),
        **{name: ordinary(name) for name in ("sync", "groups", "begin", "standby")},
    }
    for name, text in saved.items():
        (texts / name).mkdir()
        (texts / name / "show_running-config.txt").write_text(text)
    groups = (
        "Failover On\nThis host: Primary\nGroup 1 State: Active\nGroup 2 State: Standby Ready\n"
    )
    pair = "Failover On\nThis host: Primary - Active\nOther host: Secondary - {}\n"
    failover = {
        "sync": pair.format("Sync Config"),
        "groups": groups,
        "begin": f"Beginning configuration replication: Sending to mate.\n{pair}",
        "standby": "Failover On\nThis context: Standby Ready\nPeer context: Active\n",
    }
    for name, text in failover.items():
        (texts / name / "show_failover.txt").write_text(text)
    hosts = [
        f"{name}: {{hostname: 192.0.2.{number}, data: {{context: c{number}}}}}\n"
        for number, name in enumerate(saved, 1)
    ]
    (site.inventory / "hosts.yaml").write_text("".join(hosts))

    said = site.run("plan", "--from-dir", "texts", "--output", "json").must_be(0)

    found = {d["device"]: d for d in said.json["devices"]}
    assert ("change", "c1") == (found["mail"]["status"], found["mail"]["context"])
    words = {
        "system": "ASA Version 9.16(4) <system>",
        "unmarked": ": context admin)",
        "admincontext": ": admin-context a)",
        "sync": "sync config",
        "groups": "failover groups differ",
        "begin": "replication",
        "standby": "standby ready on this unit",
    }
    for name, word in words.items():
        assert "refused" == found[name]["status"], name
        assert word in found[name]["reason"], found[name]["reason"]
