"""A terminal session as keys, questions and prompts; what the commands do stands in `shell`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from asa_automate.lab import spaces, texts
from asa_automate.lab.box import Box
from asa_automate.lab.modes import mode_name
from asa_automate.lab.records import Entry
from asa_automate.lab.stanzas import Path, key, starting
from asa_automate.lab.terminal import Echo, Key, LineEditor, Pager


@dataclass(frozen=True, slots=True)
class Late:
    """What follows comes ``seconds`` later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The link is gone; nothing follows. ``clean``: the user logged off."""

    clean: bool = False


Piece = bytes | Late | Cut
Ask = Callable[[str], None]


class Console:
    """The part of a session that knows keys and questions, but no command.

    Args:
        box: the device behind it.
        number: of the session, from 1.
        user: who logged in.

    Attributes:
        width: set it to have another width than the box's, 0 for an endless one.
        afterwards: what happens once the line that is being carried out is on record.
    """

    def __init__(self, box: Box, number: int, user: str) -> None:
        self.box = box
        self.number = number
        self.user = user
        self.privileged = box.knobs.privileged_at_login
        self.path: Path | None = None
        self.width: int | None = None
        self.page = _page(box)
        self.closed = False
        self.on_close: list[Callable[[], None]] = []
        self.afterwards: list[Callable[[], object]] = []
        self._pager = Pager()
        self._line = LineEditor(scrolled=box.knobs.scrolled_echo)
        self._ask: Ask | None = None
        self._after_cr = False
        self._out: list[Piece] = []
        self._heard_at, self._silent = box.seconds, 0.0
        box.at_reload(self.close)

    # What others call

    def greeting(self) -> bytes:
        """What is printed right after login, prompt included."""
        with self.box.lock:
            text = self._banner()
            if self.box.dialect.login_history:
                text += texts.LOGGED_IN.format(
                    user=self.user, hostname=self.box.hostname, logins=self.number
                )
                text += "\n"
            self.print(text + texts.TYPE_HELP)
            self.prompt()
            return _bytes(self._taken())

    def receive(self, data: bytes) -> bytes:
        """What the device prints for these bytes, delays left out."""
        return _bytes(self.feed(data))

    def feed(self, data: bytes) -> list[Piece]:
        """What happens for these bytes, in order: text, delays, and at last perhaps the cut."""
        with self.box.lock:
            self._hang_up_if_idle()
            for value in data:
                if not self.closed:
                    self._key(bytes([value]))
            self._heard_at, self._silent = self.box.seconds, 0.0
            return self._taken()

    def waited(self, seconds: float) -> None:
        """So long nothing was typed, besides what the box's own clock says."""
        self._silent += seconds

    def close(self, *, clean: bool = False) -> None:
        """Hang up, from either side; safe to call twice."""
        if self.closed:
            return
        self.closed = True
        self.box.leave(self.close)
        self._out.append(Cut(clean))
        for call in self.on_close:
            call()

    # What the commands call

    @property
    def mode(self) -> str:
        """``user``, ``exec``, ``config`` or the name of a sub-mode."""
        if self.path is None:
            return "exec" if self.privileged else "user"
        return mode_name(self.path)

    @property
    def prompt_text(self) -> str:
        """The prompt of the mode, with its blank."""
        changed = self.box.chassis.prompt_suffix
        suffix = self.box.knobs.prompt_suffix if changed is None else changed
        name = f"{spaces.prompt_name(self.box)}{suffix}"
        inside = f"({self.mode})" if self.path is not None else ""
        return f"{name}{inside}{'#' if self.privileged else '>'} "

    def print(self, text: str) -> None:
        """Show an answer, page by page if it is long."""
        self._out.append(self._pager.start(text, self.page))

    def say(self, text: str) -> None:
        """Show a text without line end and without pager."""
        self._out.append(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))

    def prompt(self) -> None:
        """Wait for the next command, unless a page is still open or a question asked."""
        if self.closed or self._pager or self._ask:
            return
        self.say(f"\r{self.prompt_text}")
        width = self.box.width if self.width is None else self.width
        self._line.start(self.prompt_text, Echo.PLAIN, width)

    def ask(self, question: str, then: Ask, *, secret: bool = False) -> None:
        """Ask; the next line goes to ``then``."""
        self._ask = then
        self.say(question)
        stars = Echo.STARS if self.box.knobs.password_stars else Echo.NONE
        self._line.start(question.rpartition("\n")[2], stars if secret else Echo.PLAIN, 0)

    def late(self, seconds: float) -> None:
        """What is printed next comes so much later."""
        self.box.seconds += seconds
        self._out.append(Late(seconds))

    def record(self, entry: Entry) -> None:
        """Add to the box's transcript."""
        self.box.transcript.append(entry)

    def go_to(self, space: str) -> None:
        """Be in another execution space, out of configuration mode (``changeto``)."""
        self.box = self.box.chassis.spaces[space]
        self.path = None
        if self.box.knobs.changeto_resets_pager:
            self.page = _page(self.box)

    def run(self, line: str) -> None:
        """Carry out a command line."""
        raise NotImplementedError

    def end(self) -> None:
        """Leave the configuration mode altogether (Ctrl-Z)."""
        self.path = None

    def help(self) -> str:
        """What ``?`` prints."""
        return texts.HELP

    # Keys

    def _hang_up_if_idle(self) -> None:
        allowed = self.box.knobs.idle_seconds
        silent = self._silent + self.box.seconds - self._heard_at
        if allowed is not None and silent > allowed:
            self.close()

    def _key(self, byte: bytes) -> None:
        if byte == b"\n" and self._after_cr:
            self._after_cr = False
            return
        self._after_cr = byte == b"\r"
        if self._pager:
            self._out.append(self._pager.key(byte))
            self.prompt()
            return
        shown, key_ = self._line.type(byte)
        self._out.append(shown)
        if key_ is not None:
            self._special(key_)

    def _special(self, key_: Key) -> None:
        line = self._line.text.decode("utf-8", "surrogateescape")
        if key_ is Key.HELP:
            self.say(f"?\n\n{self.help()}\n\r{self.prompt_text}{line}")
            return
        self._line.text.clear()
        if key_ is Key.ENTER:
            self._entered(line)
        elif key_ is Key.END:
            self.say("^Z\n")
            self.end()
        else:
            self._ask = None
            self.say("\n")
        self.prompt()

    def _entered(self, line: str) -> None:
        if self._ask:
            then, self._ask = self._ask, None
            then(line)
        elif line.strip():
            self.run(line)
        while self.afterwards:
            self.afterwards.pop(0)()

    def _banner(self) -> str:
        if self.box.knobs.banner:
            return f"{self.box.knobs.banner}\n"
        lines = [key(line).split(" ", 2) for line in starting(self.box.running.stanzas, "banner ")]
        shown = [line[2] if len(line) > 2 else "" for line in lines if line[1] != "asdm"]
        return "".join(f"{line}\n" for line in shown)

    def _taken(self) -> list[Piece]:
        """What has gathered, neighbouring bytes joined: one write to the socket, not many."""
        pieces: list[Piece] = []
        for piece in self._out:
            last = pieces[-1] if pieces else None
            if isinstance(piece, bytes) and isinstance(last, bytes):
                pieces[-1] = last + piece
            elif piece != b"":
                pieces.append(piece)
        self._out = []
        return pieces


def _page(box: Box) -> int:
    if box.knobs.pager_lines is not None:
        return box.knobs.pager_lines
    for line in box.running.commands():
        words = key(line).split()
        if words[:2] == ["no", "pager"]:
            return 0
        if words[0] == "pager" and words[-1].isdigit():
            return int(words[-1])
    return 24


def _bytes(pieces: Iterable[Piece]) -> bytes:
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))
