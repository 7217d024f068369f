"""What is claimed of a plan, and the boxes of flows that it may change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from asa_automate.config.running import RunningConfig
from asa_automate.model import Address
from asa_automate.plan.probe import DESTINATION, SOURCE
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import SMTP
from asa_automate.simulate.space.boxes import Box, everything
from asa_automate.simulate.space.chains import Angle
from asa_automate.simulate.space.traffic import runs

_TCP = (6, 6)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of a plan.

    Args:
        states: the configuration before, and after each line.
        wanted: gateways that are exempt at the end.
        touched: gateways whose flows the plan may change.
        mail_only: whether only their SMTP may change; else all of their flows.
        all_mail: whether everybody's mail may change (``off``).
        versions: IP versions of the flows; below 9.0 an access-list takes IPv4 alone, and what
            that does to others' IPv6 is a finding of the plan.
        gaps: for each state, the engines that may be away for the moment.
    """

    states: Sequence[RunningConfig]
    wanted: frozenset[Address]
    touched: frozenset[Address]
    mail_only: bool = True
    all_mail: bool = False
    versions: tuple[int, ...] = (4, 6)
    gaps: Sequence[frozenset[str]] = ()


def declared(claim: Claim, angle: Angle) -> Iterator[Box]:
    """Boxes of the flows that the plan may change; they may overlap.

    The flow of the probe is one of them: what a probe left behind goes away.
    """
    whole = everything(angle.version)
    if angle.version == 4:
        source, destination = int(IPv4Address(SOURCE)), int(IPv4Address(DESTINATION))
        yield whole[0], (source, source), (destination, destination), whole[3], whole[4]
    if claim.all_mail and angle.engine == ESMTP:
        yield whole
    elif claim.mail_only:
        if angle.engine == ESMTP:
            yield from mail(claim.touched, angle.version)
    else:
        for host in _hosts(claim.touched, angle.version):
            yield whole[0], host, whole[2], whole[3], whole[4]
            yield whole[0], whole[1], host, whole[3], whole[4]


def smtp(version: int) -> Box:
    """Everybody's SMTP."""
    _, source, destination, low, _ = everything(version)
    return _TCP, source, destination, low, (SMTP, SMTP)


def mail(gateways: Iterable[Address], version: int) -> Iterator[Box]:
    """SMTP from and to gateways."""
    _, source, destination, low, _ = smtp(version)
    for host in _hosts(gateways, version):
        yield _TCP, host, destination, low, (SMTP, SMTP)
        yield _TCP, source, host, low, (SMTP, SMTP)


def _hosts(gateways: Iterable[Address], version: int) -> Iterator[tuple[int, int]]:
    """The gateways of a version; those whose addresses follow each other together, as the
    access-lists have them."""
    numbers = sorted(int(g) for g in gateways if g.version == version)
    return runs(numbers)
