"""What may be sent to a device at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.device.lines import LONGEST, check_line, is_show
from asa_automate.device.prompts import Mode, exits_to, mode_after, mode_needed, parse
from asa_automate.errors import Refused

CONFIGURATION = {
    "object-group network ESA_EXEMPT_HOSTS": (Mode.CONFIG, Mode.GROUP),
    "network-object host 192.168.1.1": (Mode.GROUP, Mode.GROUP),
    "no network-object host 2001:db8::25": (Mode.GROUP, Mode.GROUP),
    "access-list A extended permit tcp any any eq smtp": (Mode.CONFIG, Mode.CONFIG),
    "access-list A line 1 extended deny tcp any object-group G eq smtp": (
        Mode.CONFIG,
        Mode.CONFIG,
    ),
    "no access-list A extended deny ip object-group G any": (Mode.CONFIG, Mode.CONFIG),
    "access-list P extended permit tcp host 192.0.2.1 host 198.51.100.1 eq www": (
        Mode.CONFIG,
        Mode.CONFIG,
    ),
    "class-map C": (Mode.CONFIG, Mode.CLASS_MAP),
    "match access-list A": (Mode.CLASS_MAP, Mode.CLASS_MAP),
    "no match access-list A": (Mode.CLASS_MAP, Mode.CLASS_MAP),
    "policy-map global_policy": (Mode.CONFIG, Mode.POLICY_MAP),
    "class inspection_default": (Mode.POLICY_MAP, Mode.POLICY_CLASS),
    "no class C": (Mode.POLICY_MAP, Mode.POLICY_MAP),
    "inspect esmtp": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "inspect esmtp my-map.1": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "no inspect esmtp": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "set connection timeout idle 2:00:00": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "police input 1000000 1500": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "priority": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "service-policy shaped": (Mode.POLICY_CLASS, Mode.POLICY_CLASS),
    "no class-map C": (Mode.CONFIG, Mode.CONFIG),
    "no object-group network G": (Mode.CONFIG, Mode.CONFIG),
}
SHOWS = (
    "show version",
    "show curpriv",
    "show failover",
    "show cluster info",
    "show mode",
    "show running-config",
    "show startup-config",
    "show running-config policy-map",
    "show running-config object-group",
    "show running-config all policy-map type inspect esmtp",
    "show running-config all policy-map type inspect esmtp _default_esmtp_map",
    "show service-policy",
    "show service-policy inspect esmtp",
    "show service-policy flow tcp host 203.0.113.9 host 192.168.1.1 eq 25",
)
FORBIDDEN = (
    "",
    " ",
    "reload",
    "clear configure all",
    "no access-list A",
    "write erase",
    "copy running-config startup-config",
    "more system:running-config",
    "terminal width 511",
    "username x password y",
    "show version | include x",
    "show tech-support",
    "class-map type inspect esmtp X",
    "service-policy global_policy global",
    "no service-policy shaped",
    "set metric 5",
    "no set connection conn-max 5",
    "network-object host 999.1.1.1",
    "network-object host 10.0.0.0/8",
    "network-object 10.0.0.0 255.0.0.0",
    "class-map C\nreload",
    "class-map C\r",
    "class-map C?",
    "class-map C\t",
    "class-map  C",
    " class-map C",
    "class-map C ",
    "! class-map C",
    "class-map " + "C" * 65,
    "class-map caf\xe9",
    "access-list A extended permit tcp any any eq smtp log",
    "inspect esmtp " + "x " * LONGEST,
)


@pytest.mark.parametrize(("line", "modes"), CONFIGURATION.items())
def test_configuration_lines_pass_and_lead_on(line: str, modes: tuple[Mode, Mode]) -> None:
    needed, after = modes
    assert check_line(line) == line
    assert (mode_needed(line), mode_after(line, needed)) == (needed, after)
    assert not is_show(line)


@pytest.mark.parametrize("line", SHOWS)
def test_show_commands_pass_and_only_read(line: str) -> None:
    assert check_line(line) == line
    assert is_show(line)


@pytest.mark.parametrize("line", FORBIDDEN)
def test_nothing_else_passes(line: str) -> None:
    with pytest.raises(Refused) as caught:
        check_line(line)
    assert str(caught.value).isprintable()


@given(line=st.sampled_from([*CONFIGURATION, *SHOWS]), at=st.integers(0, 60), put=st.characters())
def test_no_inserted_character_makes_a_second_line(line: str, at: int, put: str) -> None:
    changed = line[:at] + put + line[at:]
    try:
        passed = check_line(changed)
    except Refused:
        return
    assert passed == changed
    assert passed.isascii()
    assert passed.isprintable()
    assert "?" not in passed


@given(st.text(max_size=40))
def test_no_free_text_passes(text: str) -> None:
    with pytest.raises(Refused):
        check_line(f"{text}\n")
    with pytest.raises(Refused):
        check_line(f"access-list A remark {text}")


def test_a_line_in_the_wrong_mode_is_refused() -> None:
    with pytest.raises(Refused, match="not in config"):
        mode_after("match access-list A", Mode.CONFIG)
    with pytest.raises(Refused):
        mode_needed("reload")


@pytest.mark.parametrize(
    ("mode", "wanted", "exits"),
    [
        (Mode.POLICY_CLASS, Mode.CONFIG, 2),
        (Mode.POLICY_CLASS, Mode.POLICY_MAP, 1),
        (Mode.CONFIG, Mode.CONFIG, 0),
        (Mode.CONFIG, Mode.CLASS_MAP, None),
        (Mode.CLASS_MAP, Mode.POLICY_MAP, None),
        (Mode.EXEC, Mode.CONFIG, None),
        (Mode.OTHER, Mode.CONFIG, None),
    ],
)
def test_exit_leads_up_and_never_out(mode: Mode, wanted: Mode, exits: int | None) -> None:
    assert exits_to(mode, wanted) == exits


@pytest.mark.parametrize(
    ("text", "host", "mode"),
    [
        ("ciscoasa> ", "ciscoasa", Mode.USER),
        ("fw/ctx# ", "fw/ctx", Mode.EXEC),
        ("asav-1/pri/act(config)# ", "asav-1/pri/act", Mode.CONFIG),
        ("fw(config-network-object-group)# ", "fw", Mode.GROUP),
        ("fw(config-network)# ", "fw", Mode.GROUP),
        ("fw(config-pmap-c)#", "fw", Mode.POLICY_CLASS),
        ("fw(config-if)# ", "fw", Mode.OTHER),
    ],
)
def test_prompts_say_host_and_mode(text: str, host: str, mode: Mode) -> None:
    prompt = parse(text)
    assert prompt is not None
    assert (prompt.host, prompt.mode) == (host, mode)


@pytest.mark.parametrize("text", ["", "# ", " fw# ", "fw# x", "fw(config)> ", "a b# ", "fw#  "])
def test_what_is_no_prompt(text: str) -> None:
    assert parse(text) is None
