"""One clock for all hosts that share a store: the database's own.

A lease ends at an instant, and hosts whose clocks differ would not agree when that is.
"""

import time
from collections.abc import Callable

from sqlalchemy import text

from asa_automate.errors import Refused
from asa_automate.store.engine import Store

#: Seconds by which a host's clock may differ from the database's before it takes no work: slots of
#: samples and instants in the journal are the host's own.
MOST_SKEW = 30.0


def clock_of(store: Store) -> Callable[[], float]:
    """Seconds since the epoch, by the clock that all who use the store have in common."""
    if store.engine.dialect.name == "sqlite":  # a file: all of them are on this host
        return time.time

    def now() -> float:
        with store.read() as connection:
            return float(
                connection.execute(
                    text("SELECT extract(epoch FROM clock_timestamp())")
                ).scalar_one()
            )

    return now


def must_agree(store: Store, clock: Callable[[], float] = time.time) -> float:
    """By how many seconds this host's clock is ahead of the database's.

    Raises:
        Refused: by too many, one way or the other.
    """
    skew = clock() - clock_of(store)()
    if abs(skew) > MOST_SKEW:
        way = "ahead of" if skew > 0 else "behind"
        raise Refused(
            f"the clock of this host is {abs(skew):.0f} s {way} that of the database: "
            "set it right (chrony, ntpd), then start again"
        )
    return skew
