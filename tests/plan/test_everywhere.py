"""The proof for all flows: faults in a plan are refuted by a flow, which the classifier confirms.

The states are the texts that the virtual ASA prints after each line, not the planner's.
"""

from collections.abc import Callable, Sequence
from ipaddress import ip_address

import pytest

from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Exemption, Identity, Reading, Strategy
from asa_automate.plan import everywhere
from asa_automate.plan.claims import Claim
from asa_automate.plan.document import PlanReading
from asa_automate.plan.everywhere import Refuted, refuted
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from asa_automate.simulate.classify import classify
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.space.walk import Undecided
from asa_automate.simulate.world import World

GATEWAY = ip_address("192.168.1.1")
SAMPLES = {"ordinary": ordinary("fw"), "interface": interface_policy("fw")}
Lines = list[str]


def planned(sample: str, strategy: Strategy) -> Lines:
    wish = Exemption(name="esa", gateways=(GATEWAY,), strategy=strategy)
    request = Request("fw", None, Identity(), (wish,), PlanReading(), strategy)
    plan = plan_device(request, read_running(SAMPLES[sample]))
    assert plan.status == "change", plan.reason
    return [command.line for command in plan.commands]


def states(sample: str, lines: Sequence[str]) -> list[RunningConfig]:
    """What the box has before, and after each line that it takes."""
    box = VirtualAsa(SAMPLES[sample])
    before = box.running_text
    box.edit(list(lines))
    return [read_running(text) for text in (before, *(s.running_text for s in box.snapshots))]


def claim(sample: str, lines: Sequence[str], *, mail_only: bool = True) -> Claim:
    gateways = frozenset({GATEWAY})
    return Claim(states(sample, lines), gateways, gateways, mail_only=mail_only)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(
    ("strategy", "readings"),
    [
        (Strategy.SPLIT_CLASS, [Reading.PER_ENGINE]),
        (Strategy.NARROW_DEFAULT, [Reading.PER_ENGINE, Reading.PER_CLASS]),
    ],
)
def test_what_is_planned_holds_for_all_flows(
    sample: str, strategy: Strategy, readings: list[Reading]
) -> None:
    made = claim(sample, planned(sample, strategy), mail_only=strategy is Strategy.SPLIT_CLASS)
    assert len(made.states) > 5
    for reading in readings:
        assert refuted(made, reading) is None
    forth = list(made.states)
    back = Claim(forth[::-1], frozenset(), made.touched, mail_only=made.mail_only)
    for reading in readings:
        assert refuted(back, reading) is None


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_split_under_the_other_reading_is_refuted(sample: str) -> None:
    made = claim(sample, planned(sample, Strategy.SPLIT_CLASS))
    confirmed(made, refuted(made, Reading.PER_CLASS), Reading.PER_CLASS)


def swap(old: str, new: str) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        assert any(old in line for line in lines), old
        return [line.replace(old, new) for line in lines]

    return change


def drop(text: str, count: int = 1) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        places = [i for i, line in enumerate(lines) if text in line][:count]
        assert places, text
        return [line for i, line in enumerate(lines) if i not in places]

    return change


def commit_first(lines: Lines) -> Lines:
    return [*lines[-3:], *lines[:-3]]


def after(*more: str) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines, *more]


def early(text: str) -> Callable[[Lines], Lines]:
    """The entry before all others of the access-list: nothing is a match any more."""

    def change(lines: Lines) -> Lines:
        place = next(i for i, line in enumerate(lines) if " permit " in line)
        return [*lines[: place + 1], text, *lines[place + 1 :]]

    return change


_ACL = "access-list ESA_EXEMPT_ESMTP"
_SEED = [
    f"{_ACL} extended permit tcp any host 192.168.1.1 eq smtp",
    "class-map ESA_EXEMPT_ESMTP",
    f"match {_ACL}",
    "policy-map global_policy",
    "class ESA_EXEMPT_ESMTP",
    "no inspect esmtp",
]
_DENY = "extended deny tcp"

#: Faults that a planner could have, by what is wrong with its lines.
SPLIT: dict[str, tuple[str, Callable[[Lines], Lines]]] = {
    "deny behind the permit": ("ordinary", swap(" line 1", "")),
    "both denies behind the permit": (
        "ordinary",
        lambda lines: [x.replace(" line 1", "").replace(" line 2", "") for x in lines],
    ),
    "the way in is missing": ("ordinary", drop(f"{_DENY} any object-group")),
    "the way out is missing": ("ordinary", drop(f"{_DENY} object-group")),
    "both ways are missing": ("ordinary", drop(_DENY, 2)),
    "another gateway": ("ordinary", swap("host 192.168.1.1", "host 192.168.1.3")),
    "one gateway too many": (
        "ordinary",
        lambda x: [*x[:2], "network-object host 192.168.1.3", *x[2:]],
    ),
    "permit on another port": (
        "ordinary",
        swap("permit tcp any any eq smtp", "permit tcp any any eq 26"),
    ),
    "permit to one host alone": (
        "ordinary",
        swap("permit tcp any any eq smtp", "permit tcp any host 192.168.1.9 eq smtp"),
    ),
    "permit of another protocol": (
        "ordinary",
        swap("permit tcp any any eq smtp", "permit udp any any eq 25"),
    ),
    "permit of IPv4 alone": (
        "ordinary",
        swap("permit tcp any any eq smtp", "permit tcp any4 any4 eq smtp"),
    ),
    "permit from client ports alone": (
        "ordinary",
        swap("permit tcp any any eq smtp", "permit tcp any gt 1023 any eq smtp"),
    ),
    "deny for everybody": (
        "ordinary",
        swap(f"{_DENY} any object-group ESA_EXEMPT_HOSTS", f"{_DENY} any any"),
    ),
    "deny of a whole network": (
        "ordinary",
        swap(
            f"{_DENY} any object-group ESA_EXEMPT_HOSTS", f"{_DENY} any 192.168.1.0 255.255.255.0"
        ),
    ),
    "an entry ahead of all": (
        "ordinary",
        early(f"{_ACL} line 1 extended deny tcp any any eq smtp"),
    ),
    "no inspection in our class": ("ordinary", drop("inspect esmtp")),
    "no match in our class": ("ordinary", drop("match access-list")),
    "our class in another policy": ("ordinary", lambda x: [*x[:7], "policy-map OTHER", *x[8:]]),
    "the commit line first": ("ordinary", commit_first),
    "another engine goes as well": ("ordinary", after("no inspect ftp")),
    "another engine goes instead": (
        "ordinary",
        lambda lines: [*lines[:-1], "no inspect dns"],
    ),
    "another engine in our class": (
        "ordinary",
        lambda lines: [x if x != "inspect esmtp" else "inspect http" for x in lines],
    ),
    "the map is lost": ("interface", swap("inspect esmtp ESMTP_TLS", "inspect esmtp")),
    "one policy is forgotten": ("interface", lambda lines: lines[:-3]),
    "the recipe that is copied everywhere": ("ordinary", lambda _: _SEED),
}

NARROW: dict[str, tuple[str, Callable[[Lines], Lines]]] = {
    "no permit": ("ordinary", drop("permit ip any any")),
    "permit of tcp alone": ("ordinary", swap("permit ip any any", "permit tcp any host 10.0.0.1")),
    "permit of one network": (
        "ordinary",
        swap("permit ip any any", "permit ip 10.0.0.0 255.0.0.0 any"),
    ),
    "permit of IPv4 alone": ("ordinary", swap("permit ip any any", "permit ip any4 any4")),
    "the way in is missing": ("ordinary", drop("deny ip any object-group")),
    "another list is matched": (
        "ordinary",
        lambda lines: [*lines[:-1], "match access-list OUTSIDE_IN"],
    ),
}


def confirmed(made: Claim, found: Refuted | None, reading: Reading) -> None:
    """The flow is what it is said to be, by the classifier of single flows."""
    assert isinstance(found, Refuted)
    world = World(reading)
    treated = [classify(state, found.flow, world) for state in made.states]
    if found.why.startswith("still inspected"):
        assert treated[-1].by(ESMTP), found
    else:
        assert {t.treatment for t in treated} - {treated[0].treatment}, found


@pytest.mark.parametrize("what", SPLIT)
def test_a_fault_in_a_split_is_refuted_by_a_flow(what: str) -> None:
    sample, change = SPLIT[what]
    made = claim(sample, change(planned(sample, Strategy.SPLIT_CLASS)))
    confirmed(made, refuted(made, Reading.PER_ENGINE), Reading.PER_ENGINE)


@pytest.mark.parametrize("reading", [Reading.PER_ENGINE, Reading.PER_CLASS])
@pytest.mark.parametrize("what", NARROW)
def test_a_fault_in_a_narrowing_is_refuted_by_a_flow(what: str, reading: Reading) -> None:
    sample, change = NARROW[what]
    made = claim(sample, change(planned(sample, Strategy.NARROW_DEFAULT)), mail_only=False)
    confirmed(made, refuted(made, reading), reading)


def test_what_takes_too_long_is_undecided_and_never_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is claimed, and there is no plan."""
    made = claim("ordinary", planned("ordinary", Strategy.SPLIT_CLASS))
    monkeypatch.setattr(everywhere, "MOST_RULES", 500)
    with pytest.raises(Undecided):
        refuted(made, Reading.PER_ENGINE)
    wish = Exemption(name="esa", gateways=(GATEWAY,))
    plan = plan_device(
        Request("fw", None, Identity(), (wish,), PlanReading()), read_running(SAMPLES["ordinary"])
    )
    assert (plan.status, plan.proof, plan.commands) == ("refused", None, ())
    assert "undecided: behind access-list ESA_EXEMPT_ESMTP of class ESA_EXEMPT_ESMTP (3 " in (
        plan.reason or ""
    )
    assert "its budget of 500 " in (plan.reason or "")


#: Others' mail that no chosen flow stands for: a class of theirs inspects it with another map, by
#: entries that are many, so that a sample of them misses the one that counts.
def crowded(count: int) -> str:
    entries = "".join(
        f"access-list THEIRS extended permit tcp host 10.{n >> 8 & 255}.{n & 255}.7 any eq smtp\n"
        for n in range(count)
    )
    text = ordinary("fw")
    first = "class-map inspection_default\n"
    theirs = f"{entries}class-map THEIRS\n match access-list THEIRS\n"
    text = text.replace(first, theirs + first)
    return text.replace(
        " class inspection_default\n",
        " class THEIRS\n  inspect esmtp\n class inspection_default\n",
    )


def test_one_entry_among_many_is_found() -> None:
    """An entry that goes away in mid-plan, in the middle of a long list: 1 of 2,000."""
    one = read_running(crowded(2_000))
    gone = "access-list THEIRS extended permit tcp host 10.3.231.7 any eq smtp\n"
    text = crowded(2_000).replace(
        "  inspect esmtp\n class inspection_default",
        "  inspect esmtp HERS\n class inspection_default",
    )
    whole, less_ = read_running(text), read_running(text.replace(gone, ""))
    assert len(one.acls["THEIRS"].entries) == 2_000
    assert len(less_.acls["THEIRS"].entries) == 1_999
    nobody = Claim([whole, less_], frozenset(), frozenset())
    found = refuted(nobody, Reading.PER_ENGINE)
    assert found is not None
    assert "10.3.231.7" in str(found.flow)
    confirmed(nobody, found, Reading.PER_ENGINE)
    assert refuted(Claim([whole, whole], frozenset(), frozenset()), Reading.PER_ENGINE) is None
