"""``check`` on its cases, files with a why each; the table of findings and its page.

A case has a fragment of a running-config, gateways, and what is to be said of each. What a case
does not say of findings is that there are none.
"""

import re
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from asa_automate.config.reader import read_running
from asa_automate.errors import Refused
from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.model import Exemption, Reading
from asa_automate.plan.check import check
from asa_automate.plan.document import Finding, PlanReading
from asa_automate.plan.findings.table import BY_CODE, KINDS, found
from asa_automate.plan.verdicts import Check, GatewayCheck, Judgement, Part, State
from tests.plan import test_cases

HERE = Path(__file__).parent
CASES = sorted((HERE / "check_cases").glob("*.yaml"))
PAGE = HERE.parents[1] / "docs" / "findings.md"
KEYS = {"why", "version", "before", "cut", "gateways", "mapped", "reading", "expected"}
SAID = {"state", "by", "inspected", "lines", "per-engine", "per-class"}


def read(path: Path) -> dict[str, Any]:
    case = YAML(typ="safe").load(path)
    assert isinstance(case, dict)
    assert KEYS >= set(case), f"{path.name}: unknown key"
    assert case["why"], "a case says why it is there"
    for said in case["expected"].get("gateways", {}).values():
        assert SAID >= set(said), f"{path.name}: unknown expectation"
    return case


def text_of(case: dict[str, Any]) -> str:
    version = case.get("version", "9.8(2)")
    head = f": Saved\nASA Version {version}\n" if version else ": Saved\n:\n"
    end = "" if case.get("cut") else ": end\n"
    return f"{head}hostname fw\n{case['before']}{end}"


def check_of(case: dict[str, Any]) -> Check:
    wish = Exemption(
        name="esa",
        gateways=tuple(ip_address(g) for g in case["gateways"]),
        mapped={ip_address(g): ip_address(m) for g, m in case.get("mapped", {}).items()},
    )
    reading = PlanReading(value=Reading(case.get("reading", "unknown")), source="t")
    return check(read_running(text_of(case)), (wish,) if wish.gateways else (), reading)


def plain(one: GatewayCheck) -> dict[str, Any]:
    """A gateway in the words of a case; of the readings the first that has something to say."""
    judgements = one.readings.values()
    words: dict[str, Any] = {reading.value: j.state.value for reading, j in one.readings.items()}
    words["state"] = one.state.value
    words["by"] = next(([by.value for by in j.by] for j in judgements if j.by), [])
    words["inspected"] = next(([part_said(p) for p in j.parts] for j in judgements if j.parts), [])
    words["lines"] = sorted({line for j in judgements for line in lines_of(j)})
    return words


def part_said(part: Part) -> str:
    where = f"{part.class_name} of {part.policy} ({part.scope})" if part.policy else ""
    text = f"{part.direction}: {'' if part.known else 'unknown '}{where}".rstrip()
    text += "".join(f", {pair}" for pair in part.interfaces)
    return f"{text} with {', '.join(part.peers)}" if part.peers else text


def lines_of(judgement: Judgement) -> set[int]:
    parts = chain.from_iterable(part.lines for part in judgement.parts)
    return {decider.line for decider in (*judgement.lines, *parts)}


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [f.code if f.line is None else f"{f.code}:{f.line}" for f in findings]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read(path)
    done = check_of(case)
    expected = case["expected"]

    assert list(map(str, case["gateways"])) == [str(one.gateway) for one in done.gateways]
    for one in done.gateways:
        wanted, got = expected["gateways"][str(one.gateway)], plain(one)
        assert wanted == {name: value for name, value in got.items() if name in wanted}
        # An exemption has a reason, what is inspected has a place.
        assert set(wanted) & {"by", "inspected"}
    assert expected["findings"] == codes(done.findings)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_lines_are_those_of_the_text(path: Path) -> None:
    """Every line that is said to decide stands in the text under its number."""
    case = read(path)
    text = text_of(case).splitlines()
    done = check_of(case)
    judgements = [j for one in done.gateways for j in one.readings.values()]
    deciders = [d for j in judgements for d in (*j.lines, *(x for p in j.parts for x in p.lines))]

    # What is said of the text as a whole has no line.
    deciders = [d for d in deciders if d.line]
    assert [d.text for d in deciders] == [text[d.line - 1].strip() for d in deciders]
    for finding in done.findings:
        assert finding.line is None or 0 < finding.line <= len(text)
    for judgement in judgements:
        assert all(part.trace for part in judgement.parts)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("reading", [Reading.PER_ENGINE, Reading.PER_CLASS])
def test_the_virtual_firewall_agrees(path: Path, reading: Reading) -> None:
    """Another judge, who works on the text: what is exempt it never inspects, and so on."""
    case = read(path)
    done = check_of({**case, "reading": reading.value})
    box = VirtualAsa(text_of(case), Knobs(reading=reading))
    peers = {4: ip_address("198.51.100.77"), 6: ip_address("2001:db8:aaaa::1")}
    for one in done.gateways:
        ways = []
        for address in one.addresses:
            peer = peers[address.version]
            ways += [Packet("tcp", peer, address, 25), Packet("tcp", address, peer, 25)]
        pairs = (("outside", "inside"), ("inside", "outside"))
        seen = {"esmtp" in box.treatment(way, *pair) for way in ways for pair in pairs}
        if one.state is State.EXEMPT:
            assert seen == {False}
        elif one.state is State.NOT_EXEMPT:
            assert seen == {True}


def test_there_are_cases() -> None:
    assert len(CASES) > 50


def test_two_texts_are_refused() -> None:
    text = text_of({"before": "hostname other\n"})

    with pytest.raises(Refused, match="two configurations"):
        check(read_running(text), ())


# --- the table of findings and its page ----------------------------------------------------------


def produced() -> dict[str, set[str]]:
    """Every code with the texts that the cases of plans and of checks produce."""
    texts: dict[str, set[str]] = {}
    plans = (test_cases.plan_of(test_cases.read(p)).findings for p in test_cases.CASES)
    checks = (check_of(read(p)).findings for p in CASES)
    for finding in chain.from_iterable(chain(plans, checks)):
        texts.setdefault(finding.code, set()).add(finding.text)
    return texts


@pytest.fixture(scope="module")
def texts() -> dict[str, set[str]]:
    return produced()


def test_every_code_is_produced_by_a_case_and_no_other(texts: dict[str, set[str]]) -> None:
    assert set(BY_CODE) == set(texts)


def test_codes_are_in_the_table_once() -> None:
    assert len(KINDS) == len(BY_CODE)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", kind.code) for kind in KINDS)
    with pytest.raises(KeyError):
        found("not-in-the-table", "")


def test_no_finding_goes_past_the_table() -> None:
    """A code that is written anywhere in the package is in the table."""
    package = HERE.parents[1] / "asa_automate"
    written = re.compile(r'(?:Finding\(\s*code=|found\(\s*)"([a-z0-9-]+)"')
    used = {c for p in sorted(package.rglob("*.py")) for c in written.findall(p.read_text())}

    assert set(BY_CODE) == used


def test_the_page_says_what_the_table_says(texts: dict[str, set[str]]) -> None:
    """Each code in the order of the table, with an example that a case really produces."""
    sections = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]

    assert [f"`{kind.code}`" for kind in KINDS] == [s.splitlines()[0] for s in sections]
    for kind, section in zip(KINDS, sections, strict=True):
        _, severity, meaning, advice, example = re.split(r"\n\n", section.strip())
        assert f"*{kind.severity}*" == severity
        assert kind.meaning == meaning
        assert f"What to do: {kind.advice}" == advice
        assert example.removeprefix("    ") in texts[kind.code], kind.code
