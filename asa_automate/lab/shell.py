"""A session after authentication: each line that is typed, from parser to record."""

from dataclasses import dataclass

from asa_automate.lab import spaces, texts
from asa_automate.lab.answers import filtered, split_filter
from asa_automate.lab.authorization import is_denied
from asa_automate.lab.commands import EXEC, IN_CONFIG, USER, Command, Commands
from asa_automate.lab.edit import Refused
from asa_automate.lab.editor import mode_for
from asa_automate.lab.failover import replication_text
from asa_automate.lab.faults import Fault
from asa_automate.lab.grammar import Found, Unparsed, Words
from asa_automate.lab.records import Entry
from asa_automate.lab.stanzas import squeeze


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as the parser of its mode takes it.

    Args:
        line: as typed.
        asked: what stands behind its ``|``.
        found: the command; ``None``: it is a line of the configuration, or a comment.
        trouble: why there is neither.
        number: of the configuration line over the box's life; ``None``: it is none.
    """

    line: str
    asked: str = ""
    found: Found[Command] | None = None
    trouble: Unparsed | None = None
    number: int | None = None

    @property
    def full(self) -> str:
        """With the words of the command spelt out, and single blanks."""
        if self.found is None:
            return squeeze(self.line)
        words = self.found.words
        return " ".join([self.found.phrase, *(word.text for word in words.words[words.at :])])

    @property
    def is_comment(self) -> bool:
        """Whether it does nothing anywhere."""
        return self.line.strip()[0] in "!:#"


class Shell(Commands):
    """A session with everything that can be typed in it."""

    def run(self, line: str) -> None:
        """One command line, in whatever mode."""
        mode, space = self.mode, self.box.space
        self.say(replication_text(self.box))
        self.executed, self.struck = True, ()
        typed = self._parsed(line)
        try:
            reply = self.under(self._faults(typed), lambda: self._carry_out(typed))
        except Unparsed as no:
            reply, self.executed = self._caret(no), False
        except Refused as no:
            reply, self.executed = no.reply, False
        fault = "+".join(self.struck)
        done = (reply, typed.number, fault, self.executed, space)
        self.record(Entry(self.number, mode, line, *done))
        if reply and not self.closed:
            self.print(reply)

    def _faults(self, typed: Typed) -> tuple[Fault, ...]:
        """Those of the exchange, then those of the configuration line."""
        script = self.box.script
        of_line = script.due("line") if typed.number is not None else ()
        return (*script.due("command", typed.full), *of_line)

    def _parsed(self, line: str) -> Typed:
        command, asked = split_filter(line)
        try:
            found = self._command(command)
        except Unparsed as no:
            return Typed(line, trouble=no)
        typed = Typed(line, asked, found)
        if found is not None or typed.is_comment:
            return typed
        self.box.counts.config_lines += 1
        return Typed(line, number=self.box.counts.config_lines)

    def _command(self, line: str) -> Found[Command] | None:
        """A command that is no configuration line; ``None``: it is one."""
        table = USER if not self.privileged else EXEC if self.path is None else IN_CONFIG
        words = Words.of(line)
        if self.path is None:
            return table.find(words)
        try:
            return table.find(words) if table.knows(words.peek()) else None
        except Unparsed:
            return None

    def _carry_out(self, typed: Typed) -> str:
        if typed.trouble is not None:
            raise typed.trouble
        if is_denied(self.box, typed.full, is_line=typed.number is not None):
            raise Refused(texts.NOT_AUTHORIZED)
        if typed.found is not None:
            return filtered(self._exec(typed.found, typed.full), typed.asked)
        return "" if typed.number is None else self._configuration_line(typed.line, typed.number)

    def _exec(self, found: Found[Command], full: str) -> str:
        spaces.must_be_valid(self.box, found.phrase, found.words)
        if found.phrase.startswith("show "):
            faults = self.box.script.due("show", full)
            return self.under(faults, lambda: found.action(self, found.words))
        return found.action(self, found.words)

    def _configuration_line(self, line: str, number: int) -> str:
        reply = self._edited(line, number)
        if spaces.is_standby(self.box):
            reply = "\n".join(part for part in (texts.STANDBY, reply) if part)
        return reply

    def _edited(self, line: str, number: int) -> str:
        path = self.path or ()
        spaces.must_be_configurable(self.box, path, line)
        try:
            outcome = self.box.configure(path, line, number, self.user)
        except Refused:
            self.path = mode_for(path, line)
            raise
        self.path = outcome.path
        return outcome.reply

    def _caret(self, no: Unparsed) -> str:
        if no.offset is None:
            return no.reply
        return f"{' ' * (len(self.prompt_text) + no.offset)}^\n{no.reply}"
