"""The firewalls of a rollout: what each shares with others, in which order, and how many at once.

Never at once: both units of a failover pair, one box under two names or in two contexts, and all
firewalls of one site. Besides, at most so many at one site, behind one bastion, with one login.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from asa_automate.model import Device, Window


@dataclass(frozen=True, slots=True)
class Member:
    """One firewall.

    Args:
        boxes: what tells the boxes that must not be changed beside it: names of its pair, serial
            numbers, addresses; two members with one of them in common are never at work at once.
        credential: what its login tries; ``None``: nothing that is shared with others.
        canary: the inventory wants it among the first.
    """

    name: str
    boxes: frozenset[Hashable] = frozenset()
    site: str | None = None
    bastions: tuple[str, ...] = ()
    credential: Hashable = None
    window: Window | None = None
    canary: bool = False


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many firewalls at work at a time.

    Args:
        sites: how many firewalls each site has; of two or more, one is always left alone.
    """

    workers: int = 8
    per_site: int = 4
    per_bastion: int = 8
    per_credential: int | None = None
    sites: Mapping[str, int] = field(default_factory=dict)

    def may_begin(self, member: Member, running: Collection[Member]) -> bool:
        """Whether ``member`` may be at work beside those that are."""
        if len(running) >= self.workers or any(one.boxes & member.boxes for one in running):
            return False
        return all(count < most for count, most in self._shares(member, running))

    def _shares(self, member: Member, running: Collection[Member]) -> Iterable[tuple[int, int]]:
        """How many share something with it already, and how many may."""
        if member.site is not None:
            yield sum(one.site == member.site for one in running), self._at(member.site)
        for bastion in member.bastions:
            yield sum(bastion in one.bastions for one in running), self.per_bastion
        if member.credential is not None and self.per_credential is not None:
            same = sum(one.credential == member.credential for one in running)
            yield same, self.per_credential

    def _at(self, site: str) -> int:
        return max(1, min(self.per_site, self.sites.get(site, 1) - 1))


def member_of(
    device: Device, serial: str | None, credential_of: Callable[[Device], Hashable]
) -> Member:
    """A device of the inventory as a member; ``serial`` is the one that its plan was made for."""
    return Member(
        device.name,
        boxes=_boxes(device, serial),
        site=device.site,
        bastions=device.via,
        credential=credential_of(device),
        window=device.window,
        canary=device.data.get("canary") == "true",
    )


def _boxes(device: Device, serial: str | None) -> frozenset[Hashable]:
    names = {("name", device.name), ("name", device.failover_peer or device.name)}
    serials = {("serial", one) for one in (serial, device.serial) if one}
    return frozenset(names | serials | {("address", device.host, device.port, device.via)})


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """Canaries of the inventory first, otherwise as they come: the order of the plan."""
    return tuple(sorted(members, key=lambda one: not one.canary))


def sizes(devices: Iterable[Device]) -> dict[str, int]:
    """How many firewalls each site of the inventory has."""
    found: dict[str, int] = {}
    for device in devices:
        if device.site is not None:
            found[device.site] = found.get(device.site, 0) + 1
    return found
