"""Sameness: what a rollback must bring back, and what a fingerprint must not depend on."""

import pytest

from asa_automate.config.reader import read_running
from asa_automate.plan.state import fingerprint_of, stanzas_of

GROUP = """\
object-group network ESA_EXEMPT_HOSTS
 network-object host 192.168.1.1
 network-object host 192.168.1.2
"""
ACL = """\
access-list ESA_EXEMPT_ESMTP extended deny tcp any object-group ESA_EXEMPT_HOSTS eq smtp
access-list ESA_EXEMPT_ESMTP extended deny tcp object-group ESA_EXEMPT_HOSTS any eq smtp
access-list ESA_EXEMPT_ESMTP extended permit tcp any any eq smtp
"""
CLASS_MAP = """\
class-map ESA_EXEMPT_ESMTP
 match access-list ESA_EXEMPT_ESMTP
"""
THEIRS = """\
object-group network SERVERS
 network-object host 10.0.0.1
 network-object host 10.0.0.2
access-list HAND extended deny tcp any host 10.0.0.1 eq smtp
access-list HAND extended permit tcp any any eq smtp
class-map HAND
 match access-list HAND
class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class inspection_default
  inspect ftp
  inspect sip
 class HAND
  inspect esmtp
 class ESA_EXEMPT_ESMTP
  inspect esmtp
service-policy global_policy global
"""
WHOLE = GROUP + ACL + CLASS_MAP + THEIRS
NAMES = "names\nname 192.168.1.1 esa1\n"


HEAD = ": Saved\nASA Version 9.8(2)\n"


def fingerprint(body: str, head: str = HEAD, end: str = ": end\n") -> str:
    return fingerprint_of(read_running(f"{head}hostname fw\n{body}{end}"))


def swapped(text: str, one: str, other: str) -> str:
    """``text`` with two of its lines in each other's place."""
    assert one in text
    assert other in text
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


SAME = {
    "another order of inspections": swapped(WHOLE, "  inspect ftp\n", "  inspect sip\n"),
    "trailing blanks": WHOLE.replace("inspect esmtp\n", "inspect esmtp \n"),
    "separators": WHOLE.replace("policy-map", "!\npolicy-map"),
    "our stanzas at the end": THEIRS + GROUP + ACL + CLASS_MAP,
    "our stanzas among themselves": CLASS_MAP + ACL + GROUP + THEIRS,
    "a port as a number": WHOLE.replace(f"{ACL}", ACL.replace("eq smtp", "eq 25")),
    "our members in another order": swapped(WHOLE, "host 192.168.1.1\n", "host 192.168.1.2\n"),
}
OTHER = {
    "our entries in another order": swapped(WHOLE, *ACL.splitlines(keepends=True)[1:]),
    "an entry less": WHOLE.replace(ACL.splitlines(keepends=True)[0], ""),
    "a member less": WHOLE.replace(" network-object host 192.168.1.2\n", ""),
    "another member": WHOLE.replace("192.168.1.2", "192.168.1.3"),
    "another map": WHOLE.replace("inspect esmtp\nservice", "inspect esmtp MAIL\nservice"),
    "an inspection less": WHOLE.replace("  inspect sip\n", ""),
    "an inspection in another class": swapped(WHOLE, "  inspect sip\n", " class HAND\n"),
    "classes in another order": swapped(WHOLE, " class HAND\n", " class ESA_EXEMPT_ESMTP\n"),
    "their entries in another order": swapped(
        WHOLE,
        "access-list HAND extended deny tcp any host 10.0.0.1 eq smtp\n",
        "access-list HAND extended permit tcp any any eq smtp\n",
    ),
    "their members in another order": swapped(WHOLE, "host 10.0.0.1\n", "host 10.0.0.2\n"),
    "their entry with a number": WHOLE.replace("host 10.0.0.1 eq smtp", "host 10.0.0.1 eq 25"),
    "nothing attached": WHOLE.replace("service-policy global_policy global\n", ""),
    "a line that nobody models": WHOLE + "snmp-server location cellar\n",
    "no match in our class-map": WHOLE.replace(" match access-list ESA_EXEMPT_ESMTP\n", ""),
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_is_the_same(body: str) -> None:
    assert body != WHOLE, "the case must change something"
    assert fingerprint(WHOLE) == fingerprint(body)


@pytest.mark.parametrize("body", OTHER.values(), ids=OTHER)
def test_is_another(body: str) -> None:
    assert body != WHOLE, "the case must change something"
    assert fingerprint(WHOLE) != fingerprint(body)


@pytest.mark.parametrize(
    ("head", "end"),
    [
        (": Saved\n: Written by admin at 10:00:00 UTC\n!\nASA Version 9.8(2)\n", ": end\n"),
        (": Saved\n:\n: Serial Number: 9A1\nASA Version 9.8(2) \n", ": end\n"),
        (HEAD, f"Cryptochecksum:{'0' * 32}\n: end\n"),
        (HEAD, f"Cryptochecksum:{'f' * 32}\n: end\nfw# \n"),
        (HEAD, ""),
    ],
    ids=["startup", "serial", "checksum", "prompt", "no end"],
)
def test_head_and_end_do_not_count(head: str, end: str) -> None:
    assert fingerprint(WHOLE) == fingerprint(WHOLE, head, end)


def test_a_name_that_is_printed_for_a_member_does_not_count() -> None:
    named = WHOLE.replace("network-object host 192.168.1.1\n", "network-object host esa1\n")

    assert fingerprint(NAMES + WHOLE) == fingerprint(NAMES + named)
    assert fingerprint(WHOLE) != fingerprint(NAMES + WHOLE), "the table itself is a setting"


def test_a_name_that_means_another_address_counts() -> None:
    named = WHOLE.replace("network-object host 192.168.1.1\n", "network-object host esa1\n")
    elsewhere = NAMES.replace("192.168.1.1", "192.168.9.9")

    assert fingerprint(elsewhere + WHOLE) != fingerprint(elsewhere + named)


def test_the_difference_can_be_shown() -> None:
    """The stanzas say where two configurations part."""
    one = stanzas_of(read_running(WHOLE))
    other = stanzas_of(read_running(OTHER["a member less"]))

    assert [stanza for stanza in one if stanza not in other] == [
        (
            "object-group network ESA_EXEMPT_HOSTS",
            " network-object host 192.168.1.1",
            " network-object host 192.168.1.2",
        )
    ]
