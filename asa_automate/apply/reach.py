"""The session of a device under change, and the way to a new one when it breaks."""

from contextlib import suppress

from asa_automate.apply.goal import Goal
from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import recognise
from asa_automate.apply.role import must_be_a_target
from asa_automate.errors import (
    AsaAutomateError,
    Astray,
    HostKeyRefused,
    Incomplete,
    JumpHostRefused,
    LinkLost,
    LoginRefused,
    Replicating,
    Unreachable,
)


def gone_astray(error: BaseException) -> str:
    """What a person must know of a line that may have been typed into another context."""
    if not isinstance(error, Astray) or not error.line:
        return ""
    return f"`{error.line}` may have been typed there: look at it ({error.message})"


def comeback(goal: Goal, around: Surroundings) -> Session:
    """A new session after a lost link, with the box's identity and its role checked again.

    Raises:
        Unreachable: all attempts failed, or the pair is in replication all the time; or the login
            is refused, which is tried once.
        Refused: another box answers, or the unit that stands by.
    """
    last: AsaAutomateError | None = None
    for pause in (0.0, *around.reconnect):
        around.wait(pause)
        try:
            session = around.link()
        except (LoginRefused, HostKeyRefused, JumpHostRefused):
            raise  # trying again locks the account, or talks to a stranger
        except (Unreachable, LinkLost, Incomplete, Replicating) as error:
            last = error
            continue
        try:
            recognise(session, goal.identity, goal.device, goal.mate)
            must_be_a_target(session, goal.device, goal.context)
        except (LinkLost, Incomplete, Replicating) as error:
            session.close()
            last = error
        except BaseException:
            session.close()
            raise
        else:
            return session
    raise Unreachable(f"it does not come back: {last.message if last else 'no answer'}")


class Reach:
    """The one open session; ``strayed`` says what another context may have got."""

    def __init__(self, around: Surroundings, session: Session | None = None) -> None:
        self._around = around
        self.session = session
        self.strayed = ""

    def open(self) -> Session:
        """The session.

        Raises:
            LinkLost: there is none.
        """
        if self.session is None:
            raise LinkLost("there is no session")
        return self.session

    def again(self, goal: Goal, error: BaseException) -> Session:
        """A new session in the place of the one that ``error`` broke."""
        self.strayed = self.strayed or gone_astray(error)
        self.close()
        self.session = comeback(goal, self._around)
        return self.session

    def give_up(self) -> Session | None:
        """The session, for somebody else to close."""
        session, self.session = self.session, None
        return session

    def close(self) -> None:
        """Hang up, if there is a session."""
        session = self.give_up()
        if session is not None:
            with suppress(LinkLost):
                session.close()
