"""``write memory``: what it says, and whether it saves."""

from asa_automate.lab import texts
from asa_automate.lab.box import OPERATOR, Box
from asa_automate.lab.edit import Refused
from asa_automate.lab.layout import checksum
from asa_automate.lab.records import Entry

#: What a flash that is out of order answers.
_FAILED = {"read-only": texts.SAVE_READ_ONLY, "full": texts.SAVE_FULL}


def has_effect(box: Box) -> bool:
    """Whether a save really saves."""
    return box.knobs.flash == "ok"


def saved(box: Box, user: str) -> str:
    """Save; what the box prints.

    Raises:
        Refused: the flash is read-only or full.
    """
    flash = box.knobs.flash
    if flash in _FAILED:
        raise Refused(_FAILED[flash])
    if has_effect(box):
        box.save(user)
    text = box.running_text
    sum_ = checksum(text)
    groups = " ".join(sum_[i : i + 8] for i in range(0, 32, 8))
    rate = texts.SAVE_RATE.format(rate=len(text) * 2) if box.dialect.save_rate else ""
    return texts.SAVED.format(sum=groups, size=len(text), rate=rate)


def save_by_other(box: Box) -> None:
    """The second operator saves; no event of the fault script."""
    with box.lock:
        done = has_effect(box)
        try:
            reply = saved(box, OPERATOR)
        except Refused as no:
            reply = no.reply
        entry = Entry(0, "exec", "write memory", reply, executed=done, space=box.space)
        box.transcript.append(entry)
