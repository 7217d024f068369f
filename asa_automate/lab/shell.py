"""A session after authentication: privilege, modes, pager, save, reload, show, configuration."""

from collections.abc import Callable

from asa_automate.lab import spaces, texts
from asa_automate.lab.answers import ANSWERS, filtered, split_filter
from asa_automate.lab.box import Box, Entry
from asa_automate.lab.console import Console
from asa_automate.lab.edit import Refused
from asa_automate.lab.editor import mode_for
from asa_automate.lab.failover import replication_text
from asa_automate.lab.faults import Kind
from asa_automate.lab.grammar import Found, Grammar, Unparsed, Words, invalid
from asa_automate.lab.layout import checksum
from asa_automate.lab.strike import NOT_EXECUTED, strike

Command = Callable[["Shell", Words], str]
_TRIES = 3


class Shell(Console):
    """A session with everything that can be typed in it."""

    def __init__(self, box: Box, number: int, user: str) -> None:
        super().__init__(box, number, user)
        self._fault = ""
        self._number: int | None = None

    def run(self, line: str) -> None:
        """One command line, in whatever mode."""
        mode, executed, space = self.mode, True, self.box.space
        self.say(replication_text(self.box))
        self._fault, self._number = "", None
        command, asked = split_filter(line)
        try:
            found = self._command(command)
            if found is not None:
                reply = filtered(self._exec(found), asked)
            elif self._is_comment(line):
                reply = ""
            else:
                reply = self._configuration_line(line)
        except Unparsed as no:
            reply, executed = self._caret(no), False
        except Refused as no:
            reply, executed = no.reply, False
        executed = executed and self._fault not in NOT_EXECUTED
        entry = Entry(self.number, mode, line, reply, self._number, self._fault, executed, space)
        self.record(entry)
        if reply and not self.closed:
            self.print(reply)

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

    def _exec(self, found: Found[Command]) -> str:
        word = found.phrase.split()[0]
        spaces.must_be_valid(self.box, found.phrase, found.words)
        if word == "show":
            full = " ".join([found.phrase, *(w.text for w in found.words.words[found.words.at :])])
            return self._struck("show", full, lambda: found.action(self, found.words))
        return found.action(self, found.words)

    def _is_comment(self, line: str) -> bool:
        return line.strip()[0] in "!:#"

    def _configuration_line(self, line: str) -> str:
        self.box.counts.config_lines += 1
        number = self._number = self.box.counts.config_lines
        reply = self._struck("line", "", lambda: self._carry_out(line, number))
        if spaces.is_standby(self.box):
            reply = "\n".join(part for part in (texts.STANDBY, reply) if part)
        return reply

    def _carry_out(self, line: str, number: int) -> str:
        path = self.path or ()
        spaces.must_be_configurable(self.box, path, line)
        try:
            outcome = self.box.configure(path, line, number, self.user)
        except Refused:
            self.path = mode_for(path, line)
            raise
        self.path = outcome.path
        return outcome.reply

    def _struck(self, on: str, command: str, execute: Callable[[], str]) -> str:
        """Carry out, unless the fault script has something else in mind."""
        fault = self.box.script.next(on, command)
        if fault is None:
            return execute()
        self._fault = Kind(fault.kind).value
        return strike(self, fault, execute)

    def _caret(self, no: Unparsed) -> str:
        if no.offset is None:
            return no.reply
        return f"{' ' * (len(self.prompt_text) + no.offset)}^\n{no.reply}"

    # Privilege and modes

    def enable(self, words: Words) -> str:
        """``enable``: the password, three tries."""
        words.rest()
        if not self.privileged:
            self._ask_enable(_TRIES)
        return ""

    def _ask_enable(self, left: int) -> None:
        def then(password: str) -> None:
            self._note("(enable password)")
            if password == self.box.knobs.enable_password:
                self.privileged = True
            elif left > 1:
                self.say(f"{texts.INVALID_PASSWORD}\n")
                self._ask_enable(left - 1)
            else:
                self.say(f"{texts.INVALID_PASSWORD}\n{texts.ACCESS_DENIED}\n")

        self.ask("Password: ", then, secret=True)

    def _note(self, what: str) -> None:
        self.record(Entry(self.number, self.mode, what, "", space=self.box.space))

    def login(self, words: Words) -> str:
        """``login``: another user's name and password, and with it level 15."""
        words.end()
        self.ask("Username: ", self._ask_password)
        return ""

    def _ask_password(self, user: str) -> None:
        def then(password: str) -> None:
            self._note("(password)")
            knobs = self.box.knobs
            if (user, password) == (knobs.username, knobs.password):
                self.user, self.privileged = user, True
            else:
                self.say("Login incorrect\n")

        self.ask("Password: ", then, secret=True)

    def disable(self, words: Words) -> str:
        """Back to the user mode."""
        words.end()
        self.privileged, self.path = False, None
        return ""

    def configure(self, words: Words) -> str:
        """``configure terminal``; the first one may ask a question first."""
        words.end()
        self.path = ()
        self.box.counts.config_entries += 1
        if self._asks_about_reporting():
            self.say(f"{texts.NOTICE}\n")
            self._ask_reporting()
        return texts.STANDBY if spaces.is_standby(self.box) else ""

    def _asks_about_reporting(self) -> bool:
        """Until it has been answered, here or in the configuration that was loaded."""
        box = self.box
        known = any("call-home reporting anonymous" in line.text for line in box.running.stanzas)
        answered = known and box.knobs.ask_error_reporting is None
        return box.dialect.reporting_question and not (box.reporting_asked or answered)

    def _ask_reporting(self) -> None:
        self.ask(texts.REPORTING_QUESTION, self._reporting)

    def _reporting(self, answer: str) -> None:
        letter = answer.strip()[:1].upper()
        if letter not in ("Y", "N", "A"):
            self._ask_reporting()
            return
        if letter == "A":
            return
        self.box.reporting_asked = True
        line = "call-home reporting anonymous"
        self.box.edit([line if letter == "Y" else f"no {line}"])
        self.say(texts.REPORTING_LATER if letter == "N" else "\n")

    def leave(self, words: Words) -> str:
        """``exit`` and ``quit``: one mode up; from the top, the session ends."""
        words.end()
        if self.path:
            self.path = self.path[:-1]
        elif self.path is not None:
            self.path = None
        else:
            self.say(texts.LOGOFF)
            self.close(clean=True)
        return ""

    def end_command(self, words: Words) -> str:
        """``end``: out of the configuration mode."""
        words.end()
        self.end()
        return ""

    # Terminal

    def pager(self, words: Words) -> str:
        """``terminal pager [lines] N`` of this session."""
        words.skip("lines")
        word = words.take()
        if not word.text.isdigit():
            raise invalid(word.offset)
        words.end()
        self.page = int(word.text)
        return ""

    def curpriv(self, words: Words) -> str:
        """``show curpriv``."""
        words.end()
        modes = "P_PRIV" if self.privileged else "P_UNPR"
        modes += " P_CONF" if self.path is not None else ""
        level = 15 if self.privileged else 1
        user = "enable_15" if self.privileged and not self.box.knobs.username else self.user
        return texts.CURPRIV.format(user=user, level=level, modes=modes)

    # Contexts

    def changeto_context(self, words: Words) -> str:
        """``changeto context NAME``; it also leaves the configuration mode."""
        self.go_to(spaces.wanted_context(self.box, words))
        return ""

    def changeto_system(self, words: Words) -> str:
        """``changeto system``."""
        self.go_to(spaces.wanted_system(self.box, words))
        return ""

    # Saving and starting again

    def write_memory(self, words: Words) -> str:
        """``write memory``."""
        words.end()
        return self._struck("write", "", self._saved)

    def copy_running(self, words: Words) -> str:
        """``copy running-config startup-config``: asks for the source first."""
        words.end()
        self.ask(
            texts.SOURCE_QUESTION, lambda _: self.print(self._struck("write", "", self._saved))
        )
        return ""

    def copy_at_once(self, words: Words) -> str:
        """``copy /noconfirm running-config startup-config``."""
        words.end()
        return self._struck("write", "", self._saved)

    def _saved(self) -> str:
        self.box.save(self.user)
        text = self.box.running_text
        sum_ = checksum(text)
        groups = " ".join(sum_[i : i + 8] for i in range(0, 32, 8))
        rate = texts.SAVE_RATE.format(rate=len(text) * 2) if self.box.dialect.save_rate else ""
        return texts.SAVED.format(sum=groups, size=len(text), rate=rate)

    def reload(self, words: Words) -> str:
        """``reload [noconfirm]``: asks about unsaved changes, then to go on."""
        if words.skip("noconfirm"):
            self.box.reload()
        elif self.box.running.stanzas != self.box.startup.stanzas:
            self.ask(texts.SAVE_QUESTION, self._save_and_reload)
        else:
            self.ask(texts.RELOAD_QUESTION, self._confirmed)
        return ""

    def _save_and_reload(self, answer: str) -> None:
        if answer.strip().upper().startswith("Y"):
            self.say(f"{self._struck('write', '', self._saved)}\n")
        self.ask(texts.RELOAD_QUESTION, self._confirmed)

    def _confirmed(self, answer: str) -> None:
        if answer.strip().lower() in ("", "y", "yes"):
            self.box.reload()


def _answer(phrase: str) -> Command:
    return lambda shell, words: ANSWERS[phrase](shell.box, words)


_SHOWS: dict[str, Command] = {
    **{phrase: _answer(phrase) for phrase in ANSWERS},
    "show curpriv": Shell.curpriv,
}
_EVERYWHERE: dict[str, Command] = {
    **_SHOWS,
    "exit": Shell.leave,
    "quit": Shell.leave,
    "terminal pager": Shell.pager,
    "write": Shell.write_memory,
    "write memory": Shell.write_memory,
    "copy running-config startup-config": Shell.copy_running,
    "copy /noconfirm running-config startup-config": Shell.copy_at_once,
    "configure terminal": Shell.configure,
    "changeto context": Shell.changeto_context,
    "changeto system": Shell.changeto_system,
}
USER = Grammar[Command](
    {
        "enable": Shell.enable,
        "login": Shell.login,
        "exit": Shell.leave,
        "quit": Shell.leave,
        "logout": Shell.leave,
        "terminal pager": Shell.pager,
        **{p: _SHOWS[p] for p in ("show curpriv", "show version", "show checksum", "show clock")},
    }
)
EXEC = Grammar[Command](
    {
        **_EVERYWHERE,
        "enable": Shell.enable,
        "disable": Shell.disable,
        "login": Shell.login,
        "logout": Shell.leave,
        "reload": Shell.reload,
    }
)
IN_CONFIG = Grammar[Command]({**_EVERYWHERE, "end": Shell.end_command})
