"""No secret of a configuration is left in what is kept of it, and nothing else is lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.config.redaction import STRUCK, redact, redact_line
from asa_automate.plan.scope import scope_of

#: ``@`` stands for the secret.
LINES = (
    "enable password @ encrypted",
    "enable password @",
    "enable password @ level 5 pbkdf2",
    "passwd @ encrypted",
    "username admin password @ encrypted privilege 15",
    "username admin password @ nt-encrypted",
    "username admin password @",
    "snmp-server community @",
    "snmp-server host inside 192.0.2.9 community @ version 2c",
    "snmp-server host inside 192.0.2.9 poll community @ version 2c udp-port 161",
    "snmp-server user u g v3 encrypted auth sha @ priv aes 128 @",
    "snmp-server user u g v3 auth md5 @",
    "snmp-server user u g v3 auth sha @ priv 3des @",
    " ikev1 pre-shared-key @",
    " ikev2 remote-authentication pre-shared-key @",
    " ikev2 local-authentication pre-shared-key 8 @",
    " pre-shared-key @",
    "crypto isakmp key @ address 192.0.2.1 netmask 255.255.255.255",
    "isakmp key @ address 192.0.2.1",
    " key @",
    " key 8 @",
    " radius-common-pw @",
    " ldap-login-password @",
    "failover key @",
    "failover key hex @",
    "failover ipsec pre-shared-key @",
    " cluster key @",
    "ntp authentication-key 1 md5 @",
    " ospf message-digest-key 1 md5 @",
    " ospf authentication-key @",
    " authentication key eigrp 100 @ key-id 1",
    " neighbor 192.0.2.1 password @",
    "vpdn username ppp password @ store-local",
    " area 0 virtual-link 192.0.2.1 authentication-key @",
    "cts sxp default password @",
    " policy-server-secret @",
    " password @",
    "key config-key password-encryption @",
    "access-list A remark the password is @",
    'event manager applet a action 1 cli command "username x password @ privilege 15"',
    "+ key @",
    "-enable password @ encrypted",
)

#: What looks like one and is none.
HARMLESS = (
    "ssh key-exchange group dh-group14-sha1",
    "ntp trusted-key 1",
    "ntp server 192.0.2.1 key 1",
    "access-list password extended permit tcp any host 192.0.2.1 eq smtp",
    " match access-list secret",
    " class key",
    "class-map community",
    "password-policy minimum-length 8",
    "password encryption aes",
    "key chain EIGRP",
    "aaa authorization command LOCAL auto-enable",
    "service password-recovery",
    " inspect esmtp password",
    "no snmp-server location",
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("secret", ["S3cr3t.Canary", "$sha512$5000$AAA==$bb/==", "'privilege'"])
def test_a_secret_goes(line: str, secret: str) -> None:
    struck = redact_line(line.replace("@", secret))
    assert secret not in struck
    assert STRUCK in struck


def test_what_is_known_to_be_none_stays() -> None:
    assert redact_line("username a password X encrypted privilege 15\r") == (
        f"username a password {STRUCK} encrypted privilege 15\r"
    )


def test_a_login_in_an_address_goes() -> None:
    line = "boot config https://user:S3cr3t@192.0.2.8/asa.cfg"
    assert redact_line(line) == f"boot config https://{STRUCK}@192.0.2.8/asa.cfg"


@pytest.mark.parametrize("line", HARMLESS)
def test_all_else_stays(line: str) -> None:
    assert line == redact_line(line)


@given(st.text())
def test_the_number_of_lines_stays_and_twice_is_once(text: str) -> None:
    once = redact(text)
    assert once.count("\n") == text.count("\n")
    assert once == redact(once)


def test_a_text_of_the_corpus_keeps_what_plans_depend_on(corpus_config: Path) -> None:
    text = corpus_config.read_bytes().decode("utf-8", "surrogateescape")
    true, kept = read_running(text), read_running(redact(text))
    assert scope_of(true) == scope_of(kept)
    assert [a.text for a in true.tree.opened()][:1] == [a.text for a in kept.tree.opened()][:1]
