"""What a command needs to know of its surroundings, decided once, as one frozen value.

Precedence, highest first: flag, environment, file, default. The file is
``$XDG_CONFIG_HOME/asa-automate/config.toml`` (``~/.config/asa-automate/config.toml``) and may name
``inventory``, ``store``, ``known_hosts``, ``settle``, ``plan_key``, ``plan_signers`` and
``plan_signatures``; no secret has a place in it.
"""

import math
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from asa_automate.cli.doors import Doors
from asa_automate.cli.roads import Roads
from asa_automate.errors import BadInput, Refused, UsageError

#: Name of a setting in the file -> the environment variable that beats it.
VARIABLES = {
    "inventory": "ASA_AUTOMATE_INVENTORY",
    "store": "ASA_AUTOMATE_STORE",
    "known_hosts": "ASA_AUTOMATE_KNOWN_HOSTS",
    "settle": "ASA_AUTOMATE_SETTLE",
    "plan_key": "ASA_AUTOMATE_PLAN_KEY",
    "plan_signers": "ASA_AUTOMATE_PLAN_SIGNERS",
    "plan_signatures": "ASA_AUTOMATE_PLAN_SIGNATURES",
}

#: Seconds between the two verifications of an apply.
DEFAULT_SETTLE = 5.0

_CONFIG_LIMIT = 64 * 1024


class Output(StrEnum):
    """What a result looks like on stdout."""

    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags as typed before or after the subcommand; ``None`` and empty mean *not given*."""

    inventory: Path | None = None
    limits: tuple[str, ...] = ()
    output: Output | None = None
    verbose: int = 0
    quiet: bool = False
    no_color: bool = False

    def over(self, below: "Flags") -> "Flags":
        """These flags with ``below`` (those before the subcommand) as defaults.

        Limits add up, since several of them are ANDed wherever they stand.
        """
        talk = self if self.verbose or self.quiet else below
        return Flags(
            inventory=self.inventory or below.inventory,
            limits=below.limits + self.limits,
            output=self.output or below.output,
            verbose=talk.verbose,
            quiet=talk.quiet,
            no_color=self.no_color or below.no_color,
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a command is told from outside.

    Attributes:
        inventory: directory of the inventory files.
        limits: ``--limit`` expressions, ANDed; for :meth:`Inventory.select`.
        output: table or JSON.
        store: SQLAlchemy URL; hidden from ``repr`` because it may carry a password.
        known_hosts: our own file of host keys.
        settle: seconds between the two verifications of an apply, >= 0.
        state_dir: where store, host keys and crash logs live; see :func:`private_directory`.
        env: the environment that the references of an inventory are looked up in.
        doors: the credentials that this command has used.
        plan_key: private key that ``plan --sign`` signs with.
        plan_signers: public keys of those who may sign; where set, ``apply`` takes no other plan.
        plan_signatures: how many of them must have signed, >= 1.
        roads: the jump hosts that this command has connected to.
    """

    inventory: Path
    limits: tuple[str, ...]
    output: Output
    store: str = field(repr=False)
    known_hosts: Path
    settle: float
    state_dir: Path
    env: Mapping[str, str] = field(repr=False)
    verbose: int = 0
    quiet: bool = False
    no_color: bool = False
    doors: Doors = field(default_factory=Doors, repr=False, compare=False)
    plan_key: Path | None = None
    plan_signers: Path | None = None
    plan_signatures: int = 1
    roads: Roads = field(default_factory=Roads, repr=False, compare=False)

    @property
    def json(self) -> bool:
        """True if the result is wanted as JSON."""
        return self.output is Output.JSON


def settings_from(env: Mapping[str, str], flags: Flags | None = None) -> Settings:
    """The settings for these flags in this environment.

    Raises:
        BadInput: a variable, or a line of the file, that cannot be used.
        UsageError: ``-v`` and ``-q`` at once.
    """
    flags = flags or Flags()
    if flags.verbose and flags.quiet:
        raise UsageError("-v and -q ask for opposite things; give one of them")
    state = state_directory(env)
    chosen = _chosen(env)
    return Settings(
        inventory=flags.inventory or Path(chosen.get("inventory", "inventory")),
        limits=flags.limits,
        output=flags.output or Output.TABLE,
        store=_store(chosen.get("store"), state),
        known_hosts=_path(chosen.get("known_hosts"), state / "known_hosts", env),
        settle=_seconds(chosen.get("settle")),
        state_dir=state,
        env=MappingProxyType(dict(env)),
        verbose=flags.verbose,
        quiet=flags.quiet,
        no_color=flags.no_color or bool(env.get("NO_COLOR")),
        plan_key=_path(chosen.get("plan_key"), None, env),
        plan_signers=_path(chosen.get("plan_signers"), None, env),
        plan_signatures=_count(chosen.get("plan_signatures")),
    )


def state_directory(env: Mapping[str, str]) -> Path:
    """``$XDG_STATE_HOME/asa-automate``, else ``~/.local/state/asa-automate``; not created."""
    return _xdg(env, "XDG_STATE_HOME", ".local/state") / "asa-automate"


def private_directory(path: Path) -> Path:
    """Create the directory with mode 0700, or make an existing one of ours private.

    Raises:
        Refused: it is a file, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
    except OSError as error:
        raise Refused(f"cannot use the directory {path}: {error.strerror}") from error
    if found.st_uid != os.geteuid():
        raise Refused(f"the directory {path} belongs to another user; set XDG_STATE_HOME")
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)
    return path


def _chosen(env: Mapping[str, str]) -> dict[str, str]:
    """Settings that file or environment give; an empty variable counts as not set."""
    named = {name: env[variable] for name, variable in VARIABLES.items() if env.get(variable)}
    return _from_file(_xdg(env, "XDG_CONFIG_HOME", ".config") / "asa-automate/config.toml") | named


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as file:
            values = tomllib.loads(file.read(_CONFIG_LIMIT).decode())
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from error
    for name, value in values.items():
        if name not in VARIABLES:
            raise BadInput(f"{path}: unknown setting '{name}'; known are {', '.join(VARIABLES)}")
        if not isinstance(value, str | int | float):
            raise BadInput(f"{path}: '{name}' must be text or a number")
    return {name: str(value) for name, value in values.items()}


def _xdg(env: Mapping[str, str], variable: str, below_home: str) -> Path:
    """A base directory; relative ones are ignored (XDG Base Directory Specification 0.8)."""
    named = env.get(variable, "")
    return Path(named) if Path(named).is_absolute() else _home(env) / below_home


def _home(env: Mapping[str, str]) -> Path:
    return Path(env["HOME"]) if env.get("HOME") else Path.home()


_Default = TypeVar("_Default", Path, None)


def _path(text: str | None, default: _Default, env: Mapping[str, str]) -> Path | _Default:
    if text is None:
        return default
    return _home(env) / text[2:] if text.startswith("~/") else Path(text)


def _store(url: str | None, state: Path) -> str:
    if url is None:
        return f"sqlite:///{state / 'store.sqlite3'}"
    if "://" not in url:
        raise BadInput(
            "ASA_AUTOMATE_STORE is not an SQLAlchemy URL; "
            "write, for example, sqlite:////var/lib/asa-automate/store.sqlite3"
        )
    return url


def _seconds(text: str | None) -> float:
    try:
        seconds = DEFAULT_SETTLE if text is None else float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise BadInput(f"ASA_AUTOMATE_SETTLE is '{text}'; give a number of seconds, 0 or more")
    return seconds


def _count(text: str | None) -> int:
    if text is None:
        return 1
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 16):
        raise BadInput(f"ASA_AUTOMATE_PLAN_SIGNATURES is '{text}'; give a number from 1 to 16")
    return int(text)
