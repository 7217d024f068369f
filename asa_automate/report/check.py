"""A check for a person: who is exempt, by what, and which lines decide."""

from collections.abc import Iterator

from asa_automate.plan.deciding import Decider
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import BY_CODE
from asa_automate.plan.verdicts import By, DeviceCheck, GatewayCheck, Judgement, Part, State

_BY = {
    By.OURS: "by asa-automate",
    By.BY_HAND: "by hand",
    By.EARLIER_CLASS: "an earlier class takes the mail",
    By.NOT_MATCHED: "no class that inspects mail matches it",
    By.NOBODY_INSPECTS: "nobody inspects esmtp",
    By.NO_SERVICE_POLICY: "no service-policy",
}


def summary(one: GatewayCheck) -> str:
    """What a gateway comes to, on one line or, where the readings differ, on one for each."""
    if not one.differs:
        return _summary(next(iter(one.readings.values())))
    said = (f"{r}: {j.state}: {_summary(j)}" for r, j in one.readings.items())
    return "\n".join(text.removesuffix(": ") for text in said)


def device_lines(one: DeviceCheck) -> Iterator[str]:
    """The report of one device, line by line, without markup."""
    yield f"{one.device}: {one.reason or _counted(one)}"
    for gateway in one.check.gateways:
        yield f"  gateway {_named(gateway)}: {gateway.state}"
        for reading, judgement in gateway.readings.items():
            if gateway.differs:
                yield f"    read {reading}: {judgement.state}"
            yield from (f"    {line}" for line in _reasons(judgement))
            if not gateway.differs:
                break
    yield from (finding_line(finding) for finding in one.check.findings)


def finding_line(finding: Finding) -> str:
    """A finding with its code, what it is about, and its line."""
    where = f" (line {finding.line})" if finding.line else ""
    severity = BY_CODE[finding.code].severity if finding.code in BY_CODE else "note"
    return f"  {severity} {finding.code}: {finding.text}{where}"


def reason_lines(one: GatewayCheck) -> Iterator[str]:
    """Why a gateway is not exempt, or that this cannot be told, with the deciding lines."""
    for reading, judgement in one.readings.items():
        if one.differs:
            yield f"read {reading}: {judgement.state}"
        yield from _reasons(judgement)
        if not one.differs:
            return


def _counted(one: DeviceCheck) -> str:
    gateways = one.check.gateways
    if not gateways:
        return "no exemption of the inventory matches it"
    exempt = sum(gateway.state is State.EXEMPT for gateway in gateways)
    return f"{exempt} of {len(gateways)} gateways exempt"


def _named(one: GatewayCheck) -> str:
    others = [str(address) for address in one.addresses if address != one.gateway]
    mapped = f" (mapped {', '.join(others)})" if others else ""
    return f"{one.gateway}{mapped} of {one.exemption}"


def _summary(judgement: Judgement) -> str:
    if judgement.state is State.EXEMPT:
        return ", ".join(_BY[by] for by in judgement.by)
    if not judgement.parts:
        return "; ".join(decider.text for decider in judgement.lines)
    return "; ".join(f"{_directions(its)}{said}" for said, its in _alike(judgement).items())


def _alike(judgement: Judgement) -> dict[str, list[Part]]:
    """What is said of both directions alike is said once; the words after the direction first."""
    found: dict[str, list[Part]] = {}
    for part in judgement.parts:
        found.setdefault(_part(part), []).append(part)
    return found


def _directions(parts: list[Part]) -> str:
    return parts[0].direction if len(parts) == 1 else "to and from the gateway"


def _reasons(judgement: Judgement) -> Iterator[str]:
    if judgement.by:
        yield f"exempt: {', '.join(_BY[by] for by in judgement.by)}"
    yield from (f"  {_decider(decider)}" for decider in judgement.lines)
    for said, parts in _alike(judgement).items():
        yield f"{_directions(parts)}{said}"
        yield from (f"  for example {part.flow}" for part in parts)
        deciders = dict.fromkeys(decider for part in parts for decider in part.lines)
        yield from (f"  {_decider(decider)}" for decider in deciders)


def _part(part: Part) -> str:
    verb = "inspected by" if part.known else "cannot be told; perhaps inspected by"
    where = f"class {part.class_name} of {part.policy} ({part.scope})" if part.policy else ""
    said = f": {verb if where else 'cannot be told'} {where}".rstrip()
    if part.interfaces:
        said += f", {', '.join(part.interfaces)}"
    return f"{said}, with {', '.join(part.peers)}" if part.peers else said


def _decider(decider: Decider) -> str:
    return f"line {decider.line}: {decider.text}" if decider.line else decider.text
