"""Generated texts are as asked, are read whole, and lead to the plan that the reference gives."""

import pytest

from asa_automate.config.reader import read_running
from asa_automate.model import Exemption, Identity
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from bench.generate import KINDS, MIN_LINES, generate
from bench.reference import entries_of_classes, plan, read
from bench.stanzas import GATEWAYS

_TAKES = "class PARTNER_MAIL"


def _planned(text: str) -> DevicePlan:
    exemption = Exemption.model_validate({"name": "bench", "gateways": GATEWAYS})
    request = Request(device="fw", context=None, identity=Identity(), exemptions=(exemption,))
    return plan_device(request, read_running(text))


def _lines(planned: DevicePlan) -> list[str]:
    return [command.line for command in planned.commands]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lines", [MIN_LINES, 2_000, 5_001])
def test_a_text_has_the_lines_asked_for_and_is_always_the_same(kind: str, lines: int) -> None:
    text = generate(kind, lines, seed=4)
    assert lines == len(text.splitlines())
    assert text == generate(kind, lines, seed=4)
    assert text != generate(kind, lines, seed=5)


@pytest.mark.parametrize(("kind", "lines"), [("small-acls", MIN_LINES - 1), ("no-acls", 300)])
def test_what_cannot_be_made_is_refused(kind: str, lines: int) -> None:
    with pytest.raises(ValueError, match="at least 300 lines"):
        generate(kind, lines)


@pytest.mark.parametrize("lines", [MIN_LINES, 2_000])
def test_a_tenth_of_a_large_acl_stands_behind_the_class(lines: int) -> None:
    small, large = (read(generate(kind, lines)) for kind in KINDS)
    assert entries_of_classes(small) < 20
    assert lines // 10 <= entries_of_classes(large) <= lines // 10 + 5


@pytest.mark.parametrize("kind", KINDS)
def test_no_entry_stands_twice_in_an_access_list(kind: str) -> None:
    entries = [line for line in generate(kind, 2_000).splitlines() if " extended " in line]
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3, 7])
def test_the_plan_is_the_one_of_the_reference(kind: str, seed: int) -> None:
    text = generate(kind, MIN_LINES, seed)
    planned = _planned(text)
    assert planned.status == "change"
    assert planned.proof is not None
    assert planned.proof.holds
    assert plan(read(text), GATEWAYS) == _lines(planned)


@pytest.mark.parametrize("kind", KINDS)
def test_so_it_is_for_longer_texts(kind: str) -> None:
    text = generate(kind, 2_000, seed=1)
    assert plan(read(text), GATEWAYS) == _lines(_planned(text))


@pytest.mark.parametrize("seed", [2, 3])
def test_so_it_is_where_one_entry_deep_in_a_list_decides(seed: int) -> None:
    text = generate("large-acl", 2_000, seed)
    assert plan(read(text), GATEWAYS) == _lines(_planned(text))


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_depends_on_the_seed(kind: str) -> None:
    texts = (generate(kind, MIN_LINES, seed) for seed in range(1, 21))
    assert {True, False} == {_TAKES in plan(read(text), GATEWAYS) for text in texts}
