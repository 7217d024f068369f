"""A jump host as ``via`` names it: ``[user@]host[:port]``, an IPv6 address in brackets."""

import re
from dataclasses import dataclass

DEFAULT_PORT = 22
_FORM = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?:\[(?P<v6>[0-9A-Fa-f:.%\w-]+)\]|(?P<host>[^\[\]\s]+?))"
    r"(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One jump host; ``username`` is ``None`` where ``via`` does not name one."""

    host: str
    port: int = DEFAULT_PORT
    username: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORT else f"{host}:{self.port}"


def parse_hop(text: str) -> Hop:
    """The jump host that ``text`` names.

    Raises:
        ValueError: it names none; the message says why.
    """
    if text.count(":") > 1 and "[" not in text:
        raise ValueError("an IPv6 address stands in brackets: [2001:db8::1]:22")
    found = _FORM.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else DEFAULT_PORT
    if found is None or not 1 <= port <= 65535:
        raise ValueError("must be a jump host: [user@]host[:port]")
    return Hop(found["v6"] or found["host"], port, found["user"])


def hops(via: tuple[str, ...]) -> tuple[Hop, ...]:
    """The jump hosts of a device, the first one first; ``via`` was checked when it was read."""
    return tuple(map(parse_hop, via))
