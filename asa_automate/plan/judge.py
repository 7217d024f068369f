"""Verdicts of the model, remembered: a proof asks for the same flow again and again."""

from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.simulate.classify import Verdict, World, classify, classify_in
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import Lists

_Worlds = tuple[object, ...]


class Judge:
    """The model of one firewall on its way through several configurations."""

    def __init__(self) -> None:
        #: Configurations that flows can tell apart, each with its access-lists.
        self._known: list[tuple[RunningConfig, Lists]] = []
        #: A configuration is held on to, so that its identity stays its own.
        self._places: dict[int, tuple[RunningConfig, int]] = {}
        self._verdicts: dict[_Worlds, dict[tuple[int, Flow], Verdict]] = {}

    def verdict(self, running: RunningConfig, flow: Flow, world: World) -> Verdict:
        """As :func:`asa_automate.simulate.classify.classify`."""
        place = self._place(running)
        found = self._verdicts.setdefault(_key(world), {})
        if (place, flow) not in found:
            lists = self._known[place][1]
            found[place, flow] = classify(running, flow, world, lists=lists)
        return found[place, flow]

    def verdict_in(
        self, running: RunningConfig, where: ServicePolicy, flow: Flow, world: World
    ) -> Verdict:
        """As :func:`asa_automate.simulate.classify.classify_in`; not remembered."""
        lists = self._known[self._place(running)][1]
        return classify_in(running, where, flow, world, lists=lists)

    def _place(self, running: RunningConfig) -> int:
        if id(running) not in self._places:
            same = (i for i, (one, _) in enumerate(self._known) if is_same_policy(one, running))
            place = next(same, len(self._known))
            if place == len(self._known):
                lists = self._known[0][1].of(running) if self._known else Lists(running)
                self._known.append((running, lists))
            self._places[id(running)] = (running, place)
        return self._places[id(running)][1]


def is_same_policy(one: RunningConfig, other: RunningConfig) -> bool:
    """Whether no flow can tell two states of one firewall apart."""
    return (
        one.policy_maps == other.policy_maps
        and one.class_maps == other.class_maps
        and one.acls == other.acls
        and one.network_groups == other.network_groups
    )


def _key(world: World) -> _Worlds:
    assumed = tuple(sorted(world.assume.items()))
    return (world.reading, world.fall_through, world.ports_count, assumed)
