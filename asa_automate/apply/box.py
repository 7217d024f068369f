"""The box that answers: one that may be changed, the one that is meant, and held for us."""

from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import mate_of, recognise
from asa_automate.apply.role import must_be_a_target
from asa_automate.model import Identity


def checked_box(
    session: Session,
    planned: Identity,
    device: str,
    context: str | None,
    around: Surroundings,
    *,
    mate: str | None = None,
) -> tuple[Identity, str | None]:
    """Check the box behind ``session``, and hold it under every serial number that it has.

    Args:
        mate: the serial number of the other unit of its pair, where that is known already.

    Returns:
        What it is, and the serial number of its mate, as far as the device names one.

    Raises:
        Refused: it may not be changed, or is another box than the planned one.
    """
    facts = must_be_a_target(session, device, context)
    mate = mate or mate_of(planned, facts)
    found = recognise(session, planned, device, mate)
    for serial in sorted({found.serial, mate} - {None, planned.serial}, key=str):
        around.hold(str(serial))
    return found, mate
