"""The inspection map in force for a flow: the built-in one, or one of the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from asa_automate.config.esmtp_map import EsmtpMap, EsmtpMatch, Parameter, read_esmtp_maps
from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.simulate.engines import DEFAULT_ESMTP_MAP
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_rules import Patterns, Point, Rule, rule
from asa_automate.simulate.regexes import Regexes
from asa_automate.simulate.smtp import HOLD

#: Cisco ASA 9.3 firewall CLI guide, p.13-41, and the counters in Cisco doc 117801.
BUILT_IN = EsmtpMap(
    DEFAULT_ESMTP_MAP,
    "Default ESMTP policy-map",
    tuple(
        Parameter(name, on=name == "mask-banner")
        for name in ("mask-banner", "mail-relay", "special-character", "allow-tls")
    ),
    (
        EsmtpMatch("cmd line length gt 512", ("drop-connection log",)),
        EsmtpMatch("cmd RCPT count gt 100", ("drop-connection log",)),
        EsmtpMatch("body line length gt 998", ("log",)),
        EsmtpMatch("header line length gt 998", ("drop-connection log",)),
        EsmtpMatch("sender-address length gt 320", ("drop-connection log",)),
        EsmtpMatch("MIME filename length gt 255", ("drop-connection log",)),
        EsmtpMatch("ehlo-reply-parameter others", ("mask",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Policing:
    """A parameter with ``action {drop-connection | log} [log]``.

    Args:
        domain: of ``mail-relay``.
    """

    name: str
    action: str
    log: bool
    domain: bytes = b""


@dataclass(frozen=True, slots=True)
class Holds:
    """How many bytes without an end are waited for before a line is judged by its beginning.

    Args:
        command: of a command line.
        header: of a header line.
        body: of a body line.
        plain: body lines up to this long concern no match; ``None``: each one may.
    """

    command: int
    header: int
    body: int
    plain: int | None


@dataclass(frozen=True, slots=True)
class InspectionMap:
    """A map, ready to inspect by.

    Args:
        rules: in the order in which they are tried.
        counted: the parameters that have a line of their own in the counters.
        log_tls: ``allow-tls action log``.
    """

    name: str
    rules: tuple[Rule, ...]
    mask_banner: bool
    allow_tls: bool
    log_tls: bool = False
    counted: tuple[str, ...] = ()
    mail_relay: Policing | None = None
    special_character: Policing | None = None
    holds: Holds = field(init=False, repr=False)
    _at: Mapping[Point, tuple[Rule, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the matches by what they look at, once."""
        found = {point: tuple(r for r in self.rules if r.point is point) for point in Point}
        object.__setattr__(self, "_at", {point: rules for point, rules in found.items() if rules})
        object.__setattr__(self, "holds", _holds(self))

    def at(self, point: Point) -> tuple[Rule, ...]:
        """The matches that look at this, in the order of the map."""
        return self._at.get(point, ())

    def limits(self, point: Point) -> list[int]:
        """The limits of the matches of a length or a number, none of ``match not``."""
        return [r.limit for r in self.at(point) if r.limit is not None and not r.negated]

    def deciding(self, point: Point) -> list[int]:
        """The same, of those that end the connection."""
        found = (r for r in self.at(point) if r.ends_it and not r.negated)
        return [r.limit for r in found if r.limit is not None]


def _holds(inspected: InspectionMap) -> Holds:
    deciding, body = inspected.deciding(Point.LINE), inspected.limits(Point.BODY_LINE)
    each = any(rule.negated for rule in inspected.at(Point.BODY_LINE))
    return Holds(
        command=_above(min(deciding, default=HOLD)),
        header=_above(max(inspected.limits(Point.HEADER_LINE), default=HOLD)),
        body=_above(max(body, default=HOLD)),
        plain=None if each else min(body, default=HOLD),
    )


def _above(limit: int) -> int:
    """So much of a line without an end is longer than ``limit``, be there a dot or a CR in it."""
    return min(limit + 3, HOLD)


def map_in_force(running: RunningConfig, name: str | None, knobs: Knobs) -> InspectionMap:
    """The map of that name, the built-in one for ``None`` and for its own name.

    A built-in map that the text prints (``show running-config all``) is taken as printed.

    Raises:
        Refused: the map does not exist, or has a line that is not understood.
    """
    wanted = name or DEFAULT_ESMTP_MAP
    found = read_esmtp_maps(running.tree.commands()).get(wanted)
    if found is None:
        if wanted != DEFAULT_ESMTP_MAP:
            raise Refused(f"the configuration has no policy-map type inspect esmtp {wanted}")
        found = _built_in(knobs)
    if found.unknown:
        text, number = found.unknown[0]
        raise Refused(f"line {number} of map {wanted} is not understood: {text!r}")
    return inspection_map(found, knobs, Regexes(running))


def inspection_map(one: EsmtpMap, knobs: Knobs, known: Patterns) -> InspectionMap:
    """The map of a noun.

    Raises:
        Refused: a match, an action or a parameter that is not understood.
    """
    rules = tuple(
        rule(number, match.condition, match.negated, match.actions, known)
        for number, match in enumerate(one.matches, 1)
    )
    tls = one.parameter("allow-tls")
    return InspectionMap(
        one.name,
        rules,
        mask_banner=_is_on(one, "mask-banner", knobs.map_masks_banner),
        allow_tls=_is_on(one, "allow-tls", knobs.map_allows_tls),
        log_tls=tls is not None and tls.on and "log" in tls.words.split(),
        counted=tuple(
            p.name for p in one.parameters or () if p.on and p.name in ("mask-banner", "allow-tls")
        ),
        mail_relay=_policing(one, "mail-relay"),
        special_character=_policing(one, "special-character"),
    )


def _built_in(knobs: Knobs) -> EsmtpMap:
    on = ("mask-banner", "allow-tls") if knobs.default_allows_tls else ("mask-banner",)
    parameters = BUILT_IN.parameters or ()
    return replace(BUILT_IN, parameters=tuple(replace(p, on=p.name in on) for p in parameters))


def _is_on(one: EsmtpMap, name: str, silent: bool) -> bool:
    found = one.parameter(name)
    return silent if found is None else found.on


def _policing(one: EsmtpMap, name: str) -> Policing | None:
    found = one.parameter(name)
    if found is None or not found.on:
        return None
    domain, _, action = f" {found.words} ".partition(" action ")
    words = action.split()
    known = words[:1] in (["drop-connection"], ["log"]) and words[1:] in ([], ["log"])
    if known and bool(domain.strip()) is (name == "mail-relay"):
        return Policing(name, words[0], "log" in words, domain.strip().encode())
    raise Refused(f"map {one.name}: not understood: {found.text!r}")
