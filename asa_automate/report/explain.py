"""Counters and configuration as sentences: what happens to mail, who sees what, what cures it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Reading
from asa_automate.plan.names import CLASS
from asa_automate.report.meaning import meaning_of
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import InspectionMap, map_in_force
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.inspection import inspection_of
from asa_automate.simulate.world import World
from asa_automate.store.values import Label

#: Somebody on the other side (RFC 5737, RFC 3849).
OTHERS = {4: ip_address("198.51.100.7"), 6: ip_address("2001:db8:ffff::7")}
#: What an action makes of a match, where the counter's own text says something else.
_ACTIONS = {
    "log": "The match only logs: nothing happened to the mail.",
    "rate-limit": "Above the rate it was kept back.",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is done to mail.

    Args:
        where: class, policy and scope.
        counter: its name with its action; "" for a statement about the configuration alone.
        value: of the counter.
        harm: whether mail is lost or weakened.
        says: what is done; ``seen``: what the mail systems log; ``cure``: what the exemption
            of the gateways does about it.
    """

    device: str
    where: str
    counter: str
    value: int | None
    harm: bool
    says: str
    seen: str = ""
    cure: str = ""


def explain(
    device: str,
    readings: Mapping[Label, int],
    running: RunningConfig | None = None,
    gateways: Sequence[Address] = (),
) -> list[Statement]:
    """The statements for one device, its inspections in the order of the counters.

    Args:
        readings: of one moment.
        running: the configuration, if it is known.
        gateways: those that are, or are to be, exempt.
    """
    places: dict[Label, list[tuple[Label, int]]] = {}
    for label, value in readings.items():
        if label.engine in (ESMTP, ""):
            places.setdefault(label._replace(name="", action=""), []).append((label, value))
    found: list[Statement] = []
    for place, counters in places.items():
        cure = _cure(place, running, gateways)
        found += [_of_counter(device, label, value, cure) for label, value in counters if value]
        found += _of_map(device, place, running, cure)
    return found


def in_words(statements: Iterable[Statement]) -> Iterator[str]:
    """The statements as lines; ``!`` before what harms mail."""
    head = ("", "")
    for one in statements:
        if head != (one.device, one.where):
            head = (one.device, one.where)
            yield f"{one.device}: {one.where}"
        counted = f"{one.counter}: {one.value:,}. " if one.value is not None else ""
        yield f"{'!' if one.harm else ' '} {counted}{one.says}"
        if one.seen:
            yield f"    seen: {one.seen}"
        if one.cure:
            yield f"    cure: {one.cure}"


def _where(place: Label) -> str:
    scope = f" ({place.scope})" if place.scope else ""
    return f"class {place.class_ or '?'} of {place.policy or '?'}{scope}"


def _of_counter(device: str, label: Label, value: int, cure: str) -> Statement:
    meaning = meaning_of(label.name)
    action = label.action.split()[0] if label.action else ""
    only_logged = action == "log"
    ends = action in ("drop-connection", "reset")
    harm = not only_logged and (meaning.harm or ends)
    says = _ACTIONS.get(action, meaning.text)
    if only_logged:
        says = f"{meaning.text.partition(';')[0].rstrip('.')}. {says}"
    name = f"{label.name} ({label.action})" if label.action else label.name
    seen = "" if only_logged else meaning.seen
    worth = harm or label.name == "mask-banner"
    return Statement(device, _where(label), name, value, harm, says, seen, cure if worth else "")


def _cure(place: Label, running: RunningConfig | None, gateways: Sequence[Address]) -> str:
    if place.class_ == CLASS:
        return (
            "the gateways are left out of this class: it is the mail of others, which stays"
            " inspected"
        )
    if running is None or not gateways:
        return (
            "the exemption takes the gateways' mail out of it; who is exempt already, `check` says"
        )
    here = [flow for flow in _flows(gateways) if _meets(running, flow, place)]
    if not here:
        return "none for the gateways: their mail does not meet this inspection"
    told = ", ".join(str(flow) for flow in here)
    return f"the exemption cures it for the gateways, whose mail meets it now ({told})"


def _flows(gateways: Sequence[Address]) -> Iterator[Flow]:
    for gateway in gateways:
        other = OTHERS[gateway.version]
        yield Flow("tcp", other, gateway, SMTP)
        yield Flow("tcp", gateway, other, SMTP)


def _meets(running: RunningConfig, flow: Flow, place: Label) -> bool:
    interface = place.scope.removeprefix("interface:") if ":" in place.scope else None
    asked = Flow(flow.protocol, flow.source, flow.destination, SMTP, in_interface=interface)
    try:
        taken = inspection_of(running, asked, World(Reading.PER_ENGINE)).taken
    except Refused:
        return True
    return taken is not None and (taken.policy, taken.class_name) == (place.policy, place.class_)


def _of_map(
    device: str, place: Label, running: RunningConfig | None, cure: str
) -> Iterator[Statement]:
    """What the map does to every session, counted or not."""
    if running is None:
        return
    try:
        inspected = map_in_force(running, place.map or None, Knobs())
    except Refused as error:
        yield Statement(device, _where(place), "", None, False, error.message)
        return
    for harm, says in _habits(inspected):
        yield Statement(device, _where(place), "", None, harm, says, "", cure if harm else "")


def _habits(inspected: InspectionMap) -> Iterator[tuple[bool, str]]:
    name = inspected.name
    if inspected.allow_tls:
        yield False, f"{name} lets STARTTLS pass; once TLS begins nothing is inspected."
    else:
        yield (
            True,
            (
                f"{name} strikes STARTTLS from every reply to EHLO, and X-es the command out:"
                " no mail is encrypted on its way."
            ),
        )
    if inspected.mask_banner:
        yield False, f"{name} stars out every greeting."
    ending = [rule.text.removeprefix("match ") for rule in inspected.rules if rule.ends_it]
    if ending:
        yield True, f"{name} ends a connection at: {'; '.join(ending)}."
