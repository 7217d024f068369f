"""``show conn``: the connections that a firewall has open, as far as their ends are concerned."""

import re
from ipaddress import ip_address

from asa_automate.errors import BadInput
from asa_automate.model import Address, Frozen
from asa_automate.show.templates import records

End = tuple[Address, int]


#: The first line of every answer: ``2 in use, 17252 most used``.
_HEAD = re.compile(r"^\s*\d+ in use, ", re.MULTILINE)


class Connection(Frozen):
    """One connection: protocol in small letters, and its two ends with their ports.

    What changes from moment to moment (idle time, bytes) is left out, so that a connection equals
    itself a little later.
    """

    protocol: str
    one: End
    other: End


def parse_connections(text: str) -> tuple[Connection, ...] | None:
    """Read ``show conn``; ``None`` where it is no such answer, or a line cannot be read."""
    if not _HEAD.search(text):
        return None
    try:
        rows = records("show conn", text)
        return tuple(
            Connection(
                protocol=str(row["PROTOCOL"]).lower(),
                one=_end(str(row["ONE"])),
                other=_end(str(row["OTHER"])),
            )
            for row in rows
        )
    except (ValueError, BadInput):
        return None


def _end(text: str) -> End:
    address, _, port = text.rpartition(":")
    return ip_address(address.strip("[]")), int(port)
