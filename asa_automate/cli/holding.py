"""The leases of one device under change: taken, renewed before every line, given back."""

import getpass
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from asa_automate.errors import LeaseLost, StoreRefused

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.leases import Lease

#: A lease outlives the longest wait for one line (a save: 300 s) with a margin.
LEASE_SECONDS = 600.0
RENEW_BELOW = 400.0
#: With so little left, and a store that does not answer, another may take the device over soon.
LAST_SECONDS = 60.0


def operator() -> str:
    """Whom to ask: user@host."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


class Holding:
    """What this process holds of one device.

    Args:
        context: of the device; part of every key.
        clock: seconds since the epoch, as the lease's row has them for other hosts.
        monotonic: a clock that goes on while the process sleeps and never jumps: by it we know
            how long the lease still is ours.
    """

    def __init__(
        self,
        store: "Store",
        context: str | None,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._context = context
        self._clock = clock
        self._monotonic = monotonic
        self._leases: list[Lease] = []
        self._until = 0.0

    def take(self, serial: str) -> "Lease":
        """The lease of a serial number, or of what stands for one.

        Raises:
            Refused: another holds it.
        """
        from asa_automate.store.leases import acquire, lease_key
        from asa_automate.store.processes import dead_here, this_process

        begun = self._monotonic()
        lease = acquire(
            self._store,
            lease_key(serial, self._context),
            this_process(operator()),
            LEASE_SECONDS,
            self._clock(),
            dead_here,
        )
        if not self._leases:
            self._until = begun + LEASE_SECONDS
        self._leases.append(lease)
        return lease

    def also(self, serial: str) -> None:
        """One more, for another name of the same box or the other unit of its pair."""
        self.take(serial)

    def guard(self) -> None:
        """Renew what is held, where it will not last for another line.

        Raises:
            LeaseLost: it is another's, or soon may be.
            StoreRefused: it could not be renewed.
        """
        left = self._until - self._monotonic()
        if left > RENEW_BELOW:
            return
        try:
            self._renew()
        except StoreRefused as error:
            if left > LAST_SECONDS:
                raise
            raise LeaseLost(f"the lease cannot be renewed: {error.message}") from error

    def _renew(self) -> None:
        from asa_automate.store.leases import renew

        begun = self._monotonic()
        now = self._clock()
        self._leases = [renew(self._store, one, LEASE_SECONDS, now) for one in self._leases]
        self._until = begun + LEASE_SECONDS

    def release(self) -> str | None:
        """Give all of it back; why one could not be given back, which then ends by itself."""
        from asa_automate.store.leases import release

        leases, self._leases = self._leases, []
        refused = None
        for lease in leases:
            try:
                release(self._store, lease)
            except StoreRefused as error:
                refused = (
                    f"its lease ends in {LEASE_SECONDS:.0f} s or less by itself: {error.message}"
                )
        return refused
