"""How many classes a device takes: one at its limit would refuse our class in mid-change."""

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused

#: ASA 9.0 CLI guide, "Service policies", p.1-7: classes in one policy-map; ``class-default``,
#: which every policy-map has, is left out of the count.
MOST_CLASSES = 63
#: The same page: class-maps of all kinds, in single mode or in one context.
MOST_CLASS_MAPS = 255

_EVERYWHERE = "class-default"


def must_have_room(before: RunningConfig, after: RunningConfig) -> None:
    """Refuse a change that needs a class, or a class-map, more than the device takes.

    Raises:
        Refused: with what is full.
    """
    for name in after.policy_maps:
        had, has = _classes(before, name), _classes(after, name)
        if had < has > MOST_CLASSES:
            raise Refused(
                f"policy-map {name} has {had} classes, and {MOST_CLASSES} is all that a device "
                "takes: there is no room for ours"
            )
    there = sum(line.text.startswith("class-map ") for line in before.tree.stanzas)
    more = len(after.class_maps) - len(before.class_maps)
    if more > 0 and there + more > MOST_CLASS_MAPS:
        raise Refused(
            f"it has {there} class-maps, and {MOST_CLASS_MAPS} is all that a device takes: "
            "there is no room for ours"
        )


def _classes(running: RunningConfig, policy: str) -> int:
    found = running.policy_maps.get(policy)
    return sum(c.name != _EVERYWHERE for c in found.classes) if found else 0
