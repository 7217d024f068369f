"""The one place that turns exceptions into exit codes and into a line for the user."""

import os
import platform
import re
import select
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import typer
from typer import Abort, BadParameter, TyperException

from asa_automate import __version__
from asa_automate.cli.output import complain
from asa_automate.cli.settings import private_directory, state_directory
from asa_automate.errors import AsaAutomateError, BadInput, Exit, StateUnknown

PROGRAM = "asa-automate"

#: typer shows of its usage errors only this child; the parent is the class of them all.
_Usage = BadParameter.__mro__[1]

#: Variables whose values must not reach a log file, by their names.
_SECRET_NAMES = re.compile(r"PASS|SECRET|ENABLE|TOKEN|CRED|KEY|PWD$|AUTH", re.IGNORECASE)

#: The user and password part of a URL.
_URL_LOGIN = re.compile(r"(?<=://)[^/\s@]*@")

_SCRUBBED = "********"


def handled(action: Callable[[], int | None], env: Mapping[str, str]) -> int:
    """Run ``action``; whatever happens, return an exit code and never let a traceback out.

    Args:
        action: the program; returns its exit code, ``None`` for 0.
        env: says where the state directory is and which values are secrets.
    """
    try:
        code = action() or Exit.DONE
        sys.stdout.flush()
    except BaseException as error:  # this is where all of them end
        return int(_code_of(error, env))
    return int(code)


def _code_of(error: BaseException, env: Mapping[str, str]) -> Exit:
    match error:
        case AsaAutomateError():
            _explain(error)
            return error.exit
        case KeyboardInterrupt() | Abort():
            complain(f"{PROGRAM}: stopped by the user")
            return Exit.STOPPED
        case typer.Exit():
            return _exit_as_asked(error.exit_code)
        case SystemExit():
            return _exit_as_asked(error.code or 0)
        case TyperException():
            return _wrong_usage(error)
        case BrokenPipeError() if _stdout_is_closed():
            return Exit.STOPPED
    _silence_stdout_if_broken()
    complain(f"{PROGRAM}: unexpected error: {_one_line(error, env)}; {_logged(error, env)}")
    return Exit.BUG


def guard_threads(env: Mapping[str, str]) -> None:
    """Make an exception that ends a thread a log file instead of a traceback on the terminal."""

    def hook(args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        if error is not None and not isinstance(error, SystemExit):
            complain(f"{PROGRAM}: unexpected error in a thread; {_logged(error, env)}")

    threading.excepthook = hook


def _explain(error: AsaAutomateError) -> None:
    if isinstance(error, BadInput) and error.problems:
        for problem in error.problems:
            complain(f"{PROGRAM}: {problem}")
    else:
        complain(str(error) if error.device else f"{PROGRAM}: {error}")
    if isinstance(error, StateUnknown):
        for line in error.lines:
            complain(f"    {line}")


def _wrong_usage(error: TyperException) -> Exit:
    """A command line that typer refused; its own exit code 2 means something else with us."""
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if message.count("\n") > 1:  # the whole help, because nothing was asked for
        sys.stderr.write(message + "\n")
    else:
        path = context.command_path if context else PROGRAM
        complain(f"{PROGRAM}: {message.strip()} Try '{path} --help'.")
    return Exit.USAGE if isinstance(error, _Usage) else Exit.BAD_INPUT


def _exit_as_asked(code: object) -> Exit:
    """typer is done, or some library called ``sys.exit``; a code that is none of ours is a bug."""
    if isinstance(code, int) and code in set(Exit):
        return Exit(code)
    complain(f"{PROGRAM}: unexpected exit: {code}")
    return Exit.BUG


def _stdout_is_closed() -> bool:
    """True if it is our reader who went away, not a device; then nothing more is written."""
    try:
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)
        closed = any(event & (select.POLLERR | select.POLLHUP) for _, event in watched.poll(0))
    except (OSError, ValueError):  # no file behind it, as in tests
        return False
    if closed:
        _silence_stdout()
    return closed


def _silence_stdout_if_broken() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _silence_stdout()


def _silence_stdout() -> None:
    """Point stdout to nowhere: Python would complain at its end about what it cannot write."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _one_line(error: BaseException, env: Mapping[str, str]) -> str:
    text = scrub(str(error), env).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__


def _logged(error: BaseException, env: Mapping[str, str]) -> str:
    """Write the log file; returns where it is, in words."""
    text = scrub(_report(error), env)
    places: tuple[Callable[[], Path], ...] = (
        lambda: private_directory(state_directory(env)),
        lambda: Path(tempfile.mkdtemp(prefix=f"{PROGRAM}-")),
    )
    for place in places:
        with suppress(OSError, AsaAutomateError):
            return f"please send the file {_write(place(), text)}"
    return "no log file could be written"


def _write(directory: Path, text: str) -> Path:
    path = directory / f"crash-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.log"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "w", errors="backslashreplace") as file:
        file.write(text)
    return path


def _report(error: BaseException) -> str:
    """Versions and traceback, without the values of local variables."""
    told = traceback.TracebackException.from_exception(error, capture_locals=False)
    return (
        f"{PROGRAM} {__version__}\npython {sys.version}\nplatform {platform.platform()}\n"
        f"arguments {sys.argv[1:]}\n\n{''.join(told.format())}"
    )


def scrub(text: str, env: Mapping[str, str]) -> str:
    """The text without the secrets that the environment is known to hold, in any spelling.

    Values of variables whose names speak of secrets (at least three characters long) go, as they
    are and as ``repr`` writes them, and so do logins inside URLs.
    """
    secrets = {value for name, value in env.items() if _SECRET_NAMES.search(name)}
    spelt = secrets | {repr(value)[1:-1] for value in secrets}
    for secret in sorted((value for value in spelt if len(value) > 2), key=len, reverse=True):
        text = text.replace(secret, _SCRUBBED)
    return _URL_LOGIN.sub(f"{_SCRUBBED}@", text)
