"""Verdicts of the model, remembered: a proof asks for the same flow again and again."""

from collections.abc import Collection, Hashable, Iterable, Iterator

from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Address, Reading
from asa_automate.plan.peers import flows_of_others
from asa_automate.simulate.access import Truth
from asa_automate.simulate.classify import Verdict, class_takes, classified, classify_in
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.matching import Question
from asa_automate.simulate.members import named_by
from asa_automate.simulate.space.reader import Reader
from asa_automate.simulate.world import World

_Worlds = tuple[object, ...]
#: Lists of so many entries are compared by what they say, longer ones by what is prepared.
_COMPARED = 32


class Asked:
    """The flows of a proof, and of each class whether it takes them: one truth for each flow.

    A class is asked once for all configurations on a plan's way in which it says the same.
    """

    def __init__(self, flows: Iterable[Flow]) -> None:
        self.flows = tuple(flows)
        #: All that a class without an access-list, or a policy, can go by; by number, since what
        #: is compared for each flow of each configuration has to be small.
        places: dict[Hashable, int] = {}
        self.places = [places.setdefault(_place_of(flow), len(places)) for flow in self.flows]
        self._truths: dict[Hashable, list[Truth]] = {}

    def truths(
        self, running: RunningConfig, entry: PolicyClass, world: World, lists: Lists
    ) -> list[Truth]:
        """Whether a class takes each of the flows, as far as that does not depend on assuming."""
        key = (entry.name, _match_meaning(running, entry), world.ports_count)
        if key not in self._truths:
            self._truths[key] = [
                class_takes(running, entry, flow, world, lists=lists) for flow in self.flows
            ]
        return self._truths[key]

    def only(self, chosen: Iterable[int]) -> "Asked":
        """Some of the flows, with what is known of them."""
        kept = list(chosen)
        few = Asked(self.flows[at] for at in kept)
        few._truths = {key: [all_[at] for at in kept] for key, all_ in self._truths.items()}
        return few


class Judge:
    """The model of one firewall on its way through several configurations."""

    def __init__(self) -> None:
        #: Configurations that flows can tell apart, each with its access-lists.
        self._known: list[tuple[RunningConfig, Lists]] = []
        self._meanings: dict[Hashable, int] = {}
        self._spoken_of: dict[int, tuple[Flow, ...]] = {}
        #: A configuration is held on to, so that its identity stays its own.
        self._places: dict[int, tuple[RunningConfig, int]] = {}
        self._views: dict[_Worlds, View] = {}
        #: What a proof goes through, by the gateways that it is about.
        self.flows: dict[Hashable, Asked] = {}
        #: Access-lists as boxes, for the proof over all flows.
        self.boxes = Reader()

    def view(self, running: RunningConfig, world: World) -> "View":
        """The model of one configuration in one world."""
        place = self.place(running)
        key = (place, *_key(world))
        if key not in self._views:
            one, lists = self._known[place]
            self._views[key] = View(one, world, lists)
        return self._views[key]

    def verdict_in(
        self, running: RunningConfig, where: ServicePolicy, flow: Flow, world: World
    ) -> Verdict:
        """As :func:`asa_automate.simulate.classify.classify_in`; not remembered."""
        return classify_in(running, where, flow, world, lists=self.lists(running))

    def lists(self, running: RunningConfig) -> Lists:
        """The access-lists of a configuration, made ready for many flows."""
        return self._known[self.place(running)][1]

    def kinds(
        self, running: RunningConfig, flows: Iterable[Flow], gateways: Collection[Address]
    ) -> Asked:
        """One flow of each kind: those that no plan for these gateways can treat differently.

        Flows are of one kind if they have the same protocol, port and interfaces, the same of the
        gateways at their ends, and the same classes may take them.
        """
        asked, lists = Asked(flows), self.lists(running)
        worlds = [World(Reading.PER_ENGINE, ports_count=count) for count in (False, True)]
        patterns = [
            asked.truths(running, entry, world, lists)
            for entry in _telling(running)
            for world in worlds[: 1 + running.class_maps[entry.name].is_default_inspection]
        ]
        numbers = {gateway: n for n, gateway in enumerate(gateways)}
        ends = [(numbers.get(f.source), numbers.get(f.destination)) for f in asked.flows]
        kinds: dict[Hashable, int] = {}
        for at, kind in enumerate(zip(asked.places, ends, *patterns, strict=True)):
            kinds.setdefault(kind, at)
        return asked.only(kinds.values())

    def spoken_of(self, running: RunningConfig) -> tuple[Flow, ...]:
        """As :func:`asa_automate.plan.peers.flows_of_others`."""
        place = self.place(running)
        if place not in self._spoken_of:
            self._spoken_of[place] = tuple(flows_of_others(running, self.lists(running)))
        return self._spoken_of[place]

    def place(self, running: RunningConfig) -> int:
        """A number that two configurations share if no flow can tell them apart."""
        if id(running) not in self._places:
            meaning = _meaning(running)
            if meaning not in self._meanings:
                self._meanings[meaning] = len(self._known)
                self._known.append((running, Lists(running)))
            self._places[id(running)] = (running, self._meanings[meaning])
        return self._places[id(running)][1]


class View:
    """Verdicts about one configuration in one world.

    Flows in the same place that the same classes take have one verdict, which is found once: a
    proof's hundreds of flows are a few dozen questions.
    """

    def __init__(self, running: RunningConfig, world: World, lists: Lists) -> None:
        self._asked = (running, world, lists)
        self._verdicts: dict[int, tuple[Asked, list[Verdict]]] = {}

    def verdicts(self, asked: Asked) -> list[Verdict]:
        """As :func:`asa_automate.simulate.classify.classify`, for each of the flows."""
        if id(asked) not in self._verdicts:
            self._verdicts[id(asked)] = (asked, self._of(asked))
        return self._verdicts[id(asked)][1]

    def _of(self, asked: Asked) -> list[Verdict]:
        running, world, lists = self._asked
        telling = list(_telling(running))
        names = [entry.name for entry in telling]
        patterns = [asked.truths(running, entry, world, lists) for entry in telling]
        found: dict[Hashable, Verdict] = {}
        verdicts = []
        for flow, kind in zip(asked.flows, zip(asked.places, *patterns, strict=True), strict=True):
            verdict = found.get(kind)
            if verdict is None:
                known = dict(zip(names, kind[1:], strict=True))
                question = Question(running, flow, world, None, lists, known)
                verdict = found[kind] = classified(question)
            verdicts.append(verdict)
        return verdicts


def _place_of(flow: Flow) -> Hashable:
    """All of a flow that counts where no access-list is asked."""
    interfaces = (flow.in_interface, flow.out_interface)
    return flow.protocol, flow.destination_port, flow.source.version, interfaces


def _telling(running: RunningConfig) -> Iterator[PolicyClass]:
    """The inspecting classes that go by more than protocol and port, each name once."""
    seen: set[str] = set()
    for attached in running.service_policies:
        policy = running.policy_maps.get(attached.policy)
        for entry in policy.classes if policy else ():
            class_map = running.class_maps.get(entry.name)
            listed = class_map and any(m.kind == "access-list" for m in class_map.matches)
            if entry.inspects and listed and entry.name not in seen:
                seen.add(entry.name)
                yield entry


def _meaning(running: RunningConfig) -> Hashable:
    """All that the inspection of a flow depends on, as far as a plan can change it.

    A class that inspects nothing is passed over, whatever it takes.
    """
    return tuple(
        (attached, tuple(_class_meaning(running, c) for c in policy.classes if c.inspects))
        for attached in running.service_policies
        if (policy := running.policy_maps.get(attached.policy))
    )


def _class_meaning(running: RunningConfig, entry: PolicyClass) -> Hashable:
    return (
        entry.name,
        frozenset((inspect.engine, inspect.argument) for inspect in entry.inspects),
        _match_meaning(running, entry),
    )


def _match_meaning(running: RunningConfig, entry: PolicyClass) -> Hashable:
    """All that it depends on whether a class takes a flow."""
    class_map = running.class_maps.get(entry.name)
    matches = class_map.matches if class_map else ()
    return (
        tuple((m.kind, m.argument) for m in matches),
        bool(class_map and class_map.unknown),
        tuple(_acl_meaning(running, m.argument) for m in matches if m.kind == "access-list"),
    )


def _acl_meaning(running: RunningConfig, name: str) -> Hashable:
    acl = running.acls.get(name)
    if acl is None:
        return None
    if len(acl.entries) > _COMPARED:
        return id(Lists(running).ready(acl))
    return acl.lines, tuple((key, id(noun)) for key, noun in named_by(running, acl))


def _key(world: World) -> _Worlds:
    assumed = tuple(sorted(world.assume.items()))
    return (world.reading, world.fall_through, world.ports_count, assumed)
