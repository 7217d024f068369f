"""The half of a session that reads: log in step by step, look, go to a context, log out."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from asa_automate.device import contexts
from asa_automate.device.batch import fits
from asa_automate.device.conversation import Conversation, Limit, Timeouts
from asa_automate.device.dialogue import WHOLE_TEXTS, Question, Reply
from asa_automate.device.lines import check_line, is_show
from asa_automate.device.printable import one_line
from asa_automate.device.prompts import Mode, Prompt
from asa_automate.device.refusals import tells_of_replication
from asa_automate.device.secret import Secret
from asa_automate.device.verdict import is_quiet, is_whole
from asa_automate.device.wire import Wire
from asa_automate.errors import Astray, Incomplete, LineRefused, LoginRefused, Refused, Replicating


class Reader:
    """An open session that only looks; :class:`~asa_automate.device.session.Session` changes, too.

    After ``LinkLost`` or a too large reply the session is dead and sends nothing any more.

    Attributes:
        device: the inventory name.
        prompt: the last prompt.
        paged: whether the pager could not be switched off (pages are turned one by one then).
        may_change: whether configuration lines may be sent.
        greeting: what the device printed before its first prompt.
        context: the security context that it works in; ``None`` on a box in single mode.
        chassis: what the system execution space said on the way there, by command; empty where
            it was not visited.
        algorithms: what its connection agreed on, as whoever opened it knows.
    """

    def __init__(
        self, talk: Conversation, prompt: Prompt, timeouts: Timeouts, *, may_change: bool
    ) -> None:
        self.device = talk.device
        self.prompt = prompt
        self.paged = False
        self.may_change = may_change
        self.greeting = ""
        self.context: str | None = None
        self.chassis: Mapping[str, str] = contexts.TOLD
        self.algorithms: Mapping[str, str] = {}
        self._talk = talk
        self._timeouts = timeouts
        self._unsure = ""
        self._one_by_one = False

    @classmethod
    def open(
        cls,
        wire: Wire,
        *,
        device: str,
        enable_secret: Secret | None,
        context: str | None = None,
        may_change: bool = False,
        timeouts: Timeouts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Learn the prompt, become privileged, switch the pager off. Changes nothing.

        Args:
            wire: an authenticated terminal; closed if this fails.
            device: the inventory name, for messages.
            enable_secret: sent once, and only to the ``Password:`` that our ``enable`` raised.
            context: the security context to go to and to stay in.
            may_change: whether ``configure``, ``line`` and ``save`` are possible at all.

        Raises:
            LoginRefused: ``enable`` was refused, or a password is asked for and there is none.
            LinkLost: no prompt came in time, or the link broke.
            Refused: there is no such context, or the device is replicating its configuration.
        """
        session = cls.greet(
            wire, device=device, may_change=may_change, timeouts=timeouts, clock=clock
        )
        try:
            session.become_privileged(enable_secret)
            session.switch_pager_off()
            session.settle(context)
        except BaseException:
            session.hang_up()
            raise
        return session

    @classmethod
    def greet(
        cls,
        wire: Wire,
        *,
        device: str,
        may_change: bool = False,
        timeouts: Timeouts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """The first step of :meth:`open`: hear the greeting, learn the prompt.

        Raises:
            LinkLost: no prompt came in time, or the link broke; the wire is closed.
        """
        timeouts = timeouts or Timeouts()
        talk = Conversation(wire, device, timeouts, clock)
        try:
            limit = Limit(timeouts.prompt, timeouts.prompt)
            greeting, line = talk.listen(limit)
            learnt = talk.ask("show curpriv", limit, carry=line)
        except BaseException:
            talk.close(b"")
            raise
        session = cls(talk, learnt.prompt, timeouts, may_change=may_change)
        # What looked like a prompt may have been a line of the banner: the echo has shown it.
        session.greeting = greeting.body + learnt.before
        return session

    def become_privileged(self, secret: Secret | None) -> None:
        """The second step: ``enable``, where the login did not do that.

        Raises:
            LoginRefused: it was refused, or there is no secret to send.
        """
        if not self.prompt.privileged:
            self._enable(secret)
        if self.prompt.configuring:
            raise LoginRefused("the login ended in configuration mode", device=self.device)

    def switch_pager_off(self) -> None:
        """The third step; :attr:`paged` says whether it was refused."""
        self.paged = not is_quiet("terminal pager 0", self._ask("terminal pager 0", self._moving))

    def settle(self, context: str | None) -> None:
        """The last step: go to ``context``, if one is named, and stay there.

        Raises:
            Refused: there is no such context.
            Replicating: the device has greeted us with the copying of its configuration.
        """
        self._must_not_replicate_in(self.greeting)
        if context is None:
            return
        self.chassis = contexts.enter(self, context)
        self.context = context
        # Nothing says that the pager stays off in another space.
        self.switch_pager_off()

    @property
    def mode(self) -> Mode:
        """The mode that the device is in."""
        return self.prompt.mode

    @property
    def alive(self) -> bool:
        """Whether anything can still be sent."""
        return self._talk.alive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, command: str) -> str:
        """The device's answer to a ``show`` command, an error text included.

        All bytes are kept (what is not UTF-8 as surrogates); lines end with ``\\n``. Works in
        configuration mode too.

        Raises:
            Refused: not a ``show`` command, or the device is replicating its configuration.
            Incomplete: a whole configuration came without its end, or too much came.
            LinkLost: no prompt came in time, or the link broke; the session is dead.
        """
        self._must_read(command)
        mode = self.mode
        return self._shown(command, mode, self._ask(command, self._showing))

    def shows(self, commands: Sequence[str]) -> tuple[str, ...]:
        """The answers to several ``show`` commands, in their order; see :meth:`show`.

        They are sent at once where the device takes that: not with a pager, which would swallow
        what is typed ahead, and not in a context, which is looked at in between.
        """
        if self.paged or self.context or self._one_by_one or not fits(commands, self.prompt):
            return tuple(map(self.show, commands))
        for command in commands:
            self._must_read(command)
        mode = self.mode
        replies = self._talk.ask_at_once(commands, self._showing, self.prompt)
        if not replies:
            self._one_by_one = True
            self.show("show curpriv")  # whatever still comes stands before its echo
            return tuple(map(self.show, commands))
        answers = zip(commands, replies, strict=True)
        return tuple(self._shown(command, mode, reply) for command, reply in answers)

    def move(self, line: str) -> str:
        """``changeto``, from privileged exec mode; the device's refusal, empty where it obeyed."""
        reply = self._ask(line, self._moving, moves=True)
        self._must_not_replicate(reply)
        self._same_mode(line, Mode.EXEC)
        return (reply.before + reply.body).strip()

    def close(self) -> None:
        """Log out and hang up, within a short time; never raises. Safe to call twice."""
        # In configuration mode a word is not worth the risk: the device ends the session itself.
        self._talk.close(b"" if self.prompt.configuring else b"exit\n")

    def hang_up(self) -> None:
        """End the session without another word; never raises."""
        self._talk.close(b"")

    def _must_read(self, command: str) -> None:
        if not is_show(check_line(command)):
            raise Refused(f"not a command that only reads: '{command}'", device=self.device)

    def _shown(self, command: str, mode: Mode, reply: Reply) -> str:
        self._same_mode(command, mode)
        self._must_not_replicate(reply)
        if command in WHOLE_TEXTS and not is_whole(reply.body):
            raise Incomplete(f"'{command}' came without its end", device=self.device)
        if command in WHOLE_TEXTS:
            self._must_be_in_its_context()
        return reply.body

    def _must_be_in_its_context(self, *, closely: bool = False) -> None:
        """End a session that was carried off to another context: it must not be typed into."""
        if self.context is None:
            return
        problem = contexts.elsewhere(self, self.context, closely=closely)
        if problem:
            self.hang_up()
            raise Astray(problem, device=self.device, line=self._unsure)
        self._unsure = ""

    def _must_not_replicate(self, reply: Reply) -> None:
        self._must_not_replicate_in(reply.before)
        self._must_not_replicate_in(reply.body)

    def _must_not_replicate_in(self, text: str) -> None:
        if tells_of_replication(text):
            raise Replicating(
                "it is replicating its configuration; try again later", device=self.device
            )

    def _enable(self, secret: Secret | None) -> None:
        if secret is None:
            raise LoginRefused(
                "the login is not privileged and there is no enable password: set "
                "ASA_AUTOMATE_ENABLE, or credentials.enable in the inventory",
                device=self.device,
            )
        answers = {Question.PASSWORD: secret.reveal().encode("utf-8")}
        try:
            reply = self._ask("enable", self._moving, answers=answers)
        except LoginRefused:
            raise LoginRefused("the enable password was refused", device=self.device) from None
        if not self.prompt.privileged:
            said = one_line(reply.body.replace("Password:", ""), 120)
            raise LoginRefused(f"enable was refused: '{said}'", device=self.device)

    @property
    def _showing(self) -> Limit:
        return Limit(self._timeouts.show_total, self._timeouts.show_idle)

    @property
    def _moving(self) -> Limit:
        return Limit(self._timeouts.prompt, self._timeouts.prompt)

    def _ask(
        self,
        line: str,
        limit: Limit,
        *,
        answers: dict[Question, bytes] | None = None,
        confirm: bool = False,
        moves: bool = False,
    ) -> Reply:
        reply = self._talk.ask(
            check_line(line),
            limit,
            known=self.prompt,
            answers=answers,
            confirm=confirm,
            moves=moves,
        )
        self.prompt = reply.prompt
        return reply

    def _same_mode(self, command: str, mode: Mode) -> None:
        if self.mode is not mode:
            raise LineRefused(
                f"'{command}' led from mode {mode} to {self.mode}",
                device=self.device,
                line=command,
                reply="",
            )
