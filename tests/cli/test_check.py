"""``check`` as a user types it, on saved texts: outputs, JUnit XML, exit codes."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from asa_automate.cli.main import run
from asa_automate.lab.samples import interface_policy, ordinary

Say = Callable[..., int]

OFF = ordinary("fw").replace("  inspect esmtp\n", "")
CUT = ordinary("cut").split("Cryptochecksum")[0]
ACL = "access-list HAND extended "
#: One direction only, in a class that comes first under every reading.
PARTLY = (
    ordinary("fw")
    .replace("  inspect esmtp\n", "")
    .replace(
        "policy-map global_policy\n", "policy-map global_policy\n class HAND\n  inspect esmtp\n"
    )
    .replace(
        "class-map inspection_default\n",
        f"{ACL}deny tcp any host 192.168.1.1 eq smtp\n{ACL}permit tcp any any eq smtp\n"
        "class-map HAND\n match access-list HAND\nclass-map inspection_default\n",
    )
)

#: The children that the schema of JUnit XML allows, in their order, and the attributes.
SCHEMA: dict[str, tuple[list[str], set[str], set[str]]] = {
    # element: children, required attributes, optional ones
    "testsuites": (["testsuite"], set(), {"name", "tests", "failures", "errors", "time"}),
    "testsuite": (
        ["properties", "testcase", "system-out", "system-err"],
        {"name"},
        {"tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id"},
    ),
    "testcase": (
        ["skipped", "error", "failure", "system-out", "system-err"],
        {"name"},
        {"classname", "time", "assertions", "status"},
    ),
    "failure": ([], set(), {"type", "message"}),
    "error": ([], set(), {"type", "message"}),
    "system-out": ([], set(), set()),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with an inventory and saved texts, and the program runs in it."""
    (tmp_path / "inventory").mkdir()
    (tmp_path / "texts").mkdir()
    monkeypatch.chdir(tmp_path)
    wish(tmp_path, "192.168.1.1")
    return tmp_path


def wish(place: Path, *gateways: str) -> None:
    one = f"  - {{name: esa, match: {{}}, gateways: [{', '.join(gateways)}]}}\n"
    text = f"exemptions:\n{one}" if gateways else "exemptions: []\n"
    (place / "inventory" / "exemptions.yaml").write_text(text)


def write(place: Path, **texts: str | None) -> None:
    """Hosts of these names and their texts; ``None`` for a host without one."""
    hosts = (f"{name}: {{hostname: 127.0.0.1, port: {n}}}\n" for n, name in enumerate(texts, 1000))
    (place / "inventory" / "hosts.yaml").write_text("".join(hosts))
    for name, text in texts.items():
        if text is not None:
            path = place / "texts" / f"{name}.cfg"
            path.write_text(text, encoding="utf-8", errors="surrogateescape")


def check(*words: str) -> int:
    return run(["check", "--from-dir", "texts", *words])


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The JSON on stdout, by device."""
    document = json.loads(capsys.readouterr().out)
    assert "asa-automate/check/1" == document["schema"]
    return {device["device"]: device for device in document["devices"]}


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        (ordinary("fw"), "not-exempt", 2),
        (OFF, "exempt", 0),
        (PARTLY, "partly", 2),
        (PARTLY.replace(" eq smtp\n", " eq smtp time-range NIGHT\n"), "cannot-tell", 2),
    ],
)
def test_states_and_exit_codes(
    place: Path, capsys: pytest.CaptureFixture[str], text: str, state: str, code: int
) -> None:
    write(place, fw=text)

    assert code == check("--detailed-exitcode", "--output", "json")
    [gateway] = answer(capsys)["fw"]["gateways"]
    assert state == gateway["state"]
    assert 0 == check()
    shown = capsys.readouterr().out
    assert f"gateway 192.168.1.1 of esa: {state}" in shown


def test_the_deciding_lines_are_shown(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place, fw=PARTLY)
    number = PARTLY.splitlines().index(f"{ACL}permit tcp any any eq smtp") + 1

    check()

    shown = capsys.readouterr().out
    assert f"line {number}: {ACL}permit tcp any any eq smtp" in shown
    assert "from the gateway: inspected by class HAND of global_policy (global)" in shown
    assert "to the gateway: inspected" not in shown
    assert "warning one-direction: " in shown


def test_json_has_both_readings_and_the_way_there(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(place, fw=interface_policy("fw"))

    check("--output", "json")

    device = answer(capsys)["fw"]
    assert ("checked", None, "fw") == (
        device["status"],
        device["reason"],
        device["identity"]["hostname"],
    )
    assert "interface-policy" in [finding["code"] for finding in device["findings"]]
    [gateway] = device["gateways"]
    assert ["per-engine", "per-class"] == list(gateway["readings"])
    for judgement in gateway["readings"].values():
        parts = judgement["inspected"]
        assert {"to the gateway", "from the gateway"} == {part["direction"] for part in parts}
        assert {"outside_policy", "global_policy"} == {part["policy"] for part in parts}
        assert all(part["trace"] and part["lines"] and part["interfaces"] for part in parts)


def test_every_device_has_an_answer(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused devices alone change nothing; where all are refused the code says so."""
    write(place, good=OFF, cut=CUT, none=None)

    assert 0 == check("--detailed-exitcode", "--output", "json")
    out, err = capsys.readouterr()
    statuses = {d["device"]: d["status"] for d in json.loads(out)["devices"]}
    assert {"good": "checked", "cut": "refused", "none": "refused"} == statuses
    assert ["cut", "none"] == [line.split(":")[0] for line in err.splitlines()]

    assert 5 == check("--limit", "cut,none")
    capsys.readouterr()
    assert 2 == check("--limit", "cut", "--allow-incomplete", "--detailed-exitcode")


def test_no_exemption_in_the_inventory(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wish(place)
    write(place, fw=PARTLY.replace("permit tcp any any", "deny tcp host 192.168.1.1 any", 1))

    assert 0 == check("--detailed-exitcode", "--junit", "out.xml")
    assert "no exemption of the inventory matches it" in capsys.readouterr().out
    [case] = ET.parse(place / "out.xml").findall("testsuite/testcase")  # noqa: S314  # our own
    assert ("fw", "no exemption", []) == (case.get("classname"), case.get("name"), list(case))


def test_junit(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wish(place, "192.168.1.1", "192.168.1.2")
    write(place, off=OFF, on=ordinary("on"), none=None)

    assert 2 == check("--junit", "out.xml", "--detailed-exitcode")

    capsys.readouterr()
    root = ET.parse(place / "out.xml").getroot()  # noqa: S314  # our own
    must_fit_the_schema(root)
    assert {"tests": "6", "failures": "2", "errors": "2"}.items() <= root.attrib.items()
    names = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
    hosts = ("gateway 192.168.1.1", "gateway 192.168.1.2")
    assert [(device, host) for device in ("off", "on", "none") for host in hosts] == names
    failure = root.find("testsuite[@name='on']/testcase/failure")
    assert failure is not None
    assert "not-exempt" == failure.get("type")
    assert "inspect esmtp" in (failure.text or "")
    error = root.find("testsuite[@name='none']/testcase/error")
    assert error is not None
    assert ("refused", True) == (error.get("type"), "no saved text" in error.attrib["message"])


def must_fit_the_schema(element: ET.Element) -> None:
    """Elements, their order and attributes as the usual schema has them; counts that are true."""
    children, required, optional = SCHEMA[element.tag]
    assert required <= set(element.attrib) <= required | optional
    places = [children.index(child.tag) for child in element]
    assert sorted(places) == places
    for name, path in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        if name in element.attrib:
            assert str(sum(1 for _ in element.iter(path))) == element.get(name)
    for child in element:
        must_fit_the_schema(child)


def test_device_text_can_do_no_harm(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup, control characters and odd bytes of a firewall stay text everywhere."""
    odd = 'X<&"]]>\x1b[31m\u202e\udcff'
    text = ordinary("fw").replace("global_policy", f"P{odd}")
    write(place, fw=text)

    assert 2 == check("--junit", "out.xml", "--detailed-exitcode", "--no-color")

    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    content = (place / "out.xml").read_text(encoding="utf-8")
    assert not {"\x1b", "\u202e", "\udcff"} & set(content)
    root = ET.fromstring(content)  # noqa: S314  # our own
    must_fit_the_schema(root)
    assert any('X<&"]]>\\u001b[31m\\u202e\\udcff' in (f.text or "") for f in root.iter("failure"))


def test_junit_that_cannot_be_written(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place, fw=OFF)

    assert 65 == check("--junit", "nowhere/out.xml")
    assert "nowhere/out.xml: cannot be written" in capsys.readouterr().err


def test_real_texts(place: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a plan would change is not exempt; what it leaves alone is inspected by nobody."""
    with (corpus / "EXPECTED.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    write(place, **{f"real-{number}": "" for number in range(len(rows))})
    for number, row in enumerate(rows):
        shutil.copy(corpus / row["file"], place / "texts" / f"real-{number}.cfg")

    assert 2 == check("--allow-incomplete", "--detailed-exitcode", "--output", "json")

    found = answer(capsys)
    for number, row in enumerate(rows):
        [gateway] = found[f"real-{number}"]["gateways"]
        by = {by for judgement in gateway["readings"].values() for by in judgement["by"]}
        assert by <= {"nobody-inspects", "no-service-policy"}
        text = (corpus / row["file"]).read_text(encoding="utf-8", errors="replace")
        if not re.search(r"^(: end|Cryptochecksum|service-policy )", text, re.M):
            # What stood behind the last line may attach a policy.
            assert ("noop", "cannot-tell") == (row["status"], gateway["state"]), row
            continue
        assert {"change": "not-exempt", "noop": "exempt"}[row["status"]] == gateway["state"], row
        assert bool(by) == (row["status"] == "noop")
    assert 10 <= len(rows)
