"""Mail through a virtual firewall of ``lab serve``: its configuration decides, its counters move.

The virtual firewall works on text and carries no packets; here, and only here, the model's engine
is put beside it: asked anew for each connection, since a policy holds for new ones.
"""

import time
from typing import TYPE_CHECKING

from asa_automate.cli.mailing import inspection
from asa_automate.config.reader import read_running
from asa_automate.simulate.esmtp_counters import Counters

if TYPE_CHECKING:
    from asa_automate.lab.asa import VirtualAsa
    from asa_automate.simulate.esmtp import Engine
    from asa_automate.simulate.inspection import Inspection


class BoxCounters(Counters):
    """Counters of one inspection that are those of a virtual firewall."""

    def __init__(self, box: "VirtualAsa", scope: str, policy: str, class_name: str) -> None:
        super().__init__()
        self._box = box
        self._key = (scope.removeprefix("interface:"), policy, class_name, "esmtp")

    def add(self, name: str, amount: int = 1) -> None:
        """Count, where ``show service-policy`` of the box looks."""
        counter = (*self._key, name)
        with self._box.lock:
            self._box.counters[counter] = self._box.count(counter) + amount


class MailPath:
    """What becomes of the mail of one flow through a virtual firewall, now."""

    def __init__(self, box: "VirtualAsa", flow: str, reading: str) -> None:
        self._box, self._flow, self._reading = box, flow, reading
        self._seen: tuple[str, Inspection] | None = None

    def now(self) -> "Inspection":
        """What the configuration of this moment does.

        Raises:
            UsageError, Refused: as of :func:`asa_automate.cli.mailing.inspection`.
        """
        text = self._box.running_text
        if self._seen is None or self._seen[0] != text:
            found = inspection(read_running(text), self._flow, self._reading, None)
            self._seen = text, found
        return self._seen[1]

    def engine(self) -> "Engine | None":
        """For a new connection."""
        found = self.now()
        if found.taken is None:
            return None
        taken = found.taken
        counters = BoxCounters(self._box, taken.scope, taken.policy, taken.class_name)
        return found.engine(time.monotonic, counters)
