"""The way from one scope to another, as configuration lines in an order that is safe throughout.

The order is the contract: inspection that is to come back comes back first; new pieces are made
before anything relies on them; the commit lines take old inspection away; what nobody uses any
more goes last. So after every line each flow has its old or its new treatment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from asa_automate.model import Address
from asa_automate.plan import places
from asa_automate.plan.document import Command
from asa_automate.plan.names import ACL, CLASS, GROUP, PROBE
from asa_automate.plan.scope import NARROW_ACL, Block, PolicyScope, Scope

_NOTHING = PolicyScope()


def way(now: Scope, wanted: Scope, policies: Sequence[str]) -> tuple[Command, ...]:
    """The lines from ``now`` to ``wanted``.

    Args:
        policies: policy-maps in the order of their commit lines: the global one first, since a
            flow that an interface policy lets go falls through to it. Inverse commits run the
            other way.
    """
    if _speaks_otherwise(now, wanted):
        cleared = cleared_of(now, wanted)
        return (*way(now, cleared, policies), *way(cleared, wanted, policies))
    backwards = list(reversed(policies))
    returned, now = _classes_back(now, wanted, backwards)
    return (
        *returned,
        *_inspection_back(now, wanted, backwards),
        *_probe(now, wanted),
        *_prepare(now, wanted, policies),
        *_commit(now, wanted, policies),
        *_clean_up(now, wanted, backwards),
    )


def cleared_of(now: Scope, wanted: Scope) -> Scope:
    """The scope without any piece of ours, every class inspecting as it did or will."""
    names = {*now.policies, *wanted.policies}
    return Scope(
        policies={
            name: PolicyScope(
                {
                    **wanted.policies.get(name, _NOTHING).esmtp,
                    **now.policies.get(name, _NOTHING).esmtp,
                },
                classes=_without_ours(now.policies.get(name, _NOTHING)),
            )
            for name in names
        }
    )


def _without_ours(policy: PolicyScope) -> tuple[Block, ...] | None:
    return policy.classes and tuple(b for b in policy.classes if b.name != CLASS)


def _speaks_otherwise(now: Scope, wanted: Scope) -> bool:
    """Whether our ACL would have to change from ports to addresses under a running policy."""
    if not now.acl or not wanted.acl:
        return False
    return bool(set(now.acl) & set(NARROW_ACL)) != bool(set(wanted.acl) & set(NARROW_ACL))


def _classes_back(
    now: Scope, wanted: Scope, policies: Sequence[str]
) -> tuple[list[Command], Scope]:
    """Classes that an interrupted move left out, and the scope once they are back."""
    lines: list[Command] = []
    after = dict(now.policies)
    for name in policies:
        goal = wanted.policies.get(name, _NOTHING)
        if goal.classes is not None and not places.behind_ours(goal) and name in after:
            what = places.missing(after[name], goal)
            lines += places.lines_of(name, what)
            after[name] = places.after(after[name], what)
    return lines, replace(now, policies=after)


def _inspection_back(now: Scope, wanted: Scope, policies: Sequence[str]) -> Iterator[Command]:
    for name in sorted(now.narrowed - wanted.narrowed):
        yield _line(f"class-map {name}", "the class-map that was narrowed")
        yield _line(
            f"no match access-list {ACL}", "inspection of the gateways comes back", commit=True
        )
    for name in policies:
        before = now.policies.get(name, _NOTHING).esmtp
        after = wanted.policies.get(name, _NOTHING).esmtp
        for class_name, text in after.items():
            if before.get(class_name) != text:
                # A class that has another map keeps it: the device refuses the line. No plan
                # and no way back comes here, since neither changes the map of others' classes.
                yield from _into_class(name, class_name, "the class that had the inspection")
                yield _line(text, "the inspection comes back first", commit=True)


def _probe(now: Scope, wanted: Scope) -> Iterator[Command]:
    """A probe's leftovers go; only the inverse of a plan that took them away brings them back."""
    why = "left over from an interrupted probe"
    if now.probe and not wanted.probe:
        for line in (line for line in now.probe if line.startswith("policy-map ")):
            yield _line(line, why)
            yield _line(f"no class {PROBE}", why)
        for keyword in ("class-map ", "access-list ", "object-group "):
            for line in (line for line in now.probe if line.startswith(keyword)):
                yield _line(f"no {line}", why)
    if wanted.probe and not now.probe:
        for line in wanted.probe:
            yield _line(line, "as it was before the plan")


def _prepare(now: Scope, wanted: Scope, policies: Sequence[str]) -> Iterator[Command]:
    yield from _group(now, wanted)
    yield from _acl(now, wanted)
    if wanted.class_map is not None and not now.class_map and wanted.class_map != now.class_map:
        yield _line(f"class-map {CLASS}", "the class that leaves the gateways out")
        if wanted.class_map:
            yield _line(f"match access-list {ACL}", "a deny entry is no match: not in this class")
    for name in policies:
        goal, there = wanted.policies.get(name, _NOTHING), now.policies.get(name, _NOTHING)
        own, before = goal.own, there.own
        if own is not None and before is not None and _stands_wrong(there, goal):
            yield _line(f"policy-map {name}", "a policy-map in force")
            yield _line(f"no class {CLASS}", "it was behind the others")
            before = None
        if own is not None and own != before and (own or before is None):
            yield from _into_class(name, CLASS, "appended: the class in force stays in force")
            if before:
                yield _line(f"no {before}", "another map is to be in force")
            if own:
                yield _line(own, "the same inspection for everybody but the gateways")


def _stands_wrong(now: PolicyScope, wanted: PolicyScope) -> bool:
    """Whether our class is to be the last and is not; the others have their inspection again."""
    if wanted.classes is None or places.behind_ours(wanted):
        return False
    known = {b.name for b in wanted.classes}
    return any(b.name in known for b in places.behind_ours(now))


def _group(now: Scope, wanted: Scope) -> Iterator[Command]:
    if wanted.members is None:
        return
    old, new = now.members or (), wanted.members
    added, removed = [m for m in new if m not in old], [m for m in old if m not in new]
    if not added and not removed and now.members is not None:
        return
    live = _is_live(now, wanted)
    edits = [(_host(a), "a gateway") for a in added]
    edits += [(f"no {_host(a)}", "no longer a gateway") for a in removed]
    for number, (line, why) in enumerate(edits or [("", "")]):
        if number == 0 or live:
            # Before each commit line the firewall is read again, which leaves the sub-mode.
            yield _line(f"object-group network {GROUP}", "the gateways")
        if line:
            yield _line(line, why, commit=live)


def _is_live(now: Scope, wanted: Scope) -> bool:
    """Whether our ACL decides about flows: then an edit to it or its group is a commit line.

    A class of ours decides where no other class has still to let its inspection go.
    """
    split = (
        policy.own and set(policy.esmtp) <= set(wanted.policies.get(name, _NOTHING).esmtp)
        for name, policy in now.policies.items()
    )
    return bool(now.narrowed) or any(split)


def _host(address: Address) -> str:
    return f"network-object host {address}"


def _acl(now: Scope, wanted: Scope) -> Iterator[Command]:
    """Entries by their place; into an empty list the permit goes first.

    A deny entry that stands in another place goes away, and in again.
    """
    if wanted.acl is None or wanted.acl == now.acl:
        return
    live = _is_live(now, wanted)
    old = list(now.acl or ())
    for entry in _misplaced(old, wanted.acl):
        old.remove(entry)
        yield _line(f"no access-list {ACL} {entry}", "an entry out of place", commit=live)
    for entry in [wanted.acl[-1], *wanted.acl[:-1]]:
        if entry in old:
            continue
        place = sum(1 for e in wanted.acl[: wanted.acl.index(entry)] if e in old)
        where = "" if place == len(old) else f"line {place + 1} "
        old.insert(place, entry)
        why = "everybody" if entry.startswith("extended permit") else "but not the gateways"
        yield _line(f"access-list {ACL} {where}{entry}", why, commit=live)


def _misplaced(old: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Entries too many, and the deny entries where the order is another; the permit stays, or
    nobody would be inspected in between."""
    in_order = [e for e in old if e in wanted] == [e for e in wanted if e in old]
    return [e for e in old if e not in wanted or (not in_order and e.startswith("extended deny"))]


def _commit(now: Scope, wanted: Scope, policies: Sequence[str]) -> Iterator[Command]:
    for name in policies:
        there, goal = now.policies.get(name, _NOTHING), wanted.policies.get(name, _NOTHING)
        if places.behind_ours(goal):
            what = places.move(there, goal)
            yield from places.lines_of(name, what)
            there = places.after(there, what)
        after = goal.esmtp
        # The last class first: what it lets go is still taken by those ahead of it, while what
        # the first one let go might meet another map in the next.
        for class_name, text in reversed(list(there.esmtp.items())):
            if class_name not in after:
                yield from _into_class(name, class_name, "the class that inspects the gateways")
                yield _line(f"no {text}", "this line exempts the gateways", commit=True)
    for name in sorted(wanted.narrowed - now.narrowed):
        yield _line(f"class-map {name}", "the class-map that takes the gateways")
        yield _line(f"match access-list {ACL}", "this line exempts the gateways", commit=True)


def _clean_up(now: Scope, wanted: Scope, policies: Sequence[str]) -> Iterator[Command]:
    for name in policies:
        had, own = now.policies.get(name, _NOTHING).own, wanted.policies.get(name, _NOTHING).own
        if had is not None and own is None:
            yield _line(f"policy-map {name}", "the policy-map that used our class")
            yield _line(f"no class {CLASS}", "nobody needs it any more")
        if had and own == "":
            yield from _into_class(name, CLASS, "our class, as empty as it was")
            yield _line(f"no {had}", "nobody needs it any more")
    if now.class_map is not None and wanted.class_map is None:
        yield _line(f"no class-map {CLASS}", "nobody needs it any more")
    if now.class_map and wanted.class_map is False:
        yield _line(f"class-map {CLASS}", "our class-map, as empty as it was")
        yield _line(f"no match access-list {ACL}", "nobody needs it any more")
    if wanted.acl is None:
        for entry in now.acl or ():
            yield _line(f"no access-list {ACL} {entry}", "one entry at a time: only ours go")
    if now.members is not None and wanted.members is None:
        yield _line(f"no object-group network {GROUP}", "nobody needs it any more")


def _into_class(policy: str, class_name: str, why: str) -> Iterator[Command]:
    yield _line(f"policy-map {policy}", "a policy-map in force")
    yield _line(f"class {class_name}", why)


def _line(line: str, why: str, *, commit: bool = False) -> Command:
    return Command(line=line, why=why, commit=commit)
