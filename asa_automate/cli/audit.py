"""``audit``: is the journal of what was done still what was written? And for other systems."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from asa_automate.cli.anchoring import anchors_file
from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from asa_automate.store.audit import Audit

VERIFY = {
    "asa-automate audit verify": "says which record was altered, exit 5 if one was",
    "asa-automate audit verify --anchors FILE": "also against an export kept on another host",
}
EXPORT = {
    "asa-automate audit export > journal.jsonl": "all records, a line of JSON for each",
    "asa-automate audit export --after 1200": "only what came after record 1200",
    "asa-automate audit export --syslog tcp://loghost:601": "to a log server, RFC 5424",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Is the journal of what was done still what was written?",
        rich_markup_mode=None,
    )
    app.add_typer(group, name="audit")
    command(group, "verify", OutputOption, examples=VERIFY)(verify)
    command(group, "export", examples=EXPORT)(export)


def verify(
    settings: Settings,
    anchors: Annotated[
        list[Path] | None,
        typer.Option(
            "--anchors",
            metavar="FILE",
            help="Compare with this file of `audit export`, too (may be repeated).",
        ),
    ] = None,
) -> Exit:
    """Check the hash chain of the journal, the runs that it tells of, and its anchors.

    Anchors are heads of the journal as they were, kept outside of the store by each changing
    command; without one from another host, a chain that was rewritten as a whole is not found.
    """
    from asa_automate.store import anchors as kept
    from asa_automate.store import decisions
    from asa_automate.store.audit import Audit
    from asa_automate.store.audit import verify as verify_chain
    from asa_automate.store.engine import open_store

    with closing(open_store(settings.store)) as store:
        audit = verify_chain(store)
        found = list(kept.read(anchors_file(settings), store))
        for file in anchors or ():
            found += kept.read(file, store, needed=True)
        more = (*decisions.compare(store), *kept.compare(store, found))
    audit = Audit(audit.records, (*audit.problems, *more))
    _show(settings, audit, len(found))
    return Exit.REFUSED if audit.problems else Exit.DONE


def export(
    settings: Settings,
    form: Annotated[
        Literal["jsonl", "syslog"],
        typer.Option("--format", help="Lines of JSON, or of syslog messages (RFC 5424)."),
    ] = "jsonl",
    syslog: Annotated[
        str | None,
        typer.Option(
            "--syslog",
            metavar="ADDRESS",
            help="Send them to tcp://HOST:PORT, udp://HOST:PORT or unix:PATH instead.",
        ),
    ] = None,
    after: Annotated[
        int, typer.Option("--after", metavar="N", min=0, help="Only records behind this number.")
    ] = 0,
) -> Exit:
    """Write the journal for another system; each record with its hash."""
    from asa_automate.cli import syslog as sinks
    from asa_automate.report.syslog import message
    from asa_automate.store.engine import open_store
    from asa_automate.store.exported import exported

    with closing(open_store(settings.store)) as store:
        records = exported(store, after)
        if syslog:
            with sinks.syslog(syslog) as sink:
                last = after
                for record in records:
                    sink.send(message(record, sink.kind))
                    last = record["seq"]
            say(settings, f"sent up to record {last}; go on with --after {last}")
            return Exit.DONE
        for record in records:
            line = json.dumps(record) if form == "jsonl" else message(record, "stream").decode()
            sys.stdout.write(f"{line}\n")
    return Exit.DONE


def _show(settings: Settings, audit: "Audit", anchors: int) -> None:
    if settings.json:
        emit_json(
            {
                "ok": not audit.problems,
                "records": audit.records,
                "anchors": anchors,
                "problems": [{"seq": p.seq, "problem": p.text} for p in audit.problems],
            }
        )
    elif not audit.problems:
        emit(f"the journal is whole: {audit.records} records, compared with {anchors} anchors")
    for problem in audit.problems:
        complain(f"journal record {problem.seq}: {problem.text}")
