"""Numbers that the ASA prints as words. Source: ASA CLI guide, "Protocols and Applications"."""

TCP = {
    "aol": 5190, "bgp": 179, "chargen": 19, "cifs": 3020, "citrix-ica": 1494, "cmd": 514,
    "ctiqbe": 2748, "daytime": 13, "discard": 9, "domain": 53, "echo": 7, "exec": 512,
    "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "h323": 1720, "hostname": 101,
    "www": 80, "https": 443, "ident": 113, "imap4": 143, "irc": 194, "kerberos": 750,
    "klogin": 543, "kshell": 544, "ldap": 389, "ldaps": 636, "login": 513, "lotusnotes": 1352,
    "lpd": 515, "netbios-ssn": 139, "nfs": 2049, "nntp": 119, "pcanywhere-data": 5631,
    "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "pptp": 1723, "rtsp": 554, "sip": 5060,
    "smtp": 25, "sqlnet": 1521, "ssh": 22, "sunrpc": 111, "tacacs": 49, "talk": 517,
    "telnet": 23, "uucp": 540, "whois": 43,
}  # fmt: skip
UDP = {
    "biff": 512, "bootpc": 68, "bootps": 67, "cifs": 3020, "discard": 9, "dnsix": 195,
    "domain": 53, "echo": 7, "www": 80, "isakmp": 500, "kerberos": 750, "mobile-ip": 434,
    "nameserver": 42, "netbios-dgm": 138, "netbios-ns": 137, "nfs": 2049, "ntp": 123,
    "pcanywhere-status": 5632, "pim-auto-rp": 496, "radius": 1645, "radius-acct": 1646,
    "rip": 520, "secureid-udp": 5510, "sip": 5060, "snmp": 161, "snmptrap": 162, "sunrpc": 111,
    "syslog": 514, "tacacs": 49, "talk": 517, "tftp": 69, "time": 37, "vxlan": 4789, "who": 513,
    "xdmcp": 177,
}  # fmt: skip
#: Words that are understood, but printed as another.
_ALSO = {"http": 80, "rsh": 514}

PROTOCOLS = {
    "ip": 0, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "igrp": 9, "udp": 17, "gre": 47,
    "esp": 50, "ah": 51, "icmp6": 58, "eigrp": 88, "ospf": 89, "nos": 94, "pim": 103,
    "pcp": 108, "snp": 109, "sctp": 132,
}  # fmt: skip
_PROTOCOLS_ALSO = {"ipsec": 50, "pptp": 47}
_PROTOCOL_WORD = {number: word for word, number in PROTOCOLS.items() if number}
_PORTS = {
    "tcp": TCP,
    "udp": UDP,
    "tcp-udp": {word: number for word, number in TCP.items() if UDP.get(word) == number},
}


def port_number(protocol: str, word: str) -> int | None:
    """The port that ``word`` means for ``protocol``; ``None`` if it means none."""
    if word.isascii() and word.isdigit():
        return int(word) if int(word) <= 65535 else None
    return _PORTS.get(protocol, {**UDP, **TCP}).get(word, _ALSO.get(word))


def port_word(protocol: str, number: int) -> str:
    """How the configuration prints a port: ``smtp`` for tcp 25, ``587`` for 587."""
    table = _PORTS.get(protocol, {})
    return next((word for word, other in table.items() if other == number), str(number))


def protocol_number(word: str) -> int | None:
    """The IP protocol that ``word`` means, 0 for ``ip``; ``None`` if it means none."""
    if word.isascii() and word.isdigit():
        return int(word) if int(word) <= 255 else None
    return PROTOCOLS.get(word, _PROTOCOLS_ALSO.get(word))


def protocol_word(word: str) -> str:
    """How the configuration prints a protocol: ``tcp`` for ``6``."""
    number = protocol_number(word)
    return _PROTOCOL_WORD.get(number, word) if number else word
