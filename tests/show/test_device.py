"""Who answers: versions, failover roles, modes, privileges."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ntc_templates.parse import parse_output

from asa_automate.show.device import (
    ContextTable,
    FailoverFacts,
    VersionFacts,
    parse_contexts,
    parse_curpriv,
    parse_failover,
    parse_mode,
    parse_version,
    uptime_seconds,
)

VERSION = """\
fw1# show version

Cisco Adaptive Security Appliance Software Version 9.12(4)67 
Device Manager Version 7.16(1)
A line that no template has ever seen: 1, 2, 3

fw1 up 2 years 41 days
failover cluster up 3 years 1 day

Hardware:   ASA5525, 8192 MB RAM, CPU Lynnfield 2394 MHz, 1 CPU (4 cores)
Serial Number: FCH0000AAAA
fw1# 
"""


def test_version() -> None:
    expected = VersionFacts(
        hostname="fw1",
        version="9.12(4)67",
        serial="FCH0000AAAA",
        hardware="ASA5525",
        uptime="2 years 41 days",
        uptime_seconds=(2 * 365 + 41) * 86400,
        cluster_uptime="3 years 1 day",
        cluster_uptime_seconds=(3 * 365 + 1) * 86400,
    )

    assert expected == parse_version(VERSION)
    assert expected == parse_version(VERSION.replace("\n", "\r\n"))


def test_version_of_a_context_and_of_a_pix() -> None:
    context = parse_version(
        "Cisco Adaptive Security Appliance Software Version 9.8(2) <context>\n"
    )

    assert ("9.8(2)", True, None) == (context.version, context.in_context, context.serial)
    assert (
        "7.2(2)" == parse_version("Cisco PIX Security Appliance Software Version 7.2(2)").version
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("24 mins 15 secs", 1455),
        ("1 day 1 hour", 90000),
        ("3 days 22 hours", 338400),
        ("1 min", 60),
        ("soon", None),
        ("3 fortnights", None),
        ("", None),
        (None, None),
    ],
)
def test_uptime(text: str | None, seconds: int | None) -> None:
    assert seconds == uptime_seconds(text)


@pytest.mark.parametrize(
    ("name", "hostname", "version", "serial", "context", "seconds"),
    [
        ("genie_ShowVersion_output1", "NETLAB-ASA-01", "9.8(4)10", "9A5BHB00D2D", False, 338400),
        ("genie_ShowVersion_output2", "asa3", "8.4(1)", "JMX0938K0C0", False, 270000),
        ("genie_ShowVersion_output3", "LAB-ASA", "9.14(2)15", None, True, 2685600),
        ("genie_ShowVersion_output4", "fw09", "9.14(2)14", "A0000000000", False, 1432800),
        ("ntc_show_version1", "asa1", "9.5(2)204", "9AT1L9EX0DF", False, 3610800),
        ("ntc_show_version2", "fw002", "9.8(3)21", None, True, 9914400),
        ("ntc_show_version3", "ASA2", "9.9(2)32", "JAD222605K8", False, 4784400),
        ("racc_asav_9.16_show_version", "ASAV1", "9.16(1)", "9ADFVKDKV8Q", False, 1455),
    ],
)
def test_corpus_versions(
    corpus: Path,
    name: str,
    hostname: str,
    version: str,
    serial: str | None,
    context: bool,
    seconds: int,
) -> None:
    read = parse_version((corpus / "other" / f"{name}.txt").read_text())

    assert (hostname, version, serial, context, seconds) == (
        read.hostname,
        read.version,
        read.serial,
        read.in_context,
        read.uptime_seconds,
    )


@pytest.mark.parametrize("name", ["ntc_show_version1", "ntc_show_version3"])
def test_ntc_templates_agree_about_versions(corpus: Path, name: str) -> None:
    text = (corpus / "other" / f"{name}.txt").read_text()
    (theirs,) = parse_output("cisco_asa", "show version", text)

    ours = parse_version(text)

    assert (theirs["hostname"], theirs["version"], theirs["uptime"], theirs["serial"]) == (
        ours.hostname,
        ours.version,
        ours.uptime,
        [ours.serial],
    )


PAIR = """\
Failover On 
Failover unit Secondary
Version: Ours 9.6(4)5, Mate Unknown
Serial Number: Ours JAD00000001, Mate Unknown
        This host: Secondary - Active 
                Active time: 10 (sec)
                slot 1: ASA5516 hw/sw rev (3.1/9.6(4)5) status (Up Sys)
        Other host: Primary - Failed 
                Active time: 0 (sec)
"""
GROUPS = """\
Failover On
Failover unit Primary
  This host:    Primary
  Group 1       State:          Active
                Active time:    100 (sec)
  Group 2       State:          {second}
  Other host:   Secondary
  Group 1       State:          Standby Ready
  Group 2       State:          Standby Ready
"""


def test_failover_of_a_pair() -> None:
    expected = FailoverFacts(
        enabled=True,
        unit="secondary",
        state="active",
        mate_unit="primary",
        mate_state="failed",
        version="9.6(4)5",
        serial="JAD00000001",
    )

    assert expected == parse_failover(PAIR)
    assert expected == parse_failover(PAIR.replace("\n", "\n\n").replace(" ", "  "))


def test_failover_groups_that_disagree_have_no_state() -> None:
    same = parse_failover(GROUPS.format(second="Active"))
    mixed = parse_failover(GROUPS.format(second="Standby Ready"))

    assert ("primary", "active", "standby ready") == (same.unit, same.state, same.mate_state)
    assert mixed.state is None
    assert ("active", "standby ready") == mixed.group_states


def test_failover_in_a_context_and_off() -> None:
    context = parse_failover(
        "Failover On\nLast Failover at: 1:00:00 UTC\n"
        "        This context: Standby Ready\n        Peer context: Active\n"
    )

    assert ("standby ready", "active") == (context.state, context.mate_state)
    assert parse_failover("Failover Off\nFailover unit Secondary\n") == FailoverFacts(
        enabled=False, unit="secondary"
    )
    assert FailoverFacts() == parse_failover("ERROR: % Invalid input detected at '^' marker.")


@pytest.mark.parametrize(
    ("name", "unit", "mate_state", "serials"),
    [
        ("genie_ShowFailover_output1", "primary", "failed", ("9A5GDAFMPL1", None)),
        ("ntc_show_failover", "primary", "standby ready", ("JAF1610APKQ", "JAF1610ALGM")),
        ("ntc_show_failover1", "primary", "standby ready", ("JAD123456Q7", "JAD123456EW")),
        ("ntc_show_failover2", "primary", "failed", (None, None)),
        ("ntc_show_failover5505", "primary", "standby ready", (None, None)),
        (
            "ntc_show_failover_firepower",
            "secondary",
            "standby ready",
            ("JAD201603CM", "JAD193905FV"),
        ),
    ],
)
def test_corpus_failover(
    corpus: Path, name: str, unit: str, mate_state: str, serials: tuple[str | None, str | None]
) -> None:
    read = parse_failover((corpus / "other" / f"{name}.txt").read_text())

    assert (True, unit, "active", mate_state) == (
        read.enabled,
        read.unit,
        read.state,
        read.mate_state,
    )
    assert serials == (read.serial, read.mate_serial)


def test_mode_and_privileges() -> None:
    assert "single" == parse_mode("show mode\nSecurity context mode: single \nfw#")
    assert "multiple" == parse_mode("Security context mode: multiple\r\n")
    assert parse_mode("ERROR: % Invalid input") is None
    assert 15 == parse_curpriv(
        "Username : admin\nCurrent privilege level : 15\nCurrent Mode/s : P_PRIV\n"
    )
    assert 1 == parse_curpriv("Username : enable_1\nCurrent privilege level : 1\n")
    assert parse_curpriv("Username : admin\n") is None


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    parse_version(text)
    parse_failover(text)
    parse_mode(text)
    parse_curpriv(text)


TABLE = """\
Context Name      Class                Interfaces           Mode         URL
 pod1             default              Vlan100,Vlan200      Routed       disk0:/pod1
*admin            default              Vlan1000,Vlan1001,   Routed       disk0:/admin.cfg
                                       Vlan1030
 mail             gold                                      Transparent  disk0:/mail.cfg
Total active Security Contexts: 3
"""


def test_contexts() -> None:
    table = parse_contexts(f"fw# show context\n{TABLE}\nfw# ")

    assert ("pod1", "admin", "mail") == table.names
    assert ["admin"] == [row.name for row in table.rows if row.admin]
    assert table.whole
    assert not parse_contexts(TABLE.replace(": 3", ": 4")).whole
    assert ContextTable(whole=True) == parse_contexts("ERROR: % Invalid input detected at '^'")


def test_corpus_contexts(corpus: Path) -> None:
    table = parse_contexts((corpus / "other" / "genie_ShowContext_output.txt").read_text())

    assert (("pod1", "pod2", "admin"), True) == (table.names, table.whole)


def test_the_system_space_says_so_behind_the_version() -> None:
    read = parse_version("Cisco Adaptive Security Appliance Software Version 9.8(2) <system>\n")

    assert ("9.8(2)", False, True) == (read.version, read.in_context, read.in_system)


@pytest.mark.parametrize("state", ["Sync Config", "Bulk Sync", "Config Syncing"])
def test_a_pair_in_replication(state: str) -> None:
    pair = PAIR.replace("Primary - Failed", f"Primary - {state}")
    groups = GROUPS.format(second="Active").replace("Standby Ready", state, 1)

    assert parse_failover(pair).replicating == state.lower()
    assert parse_failover(groups).replicating == state.lower()
    assert parse_failover(PAIR).replicating is None
