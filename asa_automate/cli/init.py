"""``init``: a sample inventory to begin with."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from asa_automate.cli.options import command
from asa_automate.cli.output import emit, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import Refused

#: The files of the sample, as they are named everywhere.
SAMPLES = ("hosts.yaml", "groups.yaml", "defaults.yaml", "exemptions.yaml")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    examples = {
        "asa-automate init": "write ./inventory",
        "asa-automate init /srv/firewalls": "write it somewhere else",
    }
    command(app, "init", examples=examples)(init)


def init(
    settings: Settings,
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where to (default ./inventory).")
    ] = None,
) -> None:
    """Write a commented sample inventory and exemptions file; overwrites nothing."""
    target = directory or Path("inventory")
    content = dict(_content())
    if standing := [name for name in content if (target / name).exists()]:
        raise Refused(f"{target / standing[0]} exists already; nothing was written")
    for path in _write(target, content):
        emit(str(path))
    say(settings, f"now edit them and run: asa-automate inventory lint --inventory {target}")


def sample_directory() -> Path:
    """Where the sample is: inside the wheel, or ``inventory/`` of a checkout.

    Raises:
        Refused: in neither place; the installation is broken.
    """
    package = Path(str(files("asa_automate")))
    for place in (package / "sample_inventory", package.parent / "inventory"):
        if (place / SAMPLES[0]).is_file():
            return place
    raise Refused("the sample inventory is missing; install asa-automate again")


def _content() -> Iterator[tuple[str, str]]:
    """Name of a file -> its text: the sample, and the schemas that its first lines name."""
    from asa_automate.inventory.schema import json_schemas

    source = sample_directory()
    for name in SAMPLES:
        yield name, (source / name).read_text(encoding="utf-8")
    for name, schema in json_schemas().items():
        yield f"{name}.schema.json", json.dumps(schema, indent=2) + "\n"


def _write(target: Path, content: dict[str, str]) -> Iterator[Path]:
    """Write the files; one that appears in the meantime is refused, not overwritten."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in content.items():
            with (target / name).open("x", encoding="utf-8") as file:
                file.write(text)
            yield target / name
    except OSError as error:
        raise Refused(f"cannot write into {target}: {error.strerror}") from error
