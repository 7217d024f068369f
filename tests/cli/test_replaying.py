"""``simulate plan``: a plan typed into the virtual firewall, proved from what that prints."""

from collections.abc import Callable
from ipaddress import ip_address

import pytest

from asa_automate.cli.replaying import replayed
from asa_automate.config.reader import read_running
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Exemption, Identity, Reading, Strategy
from asa_automate.plan.document import Command, DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from asa_automate.simulate.classify import classify
from asa_automate.simulate.flow import parse_flow
from asa_automate.simulate.world import World

SAMPLES = {"ordinary": ordinary("fw"), "interface": interface_policy("fw")}
GATEWAYS = (ip_address("192.168.1.1"), ip_address("192.168.1.2"))
Lines = list[str]


def planned(sample: str, strategy: Strategy, reading: Reading = Reading.PER_ENGINE) -> DevicePlan:
    wish = Exemption(name="esa", gateways=GATEWAYS, strategy=strategy)
    known = PlanReading(value=reading, source="test")
    request = Request("fw", None, Identity(), (wish,), known, strategy)
    plan = plan_device(request, read_running(SAMPLES[sample]))
    assert plan.status == "change", plan.reason
    return plan


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(
    ("strategy", "reading"),
    [
        (Strategy.SPLIT_CLASS, Reading.PER_ENGINE),
        (Strategy.CLASS_FIRST, Reading.PER_CLASS),
        (Strategy.NARROW_DEFAULT, Reading.PER_CLASS),
        (Strategy.NARROW_DEFAULT, Reading.PER_ENGINE),
        (Strategy.OFF, Reading.PER_CLASS),
    ],
)
def test_every_plan_holds_on_the_texts(sample: str, strategy: Strategy, reading: Reading) -> None:
    assert replayed(planned(sample, strategy, reading), SAMPLES[sample]) is None


def altered(plan: DevicePlan, change: Callable[[Lines], Lines]) -> DevicePlan:
    lines = change([command.line for command in plan.commands])
    return plan.model_copy(update={"commands": tuple(Command(line=x, why="") for x in lines)})


def without(text: str) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        assert any(text in line for line in lines)
        return [line for line in lines if text not in line]

    return change


_ACL = "access-list ESA_EXEMPT_ESMTP"
#: The recipe that is copied everywhere, as far as it parses.
_SEED = [
    f"{_ACL} extended permit tcp any host 192.168.1.1 eq smtp",
    "class-map ESA_EXEMPT_ESMTP",
    f"match {_ACL}",
    "policy-map global_policy",
    "class ESA_EXEMPT_ESMTP",
    "no inspect esmtp",
]
#: First the inspection goes, then everybody else's comes back.
WRONG: dict[str, Callable[[Lines], Lines]] = {
    "the recipe": lambda _: _SEED,
    "removed first": lambda lines: [*lines[-3:], *lines[:-3]],
    "one direction": without("deny tcp object-group"),
    "no inspection in our class": lambda lines: [
        line for n, line in enumerate(lines) if line != "inspect esmtp" or n > len(lines) - 2
    ],
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refuted_by_a_flow_that_the_classifier_confirms(what: str) -> None:
    """The seed's recipe and the remove-first order among them, with the flow printed."""
    plan = altered(planned("ordinary", Strategy.SPLIT_CLASS), WRONG[what])
    why = replayed(plan, SAMPLES["ordinary"])
    assert why is not None
    flow, _, claim = why.partition(": ")
    verdict = classify(
        read_running(SAMPLES["ordinary"]), parse_flow(flow), World(Reading.PER_ENGINE)
    )
    assert verdict.by("esmtp")
    assert "still inspected" in claim or "becomes not inspected" in claim


def test_removed_first_is_refuted_after_the_first_of_its_lines() -> None:
    plan = altered(planned("ordinary", Strategy.SPLIT_CLASS), WRONG["removed first"])
    why = replayed(plan, SAMPLES["ordinary"])
    assert "after line 3 esmtp in global" in (why or "")


def test_a_line_that_is_not_taken() -> None:
    plan = altered(planned("ordinary", Strategy.SPLIT_CLASS), lambda x: ["no such line", *x])
    assert "does not take `no such line`" in (replayed(plan, SAMPLES["ordinary"]) or "")


def test_a_way_back_that_leaves_something() -> None:
    plan = planned("ordinary", Strategy.SPLIT_CLASS)
    plan = plan.model_copy(update={"inverse": plan.inverse[:-1]})
    assert replayed(plan, SAMPLES["ordinary"]) == (
        "its way back does not lead to the configuration of before"
    )


def test_another_target() -> None:
    plan = planned("ordinary", Strategy.SPLIT_CLASS)
    plan = plan.model_copy(update={"target_fingerprint": plan.fingerprint})
    assert "the configuration that it promises" in (replayed(plan, SAMPLES["ordinary"]) or "")


def test_a_loss_that_is_not_declared() -> None:
    """`narrow-default` may take from the gateways what the plan says, and nothing else."""
    plan = planned("ordinary", Strategy.NARROW_DEFAULT)
    assert plan.proof is not None
    silent = tuple(words.replace("ftp, ", "") for words in plan.proof.elsewhere)
    assert silent != plan.proof.elsewhere
    plan = plan.model_copy(update={"proof": plan.proof.model_copy(update={"elsewhere": silent})})
    why = replayed(plan, SAMPLES["ordinary"]) or ""
    assert "ftp is lost, which the plan does not declare" in why
    assert "192.168.1." in why


def test_policies_of_interfaces_that_are_changed_in_the_wrong_order() -> None:
    """Between the two commit lines mail would fall through to another map: a third treatment."""
    plan = planned("interface", Strategy.SPLIT_CLASS)
    lines = [command.line for command in plan.commands]
    places = [n for n, line in enumerate(lines) if line.startswith("no inspect esmtp")]
    assert len(places) == 2
    first, second = (lines[n - 2 : n + 1] for n in places)
    rest = lines[: places[0] - 2]
    between = lines[places[0] + 1 : places[1] - 2]
    wrong = altered(plan, lambda _: [*rest, *between, *second, *first])
    why = replayed(wrong, SAMPLES["interface"]) or ""
    assert "becomes inspected with _default_esmtp_map" in why
    assert " in outside" in why
