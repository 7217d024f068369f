"""``worker``: takes jobs from PostgreSQL and does them here, as the commands would."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.extra import need_distributed
from asa_automate.cli.options import InventoryOption, command
from asa_automate.cli.output import complain, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError, Exit, UsageError

if TYPE_CHECKING:
    from asa_automate.cli.stopping import Stop
    from asa_automate.fleet.worker import Terms, Worker
    from asa_automate.store.engine import Store

EXAMPLES = {
    "asa-automate worker --queue site:ams": "the firewalls of one site",
    "asa-automate worker --collect-every 5m --keep 400d": "of all sites, and sample them",
    "asa-automate worker --reconcile": "give back the jobs of dead workers, then end",
}

#: Seconds for which orders are kept, those to collect less long, since there are many of them;
#: runs, journal and samples are not touched by this.
_KEEP_ORDERS, _KEEP_ROUNDS = 30 * 86_400.0, 86_400.0


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "worker", InventoryOption, examples=EXAMPLES)(worker)


def worker(
    settings: Settings,
    queue: Annotated[
        list[str] | None,
        typer.Option(
            "--queue",
            metavar="NAME",
            help="Listen to this queue, such as site:ams; repeat it for several. "
            "Without it: the queues of all sites of the inventory.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Firewalls at a time.")
    ] = 8,
    collect_every: Annotated[
        str | None,
        typer.Option(
            "--collect-every",
            metavar="TIME",
            help="Sample the firewalls of these queues so often (30s, 5m, 1h), once however "
            "many workers are told so.",
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="TIME", help="Throw away samples older than this (400d)."),
    ] = None,
    lost_after: Annotated[
        float,
        typer.Option(
            "--lost-after",
            metavar="SECONDS",
            min=1.0,
            help="Without a heartbeat for so long a worker counts as dead; the same for all.",
        ),
    ] = 30.0,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Only give back the jobs of dead workers.")
    ] = False,
) -> Exit:
    """Work for a coordinator: plan, apply and collect where --engine postgres asked for it.

    Inventory, host keys and secrets are this host's own; a job only names an order and a device.
    SIGTERM: what is under way is finished; a second one: each firewall is left whole at once.
    """
    need_distributed()
    from asa_automate.collect.slots import seconds_of
    from asa_automate.fleet.queue import ensure_queue
    from asa_automate.fleet.worker import Terms
    from asa_automate.store.clock import must_agree
    from asa_automate.store.engine import open_store

    cron = None if collect_every is None else cron_of(seconds_of(collect_every))
    kept = None if keep is None else seconds_of(keep)
    terms = Terms(_queues(settings, queue or []), workers, lost_after, cron)
    with closing(open_store(settings.store)) as store:
        ensure_queue(store)
        must_agree(store)
        one = _worker(settings, store, terms, kept)
        if reconcile:
            say(settings, f"{one.reconcile()} jobs of dead workers were given back")
            return Exit.DONE
        say(settings, f"ready: {', '.join(terms.queues)}; {workers} firewalls at a time")
        one.run()
    say(settings, "stopped; nothing is under way")
    return Exit.DONE


def _queues(settings: Settings, named: list[str]) -> tuple[str, ...]:
    from asa_automate.fleet.queue import queue_of
    from asa_automate.inventory import load

    found = sorted({queue_of(device) for device in load(settings.inventory).devices})
    if not (named or found):
        raise UsageError("the inventory has no firewall, and so no queue; say --queue site:NAME")
    for queue in named:
        if queue not in found:
            complain(f"{queue}: no firewall of the inventory is of this queue: {', '.join(found)}")
    return tuple(dict.fromkeys(named)) or tuple(found)


def _worker(settings: Settings, store: "Store", terms: "Terms", kept: float | None) -> "Worker":
    """With what it does, and with the signals that end it."""
    from asa_automate.cli.jobs import Jobs
    from asa_automate.cli.stopping import Stop
    from asa_automate.fleet.worker import Duties, Worker
    from asa_automate.store.clock import clock_of
    from asa_automate.store.shared import conninfo_of

    stop = Stop()
    me = f"{socket.gethostname()}/{os.getpid()}"
    jobs = Jobs(settings, store, me, stop, lambda text: say(settings, text))
    duties = Duties(
        device=jobs.device,
        round=jobs.round,
        tend=lambda: _tend(store, kept),
        beat=lambda: _beat(clock_of(store)),
        tell=complain,
    )
    one = Worker(store, conninfo_of(settings.store), duties, terms)
    _listen(settings, one, stop)
    return one


def _beat(shared: "Callable[[], float]") -> None:
    """The store answers."""
    shared()


def _listen(settings: Settings, one: "Worker", stop: "Stop") -> None:
    """SIGTERM and Ctrl-C: first no more jobs, then no more lines."""
    heard: list[int] = []

    def asked(number: int, frame: FrameType | None) -> None:
        del frame
        heard.append(number)
        if len(heard) > 1:
            stop.ask()
        else:
            say(settings, "stopping: what is under way is finished, nothing more is taken")
        one.stop()

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, asked)


def _tend(store: "Store", kept: float | None) -> None:
    from asa_automate.collect.rollup import tend
    from asa_automate.store.orders import Kind, forget_orders

    try:
        tend(store, time.time(), kept)
        forget_orders(store, time.time() - _KEEP_ORDERS)
        forget_orders(store, time.time() - _KEEP_ROUNDS, Kind.COLLECT)
    except AsaAutomateError as error:
        complain(f"hourly figures: {error}")


def cron_of(seconds: float) -> str:
    """A period in cron's words: instants that all workers agree on.

    Raises:
        UsageError: it does not divide a minute, an hour or a day.
    """
    for unit, next_unit, words in (
        (1, 60, "* * * * * */{n}"),
        (60, 3600, "*/{n} * * * *"),
        (3600, 86_400, "0 */{n} * * *"),
    ):
        count = seconds / unit
        if count == int(count) and 0 < seconds < next_unit and (next_unit // unit) % count == 0:
            return words.format(n=int(count))
    raise UsageError(
        f"{seconds:g} s cannot be agreed on by workers; take one that divides a minute, an hour "
        "or a day, such as 30s, 5m, 1h"
    )
