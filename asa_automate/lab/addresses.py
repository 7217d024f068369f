"""Addresses in configuration lines: typed in several forms, printed in one."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

from asa_automate.lab.grammar import Words, invalid
from asa_automate.lab.stanzas import Stanzas, key, starting

_NAME = re.compile(r"name (\S+) (\S+)")
Network = IPv4Network | IPv6Network


def names(stanzas: Stanzas) -> dict[str, str]:
    """The ``name`` table: word to address."""
    found = (_NAME.match(key(line)) for line in starting(stanzas, "name "))
    return {match[2]: match[1] for match in found if match}


def shown_names(stanzas: Stanzas) -> dict[str, str]:
    """Address to word, as far as the configuration prints words (``names``)."""
    if not any(key(line) == "names" for line in stanzas):
        return {}
    return {address: word for word, address in names(stanzas).items()}


def host(words: Words, table: Mapping[str, str]) -> str:
    """Take one address, or a name of it; the address."""
    word = words.take()
    text = table.get(word.text, word.text)
    try:
        return str(ip_address(text))
    except ValueError:
        raise invalid(word.offset) from None


def mask(words: Words) -> IPv4Address:
    """Take one netmask; contiguous, as the ASA demands."""
    word = words.take()
    try:
        return IPv4Network(f"0.0.0.0/{IPv4Address(word.text)}").netmask
    except ValueError:
        raise invalid(word.offset) from None


def network(words: Words, table: Mapping[str, str]) -> Network:
    """Take ``A M`` or ``P/LEN``; the network (host bits are cut off)."""
    if "/" in words.peek():
        word = words.take()
        try:
            return ip_network(word.text, strict=False)
        except ValueError:
            raise invalid(word.offset) from None
    address = host(words, table)
    if ":" in address:
        raise invalid(words.back().offset)
    return ip_network(f"{address}/{mask(words)}", strict=False)


def printed(net: Network, shown: Mapping[str, str], any_word: str = "any") -> str:
    """A network as the configuration prints it: ``any``, ``host A``, ``A M`` or ``P/LEN``."""
    address = str(net.network_address)
    if net.prefixlen == 0:
        return any_word
    if net.prefixlen == net.max_prefixlen:
        return f"host {shown.get(address, address)}"
    if net.version == 6:
        return str(net)
    return f"{shown.get(address, address)} {net.netmask}"
