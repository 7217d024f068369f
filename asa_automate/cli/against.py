"""``simulate flow --against-device``: the model's answer beside that of the device."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from asa_automate.apply.reading import RUNNING, identify
from asa_automate.cli.connect import open_session
from asa_automate.cli.settings import Settings
from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.errors import Exit, UsageError
from asa_automate.inventory import load
from asa_automate.model import Reading
from asa_automate.plan.guards import must_be_readable
from asa_automate.show.flow import parse_flow as parse_answer
from asa_automate.show.packet_tracer import parse_trace
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.oracle import (
    differences,
    flow_command,
    trace_command,
    trace_differences,
)
from asa_automate.simulate.world import World
from asa_automate.store.engine import open_store
from asa_automate.store.probes import recall

#: Per engine is what most documents say, and it is said that it was taken.
_PRESUMED = Reading.PER_ENGINE


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the device, and what it comes to.

    Args:
        differences: in words; empty where device and model agree, or nothing can be said.
        note: why nothing can be said; empty otherwise.
    """

    command: str
    answer: str
    differences: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A flow, asked of both.

    Args:
        reading: by which the model answered, and where it comes from.
    """

    device: str
    running: RunningConfig
    reading: Reading
    source: str
    asked: tuple[Asked, ...]

    @property
    def exit(self) -> Exit:
        """DISPROVED where they differ."""
        return Exit.DISPROVED if any(one.differences for one in self.asked) else Exit.DONE


def compare(settings: Settings, name: str, flow: Flow) -> Compared:
    """Ask the device, read-only, and the model under the reading that is known of the device.

    Raises:
        UsageError: there is no such device, or no such question.
        Refused: its configuration cannot be read with certainty.
    """
    command = flow_command(flow)
    if command is None:
        raise UsageError("a device can be asked about tcp and udp with a port alone")
    found = [d for d in load(settings.inventory).devices if d.name == name]
    if not found:
        raise UsageError(f"the inventory has no device {name!r}")
    with open_session(found[0], settings) as session:
        running = read_running(session.show(RUNNING))
        must_be_readable(running)
        identity = identify(session)
        texts = [(command, session.show(command))]
        tracing = trace_command(flow)
        if tracing:
            texts.append((tracing, session.show(tracing)))
    with closing(open_store(settings.store)) as store:
        reading, source = recall(store, identity.serial, identity.version)
    if reading is Reading.UNKNOWN:
        reading, source = _PRESUMED, f"{source}: presumed"
    asked = tuple(_judged(running, flow, World(reading), *texts))
    return Compared(name, running, reading, source, asked)


def _judged(
    running: RunningConfig,
    flow: Flow,
    world: World,
    first: tuple[str, str],
    tracing: tuple[str, str] | None = None,
) -> Iterator[Asked]:
    answer = parse_answer(first[1])
    yield Asked(*first, tuple(differences(running, flow, answer, world)))
    if tracing:
        trace = parse_trace(tracing[1])
        note = "" if trace.readable else "the device does not allow or know it"
        if trace.readable and not trace.allowed:
            note = "the device drops the packet: no later phase is shown"
        yield Asked(*tracing, tuple(trace_differences(running, flow, trace, world)), note)
