"""``show service-policy`` as records: what each inspection engine saw, masked and dropped.

The template recognises the lines; what is here gives each the place that its neighbours imply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asa_automate.show.inspect_line import read_counters, split_inspection
from asa_automate.show.inspections import Class, Inspect, Match, Policy, ServicePolicyReport
from asa_automate.show.templates import LINE_CAP, Record, lines_of, records
from asa_automate.show.wrapped import unwrap

__all__ = ["Class", "Inspect", "Match", "Policy", "ServicePolicyReport", "parse_service_policy"]

COMMAND = "show service-policy"

#: How many lines a remark may run on. The longest in Cisco's own annotated copies takes one.
REMARK_LINES = 3


def parse_service_policy(text: str) -> ServicePolicyReport:
    """Read an answer of ``show service-policy``, whole, by ``inspect ENGINE`` or by ``include``.

    Prompts and echo around it, CRLF, blank lines, wrapped lines and remarks behind or below a
    counter are understood. Never raises for the text's sake.
    """
    reader = _Reader()
    whole: list[str] = []
    for line in unwrap(lines_of(text)):
        (whole if len(line) <= LINE_CAP else reader.unparsed).append(line)
    for record in records(COMMAND, "\n".join(whole), VALUES):
        reader.take(record)
    return reader.report()


@dataclass(slots=True)
class _Inspection:
    """An inspection while its sub-lines are still coming."""

    engine: str
    map: str | None
    totals: dict[str, int]
    parameters: dict[str, int] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)

    def frozen(self) -> Inspect:
        return Inspect(
            engine=self.engine,
            map=self.map,
            parameters=self.parameters,
            matches=tuple(self.matches),
            **self.totals,
        )


@dataclass(slots=True)
class _Class:
    name: str | None
    inspections: list[_Inspection] = field(default_factory=list)


@dataclass(slots=True)
class _Policy:
    scope: str | None
    name: str | None
    classes: list[_Class] = field(default_factory=list)


class _Reader:
    """Puts the records of the template where they belong, in the order in which they come."""

    def __init__(self) -> None:
        self.unparsed: list[str] = []
        self._policies: list[_Policy] = []
        self._scope: str | None = None
        self._policy: _Policy | None = None
        self._class: _Class | None = None
        self._inspection: _Inspection | None = None
        self._match: str | None = None
        #: The match line that waits for its action and its remarks; listed if none comes.
        self._waiting: list[str] = []
        self._remark_lines = 0

    def take(self, record: Record) -> None:
        """Put one record in its place."""
        says = {
            name: " ".join(value.split())
            for name, value in record.items()
            if isinstance(value, str)
        }
        for name, place in self._PLACES:
            if says[name]:
                place(self, says)
                return
        self._remark_or_unknown(says)

    def report(self) -> ServicePolicyReport:
        """Everything so far, frozen."""
        self._give_up_match()
        return ServicePolicyReport(
            policies=tuple(
                Policy(
                    scope=policy.scope,
                    policy=policy.name,
                    classes=tuple(
                        Class(name=one.name, inspects=tuple(i.frozen() for i in one.inspections))
                        for one in policy.classes
                    ),
                )
                for policy in self._policies
            ),
            unparsed=tuple(self.unparsed),
        )

    def _on_scope(self, says: Mapping[str, str]) -> None:
        self._close()
        words = says["SCOPE"].split()
        self._scope = f"interface:{words[1]}" if words[0] == "Interface" else "global"
        self._policy = self._class = None

    def _on_policy(self, says: Mapping[str, str]) -> None:
        self._close()
        self._class = None
        self._open_policy(says["POLICY"])

    def _on_class(self, says: Mapping[str, str]) -> None:
        self._close()
        self._open_class(says["CLASS"])

    def _on_inspect(self, says: Mapping[str, str]) -> None:
        self._close()
        engine, map_name = split_inspection(says["INSPECT"])
        totals, remark, clean = read_counters(says["COUNTERS"])
        self._inspection = _Inspection(engine, map_name, totals)
        (self._class or self._open_class(None)).inspections.append(self._inspection)
        if not clean:
            self.unparsed.append(says["LINE"])
        self._expect_remark(remark)

    def _on_parameter(self, says: Mapping[str, str]) -> None:
        self._give_up_match()
        name = says["PARAMETER"]
        if self._inspection is None or name in self._inspection.parameters:
            self._unknown(says)
            return
        self._inspection.parameters[name] = int(says["COUNT"])
        self._expect_remark(says["REMARK"])

    def _on_match(self, says: Mapping[str, str]) -> None:
        self._give_up_match()
        if self._inspection is None:
            self._unknown(says)
            return
        self._match = says["MATCH"] or says["VIOLATION"] or says["MAPCLASS"]
        self._waiting = [says["LINE"]]
        self._remark_lines = REMARK_LINES
        if says["PACKETS"]:
            self._on_packets(says)

    def _on_packets(self, says: Mapping[str, str]) -> None:
        if self._inspection is None or self._match is None:
            self._unknown(says)
            return
        action = says["ACTION"] or None
        met = Match(match=self._match, action=action, packets=int(says["PACKETS"]))
        self._inspection.matches.append(met)
        self._match, self._waiting = None, []
        self._expect_remark(says["REMARK"])

    def _on_stray(self, says: Mapping[str, str]) -> None:
        self._unknown(says)

    def _remark_or_unknown(self, says: Mapping[str, str]) -> None:
        if not self._remark_lines:
            self._unknown(says)
            return
        self._remark_lines -= 1
        if self._match is not None:
            self._waiting.append(says["LINE"])

    def _expect_remark(self, begun: str) -> None:
        """A remark that has begun behind a counter may run on below it."""
        self._remark_lines = REMARK_LINES if begun else 0

    def _unknown(self, says: Mapping[str, str]) -> None:
        self._give_up_match()
        self._remark_lines = 0
        self.unparsed.append(says["LINE"])

    def _give_up_match(self) -> None:
        """No action came for the match line, so it and its remarks were not what they seemed."""
        self.unparsed += self._waiting
        self._match, self._waiting = None, []

    def _close(self) -> None:
        self._give_up_match()
        self._inspection = None
        self._remark_lines = 0

    def _open_policy(self, name: str | None) -> _Policy:
        self._policy = _Policy(self._scope, name)
        self._policies.append(self._policy)
        return self._policy

    def _open_class(self, name: str | None) -> _Class:
        self._class = _Class(name)
        (self._policy or self._open_policy(None)).classes.append(self._class)
        return self._class

    #: Value of the template that names the kind of a record -> where it goes; the first one wins.
    _PLACES = (
        ("SCOPE", _on_scope),
        ("POLICY", _on_policy),
        ("CLASS", _on_class),
        ("INSPECT", _on_inspect),
        ("PARAMETER", _on_parameter),
        ("MATCH", _on_match),
        ("VIOLATION", _on_match),
        ("MAPCLASS", _on_match),
        ("PACKETS", _on_packets),
        ("STRAY", _on_stray),
    )


VALUES = ("LINE", "COUNTERS", "COUNT", "ACTION", "REMARK", *(name for name, _ in _Reader._PLACES))
