"""``hostkeys``: see, pin and list the host keys of firewalls. Never sends them a password."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit_json, table
from asa_automate.cli.roads import jump_hosts
from asa_automate.cli.settings import Settings, private_directory
from asa_automate.errors import AsaAutomateError, Exit, Unreachable, UsageError, gravest

if TYPE_CHECKING:
    from asa_automate.device.known_hosts import HostKey
    from asa_automate.model import Device


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="See, pin and list the host keys of firewalls; never sends a password.",
        rich_markup_mode=None,
    )
    app.add_typer(group, name="hostkeys")
    shared = (InventoryOption, LimitOption, OutputOption)
    command(group, "scan", *shared, examples=SCAN)(scan)
    command(group, "trust", *shared, examples=TRUST)(trust)
    command(group, "list", *shared, examples=LIST)(list_)


SCAN = {"asa-automate hostkeys scan": "the keys that the firewalls show, and whether we know them"}
TRUST = {
    "asa-automate hostkeys trust": "shows each new fingerprint and asks",
    "asa-automate hostkeys trust --limit fw1 --yes": "pins the key of one firewall unasked",
}
LIST = {"asa-automate hostkeys list": "the keys that are pinned"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan of one firewall gave: a key and what we know of it, or an error."""

    device: "Device"
    key: "HostKey | None" = None
    pinned: "tuple[HostKey, ...]" = ()
    verdict: str = "unreachable"
    error: AsaAutomateError | None = None


def scan(settings: Settings) -> Exit:
    """Show the key of each firewall and whether it is trusted, unknown or CHANGED."""
    found = list(_scanned(settings))
    _report(settings, [(entry, entry.verdict) for entry in found])
    return _code(found)


def trust(
    settings: Settings,
    yes: Annotated[bool, typer.Option("--yes", help="Pin without asking.")] = False,
) -> Exit:
    """Pin the key of each firewall, after showing its fingerprint and asking.

    Compare the fingerprint with the one that the firewall's console shows. A changed key replaces
    the pinned one only after the same yes.
    """
    results = []
    for entry in _scanned(settings):
        results.append((entry, _decide(settings, entry, yes)))
    _report(settings, results)
    refused = [Exit.REFUSED for _, outcome in results if outcome == "not trusted"]
    return gravest([_code([entry for entry, _ in results]), *refused])


def list_(settings: Settings) -> Exit:
    """List the pinned keys of the firewalls."""
    from asa_automate.device import known_hosts

    known = known_hosts.read(settings.known_hosts)
    found = [
        Found(device, key, verdict="trusted")
        for device in _devices(settings)
        for key in known_hosts.keys_of(known, device.host, device.port)
    ]
    _report(settings, [(entry, "trusted") for entry in found])
    return Exit.DONE


def _devices(settings: Settings) -> "tuple[Device, ...]":
    from asa_automate.inventory import load

    devices = load(settings.inventory).select(settings.limits).devices
    # Those that devices stand behind come first: pinned, they let us look further.
    return (*jump_hosts(devices), *devices)


def _scanned(settings: Settings) -> Iterator[Found]:
    from asa_automate.device import known_hosts

    for device in _devices(settings):
        known = known_hosts.read(settings.known_hosts)
        try:
            yield _scan(device, known, settings)
        except Unreachable as error:
            complain(f"{device.name}: {error.message}")
            yield Found(device, error=error)


def _scan(device: "Device", known: "tuple[HostKey, ...]", settings: Settings) -> Found:
    from asa_automate.device import hostkeys, known_hosts, ssh

    dial = settings.roads.to(device, settings) or ssh.dial
    key = hostkeys.scan(device.host, device.port, legacy=device.legacy_ssh, dial=dial)[0]
    pinned = known_hosts.keys_of(known, device.host, device.port)
    return Found(device, key, pinned, known_hosts.judge(known, key).value)


def _decide(settings: Settings, entry: Found, yes: bool) -> str:
    """Pin the key if it is not pinned yet and the person says so; what became of it."""
    from asa_automate.device import known_hosts

    if entry.key is None or entry.verdict == known_hosts.Verdict.TRUSTED:
        return entry.verdict
    changed = entry.verdict == known_hosts.Verdict.CHANGED
    complain(_question(entry, changed))
    if not yes and not _confirmed(changed):
        return "not trusted"
    if not settings.known_hosts.parent.exists():
        private_directory(settings.known_hosts.parent)
    known_hosts.trust(settings.known_hosts, entry.key, replace=changed)
    return "replaced" if changed else "added"


def _question(entry: Found, changed: bool) -> str:
    assert entry.key is not None  # noqa: S101  # the caller looked
    shown = f"{entry.device.name} ({entry.key.place}) shows {_words(entry.key)}"
    if not changed:
        return shown
    pinned = ", ".join(map(_words, entry.pinned))
    return f"{shown}; CHANGED: pinned is {pinned}"


def _confirmed(changed: bool) -> bool:
    """Ask on stderr (stdout is for the result); anything but a clear yes is a no."""
    sys.stderr.write("Replace the pinned key? [y/N] " if changed else "Trust it? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise UsageError("nobody is there to answer; look at the keys, then use --yes")
    return answer.strip().lower() in ("y", "yes")


def _words(key: "HostKey") -> str:
    return f"{key.kind} {key.fingerprint}"


def _report(settings: Settings, results: list[tuple[Found, str]]) -> None:
    if settings.json:
        emit_json([_as_json(entry, outcome) for entry, outcome in results])
        return
    rows = [_row(entry, outcome) for entry, outcome in results]
    table(settings, ["device", "address", "kind", "fingerprint", "status"], rows)


def _row(entry: Found, outcome: str) -> list[str]:
    device, key = entry.device, entry.key
    status = outcome.upper() if outcome == "changed" else outcome
    shown = [key.kind, key.fingerprint] if key else ["", ""]
    if entry.pinned and entry.verdict == "changed":
        shown[1] += "\nwas " + "\nwas ".join(pinned.fingerprint for pinned in entry.pinned)
    return [device.name, f"{device.host}:{device.port}", *shown, status]


def _as_json(entry: Found, outcome: str) -> dict[str, object]:
    return {
        "device": entry.device.name,
        "host": entry.device.host,
        "port": entry.device.port,
        "kind": entry.key.kind if entry.key else None,
        "fingerprint": entry.key.fingerprint if entry.key else None,
        "pinned": [key.fingerprint for key in entry.pinned],
        "status": outcome,
        "error": entry.error.message if entry.error else None,
    }


def _code(found: list[Found]) -> Exit:
    return gravest(entry.error.exit for entry in found if entry.error)
