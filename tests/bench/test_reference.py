"""The judge, judged: by small texts whose answer a person sees."""

import pytest

from bench.reference import facts, plan, read, takes_gateway

_GATEWAY = "192.168.1.1"
_AROUND = """\
name 192.168.1.1 esa-1
object network ESA
 host 192.168.1.1
object network NEAR
 range 192.168.1.0 192.168.1.9
object service SMTP
 service tcp destination eq smtp
object-group service PORTS tcp
 port-object eq 587
 port-object range 20 30
object-group network INNER
 network-object object ESA
object-group network OUTER
 description has ESA two deep
 network-object 10.0.0.0 255.255.255.0
 group-object INNER
{entries}
class-map MAIL
 match access-list MAIL
class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class MAIL
  inspect esmtp\x20
 class inspection_default
  inspect ftp\x20
  inspect esmtp\x20
service-policy global_policy global
"""


def _text(*entries: str) -> str:
    lines = (f"access-list MAIL extended {entry}" for entry in entries)
    return _AROUND.format(entries="\n".join(lines))


@pytest.mark.parametrize(
    ("taken", "entries"),
    [
        (True, ["permit tcp any host 192.168.1.1 eq smtp"]),
        (True, ["permit tcp host esa-1 any eq 25"]),
        (True, ["permit ip any object ESA"]),
        (True, ["permit tcp any object NEAR range 20 30"]),
        (True, ["permit object SMTP any object-group OUTER"]),
        (True, ["permit tcp object-group OUTER any gt 20 log"]),
        (True, ["permit tcp any gt 1023 192.168.0.0 255.255.0.0 eq smtp"]),
        (False, ["permit tcp host 10.0.0.1 host 192.168.1.2 eq smtp"]),
        (True, ["permit tcp any host 192.168.1.2 eq smtp"]),  # from the gateway
        (False, ["permit tcp any host 192.168.1.1 eq 587"]),
        (False, ["permit udp any host 192.168.1.1"]),
        (False, ["permit tcp any eq smtp host 192.168.1.1"]),
        (False, ["permit tcp any host 192.168.1.1 eq smtp inactive"]),
        (False, ["permit tcp host 192.168.1.1 host 192.168.1.1 eq smtp"]),
        (False, ["deny ip any object ESA", "permit tcp host 10.0.0.1 object NEAR eq smtp"]),
        (True, ["deny tcp 10.0.0.0 255.0.0.0 object ESA", "permit tcp any object ESA eq smtp"]),
        (False, ["deny ip 10.0.0.0 255.0.0.0 any", "permit tcp host 10.1.1.1 object ESA eq smtp"]),
        (True, ["permit tcp any object ESA eq smtp", "deny ip any any"]),
    ],
)
def test_a_class_takes_a_gateway_or_not(taken: bool, entries: list[str]) -> None:
    assert taken is takes_gateway(read(_text(*entries)), "MAIL", _GATEWAY)


def test_a_group_of_ports_is_no_end() -> None:
    text = _text("permit tcp any object ESA object-group PORTS")
    assert takes_gateway(read(text), "MAIL", _GATEWAY)


def test_only_a_class_that_takes_a_gateway_gives_its_inspection() -> None:
    taken = plan(read(_text("permit tcp any any eq smtp")), (_GATEWAY,))
    left = plan(read(_text("permit tcp host 10.0.0.2 host 10.0.0.1 eq smtp")), (_GATEWAY,))
    assert ["class MAIL", "no inspect esmtp"] == taken[-2:]
    assert "class MAIL" not in left
    assert ["class inspection_default", "no inspect esmtp"] == left[-2:] == taken[-5:-3]


def test_what_it_does_not_understand_it_does_not_judge() -> None:
    text = read(_text("permit tcp any host 192.168.1.1 eq smtp time-range NIGHT"))
    with pytest.raises(ValueError, match="NIGHT"):
        takes_gateway(text, "MAIL", _GATEWAY)


def test_the_facts_of_a_text() -> None:
    found = facts(read(_text("permit ip any any", "permit tcp any any eq smtp")))
    assert {
        "attached": ["global_policy global"],
        "esmtp": ["global_policy MAIL", "global_policy inspection_default"],
        "entries": 2,
        "names": 1,
        "objects": 2,
        "members": 3,
    } == {key: value for key, value in found.items() if key != "class_acls"}
