"""The messages of the ESMTP inspection, in the formats of Cisco's ASA syslog guide."""

from dataclasses import dataclass

from asa_automate.simulate.flow import Flow
from asa_automate.simulate.smtp import Direction

#: What 108004 says was done, by action.
_DONE = {
    "drop-connection": "Dropped connection for",
    "reset": "Reset connection for",
    "mask": "Masked header flags for",
    "rate-limit": "Dropped",
}
#: Of a client port that nobody gave.
_ANY_PORT = 0


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a connection as the messages name them: ``outside:198.51.100.7/40000``."""

    client: str = "outside:0.0.0.0/0"
    server: str = "inside:0.0.0.0/25"

    @classmethod
    def of(cls, flow: Flow) -> "Ends":
        """The ends of a flow; interfaces that it does not name are called as a factory does."""
        source = f"{flow.source}/{flow.source_port or _ANY_PORT}"
        return cls(
            f"{flow.in_interface or 'outside'}:{source}",
            f"{flow.out_interface or 'inside'}:{flow.destination}/{flow.destination_port}",
        )

    def between(self, sender: Direction) -> str:
        """``from A to B``, as the bytes go."""
        ends = (self.client, self.server)
        first, second = ends if sender is Direction.CLIENT else ends[::-1]
        return f"from {first} to {second}"

    def request(self, sender: Direction) -> str:
        """The same with what it was."""
        what = "Request" if sender is Direction.CLIENT else "Response"
        return f"ESMTP {what} {self.between(sender)}"


def replaced(ends: Ends, text: bytes) -> str:
    """108002: characters of an address became blanks."""
    client, server = (
        end.partition(":")[2].partition("/")[0] for end in (ends.client, ends.server)
    )
    return f"%ASA-2-108002: SMTP replaced string: out {client} in {server} data: {_said(text)}"


def malicious(ends: Ends, address: bytes) -> str:
    """108003: a pipe in an address."""
    return (
        "%ASA-2-108003: Terminating ESMTP connection; malicious pattern detected in the mail"
        f" address {ends.between(Direction.CLIENT)}. Mail Address:{_said(address)}"
    )


def acted(ends: Ends, sender: Direction, action: str, why: str, of: str) -> str:
    """108004, or 108005 where the action is ``log`` alone.

    Args:
        why: ``matched Class 4: header line length gt 998``, or of a parameter.
        of: ``Classification`` or ``Parameter``.
    """
    if action == "log":
        return f"%ASA-6-108005: ESMTP {of}: Received {ends.request(sender)};{why}"
    return f"%ASA-4-108004: ESMTP {of}: {_DONE[action]} {ends.request(sender)};{why}"


def terminated(ends: Ends, sender: Direction) -> str:
    """507003, which follows a connection that the inspection ended."""
    return (
        f"%ASA-4-507003: tcp flow {ends.between(sender)} terminated by inspection engine,"
        " reason - inspector disconnected, dropped packet."
    )


def size_violation(ends: Ends, declared: int, actual: int) -> str:
    """108006: more bytes than ``SIZE=`` said."""
    return (
        f"%ASA-7-108006: Detected ESMTP size violation {ends.between(Direction.CLIENT)};"
        f"declared size is: {declared}, actual size is {actual}"
    )


def tls_started(ends: Ends) -> str:
    """108007: the server agreed to STARTTLS."""
    return (
        f"%ASA-6-108007: TLS started on ESMTP session between client {ends.client}"
        f" and server {ends.server}"
    )


def _said(text: bytes) -> str:
    return text.decode("latin-1").encode("unicode_escape").decode()
