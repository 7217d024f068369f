"""The plan as a document: what ``plan --output json`` prints and ``apply`` takes.

A plan file is taken only if its bytes are exactly those that this module would write for it,
and if its digest is that of its content.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from pydantic import Field, ValidationError

from asa_automate import __version__
from asa_automate.errors import BadInput, Refused
from asa_automate.model import Frozen, Identity, Reading

SCHEMA: Final = "asa-automate/plan/1"

#: A plan is a statement about a firewall at a moment; after a day somebody should look again.
VALID_FOR = timedelta(hours=24)

Status = Literal["change", "noop", "refused", "unreachable"]
Soundness = Literal["both-readings", "known-reading", "needs-probe", "live-proof-required"]


class Command(Frozen):
    """One line as sent in configuration mode, and whether flows change with it."""

    line: str
    why: str
    commit: bool = False


class PlanReading(Frozen):
    """The device's reading as far as it is known, and how it became known."""

    value: Reading = Reading.UNKNOWN
    source: str = "not probed"


class Probe(Frozen):
    """The lines that find out the reading of a device, their inverse, and the question."""

    commands: tuple[Command, ...]
    inverse: tuple[Command, ...]
    show: tuple[str, ...]


class Finding(Frozen):
    """Something that a person should know; ``code`` is stable, ``line`` is of the text."""

    code: str
    text: str
    line: int | None = None


class Proof(Frozen):
    """What the model says of the plan.

    ``holds`` speaks of the reading that ``sound`` presumes.
    """

    holds: bool
    sound: Soundness
    exempt: tuple[str, ...] = ()
    elsewhere: Literal["unchanged"] | tuple[str, ...] = "unchanged"
    prefixes: int = 0
    counterexample: str | None = None


class DevicePlan(Frozen):
    """The plan for one device."""

    device: str
    context: str | None = None
    identity: Identity = Identity()
    status: Status
    reason: str | None = None
    strategy: str | None = None
    reading: PlanReading = PlanReading()
    fingerprint: str | None = None
    target_fingerprint: str | None = None
    probe: Probe | None = None
    commands: tuple[Command, ...] = ()
    inverse: tuple[Command, ...] = ()
    findings: tuple[Finding, ...] = ()
    proof: Proof | None = None


class PlanFile(Frozen):
    """All devices of one ``plan`` run; times are UTC."""

    schema_: Literal["asa-automate/plan/1"] = Field(SCHEMA, alias="schema")
    id: str
    created: datetime
    expires: datetime
    tool: str
    digest: str
    devices: tuple[DevicePlan, ...]


def make_plan_file(devices: tuple[DevicePlan, ...], *, now: datetime, nonce: str) -> PlanFile:
    """Put device plans into a file with its digest.

    Args:
        now: the present, in UTC.
        nonce: makes the id of two plans of the same second differ.
    """
    created = now.astimezone(UTC).replace(microsecond=0)
    blank = PlanFile(
        schema=SCHEMA,
        id=f"{created:%Y%m%dT%H%M%S}-{nonce}",
        created=created,
        expires=created + VALID_FOR,
        tool=f"asa-automate {__version__}",
        digest="",
        devices=devices,
    )
    return blank.model_copy(update={"digest": digest_of(blank)})


def digest_of(plan: PlanFile) -> str:
    """``sha256:`` over the whole content except the digest itself."""
    content = plan.model_dump(mode="json", by_alias=True, exclude={"digest"})
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def write_plan(plan: PlanFile) -> str:
    """The one text of a plan."""
    content = plan.model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def read_plan(data: bytes, source: str) -> PlanFile:
    """Take a plan from its bytes.

    Raises:
        BadInput: the bytes are no plan at all.
        Refused: they are one, but not as the tool wrote it.
    """
    try:
        # Not pydantic's own parser: it takes no lone surrogate, and odd bytes of a text are such.
        plan = PlanFile.model_validate(json.loads(data))
    except (ValueError, RecursionError) as error:
        if _was_a_plan(data):
            raise Refused(f"{source}: altered or not a plan: {_first_fault(error)}") from None
        raise BadInput(f"{source}: not a plan file; make one with `plan --out`") from None
    if write_plan(plan).encode() != data:
        raise Refused(f"{source}: its bytes are not as the tool wrote them; plan again")
    if digest_of(plan) != plan.digest:
        raise Refused(f"{source}: its digest does not fit its content; plan again")
    return plan


def _first_fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "top level"
    return f"{where}: {first['msg']}"


def _was_a_plan(data: bytes) -> bool:
    """Whether the bytes were a plan before somebody altered them, by marks that plans have."""
    return any(mark in data for mark in (SCHEMA.encode(), b'"digest": "sha256:'))
