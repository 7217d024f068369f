"""A session with one ASA: log in, read, change line by line, save. The only way to a device."""

import time
from collections.abc import Callable, Mapping
from typing import Self

from asa_automate.device import contexts, prompts
from asa_automate.device.conversation import Conversation, Limit, Timeouts
from asa_automate.device.credentials import Secret
from asa_automate.device.dialogue import WHOLE_TEXTS, Question, Reply, has_end
from asa_automate.device.lines import check_line, is_clear, is_show
from asa_automate.device.printable import one_line
from asa_automate.device.prompts import Mode, Prompt
from asa_automate.device.refusals import REPLICATION, SILENCE, is_taken, name_refusal
from asa_automate.device.wire import Wire
from asa_automate.errors import Astray, Incomplete, LineRefused, LoginRefused, Refused, Replicating


class Session:
    """An open session; made by ``Session.open``.

    After ``LinkLost`` or a too large reply the session is dead and sends nothing any more. After
    ``LineRefused`` it stays usable: the mode is the one of the last prompt.

    Attributes:
        device: the inventory name.
        prompt: the last prompt.
        paged: whether the pager could not be switched off (pages are turned one by one then).
        may_change: whether configuration lines may be sent.
        greeting: what the device printed before its first prompt.
        context: the security context that it works in; ``None`` on a box in single mode.
        chassis: what the system execution space said on the way there, by command; empty where
            it was not visited.
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
        self._talk = talk
        self._timeouts = timeouts
        self._unsure = ""

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
        timeouts = timeouts or Timeouts()
        talk = Conversation(wire, device, timeouts, clock)
        try:
            limit = Limit(timeouts.prompt, timeouts.prompt)
            greeting, line = talk.listen(limit)
            learnt = talk.ask("show curpriv", limit, carry=line)
            session = cls(talk, learnt.prompt, timeouts, may_change=may_change)
            session.greeting = greeting.body
            session._prepare(enable_secret)
            session._must_not_replicate(greeting)
            if context is not None:
                session._enter(context)
        except BaseException:
            talk.close(b"")
            raise
        return session

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
        if not is_show(check_line(command)):
            raise Refused(f"not a command that only reads: '{command}'", device=self.device)
        limit = Limit(self._timeouts.show_total, self._timeouts.show_idle)
        mode = self.mode
        reply = self._ask(command, limit)
        self._same_mode(command, mode)
        self._must_not_replicate(reply)
        if command in WHOLE_TEXTS and not _is_whole(reply.body):
            raise Incomplete(f"'{command}' came without its end", device=self.device)
        if command in WHOLE_TEXTS:
            self._must_be_in_its_context()
        return reply.body

    def move(self, line: str) -> str:
        """``changeto``, from privileged exec mode; the device's refusal, empty where it obeyed."""
        reply = self._ask(line, self._moving, moves=True)
        self._must_not_replicate(reply)
        self._same_mode(line, Mode.EXEC)
        return (reply.before + reply.body).strip()

    def configure(self) -> None:
        """Enter configuration mode (nothing to do when it is there already).

        Raises:
            Refused: the session was opened for reading only.
            LineRefused: the device does not let us, or warns (a standby unit does).
        """
        self._must_may_change()
        self._talk.must_live()
        self._must_be_in_its_context(closely=True)
        if self.prompt.configuring:
            return
        answers = {Question.REPORTING: b"A"}
        command = "configure terminal"
        reply = self._ask(command, self._moving, answers=answers)
        if self.mode is not Mode.CONFIG or not _is_entered(reply):
            raise self._refusal(command, reply)

    def line(self, text: str) -> None:
        """Send one configuration line, from the mode that it belongs to.

        Raises:
            Refused: a line that may not be sent at all, or not from here; nothing was sent.
            LineRefused: the device answered with text, or stands in another mode than expected.
            LinkLost: whether the line was executed is not known; the session is dead.
            Astray: the session is in another context; the session is dead.
        """
        self._must_may_change()
        self._must_be_in_its_context()
        needed = prompts.mode_needed(check_line(text))
        self._go_to(needed, text)
        limit = Limit(self._timeouts.line, self._timeouts.line)
        reply = self._change(text, limit)
        wanted = prompts.mode_after(text, needed)
        if not _is_quiet(text, reply) or self.mode is not wanted:
            raise self._refusal(text, reply, wanted)

    def end(self) -> None:
        """Leave configuration mode (nothing to do when it is not there)."""
        self._talk.must_live()
        if not self.prompt.configuring:
            return
        reply = self._ask("end", self._moving)
        if self.mode is not Mode.EXEC or not _is_quiet("end", reply):
            raise self._refusal("end", reply, Mode.EXEC)

    def save(self) -> str:
        """``write memory``, from privileged exec mode; the device's answer.

        Whether it was saved is for the caller to find out, from the text and by reading back.
        """
        self._must_may_change()
        self.end()
        self._must_be_in_its_context(closely=True)
        reply = self._change("write memory", Limit(self._timeouts.save, self._timeouts.save))
        self._same_mode("write memory", Mode.EXEC)
        return reply.body

    def clear(self, line: str) -> str:
        """``clear conn`` with its filters, from privileged exec mode; the device's answer."""
        self._must_may_change()
        if not is_clear(check_line(line)):
            raise Refused(f"not a command that clears connections: '{line}'", device=self.device)
        self.end()
        self._must_be_in_its_context(closely=True)
        reply = self._change(line, Limit(self._timeouts.line, self._timeouts.line))
        self._same_mode(line, Mode.EXEC)
        return reply.body

    def close(self) -> None:
        """Log out and hang up, within a short time; never raises. Safe to call twice."""
        # In configuration mode a word is not worth the risk: the device ends the session itself.
        self._talk.close(b"" if self.prompt.configuring else b"exit\n")

    def _prepare(self, secret: Secret | None) -> None:
        if not self.prompt.privileged:
            self._enable(secret)
        if self.prompt.configuring:
            raise LoginRefused("the login ended in configuration mode", device=self.device)
        self.paged = not _is_quiet("terminal pager 0", self._ask("terminal pager 0", self._moving))

    def _enter(self, context: str) -> None:
        self.chassis = contexts.enter(self, context)
        self.context = context
        # Nothing says that the pager stays off in another space.
        self.paged = not _is_quiet("terminal pager 0", self._ask("terminal pager 0", self._moving))

    def _must_be_in_its_context(self, *, closely: bool = False) -> None:
        """End a session that was carried off to another context: it must not be typed into."""
        if self.context is None:
            return
        problem = contexts.elsewhere(self, self.context, closely=closely)
        if problem:
            self._talk.close(b"")
            raise Astray(problem, device=self.device, line=self._unsure)
        self._unsure = ""

    def _must_not_replicate(self, reply: Reply) -> None:
        if REPLICATION.search(reply.before) or REPLICATION.search(reply.body):
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

    def _change(self, line: str, limit: Limit) -> Reply:
        """Send what changes something; in a context, the next look says where it went."""
        self._unsure = line if self.context else ""
        try:
            return self._ask(line, limit, confirm=line != "write memory")
        except Astray as error:
            raise Astray(error.message, device=self.device, line=self._unsure) from None

    def _go_to(self, mode: Mode, line: str) -> None:
        exits = prompts.exits_to(self.mode, mode)
        if exits is None:
            raise Refused(
                f"'{line}' belongs to mode {mode}, and the device is in {self.mode}",
                device=self.device,
            )
        for _ in range(exits):
            wanted = prompts.PARENTS[self.mode]
            reply = self._ask("exit", self._moving)
            if not _is_quiet("exit", reply) or self.mode is not wanted:
                raise self._refusal("exit", reply, wanted)

    def _same_mode(self, command: str, mode: Mode) -> None:
        if self.mode is not mode:
            raise LineRefused(
                f"'{command}' led from mode {mode} to {self.mode}",
                device=self.device,
                line=command,
                reply="",
            )

    def _must_may_change(self) -> None:
        if not self.may_change:
            raise Refused("this session only reads", device=self.device)

    def _refusal(self, line: str, reply: Reply, wanted: Mode | None = None) -> LineRefused:
        text = (reply.before + reply.body).strip("\n")
        if text.strip():
            known = name_refusal(text)
            named = f" ({known.name}: {known.advice})" if known else ""
            message = f"'{line}' was answered: {one_line(text)}{named}"
        else:
            message = f"'{line}' left the device in mode {self.mode}, not in {wanted or 'config'}"
        return LineRefused(message, device=self.device, line=line, reply=text)


def _is_quiet(line: str, reply: Reply) -> bool:
    return not reply.before.strip(SILENCE) and is_taken(line, reply.body)


def _is_entered(reply: Reply) -> bool:
    """Whether ``configure terminal`` was taken: silently, or with the one-time notice."""
    if _is_quiet("configure terminal", reply):
        return True
    return "anonymous error reporting" in reply.body and name_refusal(reply.body) is None


def _is_whole(text: str) -> bool:
    # What is no configuration at all (an error text) is for the caller to read.
    return has_end(text) or (len(text) < 2000 and name_refusal(text) is not None)
