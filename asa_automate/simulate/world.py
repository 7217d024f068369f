"""What documents or text leave open, decided one way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asa_automate.model import Reading

CLASS_DEFAULT = "class-default"


@dataclass(frozen=True, slots=True)
class World:
    """What the documents or the text leave open, decided one way.

    Args:
        reading: ``PER_ENGINE`` or ``PER_CLASS``.
        fall_through: whether the global policy may inspect a flow with an engine that an
            interface policy has but does not use for this flow (Cisco does not say).
        assume: for classes whose match cannot be known from a five-tuple, whether they match.
        ports_count: whether ports count in an ACL combined with default-inspection-traffic.
    """

    reading: Reading
    fall_through: bool = True
    assume: Mapping[str, bool] = field(default_factory=dict)
    ports_count: bool = False
