"""What a program reads on stdout where a changing command goes wrong before it has a result."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from typer import TyperException

from asa_automate.cli.output import emit_json
from asa_automate.errors import AsaAutomateError, BadInput, Exit

#: Commands whose result is an object with ``run`` and ``devices``.
CHANGING = frozenset({"apply", "rollback", "resume"})


@contextmanager
def failing_in_json(argv: Sequence[str]) -> Iterator[None]:
    """With ``--output json`` the error of a changing command also goes to stdout.

    ``{"run": null, "devices": [], "error": {...}}``, where the result would have stood. A run
    that has begun ends with its own document and raises nothing that leads here.
    """
    try:
        yield
    except (AsaAutomateError, TyperException) as error:
        if _is_changing(argv) and _wants_json(argv):
            emit_json({"run": None, "devices": [], "error": _as_json(error)})
        raise


def _as_json(error: AsaAutomateError | TyperException) -> dict[str, object]:
    if isinstance(error, AsaAutomateError):
        problems = list(error.problems) if isinstance(error, BadInput) else []
        message, device, code = error.message, error.device, error.exit
    else:
        message, device, code = error.format_message().strip(), None, Exit.USAGE
        problems = []
    return {"message": message, "device": device, "exit": int(code), "problems": problems}


def _is_changing(argv: Sequence[str]) -> bool:
    """By the first word that is a command: what stands before it are flags and their values."""
    return next((word in CHANGING for word in argv if word in CHANGING | _OTHERS), False)


def _wants_json(argv: Sequence[str]) -> bool:
    words = " ".join(argv).replace("=", " ").split()
    return ("--output", "json") in pairwise(words)


#: Commands that have a word of a changing one among their arguments, or another shape of result.
_OTHERS = frozenset({"plan", "check", "collect", "show", "runs", "simulate", "counters", "parse"})
