"""Hostile inventories and hostile firewalls: the device executes the planned lines, and no others.

``make fuzz`` tries 100,000 of them, ``make test`` some hundred. What a box executed is read from
the box's own transcript, never from what the program says.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from asa_automate.apply.applier import Options
from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.device.lines import may_be_sent
from asa_automate.errors import AsaAutomateError, BadInput
from asa_automate.inventory import load
from asa_automate.model import Device, Exemption, Identity, Reading
from asa_automate.plan import planner
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.request import Request
from asa_automate.report.plan import plan_lines
from tests.apply.rig import GATEWAY, Rig, make_rig

#: All examples together; each of the two tests takes half of them, in parts that print counts.
EXAMPLES = int(os.environ.get("ASA_AUTOMATE_FUZZ", "400"))
PARTS = max(1, EXAMPLES // 5000)

#: One in so many is planned with its whole proof and applied with all that an apply does; the
#: others have the same lines typed by the same session.
WHOLE = 50

#: A part of `make fuzz` is long; what hangs shall still end.
pytestmark = pytest.mark.timeout(7200)

hostile = settings(
    max_examples=EXAMPLES // 2 // PARTS,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

#: What somebody would try: a second command, help, completion, filters, prompts, escapes.
TRICKS = (
    *("\nreload\n", "\r\nno access-list OUTSIDE_IN\r\n", "?", "\t", "; reload", " | reload", "!"),
    *("\x1b]52;c;eA==\x07", "\x03", "\x1a", "\x00", "\x7f", "\u202e", "\u2028", "fw# "),
    *("fw(config)# ", "ERROR: % Invalid input", "<--- More --->", "Password: ", "exit", "end"),
    *("quit", "no", "conf t", " inspect esmtp\n class X\n  no inspect dns", "'); DROP TABLE x;--"),
    *("<script>", "=cmd|' /C'!A0", "../../etc/passwd", "${HOME}", "`id`", "$(id)", "%s%n", "\\"),
    *('"', "'", "#", ": end", "{{7*7}}", "\udce9", "caf\xe9", "A" * 300, "ESA_EXEMPT_ESMTP"),
    *("inspection_default", "any", "0.0.0.0/0", "*a", "&a", "!!python/object:os.system", "? "),
    *("- ", "null", "~", "1e9", "0x10"),
)

words = st.lists(
    st.one_of(
        st.sampled_from(TRICKS),
        st.text(alphabet="abcXYZ019_.:-", min_size=1, max_size=8),
        st.text(max_size=4),
    ),
    min_size=1,
    max_size=4,
).map("".join)

#: Each ``{n}`` is a place where a device has text of its own.
CONFIG = """\
ASA Version 9.8(2)
!
hostname {0}
!
interface GigabitEthernet0/0
 description {1}
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
!
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 192.168.1.254 255.255.255.0
!
object network {2}
 host 192.168.1.20
access-list {3} remark {4}
access-list {3} extended permit tcp any any eq smtp
{5}
class-map {6}
 match access-list {3}
class-map inspection_default
 match default-inspection-traffic
!
policy-map type inspect esmtp {7}
 parameters
  no mask-banner
policy-map {8}
 class {6}
  inspect http
 class inspection_default
  inspect dns
  inspect ftp
  inspect esmtp {7}
!
service-policy {8} global
snmp-server community {9}
: end
"""
PLAIN = ("fw", "uplink", "HOST", "LIST", "words", "pager lines 24", "WEB", "MAP", "POLICY", "x")

#: What a session types besides the planned lines.
TALK = ("enable", "terminal pager 0", "configure terminal", "exit", "end", "write memory")


@st.composite
def devices(draw: st.DrawFn) -> str:
    """A configuration with hostile text in one to three of its places."""
    fields = list(PLAIN)
    for place in draw(st.lists(st.integers(0, len(PLAIN) - 1), min_size=1, max_size=3)):
        fields[place] = draw(words)
    return CONFIG.format(*fields)


@dataclass
class Turn:
    """Which example it is, and how they ended."""

    ends: Counter[str]
    number: int = 0

    def whole(self) -> bool:
        """Whether the next one is done whole."""
        self.number += 1
        return self.number % WHOLE == 1

    def ended(self, how: str) -> None:
        self.ends[how] += 1


@pytest.fixture
def turn(request: pytest.FixtureRequest) -> Iterator[Turn]:
    """How the examples of a part ended, printed at its end."""
    turn = Turn(Counter())
    yield turn
    told = ", ".join(f"{how} {number:,}" for how, number in sorted(turn.ends.items()))
    line = f"{turn.number:,} hostile examples ({told}); no line too many was executed"
    kept = os.environ.get("ASA_AUTOMATE_FUZZ_LOG")
    if kept:
        with Path(kept).open("a") as file:
            file.write(f"{request.node.name}: {line}\n")
    print(f"\n    {line}")


def planned(text: str, exemptions: tuple[Exemption, ...], *, whole: bool) -> DevicePlan:
    """The plan, its proof left out unless it is to be whole: it costs ten times all the rest."""
    known = PlanReading(value=Reading.PER_ENGINE, source="known")
    request = Request("fw", None, Identity(), exemptions, known)
    with pytest.MonkeyPatch.context() as patched:
        if not whole:
            patched.setattr(planner, "_proved", _unproved)
        return planner.plan_device(request, read_running(text))


def _unproved(
    draft: DevicePlan, running: RunningConfig, both_ways: planner.Way, desired: object
) -> DevicePlan:
    del running, desired
    lines = {"commands": both_ways.commands, "inverse": both_ways.inverse}
    return draft.model_copy(update=lines)


def must_be_harmless(plan: DevicePlan) -> None:
    """A plan, whoever made up the names in it."""
    lines = [command.line for command in (*plan.commands, *plan.inverse)]
    assert plan.status != "change" or all(map(may_be_sent, lines)), lines
    assert all(isinstance(line, str) for line in plan_lines(plan))


def executed(rig: Rig, plan: DevicePlan, *, whole: bool) -> str:
    """Carry it out; every line that the box took is one of the plan, in the plan's order."""
    before = rig.box.running_text
    end = _applied(rig, plan) if whole else _typed(rig, plan)
    typed = rig.typed()
    others = {e.line for e in rig.box.transcript if e.session and e.number is None}
    assert all(o in TALK or o.startswith(("show ", "(")) for o in others), others
    forth = [command.line for command in plan.commands]
    if end == "new":
        assert typed == forth
    else:
        sent = next((n for n, line in enumerate(typed) if forth[n : n + 1] != [line]), len(typed))
        assert set(typed[sent:]) <= {command.line for command in plan.inverse}, typed
        assert typed or rig.box.running_text == before
    assert rig.box.counts.config_lines == len(typed)
    return end


def _applied(rig: Rig, plan: DevicePlan) -> str:
    return rig.apply(plan, Options(probe=False, rehearse=False)).state.value


def _typed(rig: Rig, plan: DevicePlan) -> str:
    try:
        session = rig.link()
        session.configure()
        for command in plan.commands:
            session.line(command.line)
        session.end()
        session.close()
    except AsaAutomateError:
        return "stopped"
    return "new"


WISH = (Exemption(name="esa", gateways=(ip_address(GATEWAY),)),)


@pytest.mark.parametrize("part", range(PARTS))
@hostile
@given(text=devices())
def test_hostile_text_of_a_device(turn: Turn, text: str, part: int) -> None:
    del part
    whole = turn.whole()
    try:
        rig = make_rig(text)
    except AsaAutomateError:
        turn.ended("no box has such a text")
        return
    plan = planned(rig.box.running_text, WISH, whole=whole)
    must_be_harmless(plan)
    end = executed(rig, plan, whole=whole) if plan.status == "change" else plan.status
    turn.ended(end)


HOSTS = (
    "{0}:\n  hostname: {1}\n  username: {2}\n  data: {{site: {3}, context: {4}, serial: {5}}}\n"
)
WISHES = (
    "exemptions:\n  - name: {6}\n    match: {{{7}: {8}}}\n"
    "    gateways: [{9}]\n    ticket: {10}\n    strategy: {11}\n"
)
ORDINARY = (
    *("fw", "192.0.2.1", "ops", "ams", "null", "9A"),
    *("esa", "site", "ams", GATEWAY, "CHG1", "split-class"),
)


@st.composite
def inventories(draw: st.DrawFn) -> tuple[str, str]:
    """The two files, hostile text in one or two places, bare or in quotes."""
    fields = list(ORDINARY)
    for place in draw(st.lists(st.integers(0, len(fields) - 1), min_size=1, max_size=2)):
        word = draw(words)
        quoted = '"{}"'.format(word.replace("\\", "\\\\").replace('"', '\\"'))
        fields[place] = draw(st.sampled_from((word, quoted)))
    return HOSTS.format(*fields), WISHES.format(*fields)


@pytest.mark.parametrize("part", range(PARTS))
@hostile
@given(files=inventories())
def test_hostile_inventory(
    turn: Turn, tmp_path_factory: pytest.TempPathFactory, files: tuple[str, str], part: int
) -> None:
    del part
    whole = turn.whole()
    place = _place(tmp_path_factory)
    for name, text in zip(("hosts.yaml", "exemptions.yaml"), files, strict=True):
        (place / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    try:
        inventory = load(place)
    except BadInput:
        turn.ended("file refused")
        return
    for device in inventory.devices:
        wishes = _wishes_for(inventory.exemptions, device)
        rig = make_rig(CONFIG.format(*PLAIN))
        plan = planned(rig.box.running_text, wishes, whole=whole)
        must_be_harmless(plan)
        turn.ended(executed(rig, plan, whole=whole) if plan.status == "change" else plan.status)


def _wishes_for(exemptions: tuple[Exemption, ...], device: Device) -> tuple[Exemption, ...]:
    data = {**device.data, "host": device.name}
    return tuple(e for e in exemptions if all(data.get(k) == v for k, v in e.match.items()))


_PLACES: dict[int, Path] = {}


def _place(factory: pytest.TempPathFactory) -> Path:
    """One directory for all examples."""
    return _PLACES.setdefault(os.getpid(), factory.mktemp("inventory"))
