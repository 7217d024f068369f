"""Connections that were open before the change: they keep their old treatment until they close.

Cisco ASA 9.3 firewall configuration guide, *Service Policy*: a change applies to new connections;
``clear conn`` disconnects the others. What is cleared is what was listed: nothing but SMTP of our
gateways.
"""

from collections.abc import Iterable, Iterator

from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.steps import Step
from asa_automate.errors import AsaAutomateError
from asa_automate.model import Address
from asa_automate.show.conn import Connection, parse_connections
from asa_automate.simulate.flow import SMTP

_UNKNOWN = "open connections of {gateway} are not known, and nothing was cleared: {why}"


def report(
    session: Session, gateways: Iterable[Address], around: Surroundings, *, clear: bool
) -> tuple[str, ...]:
    """One line for each gateway with open SMTP connections; nothing here undoes a change.

    A device that does not tell is only spoken of where they were to be cleared.

    Args:
        clear: disconnect them.
    """
    around.tell(Step.CONNECTIONS)
    notes = []
    for gateway in gateways:
        try:
            notes += list(_of(session, gateway, around, clear=clear))
        except AsaAutomateError as error:
            notes += [_UNKNOWN.format(gateway=gateway, why=error.message)] if clear else []
            break
    return tuple(notes)


def filters(gateway: Address) -> tuple[str, str]:
    """What ``show conn`` and ``clear conn`` are limited to: mail to the gateway, and from it.

    An address and a port behind it are of one end, what follows is of the other (ASA command
    reference, ``show conn``: source address and port, destination address and port).
    """
    return (
        f"conn protocol tcp address {gateway} port {SMTP}",
        f"conn protocol tcp port {SMTP} address {gateway}",
    )


def _of(session: Session, gateway: Address, around: Surroundings, *, clear: bool) -> Iterator[str]:
    listed = _listed(session, gateway)
    if listed is None:
        if clear:
            yield _UNKNOWN.format(gateway=gateway, why="`show conn` cannot be read")
        return
    if not listed:
        return
    there = f"{len(listed)} SMTP connections of {gateway} were open before"
    if not clear:
        yield f"{there} and keep the old inspection until they close"
    elif not all(_is_ours(c, gateway) for c in listed):
        yield f"{there}; nothing was cleared: the device lists others besides"
    else:
        _clear(session, gateway, around, len(listed))
        still = listed & (_listed(session, gateway) or set())
        yield f"{there}; cleared: {len(listed) - len(still)}"


def _clear(session: Session, gateway: Address, around: Surroundings, count: int) -> None:
    for one in filters(gateway):
        around.guard()
        around.log.write("note", {"clear": one, "listed": count})
        session.clear(f"clear {one}")


def _listed(session: Session, gateway: Address) -> set[Connection] | None:
    found: set[Connection] = set()
    for one in filters(gateway):
        listed = parse_connections(session.show(f"show {one}"))
        if listed is None:
            return None
        found |= set(listed)
    return found


def _is_ours(connection: Connection, gateway: Address) -> bool:
    ends = {connection.one, connection.other}
    return (
        connection.protocol == "tcp"
        and any(address == gateway for address, _ in ends)
        and any(port == SMTP for _, port in ends)
    )
