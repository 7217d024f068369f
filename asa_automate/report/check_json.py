"""A check for a machine: one JSON document::

    {"schema": "asa-automate/check/1", "devices": [DEVICE]}
    DEVICE     {"device", "context", "identity", "status": "checked" | "refused" | "unreachable",
                "reason", "reading": {"value", "source"}, "gateways": [GATEWAY],
                "findings": [{"code", "severity", "text", "line"}]}
    GATEWAY    {"gateway", "exemption", "addresses", "state": "exempt" | "partly" | "not-exempt" |
                "cannot-tell", "readings": {"per-engine": JUDGEMENT, "per-class": JUDGEMENT}}
    JUDGEMENT  {"state", "by": [...], "lines": [{"line", "text"}], "inspected": [PART]}
    PART       {"direction", "known", "policy", "scope", "class", "interfaces", "peers", "flow",
                "lines", "trace"}

Of the readings only those are there that the device may have.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import BY_CODE
from asa_automate.plan.verdicts import DeviceCheck, GatewayCheck, Judgement, Part

SCHEMA = "asa-automate/check/1"


def as_json(devices: Iterable[DeviceCheck]) -> dict[str, Any]:
    """The whole document, of plain values only."""
    return {"schema": SCHEMA, "devices": [_device(one) for one in devices]}


def _device(one: DeviceCheck) -> dict[str, Any]:
    return {
        "device": one.device,
        "context": one.context,
        "identity": one.identity.model_dump(mode="json"),
        "status": one.status,
        "reason": one.reason,
        "reading": one.reading.model_dump(mode="json"),
        "gateways": [_gateway(gateway) for gateway in one.check.gateways],
        "findings": [_finding(finding) for finding in one.check.findings],
    }


def _gateway(one: GatewayCheck) -> dict[str, Any]:
    return {
        "gateway": str(one.gateway),
        "exemption": one.exemption,
        "addresses": [str(address) for address in one.addresses],
        "state": one.state.value,
        "readings": {reading.value: _judgement(j) for reading, j in one.readings.items()},
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "state": judgement.state.value,
        "by": [by.value for by in judgement.by],
        "lines": [asdict(decider) for decider in judgement.lines],
        "inspected": [_part(part) for part in judgement.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    plain = asdict(part)
    plain["class"] = plain.pop("class_name")
    return plain


def _finding(finding: Finding) -> dict[str, Any]:
    kind = BY_CODE.get(finding.code)
    return {
        "code": finding.code,
        "severity": kind.severity.value if kind else "note",
        "text": finding.text,
        "line": finding.line,
    }
