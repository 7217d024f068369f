"""``alerts.yaml``: which rules there are and what may stand in them, with file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from asa_automate.collect.slots import UNITS, seconds_of
from asa_automate.errors import BadInput, UsageError
from asa_automate.inventory.document import Document, Loc, read
from asa_automate.inventory.problems import Problem, did_you_mean, in_order


def _long_enough(text: str) -> str:
    try:
        seconds_of(text)
    except UsageError as error:
        raise ValueError(error.message) from error
    return text


Time = Annotated[
    str,
    AfterValidator(_long_enough),
    Field(
        pattern=rf"^[0-9]{{1,6}}(\.[0-9]{{1,3}})?[{''.join(UNITS)}]$",
        description="a time such as 90s, 5m, 1h or 1d",
    ),
]
#: As it is shown, sent and stored: one word.
RuleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Finite = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Severity = Literal["info", "warning", "critical"]


class Entry(BaseModel):
    """Base of all entries: no unknown key gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Rule(Entry):
    """What all rules have."""

    name: RuleName
    limit: str | list[str] = Field(
        default_factory=list, description="which firewalls, as --limit takes it; else all"
    )
    severity: Severity = "warning"
    for_: Time | None = Field(None, alias="for", description="how long before it fires")
    clear_for: Time | None = Field(None, description="how long it must be well before it clears")

    @property
    def limits(self) -> tuple[str, ...]:
        """The expressions of ``limit``."""
        return (self.limit,) if isinstance(self.limit, str) else tuple(self.limit)

    @property
    def patience(self) -> tuple[float, float]:
        """``for`` and ``clear_for`` in seconds."""
        return _seconds(self.for_), _seconds(self.clear_for)


class OfCounters(Rule):
    """A rule about what was added to counters; all that match are added up."""

    counter: str | list[str] = Field(description="names of counters, globs: drops, header line*")
    class_: str = Field("*", alias="class", description="a glob: only counters of these classes")
    policy: str = Field("*", description="a glob: only counters of these policies")
    above: Finite = Field(description="it is wrong above this")
    clear: Finite | None = Field(None, description="it is well again at this or below (above)")
    within: Time = Field("1h", description="how far it looks back")

    @property
    def counters(self) -> tuple[str, ...]:
        """The globs of ``counter``."""
        return (self.counter,) if isinstance(self.counter, str) else tuple(self.counter)

    @property
    def window(self) -> float:
        """``within`` in seconds."""
        return seconds_of(self.within)

    @model_validator(mode="after")
    def _clears_below(self) -> "OfCounters":
        if self.clear is not None and self.clear > self.above:
            raise ValueError("'clear' is larger than 'above': it would fire and clear at once")
        return self


class Threshold(OfCounters):
    """More than so many were added within a time."""

    kind: Literal["threshold"]


class Rate(OfCounters):
    """More than so many were added in ``per``, over the time that is known."""

    kind: Literal["rate"]
    per: Time = "1m"

    @property
    def unit(self) -> float:
        """``per`` in seconds."""
        return seconds_of(self.per)


class Exemption(Rule):
    """The exemption is not as it was, or not as it is to be."""

    kind: Literal["exemption"]
    expect: Literal["unchanged", "exempt", "not-exempt"] = "unchanged"


class Stale(Rule):
    """No sample for so long, or never one."""

    kind: Literal["stale"]
    older_than: Time = "30m"

    @property
    def age(self) -> float:
        """``older_than`` in seconds."""
        return seconds_of(self.older_than)


AnyRule = Annotated[Threshold | Rate | Exemption | Stale, Field(discriminator="kind")]


class To(Entry):
    """Who is told besides stdout."""

    syslog: str | None = Field(
        None,
        pattern=r"^(/.+|udp://.+:[0-9]{1,5})$",
        description="a socket such as /dev/log, or udp://127.0.0.1:514",
    )
    apprise: list[Annotated[str, Field(pattern=r"^(env|file):.+$")]] = Field(
        default_factory=list, description="references to apprise URLs, which hold secrets"
    )


class Rules(Entry):
    """The whole file."""

    to: To = Field(default_factory=lambda: To.model_validate({}))
    alerts: list[AnyRule] = Field(min_length=1)


KINDS: Mapping[str, type[Rule]] = {
    "threshold": Threshold,
    "rate": Rate,
    "exemption": Exemption,
    "stale": Stale,
}
_FILE = TypeAdapter(Rules)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules with the file that they stand in, for messages."""

    rules: Rules
    document: Document

    def refusal(self, index: int, text: str) -> BadInput:
        """Something about the firewalls of one rule that only the inventory shows."""
        return BadInput(str(self.document.problem(("alerts", index, "limit"), text)))


def load(path: Path) -> RuleFile:
    """The rules of a file.

    Raises:
        BadInput: something is wrong; ``problems`` has all of it, each with file and line.
    """
    document = read(path)
    if document is None:
        raise BadInput(f"{path}: is missing; deploy/alert-rules.yaml is a sample")
    wrong = in_order([*document.problems, *_shape(document), *_twice(document)])
    if wrong:
        told = [str(problem) for problem in wrong]
        raise BadInput("; ".join(told), problems=told)
    return RuleFile(_FILE.validate_python(document.value), document)


def json_schema() -> dict[str, Any]:
    """JSON Schema of the file, for editors."""
    return _FILE.json_schema()


def _seconds(text: str | None) -> float:
    return 0.0 if text is None else seconds_of(text)


def _shape(document: Document) -> Iterator[Problem]:
    if document.problems:
        return
    try:
        _FILE.validate_python(document.value)
    except ValidationError as error:
        for mistake in error.errors(include_url=False, include_input=False):
            place = _place(document, mistake["loc"])
            yield document.problem(place, _words(mistake))


def _place(document: Document, loc: Loc) -> Loc:
    """pydantic's place without the parts that are not in the file (kinds of rules)."""
    place: Loc = ()
    for part in loc:
        if (*place, part) in document.lines:
            place = (*place, part)
    return place


def _words(mistake: Any) -> str:
    key = str(mistake["loc"][-1]) if mistake["loc"] else "the file"
    match mistake["type"]:
        case "model_type" if not mistake["loc"]:
            return "must be a mapping with 'alerts', a list of rules"
        case "missing":
            return f"'{key}' is missing"
        case "extra_forbidden":
            return f"unknown key '{key}'{did_you_mean(key, _known(mistake['loc']))}"
        case "union_tag_invalid":
            return f"kind '{mistake['ctx']['tag']}' is none of {', '.join(KINDS)}"
        case "union_tag_not_found":
            return f"'kind' is missing: {', '.join(KINDS)}"
        case "string_pattern_mismatch":
            return f"'{key}' cannot be read; write {_forms(key)}"
        case "value_error":
            return str(mistake["ctx"]["error"])
    return f"'{key}': {mistake['msg']}"


def _forms(key: str | int) -> str:
    match key:
        case "name":
            return "one word of letters, digits, '_', '.' and '-'"
        case "syslog":
            return "a socket such as /dev/log, or udp://127.0.0.1:514"
        case int() | "apprise":
            return "a reference: env:NAME or file:PATH"
    if str(key).isdecimal():
        return "a reference, env:NAME or file:PATH: the URL is a secret"
    return "a time such as 90s, 5m, 1h or 1d"


def _known(loc: Loc) -> list[str]:
    kinds = [KINDS[part] for part in loc if isinstance(part, str) and part in KINDS]
    form: type[Entry] = kinds[0] if kinds else To if "to" in loc else Rules
    return [field.alias or name for name, field in form.model_fields.items()]


def _twice(document: Document) -> Iterator[Problem]:
    """Two rules of one name would share one state."""
    listed = document.value.get("alerts") if isinstance(document.value, dict) else None
    seen: dict[str, int] = {}
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and (first := seen.setdefault(name, index)) != index:
            line = document.line(("alerts", first))
            text = f"the rule '{name}' stands in line {line} already; rename it"
            yield document.problem(("alerts", index, "name"), text)
