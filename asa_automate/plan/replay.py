"""A plan proved anew from texts: what a firewall prints before, and after each line that it takes.

Nothing of the planner is used but the lines of its plan and what the plan declares; who plays them
on which firewall is not this module's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address
from itertools import product
from typing import Any, TypeVar

from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading, Strategy
from asa_automate.plan.claims import Claim
from asa_automate.plan.document import DevicePlan, Proof
from asa_automate.plan.everywhere import changes_of, refuted
from asa_automate.plan.gap import gaps_of
from asa_automate.plan.names import ACL, GROUP
from asa_automate.plan.proof import away, ports_beside_default
from asa_automate.plan.state import fingerprint_of
from asa_automate.simulate.access import UNIFIED
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.space.reader import Reader

T = TypeVar("T")
_INCOMING = "tcp any -> "


def disproved_there(plan: DevicePlan, texts: Sequence[str]) -> str | None:
    """Why a plan does not hold on its way there, with a flow where one shows it; or ``None``.

    Args:
        texts: before the plan, and after each of its lines.

    Raises:
        Undecided: the budget of the proof is too small for these access-lists.
    """
    states = _states(texts)
    claim = _claim(plan, states, gateways_of(plan.proof))
    found = _by_a_flow(claim, _reading(plan))
    if found is None and fingerprint_of(states[-1]) != plan.target_fingerprint:
        return "its lines do not lead to the configuration that it promises"
    return found if found or claim.mail_only else _undeclared(plan, claim, _reading(plan))


def disproved_back(plan: DevicePlan, texts: Sequence[str], old: str) -> str | None:
    """The same for its way back.

    Args:
        texts: before the way back, and after each of its lines.
        old: the text of before the plan.
    """
    states = _states(texts)
    claim = replace(
        _claim(plan, states, ()),
        touched=_claim(plan, states, gateways_of(plan.proof)).touched,
        gaps=_gaps(plan.inverse, len(states)),
    )
    found = _by_a_flow(claim, _reading(plan))
    if found is None and fingerprint_of(states[-1]) != fingerprint_of(read_running(old)):
        return "its way back does not lead to the configuration of before"
    return f"on the way back: {found}" if found else None


def _reading(plan: DevicePlan) -> Reading:
    known = plan.reading.value
    return Reading.PER_ENGINE if known is Reading.UNKNOWN else known


def _attached(state: RunningConfig) -> tuple[tuple[str, str], ...]:
    return tuple((where.scope, where.policy) for where in state.service_policies)


def _by_a_flow(claim: Claim, reading: Reading) -> str | None:
    if len({_attached(state) for state in claim.states}) > 1:
        return "its lines change which policies are attached"
    reader = Reader()
    ports = (False, True) if ports_beside_default(claim.states[0]) else (False,)
    for ports_count, assume in product(ports, (False, True)):
        found = refuted(claim, reading, ports_count=ports_count, assume=assume, reader=reader)
        if found:
            return f"{found.flow}: {found.why}"
    return None


def _undeclared(plan: DevicePlan, claim: Claim, reading: Reading) -> str | None:
    """An engine that gateways lose although the plan does not say so."""
    said = " ".join(plan.proof.elsewhere) if plan.proof else ""
    words = set(said.replace(",", " ").replace(":", " ").split())
    for engine, flow in changes_of(claim, reading):
        if engine != ESMTP and not set(engine.split()) <= words:
            return f"{flow}: {engine} is lost, which the plan does not declare"
    return None


def _claim(plan: DevicePlan, states: Sequence[RunningConfig], wanted: Sequence[Address]) -> Claim:
    group = states[0].network_groups.get(GROUP)
    members = group.members if group else ()
    had = [ip_address(m.network.network_address) for m in members if m.network]
    return Claim(
        states,
        frozenset(wanted),
        frozenset((*wanted, *had)),
        mail_only=not (_narrowed(states[0]) or _narrowed(states[-1])),
        all_mail=plan.strategy == Strategy.OFF,
        versions=(4, 6) if (states[0].version or UNIFIED) >= UNIFIED else (4,),
        gaps=_gaps(plan.commands, len(states)),
    )


def _gaps(commands: Any, count: int) -> tuple[frozenset[str], ...]:
    found = gaps_of(commands)
    return tuple(away(found, number) for number in range(count))


def _narrowed(state: RunningConfig) -> bool:
    """Whether a class for the default traffic is narrowed by our access-list."""
    return any(
        m.is_default_inspection and any(match.argument == ACL for match in m.matches)
        for m in state.class_maps.values()
    )


def gateways_of(proof: Proof | None) -> tuple[Address, ...]:
    """The addresses that a proof calls exempt."""
    flows = proof.exempt if proof else ()
    ends = (f.removeprefix(_INCOMING) for f in flows if f.startswith(_INCOMING))
    return tuple(ip_address(end.removesuffix(":25").strip("[]")) for end in ends)


def _states(texts: Sequence[str]) -> list[RunningConfig]:
    """The configurations; what did not change from one to the next is one thing in both."""
    states: list[RunningConfig] = []
    for number, text in enumerate(texts):
        if number and text == texts[number - 1]:
            states.append(states[-1])
            continue
        now = read_running(text)
        if states:
            last = states[-1]
            acls = {
                name: old if (old := last.acls.get(name)) and old.lines == acl.lines else acl
                for name, acl in now.acls.items()
            }
            now = replace(
                now,
                acls=acls,
                network_objects=_kept(last.network_objects, now.network_objects),
                network_groups=_kept(last.network_groups, now.network_groups),
                services=_kept(last.services, now.services),
            )
        states.append(now)
    return states


def _kept(last: Mapping[str, T], now: Mapping[str, T]) -> dict[str, T]:
    return {name: last[name] if last.get(name) == noun else noun for name, noun in now.items()}
