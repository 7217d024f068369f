"""The laws on generated firewalls: whatever the policies look like, no plan leaves a flow between.

A configuration is made of what firewalls in the field have: one or two attached policies, classes
in any order, maps, hand-made classes for mail, groups, versions, leftovers of ours.
"""

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from asa_automate.lab.dialects import release_of
from asa_automate.model import Address, Reading, Strategy

if TYPE_CHECKING:
    from tests.laws.conftest import Judge

GATEWAYS = tuple(map(ip_address, ("192.168.1.1", "10.0.0.7")))

INTERFACES = """\
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 ip address 192.168.1.254 255.255.255.0
"""
GROUPS = """\
object-group network SERVERS
 network-object host 192.168.1.1
 network-object 10.0.0.0 255.255.255.0
object-group service MAIL tcp
 port-object eq smtp
 port-object eq 587
"""
ENTRIES = (
    "extended permit tcp any any eq smtp",
    "extended permit tcp any object-group SERVERS eq smtp",
    "extended deny tcp any host 192.168.1.1 eq smtp",
    "extended deny tcp host 192.168.1.1 any eq smtp",
    "extended permit tcp any any object-group MAIL",
    "extended permit ip 10.0.0.0 255.0.0.0 any",
    "extended permit tcp any host 198.51.100.200 eq smtp inactive",
    "extended deny ip any any",
)
MAPS = """\
policy-map type inspect esmtp STRICT
 parameters
  mask-banner
policy-map type inspect esmtp LOOSE
 parameters
  allow-tls
"""
#: Class-map -> its match lines.
MATCHES = {
    "inspection_default": (" match default-inspection-traffic",),
    "BY_PORT": (" match port tcp eq smtp",),
    "BY_LIST": (" match access-list HAND",),
    "NARROWED": (" match default-inspection-traffic", " match access-list HAND"),
    "BY_DSCP": (" match dscp ef",),
    "EVERYTHING": (" match any",),
}
ESMTP = ("inspect esmtp", "inspect esmtp STRICT", "inspect esmtp LOOSE")
OURS = """\
object-group network ESA_EXEMPT_HOSTS
 network-object host 192.168.1.1
access-list ESA_EXEMPT_ESMTP extended deny tcp any object-group ESA_EXEMPT_HOSTS eq smtp
access-list ESA_EXEMPT_ESMTP extended deny tcp object-group ESA_EXEMPT_HOSTS any eq smtp
access-list ESA_EXEMPT_ESMTP extended permit tcp any any eq smtp
class-map ESA_EXEMPT_ESMTP
 match access-list ESA_EXEMPT_ESMTP
"""


#: What gives a gateway another address outside, before 8.3.
STATICS = (
    "static (inside,outside) 203.0.113.25 192.168.1.1 netmask 255.255.255.255 tcp 50 100\n",
    "static (inside,outside) tcp interface smtp 10.0.0.7 smtp netmask 255.255.255.255\n",
)


@st.composite
def classes(draw: st.DrawFn, name: str) -> str:
    lines = [f" class {name}"]
    if "default-inspection" in "".join(MATCHES.get(name, ())):
        others = draw(st.sets(st.sampled_from(("ftp", "sip", "tftp", "http")), max_size=3))
        lines += [f"  inspect {engine}" for engine in sorted(others)]
        mail = draw(st.sampled_from((*ESMTP, ESMTP[0], None)))
    else:
        mail = draw(st.sampled_from((*ESMTP, None, None, None)))
    lines += [f"  {mail}"] if mail else []
    return "\n".join(lines) + "\n"


@st.composite
def policies(draw: st.DrawFn, name: str) -> str:
    names = draw(st.permutations(sorted(MATCHES)))[: draw(st.integers(0, 3))]
    chosen = [n for n in names if n != "inspection_default"]
    chosen.insert(draw(st.integers(0, len(chosen))), "inspection_default")
    if draw(st.booleans()):
        chosen = ["inspection_default"]
    return f"policy-map {name}\n" + "".join(draw(classes(n)) for n in chosen)


@st.composite
def firewalls(draw: st.DrawFn) -> str:
    version = draw(st.sampled_from(("7.2(4)", "8.2(5)", "8.4(7)", "9.1(7)", "9.16(4)")))
    is_old = release_of(version) < (8, 3)
    entries = draw(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4, unique=True))
    attached = draw(st.sampled_from((("global",), ("global", "outside"), ("outside", "inside"))))
    parts = [f": Saved\nASA Version {version}\nhostname fw\n", INTERFACES, GROUPS]
    parts += [f"access-list HAND {entry}\n" for entry in entries]
    parts += ["".join(f"class-map {n}\n" + "\n".join(m) + "\n" for n, m in MATCHES.items()), MAPS]
    ours = draw(st.sampled_from((0, 0, 1, 2)))
    parts += [OURS] if ours else []
    for place in attached:
        policy = draw(policies(f"{place}_policy"))
        parts.append(policy)
        if ours == 2:
            parts.append(f" class ESA_EXEMPT_ESMTP\n  {draw(st.sampled_from(ESMTP))}\n")
    where = {"global": "global", "outside": "interface outside", "inside": "interface inside"}
    parts += [f"service-policy {place}_policy {where[place]}\n" for place in attached]
    parts += draw(st.lists(st.sampled_from(STATICS), unique=True)) if is_old else []
    return "".join(parts) + ": end\n"


# Each example is planned, played and undone: half of what other laws get.
@settings(max_examples=settings().max_examples // 2)
@given(
    text=firewalls(),
    gateways=st.sampled_from((GATEWAYS[:1], GATEWAYS, GATEWAYS[1:], ())),
    reading=st.sampled_from(Reading),
    strategy=st.sampled_from(
        (None, None, Strategy.NARROW_DEFAULT, Strategy.OFF, Strategy.CLASS_FIRST)
    ),
)
def test_a_change_is_whole_and_a_refusal_has_a_reason(
    judge: "Judge",
    text: str,
    gateways: tuple[Address, ...],
    reading: Reading,
    strategy: Strategy | None,
) -> None:
    wish: dict[str, Any] = {"reading": reading, "strategy": strategy}
    plan = judge.plan(text, *gateways, **wish)

    if plan.status != "change":
        assert plan.reason
        assert () == plan.commands or plan.status == "refused"
        return
    judge.circle(plan, text, gateways, **wish)
