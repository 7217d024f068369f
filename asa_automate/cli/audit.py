"""``audit``: is the journal of what was done still what was written?"""

from contextlib import closing
from typing import TYPE_CHECKING

import typer

from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from asa_automate.store.audit import Audit

EXAMPLES = {"asa-automate audit verify": "says which record was altered, exit 5 if one was"}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Is the journal of what was done still what was written?",
        rich_markup_mode=None,
    )
    app.add_typer(group, name="audit")
    # typer folds a group with one command into that command unless it has a callback
    group.callback()(_group)
    command(group, "verify", OutputOption, examples=EXAMPLES)(verify)


def _group() -> None:
    """Is the journal of what was done still what was written?"""


def verify(settings: Settings) -> Exit:
    """Check the hash chain of the journal, record by record, up to the last one written."""
    from asa_automate.store.audit import verify as verify_chain
    from asa_automate.store.engine import open_store

    with closing(open_store(settings.store)) as store:
        audit = verify_chain(store)
    _show(settings, audit)
    return Exit.REFUSED if audit.problems else Exit.DONE


def _show(settings: Settings, audit: "Audit") -> None:
    if settings.json:
        emit_json(
            {
                "ok": not audit.problems,
                "records": audit.records,
                "problems": [{"seq": p.seq, "problem": p.text} for p in audit.problems],
            }
        )
    elif not audit.problems:
        emit(f"the journal is whole: {audit.records} records")
    for problem in audit.problems:
        complain(f"journal record {problem.seq}: {problem.text}")
