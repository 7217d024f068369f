"""A typist at a virtual firewall."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.shell import Shell

#: A first exemption as a person would type it; the last line is the one that counts.
EXEMPTION = (
    "object-group network GATEWAYS",
    "network-object host 192.168.1.1",
    "access-list MAIL extended permit tcp any any eq smtp",
    "access-list MAIL line 1 extended deny tcp any object-group GATEWAYS eq smtp",
    "access-list MAIL line 2 extended deny tcp object-group GATEWAYS any eq smtp",
    "class-map MAIL",
    "match access-list MAIL",
    "policy-map global_policy",
    "class MAIL",
    "inspect esmtp",
    "class inspection_default",
    "no inspect esmtp",
)


@dataclass
class Typist:
    """Types lines into one session of a box and reads what comes back."""

    box: VirtualAsa
    shell: Shell

    def types(self, *lines: str) -> str:
        """All that is shown for these lines, carriage returns left out."""
        shown = b"".join(self.shell.receive(f"{line}\n".encode()) for line in lines)
        return shown.decode("utf-8", "surrogateescape").replace("\r", "")

    def says(self, line: str) -> str:
        """The answer to one line, without echo and prompt."""
        shown = self.types(line)
        return "\n".join(shown.split("\n")[1:-1])


@pytest.fixture
def typist() -> Callable[..., Typist]:
    """``typist(*faults, **knobs)``: a privileged session without pager at ``fw``."""

    def make(*faults: Fault, **knobs: object) -> Typist:
        plain = Knobs(pager_lines=0, privileged_at_login=True, scrolled_echo=False)
        box = VirtualAsa(ordinary("fw"), replace(plain, **knobs), faults)  # type: ignore[arg-type]  # fields by name
        shell = box.open_session()
        shell.greeting()
        return Typist(box, shell)

    return make


@pytest.fixture
def exemption() -> tuple[str, ...]:
    """The lines of :data:`EXEMPTION`."""
    return EXEMPTION
