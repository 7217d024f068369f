"""The program: which commands there are, in the order of daily use, and how it starts."""

import importlib
import logging
import os
import signal
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.main import get_command

from asa_automate import __version__
from asa_automate.cli.failing import failing_in_json
from asa_automate.cli.handler import PROGRAM, guard_threads, handled
from asa_automate.cli.memory import settle
from asa_automate.cli.options import (
    InventoryOption,
    LimitOption,
    NoColorOption,
    OutputOption,
    QuietOption,
    Root,
    VerboseOption,
    flags_from,
)

#: Modules of ``asa_automate.cli`` with a function ``register(app)``, in the order of daily use.
COMMANDS = (
    "demo",
    "init",
    "inventory",
    "hostkeys",
    "doctor",
    "collect",
    "parse",
    "check",
    "plan",
    "show",
    "simulate",
    "doctor",
    "apply",
    "rollback",
    "resume",
    "runs",
    "counters",
    "serve",
    "worker",
    "lab",
    "audit",
    "version",
)

#: The variable by which a shell asks for completions (typer builds it from the program's name).
COMPLETION = "_ASA_AUTOMATE_COMPLETE"


def build() -> typer.Typer:
    """The program with all its commands."""
    app = typer.Typer(
        name=PROGRAM,
        no_args_is_help=True,
        rich_markup_mode=None,  # plain help: quick, and the same in a pipe
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Begin with 'asa-automate demo' or 'asa-automate init'.",
    )
    app.callback()(_root)
    for name in COMMANDS:
        _register(app, name)
    return app


def run(argv: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Carry out one command line.

    Args:
        argv: the words after the name of the program.
        env: the environment; the process's own where none is given.

    Returns:
        the exit code. Nothing is raised.
    """
    env = os.environ if env is None else env

    def action() -> Any:
        program = get_command(build())
        root = Root(env)
        if COMPLETION in os.environ:
            return program.main([], prog_name=PROGRAM, standalone_mode=False)
        # Not program.main: it keeps Ctrl-C and broken pipes, of devices too, to itself.
        with (
            failing_in_json(argv),
            program.make_context(PROGRAM, list(argv), obj=root) as context,
        ):
            return program.invoke(context)

    return handled(action, env)


def main() -> NoReturn:
    """Console entry."""
    _quieten()
    _end_whole()
    settle()
    guard_threads(os.environ)
    sys.exit(run(sys.argv[1:]))


def _end_whole() -> None:
    """SIGTERM and a closed terminal end the program as Ctrl-C does, with a message and a code.

    What is ignored stays so (nohup). Commands that change firewalls listen for themselves.
    """
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is signal.SIG_DFL:
            signal.signal(name, signal.default_int_handler)


def _root(
    ctx: typer.Context,
    inventory: InventoryOption = None,
    limit: LimitOption = None,
    output: OutputOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
    version: Annotated[  # noqa: ARG001  # its callback does all
        bool,
        typer.Option(
            "--version", is_eager=True, callback=lambda v: _version(v), help="Print the version."
        ),
    ] = False,
) -> None:
    """Exempt Cisco ESA mail gateways from the ESMTP inspection of Cisco ASA firewalls.

    The flags below may stand before or after the subcommand.
    """
    before = ctx.find_object(Root) or Root()
    flags = flags_from(
        {
            "inventory": inventory,
            "limit": limit,
            "output": output,
            "verbose": verbose,
            "quiet": quiet,
            "no_color": no_color,
        }
    )
    ctx.obj = Root(before.env, flags)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"{PROGRAM} {__version__}\n")
        raise typer.Exit


def _register(app: typer.Typer, name: str) -> None:
    importlib.import_module(f"asa_automate.cli.{name}").register(app)


def _quieten() -> None:
    """Keep libraries off the terminal: their warnings and unheard log records, odd characters."""
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
