"""What an SSH server may say before it is believed: paramiko reads on as long as bytes come."""

from collections.abc import Callable

import paramiko

GREETING = 64 * 1024
"""Bytes before the key exchange; 50 lines of 1,024 would be a talkative one (RFC 4253 4.2)."""

PACKET = 256 * 1024
"""Bytes of one packet; 35,000 must be taken (RFC 4253 section 6.1)."""


def bound(transport: paramiko.Transport) -> None:
    """From now on a longer greeting or packet ends the connection, before it fills the memory."""
    packets = transport.packetizer
    packets._read_timeout = _counted(packets._read_timeout)
    packets.read_all = _small(packets.read_all)


def _counted(read: Callable[[float], bytes]) -> Callable[[float], bytes]:
    got = 0

    def counted(timeout: float) -> bytes:
        nonlocal got
        data = read(timeout)
        got += len(data)
        if got > GREETING:
            raise paramiko.SSHException(f"more than {GREETING} bytes before its SSH greeting")
        return data

    return counted


def _small(read: Callable[..., bytes]) -> Callable[..., bytes]:
    def small(length: int, check_rekey: bool = False) -> bytes:
        if length > PACKET:
            raise paramiko.SSHException(f"a packet of {length} bytes")
        return read(length, check_rekey)

    return small
