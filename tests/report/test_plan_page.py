"""``plan --html``: one page that loads nothing, runs nothing, and shows text as text."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from asa_automate.cli.main import run
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.report.markup import element, text
from tests.browser import look_at

#: Elements without an end tag, as the HTML standard lists them.
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
EVIL = "<script>alert(1)</script>"
BIDI = "a\u202eb&lt;"
#: A class-map's name is free text on the way to the page.
CLASS = 'x"><img/src=//203.0.113.1/a>'


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text(
        "edge:\n  hostname: 192.0.2.10\n  data: {site: ams}\n"
        "odd:\n  hostname: 192.0.2.11\nnone:\n  hostname: 192.0.2.12\n"
    )
    (tmp_path / "inventory" / "exemptions.yaml").write_text(
        "exemptions:\n  - name: esa\n    match: {}\n    gateways: [192.168.1.1]\n"
    )
    (tmp_path / "texts" / "edge.cfg").write_text(interface_policy("edge"))
    (tmp_path / "texts" / "odd.cfg").write_text(odd(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def odd() -> str:
    """A firewall whose names and lines are not made for a page."""
    text = ordinary("odd").replace("hostname odd\n", f"hostname {EVIL}\n")
    return text.replace(
        "policy-map global_policy\n",
        f"policy-map global_policy\n class {CLASS}\n class {BIDI}\n",
    )


def plan(*words: str) -> int:
    return int(run(["plan", "--from-dir", "texts", *words]))


@pytest.fixture
def page(place: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert 0 == plan("--html", "plan.html")
    capsys.readouterr()
    return (place / "plan.html").read_text(encoding="ascii")


def test_it_is_whole(page: str) -> None:
    found = Balanced(page)

    assert [] == found.open
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {f"#{one}" for one in ids} == {v for name, v in found.attributes if name == "href"}


def test_it_loads_and_runs_nothing(page: str) -> None:
    found = Balanced(page)

    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & found.names
    assert [] == [n for n, _ in found.attributes if n.startswith("on") or n in ("src", "style")]
    assert [] == re.findall(r"url\(|@import|https?://", page)
    (policy,) = (v for n, v in found.attributes if n == "content" and "default-src" in v)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_text_stays_text(page: str) -> None:
    found = Balanced(page)

    for word in (EVIL, CLASS):
        assert word not in page
        assert word in found.text
    assert "class a\\u202eb&lt;" in found.text
    assert "\u202e" not in found.text


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("c\x1b[31md\x00\x85", "c\\x1b[31md\\x00\\x85"),
        ("a\u202eb\ufeff\u2066", "a\\u202eb\\ufeff\\u2066"),
        ("odd byte \udcff", "odd byte \\udcff"),
        ("caf\u00e9 \U0001f600", "caf&#233; &#128512;"),
        ("& < > ' \"", "&amp; &lt; &gt; &#x27; &quot;"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_hides_is_spelt_out(plain: str, shown: str) -> None:
    assert shown == text(plain)
    assert f'<i title="{shown}">{shown}</i>' == element("i", plain, title=plain)


def test_each_device_has_all_its_chapters(page: str) -> None:
    edge, other, none = page.split("<section")[1:]

    for chapter in ("Before and after", "Difference", "Commands", "The way back", "Proof"):
        assert f"<h3>{chapter}</h3>" in edge
        assert f"<h3>{chapter}</h3>" in other
        assert f"<h3>{chapter}</h3>" not in none
    words = Balanced(f"<section{edge}").text
    for word in ("no inspect esmtp ESMTP_TLS", "COMMIT", "interface-policy", "docs/findings.md"):
        assert word in words
    assert "neither" in none


def test_before_and_after_are_drawn(page: str) -> None:
    edge = Balanced("<section" + page.split("<section")[1]).text

    assert 2 == page.split("<section")[1].count('class="ladders"')
    before = "`inspect esmtp ESMTP_TLS` by class inspection_default"
    assert f"before: SMTP of the gateways: {before}; of everybody else: {before}" in edge
    after = "`inspect esmtp ESMTP_TLS` by class ESA_EXEMPT_ESMTP"
    assert f"after: SMTP of the gateways: not inspected; of everybody else: {after}" in edge


def test_with_the_other_outputs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--html", "p.html", "--out", "p.json", "--output", "json")

    assert 2 == plan(*words, "--limit", "edge", "--detailed-exitcode")

    said = capsys.readouterr()
    made = json.loads(said.out)
    assert said.out == (place / "p.json").read_text()
    page = (place / "p.html").read_text()
    assert made["digest"] in page
    assert made["id"] in page
    assert "odd" not in Balanced(page).text.split()
    assert 0o600 == (place / "p.html").stat().st_mode & 0o777
    assert [] == list(place.glob(".p.*"))


def test_no_such_directory(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 65 == plan("--html", "nowhere/plan.html")
    assert "nowhere/plan.html: cannot be written" in capsys.readouterr().err
    assert not (place / "nowhere").exists()


def test_in_a_browser(
    page: str, place: Path, tmp_path: Path, require_program: Callable[[str], Path]
) -> None:
    chromium = require_program("chromium")

    seen = look_at(place / "plan.html", chromium, tmp_path)

    assert () == seen.console
    assert () == seen.requests
    assert "ESA_EXEMPT_ESMTP" in seen.dom
    assert page.count("<tr") == seen.dom.count("<tr")


def test_the_browser_would_tell(tmp_path: Path, require_program: Callable[[str], Path]) -> None:
    """The two tests above can fail: a page that does what it must not is noticed."""
    chromium = require_program("chromium")
    bad = tmp_path / "bad.html"
    policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
    bad.write_text(f"{policy}<script>alert(1)</script><img src=http://asa.example.com/x.png>")

    seen = look_at(bad, chromium, tmp_path)

    assert [line for line in seen.console if "Content Security Policy" in line]
    assert "http://asa.example.com/x.png" in seen.requests
