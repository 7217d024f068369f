"""The state of the exemption: what `check` said of the configuration, else what counters show."""

from asa_automate.collect.current import ENGINE, Current
from asa_automate.store.values import State

#: Seconds for which a verdict holds, as long as the counters show no change.
HOLDS = 86_400.0


def state_of(current: Current, exempting_class: str) -> tuple[State, float] | None:
    """The state of a device, and of which instant it is; ``None`` where nothing is known.

    A verdict is believed for a day, unless our class came or went in the counters since then.
    Without one, our class in the counters means exempt; what else exempts is not seen there.
    """
    classed = is_classed(current, exempting_class)
    verdict = current.verdict
    if (
        verdict
        and verdict.state is not State.NOBODY
        and verdict.classed == classed
        and current.at - verdict.at <= HOLDS
    ):
        return verdict.state, verdict.at
    if not current.totals:
        return None
    return (State.EXEMPT if classed else State.NOT_EXEMPT), current.at


def is_classed(current: Current, exempting_class: str) -> bool:
    """Whether the counters have our class with the inspection of the other mail."""
    return any(
        label.engine == ENGINE and label.class_ == exempting_class for label in current.totals
    )
