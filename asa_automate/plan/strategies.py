"""What a firewall should look like, by strategy: from a scope and gateways to the wanted scope."""

from collections.abc import Callable
from dataclasses import replace

from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Strategy
from asa_automate.plan.names import ACL, CLASS
from asa_automate.plan.places import must_be_enterable, stands_first
from asa_automate.plan.scope import (
    NARROW_ACL,
    SPLIT_ACL,
    Block,
    PolicyScope,
    Scope,
)
from asa_automate.plan.takers import takers_of
from asa_automate.simulate.engines import ESMTP, effective_map


class TakeBackFirst(Refused):
    """Another strategy is in force; the message says the way out."""


def wanted_scopes(
    running: RunningConfig, now: Scope, gateways: tuple[Address, ...], strategy: Strategy
) -> tuple[Scope, ...]:
    """The scopes that may exempt exactly ``gateways``, the likelier first; the proof decides.

    Where several classes of a policy-map inspect the gateways with different maps, our class
    takes that of the last, which everybody else may have, or that of the first, if it hides it.

    Raises:
        Refused: the strategy has no answer to this configuration; the message names the line.
    """
    if not gateways:
        return (without_ours(running, now),)
    if now.narrowed and strategy is not Strategy.NARROW_DEFAULT:
        raise TakeBackFirst(_FIRST_BACK.format(there=Strategy.NARROW_DEFAULT, wanted=strategy))
    there = _split_kind(running, now)
    if there and strategy not in (Strategy.SPLIT_CLASS, there):
        raise TakeBackFirst(_FIRST_BACK.format(there=there, wanted=strategy))
    if strategy in _ONE_WAY:
        return (_ONE_WAY[strategy](running, now, gateways),)
    if all(len(set(p.esmtp.values())) < 2 for p in now.policies.values()):
        return (_SPLITS[strategy](running, now, gateways, -1),)
    last, first = (_SPLITS[strategy](running, now, gateways, which) for which in (-1, 0))
    return (last,) if first == last else (last, first)


#: Both cannot be had at once under one name, and in between the gateways would be inspected.
_FIRST_BACK = (
    "the gateways are exempt by {there} now; take that back first (plan without the exemption, "
    "apply), then plan {wanted}"
)


def _split_kind(running: RunningConfig, now: Scope) -> Strategy | None:
    """Which of the two splits is in force, if one is."""
    split = [
        (name, policy)
        for name, policy in now.policies.items()
        if policy.own and (not policy.esmtp or _took(running, name, policy))
    ]
    if not split:
        return None
    first = all(stands_first(policy, _givers(running, name)) for name, policy in split)
    return Strategy.CLASS_FIRST if first else Strategy.SPLIT_CLASS


def _givers(running: RunningConfig, name: str) -> list[str]:
    """The classes that may have given their inspection to ours: those that were left empty,
    else those for the default traffic."""
    classes = running.policy_maps[name].classes
    emptied = [c.name for c in classes if c.name != CLASS and not (c.inspects or c.others)]
    return emptied or [c.name for c in _default_classes(running, name)]


def _took(running: RunningConfig, name: str, policy: PolicyScope) -> bool:
    return bool(_default_classes(running, name)) and _gave(running, name, policy)


def is_class_first(running: RunningConfig, now: Scope) -> bool:
    """Whether the gateways are exempt by a class ahead of the one that inspected them."""
    return _split_kind(running, now) is Strategy.CLASS_FIRST


def without_ours(running: RunningConfig, now: Scope) -> Scope:
    """The whole way back: every class that gave its inspection to ours gets it again."""
    policies = {}
    for name, policy in now.policies.items():
        esmtp = dict(policy.esmtp)
        if policy.own and _gave(running, name, policy) and _has_taker(running, name):
            esmtp = _with_default(running, name, policy, policy.own)
        policies[name] = PolicyScope(esmtp)
    return Scope(policies=policies)


def _gave(running: RunningConfig, name: str, policy: PolicyScope) -> bool:
    """Whether a class for the default traffic lost its line to ours."""
    default = _default_classes(running, name)
    return not any(c.name in policy.esmtp for c in default)


def _has_taker(running: RunningConfig, name: str) -> bool:
    """Whether an inspection may be given back: what is attached nowhere may do without."""
    attached = any(a.policy == name for a in running.service_policies)
    return attached or bool(_default_classes(running, name))


def _with_default(
    running: RunningConfig, name: str, policy: PolicyScope, own: str
) -> dict[str, str]:
    default = _default_classes(running, name)
    if not default:
        raise Refused(
            f"policy-map {name} has no class for the default inspection traffic to give "
            f"`{own}` back to; put it back by hand"
        )
    preferred = next((c for c in default if c.name == "inspection_default"), default[0])
    order = [c.name for c in running.policy_maps[name].classes]
    esmtp = {**policy.esmtp, preferred.name: own}
    return dict(sorted(esmtp.items(), key=lambda item: order.index(item[0])))


def _default_classes(running: RunningConfig, name: str) -> list[PolicyClass]:
    policy = running.policy_maps[name]
    return [
        c
        for c in policy.classes
        if (m := running.class_maps.get(c.name)) and m.is_default_inspection
    ]


def _split(running: RunningConfig, now: Scope, gateways: tuple[Address, ...], which: int) -> Scope:
    policies = {name: _split_policy(running, now, name, gateways, which) for name in now.policies}
    if not any(p.own for p in policies.values()):
        return Scope(policies=policies)
    return Scope(
        members=_members(now, gateways),
        acl=SPLIT_ACL,
        class_map=True,
        policies=policies,
    )


def _split_policy(
    running: RunningConfig, now: Scope, name: str, gateways: tuple[Address, ...], which: int
) -> PolicyScope:
    """Args:
    which: index of the class that inspects gateways whose line our class repeats.
    """
    policy = now.policies[name]
    found = set(takers_of(running, name, gateways))
    takers = [c for c in policy.esmtp if c in found]
    if not takers:
        # Whoever else inspects ESMTP here does not inspect the gateways.
        if not any(a.policy == name for a in running.service_policies):
            return without_ours(running, now).policies[name]
        return PolicyScope(policy.esmtp, policy.own or None)
    kept = {c: line for c, line in policy.esmtp.items() if c not in found}
    return PolicyScope(kept, policy.esmtp[takers[which]])


def different_maps(
    running: RunningConfig, now: Scope, gateways: tuple[Address, ...]
) -> str | None:
    """Where the gateways are inspected with different maps, in words; else ``None``."""
    for name, policy in now.policies.items():
        found = set(takers_of(running, name, gateways))
        lines = {policy.esmtp[c] for c in found}
        if len({effective_map(ESMTP, " ".join(t.split()[2:]) or None) for t in lines}) > 1:
            where = ", ".join(
                f"{c.name} (line {i.line})"
                for c in running.policy_maps[name].classes
                if c.name in found and (i := c.inspect(ESMTP))
            )
            return f"policy-map {name} inspects the gateways' SMTP with different maps in {where}"
    return None


def _members(now: Scope, gateways: tuple[Address, ...]) -> tuple[Address, ...]:
    """Those that stay keep their place; new ones are appended, as the device does it."""
    kept = tuple(m for m in now.members or () if m in gateways)
    return (*kept, *(g for g in gateways if g not in kept))


def _narrow(running: RunningConfig, now: Scope, gateways: tuple[Address, ...]) -> Scope:
    cleared = without_ours(running, now)
    narrowed = set()
    for name in cleared.policies:
        for taker in _narrow_takers(running, cleared, name, gateways):
            class_map = running.class_maps.get(taker)
            others = [m for m in class_map.matches if m.argument != ACL] if class_map else []
            if class_map is None or not class_map.is_default_inspection or len(others) != 1:
                where = f"class-map {taker} (line {class_map.line})" if class_map else taker
                raise Refused(
                    f"{where} cannot be narrowed: it does not match the default inspection "
                    "traffic alone"
                )
            narrowed.add(taker)
    if not narrowed:
        return cleared
    return Scope(
        members=_members(now, gateways),
        acl=NARROW_ACL,
        policies=cleared.policies,
        narrowed=frozenset(narrowed),
    )


def _narrow_takers(
    running: RunningConfig, cleared: Scope, name: str, gateways: tuple[Address, ...]
) -> list[str]:
    if not any(a.policy == name for a in running.service_policies):
        return []
    holders = cleared.policies[name].esmtp
    narrowed = [c for c in holders if c in running.class_maps and _narrowed_by_us(running, c)]
    if narrowed:
        return narrowed
    takers = list(takers_of(running, name, gateways))
    default = [c.name for c in _default_classes(running, name)]
    return takers or [c for c in holders if c in default]


def _narrowed_by_us(running: RunningConfig, name: str) -> bool:
    return any(
        m.kind == "access-list" and m.argument == ACL for m in running.class_maps[name].matches
    )


def _off(running: RunningConfig, now: Scope, gateways: tuple[Address, ...]) -> Scope:
    """No inspection for anybody who shares a class with a gateway."""
    cleared = without_ours(running, now)
    policies = {}
    for name, policy in cleared.policies.items():
        takers = list(takers_of(running, name, gateways))
        policies[name] = PolicyScope({c: t for c, t in policy.esmtp.items() if c not in takers})
    return Scope(policies=policies)


def _class_first(
    running: RunningConfig, now: Scope, gateways: tuple[Address, ...], which: int
) -> Scope:
    """As a split, our class ahead of the first class that inspects a gateway."""
    split = _split(running, now, gateways, which)
    policies = {
        name: _placed(running, now.policies[name], policy, name, gateways)
        for name, policy in split.policies.items()
    }
    return replace(split, policies=policies)


def _placed(
    running: RunningConfig,
    now: PolicyScope,
    wanted: PolicyScope,
    name: str,
    gateways: tuple[Address, ...],
) -> PolicyScope:
    takers = list(takers_of(running, name, gateways))
    if not takers or wanted.own is None or stands_first(now, takers):
        return wanted
    others = [b for b in now.classes or () if b.name != CLASS]
    first = next((i for i, b in enumerate(others) if b.name in takers), len(others))
    if first == len(others):
        return wanted
    for block in others[first:]:
        must_be_enterable(running, name, block)
    behind = tuple(_as_entered(block, takers) for block in others[first:])
    ours = Block(CLASS, (wanted.own,))
    return replace(wanted, classes=(*others[:first], ours, *behind))


def _as_entered(block: Block, takers: list[str]) -> Block:
    """A class as it is entered again; one that inspected a gateway does so no more."""
    if block.name not in takers:
        return block
    return Block(block.name, tuple(t for t in block.lines if t.split()[:2] != ["inspect", ESMTP]))


_SPLITS: dict[Strategy, Callable[[RunningConfig, Scope, tuple[Address, ...], int], Scope]] = {
    Strategy.SPLIT_CLASS: _split,
    Strategy.CLASS_FIRST: _class_first,
}
_ONE_WAY: dict[Strategy, Callable[[RunningConfig, Scope, tuple[Address, ...]], Scope]] = {
    Strategy.NARROW_DEFAULT: _narrow,
    Strategy.OFF: _off,
}
