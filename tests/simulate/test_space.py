"""Boxes of flows: laws of sets, and the classifier of single flows as judge."""

import os
import random
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading
from asa_automate.simulate.classify import classify_in
from asa_automate.simulate.engines import effective_map
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.space.boxes import LAST, Box, Space, common, covers, less, without
from asa_automate.simulate.space.chains import NOTHING, Action, Angle, Chain, Choice, may_differ
from asa_automate.simulate.space.lists import changed, others
from asa_automate.simulate.space.reader import Reader
from asa_automate.simulate.space.rules import Rule, rule_of
from asa_automate.simulate.space.walk import Budget, Undecided, Walk, taken
from asa_automate.simulate.world import World

#: Flows per configuration, engine and reading; the environment may ask for more.
FLOWS = int(os.environ.get("ASA_AUTOMATE_SPACE_FLOWS", "150"))
GRID = 3


def boxes(most: int = GRID) -> st.SearchStrategy[Box]:
    side = st.tuples(st.integers(0, most), st.integers(0, most)).map(lambda p: (min(p), max(p)))
    return st.tuples(side, side, side, side, side)


def points(box: Box) -> set[tuple[int, ...]]:
    return set(product(*(range(low, high + 1) for low, high in box)))


@given(boxes(), boxes())
def test_common_covers_and_without_are_those_of_sets(one: Box, other: Box) -> None:
    both = common(one, other)
    assert (points(both) if both else set()) == points(one) & points(other)
    assert covers(one, other) == (points(other) <= points(one))
    rest = list(without(one, other))
    assert sum(len(points(b)) for b in rest) == len(points(one) - points(other))
    assert {p for b in rest for p in points(b)} == points(one) - points(other)


def rules(most: int = 2) -> st.SearchStrategy[list[Rule]]:
    return st.lists(st.builds(Rule, boxes(most), st.booleans()), max_size=7)


def first_match(listed: list[Rule], point: tuple[int, ...]) -> Rule | None:
    for rule in listed:
        if all(low <= n <= high for n, (low, high) in zip(point, rule.box, strict=True)):
            return rule
    return None


WHOLE: Box = ((0, 2),) * 5


def listing(rules: list[Rule], name: str = "ONE", taken_as: str = "ours") -> Chain:
    """A chain of one class that an access-list is behind."""
    made = tuple(rules)
    return (Choice(name, made, (WHOLE,), lambda: made, (WHOLE,), (taken_as,), stops=False),)


@given(rules(), boxes(2))
def test_pieces_are_the_box_and_each_has_its_first_match(listed: list[Rule], box: Box) -> None:
    found = list(taken(listing(listed), box, Budget(10**6)))
    assert sum(len(points(piece)) for piece, _ in found) == len(points(box))
    for piece, action in found:
        for point in points(piece):
            rule = first_match(listed, point)
            assert action == (("ours",) if rule and rule.permit else NOTHING)


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=12))
def test_what_is_left_is_a_common_subsequence(one: list[int], other: list[int]) -> None:
    mine, theirs = others(one, other)
    kept = [n for i, n in enumerate(one) if i not in mine]
    assert kept == [n for i, n in enumerate(other) if i not in theirs]
    if one == other:
        assert (mine, theirs) == ([], [])


@given(rules(), rules())
def test_outside_the_changed_boxes_first_matches_are_equal(
    one: list[Rule], other: list[Rule]
) -> None:
    """The reduction: it is sound for any common subsequence."""
    inside = {point for box in changed(one, other) for point in points(box)}
    for point in points(WHOLE) - inside:
        assert first_match(one, point) == first_match(other, point)


@given(rules(), rules(), st.lists(boxes(2), max_size=3))
def test_differences_are_all_there_are(one: list[Rule], other: list[Rule], but: list[Box]) -> None:
    """In chains that begin alike and go on alike; excepted boxes do not count."""

    def action(chain: list[list[Rule]], point: tuple[int, ...]) -> Action:
        for number, listed in enumerate(chain):
            rule = first_match(listed, point)
            if rule and rule.permit:
                return (str(number),)
        return NOTHING

    middle = {"one": one, "other": other}
    for chains in (("one", "other"), ("one one", "one other"), ("one other", "other one")):
        before, after = ([middle[name] for name in chain.split()] for chain in chains)
        built = [
            tuple(c for n, listed in enumerate(x) for c in listing(listed, f"{n}", f"{n}"))
            for x in (before, after)
        ]
        walk = Walk(built, WHOLE, Budget(10**6), but)
        regions = list(may_differ(*built))
        found = [p for box, _ in walk.bad(regions, _differ) for p in points(box)]
        excepted = {p for box in but for p in points(box)}
        wanted = {p for p in points(WHOLE) if action(before, p) != action(after, p)}
        assert sorted(found) == sorted(wanted - excepted)


def _differ(actions: tuple[Action, ...]) -> bool:
    return actions[0] != actions[1]


def many(chance: random.Random, sides: int) -> Rule:
    """An entry with groups at its ends and several services."""

    def apart() -> tuple[tuple[int, int], ...]:
        return tuple((2 * n, 2 * n) for n in sorted(chance.sample(range(sides), 2)))

    services = tuple(
        tuple((n, n) for n in chance.choices(range(3), k=3)) for _ in range(chance.randint(1, 3))
    )
    return rule_of(services, apart(), apart(), permit=chance.random() < 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(20))
def test_groups_are_as_if_written_out(seed: int) -> None:
    """An entry with groups is one rule; it takes what its boxes take, one by one."""
    chance = random.Random(seed)  # noqa: S311  # a test's choice of rules
    grouped = [many(chance, 3) for _ in range(4)]
    plain = [Rule(box, rule.permit) for rule in grouped for box in written_out(rule)]
    assert len(plain) > len(grouped)
    whole: Box = ((0, 5),) * 5
    pair = [
        (Choice("C", n, (whole,), lambda r=r: tuple(r), (whole,), ("it",), stops=False),)  # type: ignore[misc]
        for n, r in enumerate((grouped, plain))
    ]
    assert list(Walk(pair, whole, Budget(10**6)).bad([whole], _differ)) == []
    size = sum(len(points(b)) for b, action in taken(pair[0], whole, Budget(10**6)) if action)
    assert size == len({p for p in points(whole) if permits(plain, p)})


def permits(listed: list[Rule], point: tuple[int, ...]) -> bool:
    rule = first_match(listed, point)
    return bool(rule and rule.permit)


def written_out(rule: Rule) -> Iterator[Box]:
    parts = rule.parts
    assert parts is not None
    for (protocol, low, high), one, other in product(
        parts.services, parts.sources, parts.destinations
    ):
        yield protocol, one, other, low, high


def test_beyond_the_budget_nothing_is_claimed() -> None:
    listed = [Rule(((n, n), *WHOLE[1:]), permit=bool(n % 2)) for n in range(3)]
    with pytest.raises(Undecided):
        list(taken(listing(listed), WHOLE, Budget(400)))


# --- the symbolic answer is that of the classifier -----------------------------------------------

#: Classes of every kind behind one policy: groups in groups, services, names, a deny, an inactive
#: entry, ports beside the default traffic, an access-list for a class without it, two ports.
MIXED = """\
names
name 192.168.7.7 printer
object network NET
 subnet 10.1.0.0 255.255.0.0
object-group network INNER
 network-object host 10.2.2.2
 network-object object NET
object-group network OUTER
 group-object INNER
 network-object 192.168.0.0 255.255.255.0
object-group service PORTS tcp
 port-object eq smtp
 port-object range 8000 8080
object-group service MANY
 service-object tcp destination eq smtp
 service-object udp source range 5000 6000 destination eq sip
access-list A extended deny tcp host 10.2.2.2 any eq smtp
access-list A extended permit tcp object-group OUTER any object-group PORTS
access-list A extended permit tcp any host 198.51.100.9 range smtp 30
access-list A extended permit tcp any host printer neq 25
access-list A extended permit udp any any inactive
access-list B extended deny ip host 192.168.0.9 any
access-list B extended permit tcp any any eq ftp
access-list B extended permit ip 10.0.0.0 255.0.0.0 any
access-list C extended permit object-group MANY any object-group INNER
access-list C extended deny tcp any any lt 100
access-list C extended permit tcp any gt 1024 any
class-map LISTED
 match access-list A
class-map NARROW
 match default-inspection-traffic
 match access-list B
class-map SERVICES
 match access-list C
class-map ONE
 match port tcp eq 2525
class-map SOME
 match port udp range 5000 5100
class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class LISTED
  inspect esmtp
 class NARROW
  inspect dns
  inspect esmtp HIS
  inspect ftp
 class SERVICES
  inspect sip
 class ONE
  inspect esmtp
 class SOME
  inspect sip
 class inspection_default
  inspect dns preset_dns_map
  inspect ftp
  inspect esmtp
  inspect sip
  inspect icmp
 class class-default
  inspect http
service-policy global_policy global
"""


def mixed() -> str:
    return f": Saved\nASA Version 9.8(2)\nhostname fw\n{MIXED}: end\n"


SAMPLES = {"mixed": mixed(), "ordinary": ordinary("fw"), "interface": interface_policy("fw")}


def edges(running: RunningConfig) -> tuple[list[int], list[int]]:
    """Addresses and ports on and beside every edge that the text has."""
    hosts = {1, LAST[4] - 1, int(ip_address("203.0.113.9"))}
    for acl in running.acls.values():
        for entry in acl.entries:
            for end in (entry.source, entry.destination):
                if end.network is not None and end.network.version == 4:
                    low = int(end.network.network_address)
                    high = int(end.network.broadcast_address)
                    hosts |= {low - 1, low, high, high + 1}
    for group in running.network_groups.values():
        for member in group.members:
            if member.network is not None and member.network.version == 4:
                low = int(member.network.network_address)
                hosts |= {low, low + 1, int(member.network.broadcast_address)}
    ports = {0, 1, 21, 24, 25, 26, 30, 31, 53, 80, 99, 100, 1024, 1025, 2525, 4999, 5000, 5060}
    ports |= {5100, 5101, 6000, 6001, 7999, 8000, 8080, 8081, 65535}
    return sorted(h for h in hosts if 0 < h <= LAST[4]), sorted(ports)


def flows(running: RunningConfig, chance: random.Random, count: int) -> Iterator[Flow]:
    hosts, ports = edges(running)
    for _ in range(count):
        protocol = chance.choice(("tcp", "tcp", "tcp", "udp", "icmp", "47"))
        one, other = (
            ip_address(chance.choice((*hosts, chance.randrange(1, LAST[4])))) for _ in range(2)
        )
        if protocol in ("tcp", "udp"):
            low, high = (chance.choice((*ports, chance.randrange(65536))) for _ in range(2))
            yield Flow(protocol, one, other, high, low)
        else:
            yield Flow(protocol, one, other)


def point_of(flow: Flow) -> Box:
    number = {"tcp": 6, "udp": 17, "icmp": 1}.get(flow.protocol) or int(flow.protocol)
    sides = (number, int(flow.source), int(flow.destination))
    low, high = flow.source_port or 0, flow.destination_port
    return tuple((n, n) for n in (*sides, low, high))  # type: ignore[return-value]


@pytest.mark.parametrize("reading", [Reading.PER_ENGINE, Reading.PER_CLASS])
@pytest.mark.parametrize("sample", SAMPLES)
def test_it_answers_as_the_classifier_of_single_flows(sample: str, reading: Reading) -> None:
    running = read_running(SAMPLES[sample])
    chance = random.Random(f"{sample} {reading}")  # noqa: S311  # a test's choice of flows
    compared = inspected = 0
    for where, ports_count in product(running.service_policies, (False, True)):
        policy = running.policy_maps[where.policy]
        world = World(reading, ports_count=ports_count)
        engines = sorted({i.engine for c in policy.classes for i in c.inspects})
        reader = Reader()
        chains = {
            engine: reader.chain(running, policy, Angle(4, engine, reading, ports_count))
            for engine in engines
        }
        for flow in flows(running, chance, FLOWS):
            verdict = classify_in(running, where, flow, world)
            for engine, chain in chains.items():
                [(_, action)] = taken(chain, point_of(flow), Budget(10**6))
                by = verdict.by(engine)
                wanted = (effective_map(engine, by.map),) if by else NOTHING
                assert wanted == action, (str(flow), engine)
                compared += 1
                inspected += by is not None
    assert compared > FLOWS
    assert 0 < inspected < compared


@pytest.mark.parametrize("engine", ["esmtp", "ftp", "sip", "dns"])
def test_the_pieces_of_everything_are_right_at_their_corners(engine: str) -> None:
    """The other way round: from all flows to pieces, and each piece's corners asked one by one."""
    running = read_running(SAMPLES["mixed"])
    [where] = running.service_policies
    policy = running.policy_maps[where.policy]
    chain = Reader().chain(running, policy, Angle(4, engine, Reading.PER_ENGINE))
    space = Space(4)
    count = 0
    for piece, action in taken(chain, space.everything, Budget(10**6)):
        flow = space.flow(piece)
        if flow is None or flow.protocol not in ("tcp", "udp", "icmp"):
            continue
        by = classify_in(running, where, flow, World(Reading.PER_ENGINE)).by(engine)
        assert action == ((effective_map(engine, by.map),) if by else NOTHING), str(flow)
        count += 1
    assert count >= 5


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("eq smtp\n port-object range 8000", "eq smtp\n port-object range 8001", False),
        ("extended deny tcp any any lt 100", "extended deny tcp any any lt 101", False),
        ("extended deny ip host 192.168.0.9", "extended deny ip host 192.168.0.8", False),
        (" match port tcp eq 2525", " match port tcp eq 2526", False),
        ("  inspect esmtp HIS", "  inspect esmtp HERS", False),
        (" network-object host 10.2.2.2\n", " network-object host 10.2.2.3\n", False),
        ("hostname fw", "hostname wf", True),
        ("permit udp any any inactive", "permit ip any any inactive", True),
    ],
)
def test_where_two_configurations_may_differ(old: str, new: str, same: bool) -> None:
    """What is outside ``may_differ`` is treated alike; a real difference lies inside."""
    one = read_running(SAMPLES["mixed"])
    other = read_running(SAMPLES["mixed"].replace(old, new))
    assert SAMPLES["mixed"].count(old) == 1
    found = []
    reader = Reader()
    for engine in ("esmtp", "ftp", "sip", "dns"):
        angle = Angle(4, engine, Reading.PER_ENGINE)
        before, after = (
            reader.chain(r, r.policy_maps["global_policy"], angle) for r in (one, other)
        )
        regions = list(may_differ(before, after))
        chance = random.Random(old)  # noqa: S311  # a test's choice of flows
        for flow in flows(one, chance, FLOWS):
            [(_, was)] = taken(before, point_of(flow), Budget(10**6))
            [(_, now)] = taken(after, point_of(flow), Budget(10**6))
            if not any(covers(box, point_of(flow)) for box in regions):
                assert was == now
        for box in regions:
            for piece, was in taken(before, box, Budget(10**6)):
                found += [p for p, now in taken(after, piece, Budget(10**6)) if was != now]
    assert bool(found) != same
    assert less([Space(4).everything], [Space(4).everything]) == []
