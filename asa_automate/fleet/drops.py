"""What the ESMTP inspection of a firewall drops, for a gate between two waves. Pure."""

from collections.abc import Mapping

from asa_automate.show.service_policy import parse_service_policy

#: Reads, and changes nothing.
COMMAND = "show service-policy inspect esmtp"

#: Where a counter stands: scope, policy-map, class.
Place = tuple[str, str, str]


def drops_of(text: str) -> Mapping[Place, int]:
    """Dropped packets of each ESMTP inspection in an answer to :data:`COMMAND`."""
    found: dict[Place, int] = {}
    for policy in parse_service_policy(text).policies:
        for class_ in policy.classes:
            for inspect in class_.inspects:
                if inspect.engine == "esmtp" and inspect.drops is not None:
                    place = (policy.scope or "", policy.policy or "", class_.name or "")
                    found[place] = found.get(place, 0) + inspect.drops
    return found


def rises(before: Mapping[Place, int], after: Mapping[Place, int]) -> str | None:
    """What has risen, in words; ``None`` where nothing has. One that is new counts from 0."""
    risen = [
        f"{policy} {name}: {after[place] - before.get(place, 0)} more dropped"
        for place in after
        if after[place] > before.get(place, 0)
        for _, policy, name in [place]
    ]
    return "; ".join(risen) or None
