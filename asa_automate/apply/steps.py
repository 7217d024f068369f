"""The protocol as a table: which step may follow which, and how each may end.

::

    connect  check  begin  rehearse  probe  send  prove  verify  save  connections
                             any of them from begin on: undo

Nothing is sent for keeps before ``begin`` is on the disk, nothing is saved but from ``verify``,
and every way that does not end there leads through ``undo``.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from asa_automate.apply.outcome import State


class Step(StrEnum):
    """What is being done to a device; the words are those that a person is told."""

    CONNECT = "connect"
    CHECK = "check"
    BEGIN = "begin"
    REHEARSE = "rehearse"
    PROBE = "probe"
    SEND = "send"
    PROVE = "prove"
    VERIFY = "verify"
    SAVE = "save"
    CONNECTIONS = "connections"
    UNDO = "undo"


_S = Step

#: What may come next. A recovery goes from ``check`` to ``verify`` or ``undo``: its lines were
#: begun by the run that it finishes.
NEXT: Mapping[Step, frozenset[Step]] = {
    _S.CONNECT: frozenset({_S.CHECK}),
    _S.CHECK: frozenset({_S.BEGIN}),
    _S.BEGIN: frozenset({_S.REHEARSE, _S.PROBE, _S.SEND, _S.VERIFY, _S.SAVE, _S.UNDO}),
    _S.REHEARSE: frozenset({_S.PROBE, _S.SEND, _S.UNDO}),
    _S.PROBE: frozenset({_S.SEND, _S.UNDO}),
    _S.SEND: frozenset({_S.PROVE, _S.VERIFY, _S.UNDO}),
    _S.PROVE: frozenset({_S.PROVE, _S.VERIFY, _S.UNDO}),
    _S.VERIFY: frozenset({_S.VERIFY, _S.SAVE, _S.CONNECTIONS, _S.UNDO}),
    _S.SAVE: frozenset({_S.CONNECTIONS, _S.UNDO}),
    _S.CONNECTIONS: frozenset(),
    _S.UNDO: frozenset(),
}

_NOT_BEGUN = frozenset(
    {State.REFUSED, State.UNREACHABLE, State.DISPROVED, State.STOPPED, State.UNKNOWN}
)
_BACK = frozenset(
    {State.OLD, State.FOREIGN, State.STUCK, State.HOLD, State.UNKNOWN, State.DISPROVED}
)

#: How a device may end after its last step.
ENDS: Mapping[Step, frozenset[State]] = {
    _S.CONNECT: _NOT_BEGUN,
    _S.CHECK: _NOT_BEGUN | {State.NEW, State.OLD},
    _S.BEGIN: frozenset({State.REFUSED}),
    _S.VERIFY: frozenset({State.NEW, State.HOLD}),
    _S.SAVE: frozenset({State.NEW, State.HOLD}),
    _S.CONNECTIONS: frozenset({State.NEW}),
    # The probe by itself.
    _S.PROBE: frozenset({State.NOOP, State.DISPROVED}),
    _S.UNDO: _BACK,
}


class Steps:
    """Says each step to a person, and lets only those pass that the table has."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._last: Step | None = None

    def __call__(self, name: str) -> None:
        """Take the step.

        Raises:
            ValueError: a bug; the device is brought back as after any other.
        """
        step = Step(name)
        allowed = NEXT[self._last] if self._last else frozenset({Step.CONNECT})
        if step not in allowed:
            raise ValueError(f"no step of the protocol: {self._last} to {step}")
        self._last = step
        self._tell(step.value)
