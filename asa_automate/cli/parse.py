"""``parse``: one saved text of a firewall to records."""

import re
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput

if TYPE_CHECKING:
    from asa_automate.config.running import RunningConfig
    from asa_automate.show.inspections import Inspect, ServicePolicyReport


class Kind(StrEnum):
    """What a saved text is the answer to."""

    SERVICE_POLICY = "service-policy"
    RUNNING_CONFIG = "running-config"


#: What tells the texts apart, the first that is found decides. A document that shows counters
#: *and* commands (Cisco's own do) is read for its counters.
SIGNS = (
    (Kind.SERVICE_POLICY, re.compile(r"^\s*(?:Inspect|Service-policy|Global policy):", re.M)),
    (
        Kind.RUNNING_CONFIG,
        re.compile(r"^\s*(?:(?:ASA|PIX|FWSM) Version|policy-map|class-map|service-policy) ", re.M),
    ),
    (Kind.RUNNING_CONFIG, re.compile(r"^(?:hostname|interface|access-list|object-group) ", re.M)),
)

EXAMPLES = {
    "asa-automate parse fw1.txt": "counters or configuration, whichever it is",
    "asa-automate parse - --as service-policy --output json": "from a pipe, for a program",
}

#: A byte that is no UTF-8, as Python reads it, to the character of that number (ISO 8859-1).
_LONE_BYTES = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @command(app, "parse", OutputOption, examples=EXAMPLES)
    def parse(
        settings: Settings,
        file: Annotated[
            Path, typer.Argument(metavar="FILE", help="A saved answer; - reads standard input.")
        ],
        kind: Annotated[
            Kind | None, typer.Option("--as", help="What it is (default: what it looks like).")
        ] = None,
    ) -> None:
        """Turn one saved text of a firewall into records."""
        text = read_text(file)
        match kind or kind_of(text, file):
            case Kind.SERVICE_POLICY:
                _show_counters(settings, text)
            case Kind.RUNNING_CONFIG:
                _show_configuration(settings, text)


def read_text(file: Path) -> str:
    """A file, or standard input for ``-``; bytes that are no UTF-8 stay, as ISO 8859-1.

    Raises:
        BadInput: there is no such file, or it cannot be read.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or error}") from error
    return data.decode("utf-8-sig", "surrogateescape").translate(_LONE_BYTES)


def kind_of(text: str, file: Path) -> Kind:
    """What a text looks like.

    Raises:
        BadInput: it looks like nothing that we read.
    """
    for kind, sign in SIGNS:
        if sign.search(text.replace("\r", "\n")):
            return kind
    raise BadInput(
        f"{file}: neither counters nor a configuration; if it is one of them, say so with --as"
    )


def configuration_records(running: "RunningConfig") -> dict[str, Any]:
    """What ``parse --as running-config`` gives: the policy part of a configuration."""
    return {
        "version": running.tree.version,
        "hostname": running.hostname,
        "service_policies": [
            {"scope": attached.scope, "policy": attached.policy}
            for attached in running.service_policies
        ],
        "policy_maps": [
            {
                "name": policy.name,
                "classes": [
                    {
                        "name": entry.name,
                        "inspects": [
                            {"engine": one.engine, "argument": one.argument}
                            for one in entry.inspects
                        ],
                    }
                    for entry in policy.classes
                ],
            }
            for policy in running.policy_maps.values()
        ],
        "class_maps": [
            {"name": one.name, "matches": [match.text for match in one.matches]}
            for one in running.class_maps.values()
        ],
        "unparsed": unknown_lines(running),
    }


def unknown_lines(running: "RunningConfig") -> list[str]:
    """Lines that no rule took within the stanzas that we model, in the order of the text."""
    modelled: tuple[Mapping[str, Any], ...] = (
        running.policy_maps,
        running.class_maps,
        running.acls,
        running.network_objects,
        running.network_groups,
        running.services,
    )
    found = {
        (line, text)
        for nouns in modelled
        for noun in nouns.values()
        for text, line in getattr(noun, "unknown", ())
    }
    return [text for _, text in sorted(found)]


def _show_counters(settings: Settings, text: str) -> None:
    from asa_automate.show.service_policy import parse_service_policy

    report = parse_service_policy(text)
    if settings.json:
        emit_json(report.model_dump(mode="json"))
        return
    headings = ["scope", "policy", "class", "engine", "map", "counter", "action", "value"]
    table(settings, headings, _counter_rows(report))
    _show_unparsed(settings, report.unparsed)


def _counter_rows(report: "ServicePolicyReport") -> Iterator[list[str]]:
    for policy in report.policies:
        for one in policy.classes:
            for inspect in one.inspects:
                where = (policy.scope, policy.policy, one.name, inspect.engine, inspect.map)
                for name, action, value in _counters(inspect):
                    yield [*(word or "-" for word in where), name, action or "-", str(value)]


def _counters(inspect: "Inspect") -> Iterator[tuple[str, str | None, int | str]]:
    """Name, action and value of everything that the text says about one engine."""
    totals = {
        "packets": inspect.packets,
        "drops": inspect.drops,
        "reset-drops": inspect.reset_drops,
        "lock-fails": inspect.lock_fails,
        "packets/s": inspect.rate_5min,
    }
    yield from ((name, None, value) for name, value in totals.items() if value is not None)
    yield from ((name, None, value) for name, value in inspect.parameters.items())
    for met in inspect.matches:
        yield met.match, met.action, "-" if met.packets is None else met.packets


def _show_configuration(settings: Settings, text: str) -> None:
    from asa_automate.config.reader import read_running

    found = configuration_records(read_running(text))
    if settings.json:
        emit_json(found)
        return
    attached: dict[str, list[str]] = {}
    for one in found["service_policies"]:
        attached.setdefault(one["policy"], []).append(one["scope"])
    rows = [
        [
            ", ".join(attached.get(policy["name"], ["-"])),
            policy["name"],
            entry["name"],
            ", ".join(" ".join(filter(None, one.values())) for one in entry["inspects"]) or "-",
        ]
        for policy in found["policy_maps"]
        for entry in policy["classes"]
    ]
    table(settings, ["attached", "policy-map", "class", "inspects"], rows)
    _show_unparsed(settings, found["unparsed"])


def _show_unparsed(settings: Settings, lines: tuple[str, ...] | list[str]) -> None:
    if lines:
        table(settings, ["not understood"], [[line] for line in lines])
