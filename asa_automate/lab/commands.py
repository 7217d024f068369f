"""What can be typed in a session besides configuration: modes, pager, contexts, saving, show."""

from collections.abc import Callable

from asa_automate.lab import saving, spaces, texts
from asa_automate.lab.answers import ANSWERS
from asa_automate.lab.console import Console
from asa_automate.lab.edit import Refused
from asa_automate.lab.faults import Fault, Kind
from asa_automate.lab.grammar import Grammar, Words, invalid
from asa_automate.lab.records import Entry
from asa_automate.lab.strike import struck_by

Command = Callable[["Commands", Words], str]
_TRIES = 3


class Commands(Console):
    """A session with its commands, those of the configuration left out.

    Attributes:
        executed: whether the line that is being carried out took effect so far.
        struck: kinds of the faults that struck it.
    """

    executed = True
    struck: tuple[str, ...] = ()

    def under(self, faults: tuple[Fault, ...], execute: Callable[[], str]) -> str:
        """Carry out, unless the faults, the first one outermost, have something else in mind."""
        ran = False

        def once() -> str:
            nonlocal ran
            ran = True
            return execute()

        self.struck += tuple(Kind(fault.kind).value for fault in faults)
        try:
            return struck_by(self, faults, once)
        finally:
            self.executed = self.executed and ran

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
        return self._save()

    def copy_running(self, words: Words) -> str:
        """``copy running-config startup-config``: asks for the source first."""
        words.end()
        self.ask(texts.SOURCE_QUESTION, lambda _: self.print(self._save_or_not()))
        return ""

    def copy_at_once(self, words: Words) -> str:
        """``copy /noconfirm running-config startup-config``."""
        words.end()
        return self._save()

    def _save_or_not(self) -> str:
        """As the answer to a question: nobody else is there to catch a refusal."""
        try:
            return self._save()
        except Refused as no:
            return no.reply

    def _save(self) -> str:
        return self.under(self.box.script.due("write"), self._saved)

    def _saved(self) -> str:
        self.executed = self.executed and saving.has_effect(self.box)
        return saving.saved(self.box, self.user)

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
            self.say(f"{self._save_or_not()}\n")
        self.ask(texts.RELOAD_QUESTION, self._confirmed)

    def _confirmed(self, answer: str) -> None:
        if answer.strip().lower() in ("", "y", "yes"):
            self.box.reload()


def _answer(phrase: str) -> Command:
    return lambda shell, words: ANSWERS[phrase](shell.box, words)


_SHOWS: dict[str, Command] = {
    **{phrase: _answer(phrase) for phrase in ANSWERS},
    "show curpriv": Commands.curpriv,
}
_EVERYWHERE: dict[str, Command] = {
    **_SHOWS,
    "exit": Commands.leave,
    "quit": Commands.leave,
    "terminal pager": Commands.pager,
    "write": Commands.write_memory,
    "write memory": Commands.write_memory,
    "copy running-config startup-config": Commands.copy_running,
    "copy /noconfirm running-config startup-config": Commands.copy_at_once,
    "configure terminal": Commands.configure,
    "changeto context": Commands.changeto_context,
    "changeto system": Commands.changeto_system,
}
USER = Grammar[Command](
    {
        "enable": Commands.enable,
        "login": Commands.login,
        "exit": Commands.leave,
        "quit": Commands.leave,
        "logout": Commands.leave,
        "terminal pager": Commands.pager,
        **{p: _SHOWS[p] for p in ("show curpriv", "show version", "show checksum", "show clock")},
    }
)
EXEC = Grammar[Command](
    {
        **_EVERYWHERE,
        "enable": Commands.enable,
        "disable": Commands.disable,
        "login": Commands.login,
        "logout": Commands.leave,
        "reload": Commands.reload,
    }
)
IN_CONFIG = Grammar[Command]({**_EVERYWHERE, "end": Commands.end_command})
