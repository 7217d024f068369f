"""The ladder that ``doctor`` climbs for each device: one rung after the other, as a table.

To add a rung: write its function in ``rungs``, or in a module of your own, and add its row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from asa_automate.cli import rungs
from asa_automate.cli.rungs import Climb, Doubt
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError, BadInput, Exit, gravest
from asa_automate.model import Device


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: its name, what climbs it, and what helps where it breaks."""

    name: str
    climb: Callable[[Climb], str]
    fix: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a step came to: ``ok``, ``warning``, ``failed`` or ``skipped``."""

    step: str
    status: str
    text: str = ""
    fix: str = ""
    exit: Exit = Exit.DONE


LADDER: tuple[Rung, ...] = (
    Rung("dns", rungs.dns, "correct `hostname` (or `via`) in the inventory, or the name server"),
    Rung(
        "tcp",
        rungs.tcp,
        "open the port on the way, or allow us by `ssh ADDRESS MASK IF`",
    ),
    Rung(
        "jump hosts",
        rungs.jump_hosts,
        "look at `via`, and at the jump host itself",
    ),
    Rung(
        "key exchange",
        rungs.key_exchange,
        "`ssh: {legacy: true}` in the inventory for a device with nothing newer; better: upgrade",
    ),
    Rung("host key", rungs.host_key, "compare it on the console, then `hostkeys trust`"),
    Rung("login", rungs.login, "check user name, password and AAA server; `show ssh sessions`"),
    Rung("enable", rungs.enable, "set ASA_AUTOMATE_ENABLE, or credentials.enable"),
    Rung(
        "pager",
        rungs.pager,
        "permit `terminal pager`; slower without, else the same",
    ),
    Rung("context", rungs.context, "name a context as `context` in the inventory"),
    Rung("failover role", rungs.role, "take the address of the active unit; look at its mate"),
    Rung(
        "rights",
        rungs.rights,
        "permit these commands (AAA command authorization): docs/security.md has the whole list",
    ),
    Rung("parse", rungs.parse, "report the line, and the version, as a bug"),
)
"""The rungs in their order; where one breaks, those above it are not tried."""


def climb(device: Device, settings: Settings, ladder: Sequence[Rung] = LADDER) -> list[Found]:
    """What each rung came to for ``device``; changes nothing on it."""
    state = Climb(device, settings)
    found: list[Found] = []
    try:
        for rung in ladder:
            broken = any(entry.status == "failed" for entry in found)
            found.append(Found(rung.name, "skipped") if broken else _step(rung, state))
    finally:
        state.close()
    return found


def _step(rung: Rung, state: Climb) -> Found:
    try:
        return Found(rung.name, "ok", rung.climb(state))
    except Doubt as doubt:
        return Found(rung.name, "warning", str(doubt), rung.fix)
    except BadInput as error:  # it says itself which file or variable is to be mended
        return Found(rung.name, "failed", error.message, exit=error.exit)
    except AsaAutomateError as error:
        return Found(rung.name, "failed", error.message, rung.fix, error.exit)


def as_json(device: Device, found: Sequence[Found]) -> Mapping[str, object]:
    """One device of ``doctor --output json``."""
    return {
        "device": device.name,
        "status": status_of(found),
        "exit": int(gravest(entry.exit for entry in found)),
        "steps": [
            {"step": f.step, "status": f.status, "found": f.text, "fix": f.fix or None}
            for f in found
        ],
    }


def status_of(found: Sequence[Found]) -> str:
    """``failed`` before ``warning`` before ``ok``."""
    states = {entry.status for entry in found}
    return next((word for word in ("failed", "warning") if word in states), "ok")
