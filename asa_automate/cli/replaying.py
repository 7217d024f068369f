"""A plan typed into a virtual firewall, and proved from the texts that this prints."""

from collections.abc import Sequence

from asa_automate.errors import Disproved
from asa_automate.lab.asa import VirtualAsa
from asa_automate.plan.document import Command, DevicePlan
from asa_automate.plan.proof import not_decided
from asa_automate.plan.replay import disproved_back, disproved_there
from asa_automate.simulate.space.walk import Undecided

#: How a firewall says that it did not take a line (see ``device/refusals.py`` for each).
_NOT_TAKEN = ("ERROR", "%", "Removing obj")


def replayed(plan: DevicePlan, text: str) -> str | None:
    """Why a plan does not hold on this configuration, or ``None``.

    Raises:
        Refused: the proof is undecided within its budget.
    """
    box = VirtualAsa(text)
    try:
        there = _typed(box, plan.commands)
        why = disproved_there(plan, there)
        return why or disproved_back(plan, _typed(box, plan.inverse), there[0])
    except Disproved as refusal:
        return refusal.message
    except Undecided as too_much:
        raise not_decided(too_much) from None


def _typed(box: VirtualAsa, commands: Sequence[Command]) -> list[str]:
    """The texts before the lines, and after each of them."""
    texts = [box.running_text]
    seen = len(box.snapshots)
    replies = box.edit([command.line for command in commands])
    for command, reply in zip(commands, replies, strict=True):
        if reply.strip().startswith(_NOT_TAKEN):
            said = reply.strip()
            raise Disproved(f"the virtual firewall does not take `{command.line}`: {said}")
    texts += [shot.running_text for shot in box.snapshots[seen:]]
    if len(texts) != len(commands) + 1:
        raise Disproved("the virtual firewall took other lines than those of the plan")
    return texts
