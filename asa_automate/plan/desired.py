"""What is wanted on one device: the union of the exemptions that match it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Exemption, Strategy
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import found

#: From this release access-lists of the policy framework hold real addresses
#: (Cisco ASA 8.4 CLI guide, p.14-3); before, the address as the policy's interface sees it.
REAL_ADDRESSES = (8, 3)

#: IPv6 in extended access-lists begins here.
UNIFIED = (9, 0)


@dataclass(frozen=True, slots=True)
class Desired:
    """Gateways, duplicates removed, in the order of the exemptions; none means: exempt nobody.

    Args:
        unread: statics of which it is not known whether they translate a gateway (text, line).
    """

    gateways: tuple[Address, ...] = ()
    strategy: Strategy | None = None
    findings: tuple[Finding, ...] = ()
    unread: tuple[tuple[str, int], ...] = ()


def desired_for(
    running: RunningConfig, exemptions: Iterable[Exemption], strategy: Strategy | None
) -> Desired:
    """The wish for this configuration.

    Args:
        strategy: from the command line; goes before those of the exemptions.

    Raises:
        Refused: exemptions contradict each other or cannot be had on this release.
    """
    entries = tuple(exemptions)
    wanted = {e.strategy for e in entries}
    if len(wanted) > 1 and strategy is None:
        names = ", ".join(e.name for e in entries)
        raise Refused(f"the exemptions {names} ask for different strategies; one set per device")
    gateways = tuple(dict.fromkeys(g for e in entries for g in e.gateways))
    mapped = {real: seen for e in entries for real, seen in e.mapped.items()}
    if _version(running) < UNIFIED and any(g.version == 6 for g in gateways):
        raise Refused("an IPv6 gateway cannot be exempted by an access-list before 9.0")
    findings = [*_own_address(running, gateways)]
    unread = unread_statics(running, gateways, mapped)
    if _version(running) < REAL_ADDRESSES:
        extra, more = _mapped(running, gateways, mapped)
        gateways, findings = tuple(dict.fromkeys((*gateways, *extra))), [*findings, *more]
    chosen = strategy or next(iter(wanted), Strategy.SPLIT_CLASS)
    return Desired(gateways, chosen if entries else None, tuple(findings), unread)


def _version(running: RunningConfig) -> tuple[int, int]:
    return running.version or UNIFIED


def _own_address(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Finding]:
    for gateway in gateways:
        if gateway in running.own_addresses:
            interface = running.own_addresses[gateway]
            yield found(
                "gateway-is-interface",
                f"gateway {gateway} is the firewall's own address on {interface}",
            )


def seen_as(
    running: RunningConfig, gateway: Address, given: Mapping[Address, Address]
) -> list[Address]:
    """The mapped addresses of a gateway: as given, else those of its statics."""
    if gateway in given:
        return [given[gateway]]
    return [seen for static in running.statics.known if (seen := static.seen(gateway))]


def unread_statics(
    running: RunningConfig, gateways: Iterable[Address], given: Mapping[Address, Address]
) -> tuple[tuple[str, int], ...]:
    """The statics of which it is not known whether they translate a gateway (text, line)."""
    open_ = _version(running) < REAL_ADDRESSES and any(g not in given for g in gateways)
    return running.statics.unknown if open_ else ()


def _mapped(
    running: RunningConfig, gateways: tuple[Address, ...], given: Mapping[Address, Address]
) -> tuple[list[Address], list[Finding]]:
    """Before 8.3 both addresses of a gateway are needed: real and mapped."""
    addresses: list[Address] = []
    findings: list[Finding] = []
    unread = unread_statics(running, gateways, given)
    for gateway in gateways:
        seen = seen_as(running, gateway, given)
        addresses += seen
        if not seen:
            findings.append(
                found(
                    "no-mapped-address",
                    f"before 8.3 and no static is known for gateway {gateway}: only its real "
                    "address is exempt; give `mapped` if it has another one outside",
                )
            )
    findings += _shared(running, gateways)
    findings += (
        found(
            "static-not-read",
            f"`{text}` may translate a gateway: give `mapped` in exemptions.yaml",
            line,
        )
        for text, line in unread
    )
    return addresses, findings


def _shared(running: RunningConfig, gateways: Iterable[Address]) -> Iterator[Finding]:
    for gateway in gateways:
        for static in running.statics.known:
            if static.shared and (seen := static.seen(gateway)):
                yield found(
                    "mapped-is-shared",
                    f"{seen} is gateway {gateway} on port 25 alone: mail that others send from "
                    "that address is exempt with it, where a policy sees mapped addresses",
                    static.line,
                )
