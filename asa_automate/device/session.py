"""A session with one ASA: log in, read, change line by line, save. The only way to a device."""

from asa_automate.device import prompts
from asa_automate.device.conversation import Limit
from asa_automate.device.dialogue import Question, Reply
from asa_automate.device.lines import check_line, is_clear
from asa_automate.device.prompts import Mode
from asa_automate.device.reader import Reader
from asa_automate.device.verdict import is_entered, is_quiet, refusal
from asa_automate.errors import Astray, Refused


class Session(Reader):
    """An open session; made by ``Session.open``.

    After ``LineRefused`` it stays usable: the mode is the one of the last prompt.
    """

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
        if self.mode is not Mode.CONFIG or not is_entered(reply):
            raise refusal(self.device, command, reply, self.mode)

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
        if not is_quiet(text, reply) or self.mode is not wanted:
            raise refusal(self.device, text, reply, self.mode, wanted)

    def end(self) -> None:
        """Leave configuration mode (nothing to do when it is not there)."""
        self._talk.must_live()
        if not self.prompt.configuring:
            return
        reply = self._ask("end", self._moving)
        if self.mode is not Mode.EXEC or not is_quiet("end", reply):
            raise refusal(self.device, "end", reply, self.mode, Mode.EXEC)

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
            if not is_quiet("exit", reply) or self.mode is not wanted:
                raise refusal(self.device, "exit", reply, self.mode, wanted)

    def _must_may_change(self) -> None:
        if not self.may_change:
            raise Refused("this session only reads", device=self.device)
