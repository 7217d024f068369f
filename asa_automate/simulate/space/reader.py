"""From a configuration to the chains of its policy-maps, each access-list read once."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from asa_automate.config.access_list import Acl
from asa_automate.config.class_map import ClassMap, Match
from asa_automate.config.policy_map import PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading
from asa_automate.simulate.engines import effective_map
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.members import named_by, noun_of
from asa_automate.simulate.space.boxes import common, everything
from asa_automate.simulate.space.chains import NOTHING, Angle, Chain, Choice
from asa_automate.simulate.space.entries import Known, rules_of
from asa_automate.simulate.space.rules import Rule, Ruled
from asa_automate.simulate.space.traffic import acts_of, guard_of
from asa_automate.simulate.world import CLASS_DEFAULT

#: Access-lists of fewer lines are compared by their lines, others by being the same one.
_SHORT = 64
#: Of each class that inspects: name, whether it is the last one, engines with maps, its match.
Outline = tuple[tuple[str, bool, tuple[tuple[str, str | None], ...], Hashable], ...]


class Reader:
    """Makes chains, each access-list read once."""

    def __init__(self) -> None:
        self._kept: list[object] = []
        self._names: dict[int, list[tuple[str, str]]] = {}
        self._meanings: dict[tuple[int, ...], Hashable] = {}
        self._lists: tuple[RunningConfig, Lists] | None = None
        self._rules: dict[Hashable, tuple[Rule, ...]] = {}
        self._known: list[tuple[Mapping[str, Address], dict[Hashable, Known]]] = []

    def chain(self, running: RunningConfig, policy: PolicyMap, angle: Angle) -> Chain:
        """The classes that matter, in the order in which the device tries them."""
        ordered = sorted(policy.classes, key=lambda entry: entry.name == CLASS_DEFAULT)
        per_class = angle.reading is Reading.PER_CLASS
        choices = (
            self._choice(running, entry, angle)
            for entry in ordered
            if entry.inspect(angle.engine) or (per_class and entry.inspects)
        )
        return tuple(choice for choice in choices if choice)

    def outline(self, running: RunningConfig, policy: PolicyMap) -> Outline:
        """What the chains of a policy-map are made from; equal outlines make equal chains."""
        return tuple(
            (
                entry.name,
                entry.name == CLASS_DEFAULT,
                tuple((inspect.engine, inspect.argument) for inspect in entry.inspects),
                self._match_outline(running, running.class_maps.get(entry.name)),
            )
            for entry in policy.classes
            if entry.inspects
        )

    def _match_outline(self, running: RunningConfig, class_map: ClassMap | None) -> Hashable:
        if class_map is None:
            return None
        acls = (running.acls.get(m.argument) for m in class_map.matches if m.kind == "access-list")
        return (
            tuple((m.kind, m.argument) for m in class_map.matches),
            bool(class_map.unknown),
            tuple(None if acl is None else self._meaning(running, acl) for acl in acls),
        )

    def _choice(self, running: RunningConfig, entry: PolicyClass, angle: Angle) -> Choice | None:
        class_map = running.class_maps.get(entry.name)
        matches: tuple[Match, ...] = ()
        if entry.name != CLASS_DEFAULT:
            if class_map is None or not class_map.matches:
                return None
            matches = class_map.matches
        default = class_map is not None and class_map.is_default_inspection
        inspect = entry.inspect(angle.engine)
        guard, lists = guard_of(matches, angle.version)
        stops = angle.reading is Reading.PER_CLASS
        acts = acts_of(angle.engine, angle.version, default=default) if inspect else ()
        if not stops:
            # What it takes and does not inspect goes on as if it had not been taken.
            guard = tuple(c for g in guard for a in acts if (c := common(g, a)))
        unclear = len(lists) > 1 or bool(class_map and class_map.unknown)
        meaning, made = self._list(running, "" if unclear else lists, angle, default=default)
        return Choice(
            entry.name,
            meaning,
            guard,
            made,
            acts,
            (effective_map(angle.engine, inspect.argument),) if inspect else NOTHING,
            stops,
            next(iter(lists), ""),
        )

    def _list(
        self, running: RunningConfig, names: Sequence[str], angle: Angle, *, default: bool
    ) -> tuple[Hashable, Callable[[], tuple[Rule, ...]]]:
        """What a class's flows depend on beside its guard, and its rules.

        Args:
            names: of its access-list; none: it has none; the empty text: it cannot be known.
        """
        whole = everything(angle.version)
        if names == []:
            return None, lambda: (Rule(whole, permit=True),)
        acl = running.acls.get(names[0]) if names else None
        if acl is None:
            return angle.assume, lambda: (Rule(whole, permit=angle.assume),)
        ignored = default and not angle.ports_count
        key = (self._meaning(running, acl), angle.version, ignored, angle.assume)
        return key, lambda: self._read(running, acl, key, angle, addresses_only=ignored)

    def _meaning(self, running: RunningConfig, acl: Acl) -> Hashable:
        """The access-list itself, and what the names in it stand for."""
        # Most lines leave these be: then every name stands for the very same.
        tables = (acl, running.network_objects, running.network_groups, running.services)
        key = tuple(map(id, tables))
        if key not in self._meanings:
            self._kept.append(tables)  # so that nothing else gets their identities
            self._meanings[key] = self._made_meaning(running, acl)
        return self._meanings[key]

    def _made_meaning(self, running: RunningConfig, acl: Acl) -> Hashable:
        if id(acl) not in self._names:
            self._kept.append(acl)
            self._names[id(acl)] = [key for key, _ in named_by(running, acl)]
        nouns = [noun_of(running, *key) for key in self._names[id(acl)]]
        self._kept.append(nouns)
        return acl.lines if len(acl.lines) < _SHORT else id(acl), tuple(map(id, nouns))

    def _lists_of(self, running: RunningConfig) -> Lists:
        """Groups taken apart are taken apart for both IP versions."""
        if self._lists is None or self._lists[0] is not running:
            self._lists = (running, Lists(running))
        return self._lists[1]

    def _known_rules(self, running: RunningConfig, *kind: Hashable) -> Known:
        """Entries that were read under the same release and the same ``name`` lines."""
        found = next((k for names, k in self._known if names == running.names), None)
        if found is None:
            found = {}
            self._known.append((running.names, found))
        return found.setdefault((running.version, *kind), {})

    def _read(
        self,
        running: RunningConfig,
        acl: Acl,
        key: Hashable,
        angle: Angle,
        *,
        addresses_only: bool,
    ) -> tuple[Rule, ...]:
        if key not in self._rules:
            rules = rules_of(
                running,
                self._lists_of(running),
                acl,
                angle.version,
                addresses_only=addresses_only,
                known=self._known_rules(running, angle.version, addresses_only),
            )
            self._rules[key] = Ruled(
                replace(r, permit=angle.assume) if r.permit is None else r for r in rules
            )
        return self._rules[key]
