"""``inventory import``: another program's inventory into our files."""

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.files import keep
from asa_automate.cli.options import InventoryOption, command
from asa_automate.cli.output import complain, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, Refused, UsageError

if TYPE_CHECKING:
    from asa_automate.inventory.foreign import Foreign

ANSIBLE = {
    "ansible-inventory -i hosts.ini --list | asa-automate inventory import ansible -": "all hosts",
    "asa-automate inventory import ansible hosts.json --group firewalls": "those of one group",
}
NETBOX = {
    "asa-automate inventory import netbox https://netbox.example.net --filter role=firewall": (
        "NETBOX_TOKEN has the token"
    )
}
_LIMIT = 64 * 1024 * 1024


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``inventory``."""
    inner = typer.Typer(
        no_args_is_help=True,
        help="Another program's inventory into hosts.yaml and groups.yaml.",
        rich_markup_mode=None,
    )
    group.add_typer(inner, name="import")
    command(inner, "ansible", InventoryOption, examples=ANSIBLE)(ansible)
    command(inner, "netbox", InventoryOption, examples=NETBOX)(netbox)


def ansible(
    settings: Settings,
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="Of `ansible-inventory --list`; - is stdin.")
    ],
    group: Annotated[
        str, typer.Option("--group", metavar="NAME", help="Only the hosts of this group.")
    ] = "all",
) -> None:
    """Take the hosts of an Ansible inventory. Ansible itself is not needed here."""
    from asa_automate.inventory.foreign import from_ansible

    try:
        found = json.loads(_read(source))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{source}: not JSON: {error}") from error
    _write(settings, from_ansible(found, group), "ansible")


def netbox(
    settings: Settings,
    url: Annotated[str, typer.Argument(metavar="URL", help="Of NetBox itself, without /api.")],
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter", metavar="KEY=VALUE", help="As NetBox filters devices; repeat it for more."
        ),
    ] = None,
) -> None:
    """Take devices of a NetBox; the variable NETBOX_TOKEN has the token. Reads only."""
    from asa_automate.inventory.foreign import from_netbox
    from asa_automate.inventory.netbox import devices_of

    wanted: dict[str, list[str]] = defaultdict(list)
    for one in filters or []:
        key, equals, value = one.partition("=")
        if not (key and equals and value):
            raise UsageError(f"'{one}' is no filter such as role=firewall")
        wanted[key].append(value)
    token = settings.env.get("NETBOX_TOKEN")
    _write(settings, from_netbox(devices_of(url, token, wanted)), "netbox")


def _read(source: str) -> str:
    try:
        if source == "-":
            return sys.stdin.read(_LIMIT)
        with Path(source).open(encoding="utf-8") as file:
            return file.read(_LIMIT)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{source}: cannot be read: {error}") from error


def _write(settings: Settings, found: "Foreign", source: str) -> None:
    """Both files, once all that they would say has passed the checks."""
    target = settings.inventory
    texts = found.files(source)
    if not found.hosts:
        raise Refused("it has no firewall for us; nothing was written")
    for name in texts:
        _must_be_ours(target / name)
    _must_be_right(target, texts)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"cannot write into {target}: {error.strerror}") from error
    for name, text in texts.items():
        keep(target / name, text, encoding="utf-8")
    for one in found.left:
        complain(f"not taken: {one}")
    say(settings, f"{len(found.hosts)} firewalls are in {target / 'hosts.yaml'}")


def _must_be_ours(path: Path) -> None:
    from asa_automate.inventory.foreign import MARK

    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            ours = file.readline().startswith(MARK)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}") from error
    if not ours:
        raise Refused(f"{path} was written by a person; nothing was written: move it away first")


def _must_be_right(target: Path, texts: dict[str, str]) -> None:
    """As `inventory lint` looks at it, together with the files that stay."""
    from asa_automate.inventory import load

    with tempfile.TemporaryDirectory() as folder:
        for name in ("defaults.yaml", "exemptions.yaml"):
            if (target / name).is_file():
                (Path(folder) / name).symlink_to((target / name).resolve())
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        load(Path(folder))
