"""``show service-policy flow``: which inspections a firewall says it gives to one flow.

Source: Cisco ASA command reference, ``show service-policy flow``. A flow is exempt from an engine
where no line names that engine. Which class is printed proves nothing: a class that matches may
be listed although it does nothing for the flow.
"""

import re
from dataclasses import dataclass

from asa_automate.show.inspect_line import split_inspection
from asa_automate.show.templates import LINE_CAP, Record, lines_of, records

COMMAND = "show service-policy flow"
VALUES = ("SCOPE", "POLICY", "CLASS", "INSPECT", "ERROR", "UNKNOWN")

#: Between the inspections of one line, if a firewall prints several.
_INSPECT = re.compile(r"(?:^|[\s:,])inspect:?\s+", re.IGNORECASE)
#: Words by themselves: names such as ``ESA_EXEMPT_ESMTP`` do not count.
_SPEAKS_OF_IT = re.compile(r"\b(?:inspect|esmtp)\b")


@dataclass(frozen=True, slots=True)
class FlowInspect:
    """One engine that the flow gets; ``map`` as printed, ``None`` where none is named.

    ``inspect esmtp`` and ``inspect esmtp _default_esmtp_map`` mean the same map; both stay as
    they were printed.
    """

    engine: str
    map: str | None


@dataclass(frozen=True, slots=True)
class FlowClass:
    """One class in the answer; ``name`` is ``None`` for what stood above the first class."""

    name: str | None
    inspects: tuple[FlowInspect, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowSection:
    """What one attached policy does; ``scope`` is ``global``, ``interface:NAME`` or not said.

    ``policy`` is ``None`` where the answer has no ``Service-policy:`` line for the section.
    """

    scope: str | None
    policy: str | None
    classes: tuple[FlowClass, ...] = ()

    def inspection(self, engine: str) -> tuple[str | None, FlowInspect] | None:
        """Name of the first class that names ``engine``, and what it says; or ``None``."""
        for one in self.classes:
            for inspect in one.inspects:
                if inspect.engine == engine:
                    return one.name, inspect
        return None

    def inspects(self, engine: str) -> bool:
        """Whether any class of this section names ``engine``."""
        return self.inspection(engine) is not None


@dataclass(frozen=True, slots=True)
class FlowAnswer:
    """The whole answer.

    Args:
        sections: in the order of the text.
        errors: lines in which the firewall refused, or a pager's mark (the answer was cut).
        unknown: lines that no rule took; they prove nothing either way.
    """

    sections: tuple[FlowSection, ...] = ()
    errors: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether anything may be concluded.

        It has a ``Service-policy:`` line, no error, and no line that was not understood although
        it speaks of an inspection.
        """
        doubtful = any(_SPEAKS_OF_IT.search(line) for line in self.unknown)
        return not (self.errors or doubtful) and any(one.policy for one in self.sections)

    def section(self, scope: str | None = None, policy: str | None = None) -> FlowSection | None:
        """The first section of that scope and policy; what is ``None`` is not asked for."""
        for section in self.sections:
            if scope in (None, section.scope) and policy in (None, section.policy):
                return section
        return None

    def inspects(self, engine: str) -> bool:
        """Whether any line of the answer names ``engine``."""
        return any(section.inspects(engine) for section in self.sections)


def parse_flow(text: str) -> FlowAnswer:
    """Read an answer; never raises for its sake: what cannot be read is not ``readable``."""
    lines = [" ".join(line.split()) for line in lines_of(text)]
    long = [line for line in lines if len(line) > LINE_CAP]
    short = [line for line in lines if 0 < len(line) <= LINE_CAP]
    found = records(COMMAND, "\n".join(short), VALUES)
    return FlowAnswer(
        sections=_sections(found),
        errors=(*_all(found, "ERROR"), *long),
        unknown=_all(found, "UNKNOWN"),
    )


def _all(found: list[Record], value: str) -> tuple[str, ...]:
    return tuple(str(record[value]) for record in found if record[value])


def _sections(found: list[Record]) -> tuple[FlowSection, ...]:
    """Headers open a section or a class; inspections go to what is open."""
    open_sections: list[tuple[str | None, str | None, list[FlowClass]]] = []
    scope: str | None = None
    for record in found:
        if record["SCOPE"]:
            scope = _scope(str(record["SCOPE"]))
            open_sections.append((scope, None, []))
        elif record["POLICY"]:
            if open_sections and open_sections[-1][1:] == (None, []):
                open_sections.pop()
            open_sections.append((scope, str(record["POLICY"]), []))
        elif record["CLASS"] or record["INSPECT"]:
            if not open_sections:
                open_sections.append((None, None, []))
            _add(open_sections[-1][2], record)
    return tuple(FlowSection(s, p, tuple(classes)) for s, p, classes in open_sections)


def _scope(words: str) -> str:
    return f"interface:{words.split()[1]}" if words.startswith("Interface") else "global"


def _add(classes: list[FlowClass], record: Record) -> None:
    if record["CLASS"]:
        classes.append(FlowClass(str(record["CLASS"])))
        return
    if not classes:
        classes.append(FlowClass(None))
    named = [piece.split(",")[0] for piece in _INSPECT.split(str(record["INSPECT"])) if piece]
    more = tuple(FlowInspect(*split_inspection(words)) for words in named if words.strip())
    classes[-1] = FlowClass(classes[-1].name, classes[-1].inspects + more)
