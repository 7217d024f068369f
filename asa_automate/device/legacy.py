"""Old SSH algorithms: which of them a session uses, and which devices may use any."""

from collections.abc import Iterable, Mapping

import paramiko

from asa_automate.device.ssh import OLD
from asa_automate.model import Device


def negotiated(transport: paramiko.Transport | None) -> dict[str, str]:
    """What a connection agreed on: key exchange, host key, ciphers and MACs; empty if none.

    ``strict`` says whether the key exchange is safe from Terrapin (CVE-2023-48795).
    """
    if transport is None or not transport.initial_kex_done:
        return {}
    return {
        "kex": _key_exchange(transport),
        "host_key": str(transport.host_key_type),
        "cipher_out": str(transport.local_cipher),
        "cipher_in": str(transport.remote_cipher),
        "mac_out": str(transport.local_mac),
        "mac_in": str(transport.remote_mac),
        "strict": "yes" if transport.agreed_on_strict_kex else "no",
    }


def _key_exchange(transport: paramiko.Transport) -> str:
    """The first of ours that the server has (RFC 4253 section 7.1); paramiko forgets which."""
    offered = (getattr(transport, "offered", None) or {}).get("kex_algo_list", ())
    return next((str(name) for name in transport.preferred_kex if name in offered), "")


def weak(algorithms: Mapping[str, str]) -> tuple[str, ...]:
    """Those of a session that only a device marked ``ssh: {legacy: true}`` may use."""
    return tuple(dict.fromkeys(name for name in algorithms.values() if name in OLD))


def legacy_devices(devices: Iterable[Device]) -> tuple[Device, ...]:
    """The devices whose mark lets old algorithms in, for a report of them."""
    return tuple(device for device in devices if device.legacy_ssh)


def remark(device: Device, algorithms: Mapping[str, str]) -> str | None:
    """What a person should know of a device with the mark; ``None`` without it.

    Args:
        algorithms: of a session with it, from :func:`negotiated`.
    """
    if not device.legacy_ssh:
        return None
    used = weak(algorithms)
    if used:
        return f"legacy SSH is allowed, and used: {', '.join(used)}"
    return "legacy SSH is allowed, but not needed: take 'ssh: {legacy: true}' away"
