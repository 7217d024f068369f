"""``FAULTS.md`` has every fault once, and each of its tests exists."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).parent / "FAULTS.md"

#: Letter of a section, and how many rows it has.
SECTIONS = {"A": 17, "B": 19, "C": 16, "D": 17, "E": 25, "F": 13, "G": 14, "H": 24}
WANTED = [
    f"{letter}{number}" for letter, most in SECTIONS.items() for number in range(1, most + 1)
]

#: A reason shorter than this says nothing.
LEAST_REASON = 20

_ROW = re.compile(r"^\| ([A-Z][0-9]+) \|")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)(\[[^`]*\])?`")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class Row:
    """One fault: its name, what happens, what is wanted, and how that is shown."""

    name: str
    fault: str
    wanted: str
    shown: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """File and function of each test."""
        return [(found[1], found[2]) for found in _TEST.finditer(self.shown)]

    @property
    def reason(self) -> str:
        """What is said besides the tests."""
        return _TEST.sub("", self.shown).strip(" ,;.")


def rows(text: str) -> list[Row]:
    """The rows of all tables of the page."""
    return [
        Row(*(cell.strip() for cell in line.strip("| \n").split(" | ")))
        for line in text.splitlines()
        if _ROW.match(line)
    ]


@cache
def functions(path: str) -> frozenset[str]:
    """The names of the tests in a file; none if it does not exist."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(
        node.name
        for node in found
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def problems(text: str) -> Iterator[str]:
    """What is wrong with a page."""
    found = rows(text)
    names = [row.name for row in found]
    yield from (f"{name} is missing" for name in WANTED if name not in names)
    yield from (f"{name} is unknown" for name in names if name not in WANTED)
    yield from (f"{name} stands there twice" for name in set(names) if names.count(name) > 1)
    for row in found:
        yield from (f"{row.name}: {what}" for what in _problems_of(row))


def _problems_of(row: Row) -> Iterator[str]:
    if not (row.fault and row.wanted):
        yield "says too little"
    if not row.tests and len(row.reason) < LEAST_REASON:
        yield "has neither a test nor a reason"
    for path, name in row.tests:
        if name not in functions(path):
            yield f"there is no {path}::{name}"
    for code in _CODE.findall(row.shown):
        if "::" in code and not _TEST.fullmatch(code):
            yield f"{code} names no test"


def test_the_page() -> None:
    assert [] == list(problems(PAGE.read_text(encoding="utf-8")))


def test_rows_are_in_order() -> None:
    assert WANTED == [row.name for row in rows(PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("| A1 |", "| A99 |", "A1 is missing"),
        ("| A1 |", "| A99 |", "A99 is unknown"),
        ("| A2 |", "| A1 |", "A1 stands there twice"),
        ("::test_a_first_exemption`", "::test_a_second_exemption`", "test_a_second_exemption"),
        ("`tests/apply/test_every_fault.py::", "`tests/apply/none.py::", "tests/apply/none.py"),
        ("`tests/apply/test_every_fault.py::", "`apply/test_every_fault.py::", "names no test"),
    ],
)
def test_the_judge_sees_it(before: str, after: str, complaint: str) -> None:
    """A check that cannot fail would be none."""
    text = PAGE.read_text(encoding="utf-8")
    assert before in text

    found = list(problems(text.replace(before, after, 1)))

    assert any(complaint in problem for problem in found), found


@pytest.mark.parametrize(("shown", "is_enough"), [("", False), ("no", False), ("x" * 20, True)])
def test_a_row_needs_a_test_or_a_reason(shown: str, *, is_enough: bool) -> None:
    row = Row("A1", "fault", "wanted", shown)

    assert is_enough == (not list(_problems_of(row)))
