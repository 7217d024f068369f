"""Which classes inspect a gateway's mail, each found once those before it have let go."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Address, Reading
from asa_automate.plan.flows import gateway_flows
from asa_automate.plan.judge import Judge
from asa_automate.plan.names import CLASS
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.world import World


def takers_of(running: RunningConfig, name: str, gateways: tuple[Address, ...]) -> Iterator[str]:
    """Classes that inspect a gateway's SMTP, each found once those before it have let go."""
    attached = [a for a in running.service_policies if a.policy == name]
    left = _without_inspect(running, name, CLASS)
    judge = Judge()
    while found := _first_taker(left, attached, gateways, judge):
        yield found
        left = _without_inspect(left, name, found)


def _first_taker(
    running: RunningConfig,
    attached: Iterable[ServicePolicy],
    gateways: tuple[Address, ...],
    judge: Judge,
) -> str | None:
    for where in attached:
        for flow in gateway_flows(running, gateways, judge.lists(running)):
            for assume in (True, False):
                names = dict.fromkeys(running.class_maps, assume)
                world = World(Reading.PER_ENGINE, assume=names)
                taken = judge.verdict_in(running, where, flow, world).by(ESMTP)
                if taken:
                    return taken.class_name
    return None


def _without_inspect(running: RunningConfig, policy: str, class_name: str) -> RunningConfig:
    return _changed(
        running,
        policy,
        lambda c: (
            replace(c, inspects=tuple(i for i in c.inspects if i.engine != ESMTP))
            if c.name == class_name
            else c
        ),
    )


def _changed(
    running: RunningConfig, name: str, change: Callable[[PolicyClass], PolicyClass]
) -> RunningConfig:
    policy = running.policy_maps[name]
    changed = replace(policy, classes=tuple(change(c) for c in policy.classes))
    return replace(running, policy_maps={**running.policy_maps, name: changed})
