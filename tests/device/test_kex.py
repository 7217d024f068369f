"""Key exchanges over RFC 3526 by OpenSSL: the same numbers, the same servers, no bad halves."""

import secrets
from pathlib import Path
from typing import Any

import asyncssh
import paramiko
import pytest

from asa_automate.device import hostkeys, known_hosts
from asa_automate.device.credentials import Credentials, Secret
from asa_automate.device.kex import CURVE, EXCHANGES, Group14, _Power
from asa_automate.device.netmiko_transport import connect
from asa_automate.device.ssh import Negotiation

KEY = asyncssh.generate_private_key("ssh-ed25519")
GROUPS = [name for name in EXCHANGES if name.startswith("diffie-hellman-group1")]


@pytest.mark.parametrize("name", GROUPS)
def test_the_number_is_that_of_plain_arithmetic(name: str) -> None:
    exchange = EXCHANGES[name]
    power = _Power(exchange.P, exchange.G)
    theirs = secrets.randbits(256)
    assert power.shared(pow(exchange.G, theirs, exchange.P)) == pow(
        power.public, theirs, exchange.P
    )


@pytest.mark.parametrize("half", [-1, 0, 1, Group14.P - 1, Group14.P, Group14.P + 2])
def test_a_half_that_gives_the_secret_away_is_refused(half: int) -> None:
    with pytest.raises(paramiko.SSHException, match="out of range"):
        _Power(Group14.P, Group14.G).shared(half)


def test_each_session_has_a_secret_of_its_own() -> None:
    assert _Power(Group14.P, Group14.G).public != _Power(Group14.P, Group14.G).public


@pytest.mark.parametrize("name", [*GROUPS, CURVE])
def test_against_a_server_of_another_library(server: Any, tmp_path: Path, name: str) -> None:
    device = server.start(KEY, kex_algs=[name])
    legacy = name.endswith("sha1")
    met = hostkeys.meet(
        _dial(device.host, device.port), device.host, device.port, 10.0, legacy=legacy
    )
    assert met.agreed["kex"] == name
    pins = tmp_path / "known_hosts"
    known_hosts.trust(pins, met.key)
    ops = Credentials("ops", Secret("c4nary-pw"))
    connect(device.model_copy(update={"legacy_ssh": legacy}), ops, pins).close()


def test_the_quick_ones_come_first(server: Any) -> None:
    device = server.start(KEY)
    met = hostkeys.meet(
        _dial(device.host, device.port), device.host, device.port, 10.0, legacy=False
    )
    assert (met.agreed["kex"], met.agreed["cipher"]) == (CURVE, "aes128-gcm@openssh.com")
    assert "diffie-hellman-group14-sha256" in met.offered["kex"]


def test_nothing_of_paramiko_is_lost() -> None:
    """What it can do, we offer; only the order is ours."""
    assert set(paramiko.Transport._preferred_ciphers) == set(Negotiation._preferred_ciphers)
    assert {*paramiko.Transport._preferred_kex, CURVE} == set(Negotiation._preferred_kex)


def _dial(host: str, port: int) -> Any:
    from asa_automate.device.ssh import dial

    return dial(host, port, 10.0)
