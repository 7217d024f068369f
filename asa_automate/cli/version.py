"""``version``: which versions are at work, for a bug report."""

import platform
from importlib.metadata import PackageNotFoundError, version

import typer

from asa_automate import __version__
from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import emit_json, table
from asa_automate.cli.settings import Settings

#: The libraries whose version decides how we behave.
LIBRARIES = (
    "asyncssh",
    "cryptography",
    "netmiko",
    "nornir",
    "ntc-templates",
    "paramiko",
    "pydantic",
    "rich",
    "ruamel.yaml",
    "sqlalchemy",
    "textfsm",
    "typer",
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @command(
        app,
        "version",
        OutputOption,
        examples={
            "asa-automate version": "for a person",
            "asa-automate version --output json": "for a bug report",
        },
    )
    def version(settings: Settings) -> None:
        """Versions of the tool, of Python and of the libraries that matter."""
        found = versions()
        if settings.json:
            emit_json(found)
            return
        rows = [[name, str(found[name])] for name in ("tool", "python", "platform")]
        libraries = [[name, installed(name) or "not installed"] for name in LIBRARIES]
        table(settings, ["what", "version"], rows + libraries)


def versions() -> dict[str, object]:
    """``tool``, ``python``, ``platform``, and ``libraries``: name -> version or ``None``."""
    return {
        "tool": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: installed(name) for name in LIBRARIES},
    }


def installed(name: str) -> str | None:
    """The installed version of a distribution, ``None`` if there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
