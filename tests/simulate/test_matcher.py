"""An access-list made ready for many flows answers as the plain one does."""

from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given, settings
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.simulate.access import decide
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists, Matcher

OBJECTS = """\
object network H
 host 192.0.2.1
object network R
 range 192.0.2.4 192.0.2.9
object network F
 fqdn mail.example.com
object-group network G
 network-object host 192.0.2.2
 network-object 198.51.100.0 255.255.255.0
 group-object N
object-group network N
 network-object object R
 network-object host 2001:db8::1
object-group network LOOP
 network-object host 192.0.2.3
 group-object LOOP
object-group network ODD
 network-object host 192.0.2.1
 network-object something else
object-group service S tcp
 port-object eq smtp
object-group service T
 service-object tcp destination eq www
 service-object udp source range 1 9
"""
ENDS = (
    "any", "any4", "any6", "host 192.0.2.1", "host 192.0.2.2", "host 2001:db8::1",
    "198.51.100.0 255.255.255.128", "2001:db8::/64", "object H", "object R", "object F",
    "object-group G", "object-group N", "object-group LOOP", "object-group ODD",
    "object-group NONE", "interface outside",
)  # fmt: skip
ADDRESSES = tuple(
    ip_address(word)
    for word in (
        "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.5", "192.0.2.9", "198.51.100.7",
        "198.51.100.200", "203.0.113.1", "2001:db8::1", "2001:db8:1::1",
    )
)  # fmt: skip

entries = st.builds(
    "extended {} {} {} {}{}{}".format,
    st.sampled_from(["permit", "deny"]),
    st.sampled_from(["ip", "tcp", "udp", "6", "object-group T"]),
    st.sampled_from(ENDS),
    st.sampled_from(ENDS),
    st.sampled_from(["", " eq smtp", " range 20 30", " object-group S", " gt 1024"]),
    st.sampled_from(["", "", "", " inactive", " time-range WORK", " log"]),
)
flows = st.builds(
    Flow,
    protocol=st.sampled_from(["tcp", "udp", "icmp"]),
    source=st.sampled_from(ADDRESSES),
    destination=st.sampled_from(ADDRESSES),
    destination_port=st.sampled_from([25, 80, 2000]),
    source_port=st.sampled_from([None, 5, 40000]),
)


@settings(max_examples=300)
@given(
    st.lists(entries, min_size=1, max_size=12),
    st.lists(flows, min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from(["9.8(2)", "8.4(7)"]),
)
def test_as_the_plain_one(
    lines: list[str], asked: list[Flow], addresses_only: bool, version: str
) -> None:
    listed = "".join(f"access-list L {line}\n" for line in lines)
    running = read_running(
        f"ASA Version {version}\ninterface e0\n nameif outside\n ip address 192.0.2.1 /24\n"
        f"{OBJECTS}{listed}class-map C\n match access-list L\n: end\n"
    )
    acl = running.acls["L"]
    matcher = Matcher(running, acl)

    for flow in asked:
        expected = decide(running, acl, flow, addresses_only=addresses_only)
        assert expected == matcher.decide(flow, addresses_only=addresses_only)


def test_a_group_that_changes_is_another_matcher() -> None:
    listed = "".join(f"access-list L extended permit tcp host 10.0.0.{i} any\n" for i in range(64))
    text = (
        "object-group network G\n network-object host 192.0.2.1\n"
        f"access-list L extended permit tcp object-group G any\n{listed}"
        "class-map C\n match access-list L\n: end\n"
    )
    before = read_running(text)
    other = read_running(text.replace("192.0.2.1", "192.0.2.2"))
    after = replace(before, network_groups=other.network_groups)
    flow = Flow("tcp", ADDRESSES[0], ADDRESSES[5], 25, 40000)

    for running, match in ((before, True), (after, False), (before, True)):
        found = Lists(running).decide(running.acls["L"], flow, addresses_only=False)
        assert match == found.match
