"""The flags of a rollout, and the terms that they ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.settings import Settings
from asa_automate.errors import UsageError

if TYPE_CHECKING:
    from asa_automate.cli.changing import Terms
    from asa_automate.fleet.carrying import Carrying
    from asa_automate.fleet.drops import Place
    from asa_automate.inventory import Inventory
    from asa_automate.model import Device
    from asa_automate.store.engine import Store

#: How long counters are watched at a gate, unless ``--pause`` says otherwise.
_WATCH = "60s"


class GateKind(StrEnum):
    """What opens the gate between two waves; all firewalls of the wave verified in any case."""

    VERIFIED = "verified"
    COUNTERS = "counters"


WaveOption = Annotated[
    str | None,
    typer.Option(
        "--wave",
        metavar="1,10%,100%",
        help="One wave after the other: how many are done at the end of each, in numbers or "
        "percents of all; the next begins only where all of the last were verified.",
    ),
]
MaxFailOption = Annotated[
    str | None,
    typer.Option(
        "--max-fail",
        metavar="N|N%",
        help="Begin nothing more once more than N have failed or could not be reached; up to "
        "N the next wave begins all the same.",
    ),
]
GateOption = Annotated[
    GateKind,
    typer.Option(
        "--gate",
        help="Between two waves: all verified; with 'counters' besides that the ESMTP "
        "inspection of the wave's firewalls drops nothing more during the pause.",
    ),
]
PauseOption = Annotated[
    str | None,
    typer.Option(
        "--pause",
        metavar="TIME",
        help=f"Wait between two waves: 90s, 5m, 1h. With --gate counters {_WATCH} unless given.",
    ),
]
PerSiteOption = Annotated[
    int,
    typer.Option(
        "--per-site", metavar="N", min=1, help="At a time at one site; never all of a site."
    ),
]
PerBastionOption = Annotated[
    int, typer.Option("--per-bastion", metavar="N", min=1, help="At a time behind one jump host.")
]
PerCredentialOption = Annotated[
    int | None,
    typer.Option("--per-credential", metavar="N", min=1, help="At a time with one login."),
]
OnlyOption = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="failed,unreached,not-begun",
        help="Only the firewalls that ended so in the run of --from-run.",
    ),
]
FromRunOption = Annotated[
    str | None, typer.Option("--from-run", metavar="RUN", help="The run that --only looks at.")
]


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags as typed."""

    workers: int = 8
    wave: str | None = None
    max_fail: str | None = None
    gate: GateKind = GateKind.VERIFIED
    pause: str | None = None
    per_site: int = 4
    per_bastion: int = 8
    per_credential: int | None = None


def terms_of(
    settings: Settings, inventory: "Inventory", flags: Flags, *, unknown: bool = True
) -> "Terms":
    """How the run goes through its firewalls.

    Args:
        unknown: whether an unknown state stops it also without waves.

    Raises:
        UsageError: a flag that cannot be carried out.
    """
    from asa_automate.cli.changing import Terms
    from asa_automate.fleet.members import Caps, sizes
    from asa_automate.fleet.rules import Rules
    from asa_automate.fleet.waves import amount, amounts

    if flags.wave is None and (flags.pause or flags.gate is GateKind.COUNTERS):
        raise UsageError("--gate and --pause are for what lies between waves; give --wave, too")
    rules = Rules(
        amounts(flags.wave) if flags.wave is not None else (),
        None if flags.max_fail is None else amount(flags.max_fail, "--max-fail"),
        unknown=unknown or flags.wave is not None,
    )
    caps = Caps(
        flags.workers,
        flags.per_site,
        flags.per_bastion,
        flags.per_credential,
        sizes(inventory.devices),
    )
    told = {"wave": flags.wave, "max_fail": flags.max_fail, "gate": flags.gate.value}
    return Terms(rules, caps, _gate(settings, flags), {"rollout": told} if flags.wave else {})


@dataclass(frozen=True, slots=True)
class _Counters:
    """The gate that watches the drop counters of the wave's firewalls. It only reads."""

    settings: Settings
    seconds: float
    workers: int

    def __call__(self, devices: "Sequence[Device]", carrying: "Carrying") -> str | None:
        from asa_automate.errors import AsaAutomateError
        from asa_automate.fleet.drops import rises

        try:
            before = self._read(devices)
            carrying.pause(self.seconds)
            after = self._read(devices)
        except AsaAutomateError as error:
            return f"its counters cannot be read: {error}"
        found = [(d.name, rises(b, a)) for d, b, a in zip(devices, before, after, strict=True)]
        return "; ".join(f"{name}: {what}" for name, what in found if what) or None

    def _read(self, devices: "Sequence[Device]") -> "list[dict[Place, int]]":
        from asa_automate.fleet.local import each

        return each(devices, self._drops, self.workers)

    def _drops(self, device: "Device") -> "dict[Place, int]":
        from asa_automate.cli.collecting import asked
        from asa_automate.fleet.drops import COMMAND, drops_of

        reader = asked(device, self.settings)
        try:
            return dict(drops_of(reader.show(COMMAND)))
        finally:
            reader.close()


@dataclass(frozen=True, slots=True)
class _Pause:
    """The gate that only waits."""

    seconds: float

    def __call__(self, devices: "Sequence[Device]", carrying: "Carrying") -> str | None:
        del devices
        carrying.pause(self.seconds)
        return None


def _gate(settings: Settings, flags: Flags) -> _Counters | _Pause:
    from asa_automate.collect.slots import seconds_of

    if flags.gate is GateKind.COUNTERS:
        return _Counters(settings, seconds_of(flags.pause or _WATCH), flags.workers)
    return _Pause(seconds_of(flags.pause) if flags.pause else 0.0)


def ended_so(store: "Store", only: str | None, from_run: str | None) -> frozenset[str] | None:
    """The names of the devices that ended as ``--only`` says; ``None`` without that flag.

    Raises:
        UsageError: one flag without the other, no such word or run, or not the run of an apply.
    """
    from asa_automate.fleet.rules import AGAIN, meaning_of_record
    from asa_automate.store.runs import get_run

    if (only is None) != (from_run is None):
        raise UsageError("--only and --from-run belong together: which ends, of which run")
    if only is None or from_run is None:
        return None
    words = {word.strip() for word in only.split(",")}
    if not words <= set(AGAIN):
        raise UsageError(f"--only {only}: give one or more of {', '.join(AGAIN)}")
    run = get_run(store, from_run)
    if run.kind != "apply":
        raise UsageError(f"--from-run: run {from_run} is a {run.kind}; give an apply")
    return frozenset(
        device.device
        for device in run.devices
        if meaning_of_record(device.status.value, device.outcome) in words
    )
