"""``simulate proxy``: the inspection between a real client and a real server."""

import ipaddress
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asa_automate.cli.mailing import (
    ConfigOption,
    FlowOption,
    FromDirOption,
    KnobOption,
    PlanOption,
    ReadingOption,
    inspections,
)
from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, UsageError

if TYPE_CHECKING:
    from asa_automate.simulate.inspection import Inspection
    from asa_automate.simulate.proxy import Proxy
    from asa_automate.simulate.proxy_link import Outcome

EXAMPLES = {
    "asa-automate simulate proxy --config edge1.cfg --listen 127.0.0.1:2525 "
    "--upstream 127.0.0.1:25 --flow 'tcp 198.51.100.7 -> 192.168.1.1:25'": (
        "mail to port 2525 as if it came through the firewall"
    ),
    "asa-automate simulate proxy --config edge1.cfg --upstream 127.0.0.1:25 "
    "--flow 'tcp 198.51.100.7 -> 192.168.1.1:25' --plan plan.json": "the same after a plan",
}
ListenOption = Annotated[
    str, typer.Option("--listen", metavar="HOST:PORT", help="Where clients connect; port 0: free.")
]
UpstreamOption = Annotated[
    str, typer.Option("--upstream", metavar="HOST:PORT", help="The mail server behind it.")
]


def register(group: typer.Typer) -> None:
    """Add the command to ``simulate``."""
    shared = (InventoryOption, LimitOption, OutputOption)
    command(group, "proxy", *shared, examples=EXAMPLES)(proxy)


def proxy(
    settings: Settings,
    upstream: UpstreamOption,
    flow: FlowOption,
    listen: ListenOption = "127.0.0.1:2525",
    config: ConfigOption = None,
    from_dir: FromDirOption = None,
    plan: PlanOption = None,
    reading: ReadingOption = "per-engine",
    knob: KnobOption = None,
    connections: Annotated[
        int, typer.Option("--connections", min=1, max=100_000, help="At once; one more is reset.")
    ] = 1000,
    idle: Annotated[
        float, typer.Option("--idle", metavar="SECONDS", min=0.1, help="Then it is reset.")
    ] = 3600.0,
    hold: Annotated[
        float,
        typer.Option(
            "--hold", metavar="SECONDS", min=0, help="A dropped connection stays silent so long."
        ),
    ] = 30.0,
) -> Exit:
    """Carry mail between real programs as the firewall would, until Ctrl-C.

    The flow decides who inspects, and with which map, whatever the real addresses are. With --plan
    the configuration is the one after the plan. At the end the counters are printed as
    `show service-policy inspect esmtp` would.
    """
    from asa_automate.simulate.esmtp_counters import Counters
    from asa_automate.simulate.proxy import Limits, Proxy

    found = inspections(settings, flow, config, from_dir, plan, reading, knob)
    chosen = found.get("after", found["before"])
    counters = Counters()
    connections = _with_files_for(connections)
    carrier = Proxy(
        lambda: chosen.engine(time.monotonic, counters),
        address(upstream, "--upstream"),
        Limits(connections=connections, idle=idle, hold=hold),
        said=lambda text: say(settings, text),
        done=lambda outcome: say(settings, in_words(outcome)),
    )
    say(settings, str(chosen))
    run(carrier, address(listen, "--listen"))
    _result(settings, flow, chosen, counters, carrier)
    return Exit.DONE


def _with_files_for(connections: int) -> int:
    """As many connections as there may be files for, two each; the soft limit is raised."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * connections + 64
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        fewer = max(1, (most - 64) // 2)
        complain(f"{fewer} connections at once, not {connections}: no more files may be open")
        return fewer
    return connections


def run(
    carrier: "Proxy", listen: tuple[str, int], ready: "Callable[[], None] | None" = None
) -> None:
    """Carry until Ctrl-C or SIGTERM.

    Raises:
        UsageError: the address cannot be listened on.
    """
    import asyncio

    async def serve() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, what: complain(_odd(what)))
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopped.set)
        try:
            host, port = await carrier.start(*listen)
        except OSError as error:
            where = f"{listen[0]}:{listen[1]}"
            raise UsageError(f"cannot listen on {where}: {error.strerror or error}") from error
        complain(f"listening on {host}:{port}; Ctrl-C ends it")
        if not _is_loopback(host):
            complain(f"{host} is not a loopback address: others can reach it")
        if ready is not None:
            ready()
        await stopped.wait()
        complain("stopping")
        await carrier.stop()

    asyncio.run(serve())


def address(text: str, flag: str) -> tuple[str, int]:
    """``HOST:PORT`` or ``[IPV6]:PORT``.

    Raises:
        UsageError: it is none.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise UsageError(f"{flag} is HOST:PORT, for example 127.0.0.1:2525, not {text!r}")
    return host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port)


def _odd(what: dict[str, Any]) -> str:
    """What a connection ended with that nobody expected."""
    return f"{what['message']}: {what.get('exception')!r}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def in_words(outcome: "Outcome") -> str:
    """One connection in one line."""
    changed = ", ".join(f"{rule} {count}" for rule, count in outcome.changed.items())
    sent = ", ".join(f"{side} {count}" for side, count in sorted(outcome.sent.items()))
    text = f"connection {outcome.number}: {outcome.verdict}"
    for part in (outcome.why, changed, f"bytes: {sent}" if sent else ""):
        text += f"; {part}" if part else ""
    return text


def _result(
    settings: Settings, flow: str, chosen: "Inspection", counters: Any, carrier: "Proxy"
) -> None:
    from asa_automate.simulate.esmtp_counters import shown

    inspected = chosen.inspected
    lines = shown(counters, inspected, chosen.version) if inspected else []
    if settings.json:
        taken = chosen.taken
        emit_json(
            {
                "flow": flow,
                "inspected": inspected is not None,
                "class": taken.class_name if taken else None,
                "policy": taken.policy if taken else None,
                "map": inspected.name if inspected else None,
                "connections": dict(sorted(carrier.verdicts.items())),
                "most_at_once": carrier.most,
                "counters": dict(sorted(counters.values.items())),
                "shown": lines,
            }
        )
        return
    told = ", ".join(f"{name} {count}" for name, count in sorted(carrier.verdicts.items()))
    emit(f"connections: {told or 'none'}; at most {carrier.most} at once")
    for line in lines:
        emit(line)
