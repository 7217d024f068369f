"""The options that commands share, and the one way to add a command.

A command module has a function ``register(app)``. A command takes :class:`Settings` first, then
its own parameters, and returns an :class:`Exit` (or nothing for 0). It names the shared options
that it listens to; ``-v``, ``-q`` and ``--no-color`` it gets unasked::

    from typing import Annotated

    import typer

    from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
    from asa_automate.cli.output import emit_json, table
    from asa_automate.cli.settings import Settings
    from asa_automate.errors import Exit


    def register(app: typer.Typer) -> None:
        @command(app, "check", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)
        def check(
            settings: Settings,
            fast: Annotated[bool, typer.Option("--fast", help="Ask less.")] = False,
        ) -> Exit:
            \"\"\"Say who is exempt.\"\"\"
            from asa_automate.inventory import load  # heavy things are imported inside

            devices = load(settings.inventory).select(settings.limits).devices
            if settings.json:
                emit_json([device.name for device in devices])
            else:
                table(settings, ["device"], [[device.name] for device in devices])
            return Exit.DONE


    EXAMPLES = {"asa-automate check --limit site=ams": "only the firewalls in Amsterdam"}

The values are in ``settings`` whether the user put the flag before or after the subcommand, into
the environment or into the file. Going wrong means raising an error of ``asa_automate.errors``:
``cli.handler`` alone knows how that is shown and which exit code it has.
"""

import copy
import functools
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, get_args

import typer

from asa_automate.cli.settings import Flags, Output, Settings, settings_from
from asa_automate.errors import Exit

Own = ParamSpec("Own")
Command = Callable[Concatenate[Settings, Own], Exit | None]

InventoryOption = Annotated[
    Path | None,
    typer.Option(
        "--inventory",
        metavar="DIR",
        help="Directory of hosts.yaml and its companions "
        "(default ./inventory, or ASA_AUTOMATE_INVENTORY).",
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="EXPR",
        help="Only these firewalls: names, globs, group:NAME, key=value of data; "
        "comma = or, repeat the flag = and.",
    ),
]
OutputOption = Annotated[
    Output | None,
    typer.Option("--output", help="Form of the result on stdout (default table)."),
]
#: What the commands that change devices have in common.
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
WorkersOption = Annotated[
    int, typer.Option("--workers", metavar="N", min=1, max=256, help="Firewalls at a time.")
]
KeepUnsavedOption = Annotated[
    bool,
    typer.Option(
        "--keep-unsaved",
        help="Leave a verified change unsaved, not undone, where it cannot be saved.",
    ),
]
VerboseOption = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Say more; -vv says everything.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")]
NoColorOption = Annotated[
    bool, typer.Option("--no-color", help="No colours (so does the variable NO_COLOR).")
]


class Engine(StrEnum):
    """Who does the work: this process, or the workers on PostgreSQL."""

    LOCAL = "local"
    POSTGRES = "postgres"


EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine", help="Do it here, or have it done by the workers (see `asa-automate worker`)."
    ),
]

#: Flag -> its parameter: annotation and the value that means *not given*.
SHARED: dict[str, tuple[Any, Any]] = {
    "inventory": (InventoryOption, None),
    "limit": (LimitOption, None),
    "output": (OutputOption, None),
    "verbose": (VerboseOption, 0),
    "quiet": (QuietOption, False),
    "no_color": (NoColorOption, False),
}

#: What every command listens to.
COMMON = ("verbose", "quiet", "no_color")


@dataclass(frozen=True, slots=True)
class Root:
    """What is known before the subcommand: the environment and the flags in front of it."""

    env: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    flags: Flags = field(default_factory=Flags)


def command(
    app: typer.Typer, name: str, *shared: Any, examples: Mapping[str, str]
) -> Callable[[Command[Own]], Command[Own]]:
    """Add the function below to ``app`` as the subcommand ``name``.

    Args:
        shared: those of ``InventoryOption``, ``LimitOption``, ``OutputOption`` that it takes.
        examples: command line -> what it does; shown below ``--help``, at least one.

    Returns:
        a decorator that leaves the function as it is: tests call it with a ``Settings``.
    """
    listed = [flag for flag, (kind, _) in SHARED.items() if flag in COMMON or kind in shared]

    def add(function: Command[Own]) -> Command[Own]:
        app.command(name, epilog=_epilog(examples))(_adapted(function, listed))
        return function

    return add


def flags_from(values: dict[str, Any]) -> Flags:
    """Take the shared flags out of ``values`` (parameter name -> value) and freeze them."""
    given = {flag: values.pop(flag) for flag in SHARED if flag in values}
    given["limits"] = tuple(given.pop("limit", None) or ())
    return Flags(**given)


def shared_parameters(
    listed: Iterable[str], besides: Iterable[str] = ()
) -> list[inspect.Parameter]:
    """The parameters of a function that takes these shared flags, keyword only.

    Args:
        besides: taken as well, so that a flag may stand anywhere, but not in the help.
    """
    flags = {flag: SHARED[flag][0] for flag in listed}
    flags |= {flag: _unlisted(SHARED[flag][0]) for flag in besides}
    return [
        inspect.Parameter(
            flag, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=SHARED[flag][1]
        )
        for flag, kind in flags.items()
    ]


def _unlisted(kind: Any) -> Any:
    """The same option without its line in the help."""
    value, option = get_args(kind)
    hidden = copy.copy(option)
    hidden.hidden = True
    return Annotated[value, hidden]


def _adapted(function: Callable[..., Exit | None], listed: list[str]) -> Callable[..., int]:
    """The function as typer wants it: options in the signature instead of settings."""

    @functools.wraps(function)
    def run(ctx: typer.Context, **values: Any) -> int:
        root = ctx.find_object(Root) or Root()
        settings = settings_from(root.env, flags_from(values).over(root.flags))
        return function(settings, **values) or Exit.DONE

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    names = {parameter.name for parameter in own}
    besides = [flag for flag in SHARED if flag not in listed and flag not in names]
    parameters = [context, *keywords, *shared_parameters(listed, besides)]
    del run.__wrapped__  # typer would read the signature that is wrapped
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions allow it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _epilog(examples: Mapping[str, str]) -> str:
    """The examples as a block that the help formatter does not refill (it begins with ``\\b``)."""
    width = max(map(len, examples))
    lines = [f"  {line.ljust(width)}  # {what}" for line, what in examples.items()]
    return "\b\nExamples:\n" + "\n".join(lines)
