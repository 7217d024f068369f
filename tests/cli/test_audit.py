"""``audit verify`` and ``audit export``: what was tampered with is found."""

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from asa_automate.cli.anchoring import anchored_store, anchors_file
from asa_automate.cli.main import run
from asa_automate.cli.settings import Settings, settings_from
from asa_automate.store import anchors, decisions
from asa_automate.store.audit import verify
from asa_automate.store.chain import digest
from asa_automate.store.engine import Store, open_store
from asa_automate.store.journal import Journal, Kind
from asa_automate.store.runs import (
    RunDevice,
    RunKind,
    RunStatus,
    create_run,
    finish_run,
    set_device,
)
from asa_automate.store.schema import GENESIS
from asa_automate.store.tables import journal, journal_head, run_devices, runs

COLUMNS = {
    "run_id": "x", "device": "x", "at": 1.0, "monotonic": 1.5, "host": "x", "pid": 1, "fence": 99,
    "kind": "done", "payload": "{}", "prev_hash": "x", "hash": "x",
}  # fmt: skip


#: Records of the store below.
LAST = 9


@pytest.fixture
def settings() -> Settings:
    return settings_from(os.environ)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A run on two devices, its head kept outside."""
    with anchored_store(settings) as opened:
        create_run(
            opened,
            run_id="r1",
            kind=RunKind.APPLY,
            plan_id="p1",
            operator="ann@host",
            now=1795500902,
            devices=[RunDevice("fw1"), RunDevice("fw\ud8ff2", reason="a\0b")],
        )
        log = Journal(opened, "r1", "fw1", 1)
        for kind in (Kind.BEGIN, Kind.INTENT, Kind.ACK, Kind.VERIFIED):
            log.write(kind, {"line": "no inspect esmtp", "odd": "\x1b]52;c;\x07\u202e\n"})
        set_device(opened, "r1", "fw1", status=RunStatus.DONE, outcome="new")
        finish_run(opened, "r1", RunStatus.DONE, now=1795500999)
    opened = open_store(os.environ["ASA_AUTOMATE_STORE"])
    yield opened
    opened.close()


def problems(store: Store, settings: Settings) -> int:
    """How many things are wrong, by all three checks."""
    kept = anchors.read(anchors_file(settings), store)
    return sum(
        map(len, (verify(store).problems, decisions.compare(store), anchors.compare(store, kept)))
    )


def hashed_anew(connection: Connection) -> None:
    """What somebody does who can write to the store, and knows how the chain is made."""
    before = GENESIS
    rows = connection.execute(select(journal).order_by(journal.c.seq)).all()
    connection.execute(delete(journal))
    for number, row in enumerate(rows, 1):
        forged = row._asdict() | {"seq": number, "prev_hash": before}
        before = forged["hash"] = digest(before, forged)
        connection.execute(insert(journal).values(**forged))
    connection.execute(update(journal_head).values(seq=len(rows), hash=before))


def test_every_tampering_of_every_record_is_found(store: Store, settings: Settings) -> None:
    assert problems(store, settings) == 0
    with store.read() as connection:
        rows = connection.execute(select(journal).order_by(journal.c.seq)).all()
        head = connection.execute(select(journal_head)).one()
    tried = missed = 0
    for row in rows:
        for what in (*COLUMNS, "removed", "cut", "doubled", "swapped"):
            for anew in (False, True):
                if row.seq == LAST and what in ("cut", "swapped"):
                    continue
                if anew and what in ("prev_hash", "hash"):
                    continue  # hashed anew is as it was
                if anew and what == "doubled" and row.seq == LAST:
                    continue  # a record more behind all anchors: docs/security.md says so
                with store.write() as connection:
                    tamper(connection, row, what)
                    if anew:
                        hashed_anew(connection)
                tried += 1
                missed += problems(store, settings) == 0
                with store.write() as connection:
                    connection.execute(delete(journal))
                    connection.execute(insert(journal), [r._asdict() for r in rows])
                    connection.execute(update(journal_head).values(seq=head.seq, hash=head.hash))
    print(f"{tried} tamperings of {len(rows)} records, {tried - missed} found")
    assert problems(store, settings) == 0
    assert missed == 0
    assert tried > 200


def tamper(connection: Connection, row: object, what: str) -> None:
    seq = getattr(row, "seq", 0)
    one = journal.c.seq == seq
    if what in COLUMNS:
        connection.execute(update(journal).where(one).values({what: COLUMNS[what]}))
    elif what == "removed":
        connection.execute(delete(journal).where(one))
    elif what == "cut":
        connection.execute(delete(journal).where(journal.c.seq > seq))
    elif what == "doubled":
        found = connection.execute(select(journal).where(one)).one()
        for later in range(LAST, seq, -1):
            connection.execute(update(journal).where(journal.c.seq == later).values(seq=later + 1))
        connection.execute(insert(journal).values(**found._asdict() | {"seq": seq + 1}))
    else:
        for was, becomes in ((seq, -1), (seq + 1, seq), (-1, seq + 1)):
            connection.execute(update(journal).where(journal.c.seq == was).values(seq=becomes))


@pytest.mark.parametrize(
    "change",
    [
        update(runs).values(operator="somebody@else"),
        update(runs).values(plan_id="another"),
        update(runs).values(status="failed"),
        update(runs).values(kind="rollback"),
        update(run_devices).where(run_devices.c.device == "fw1").values(outcome="old"),
        update(run_devices).where(run_devices.c.device == "fw1").values(reason="none"),
        delete(run_devices).where(run_devices.c.device == "fw1"),
        insert(run_devices).values(run_id="r1", device="x", position=9, status="done", payload=""),
        insert(runs).values(
            id="r2", kind="apply", status="done", created=1.0, operator="x", detail="{}"
        ),
    ],
)
def test_a_run_that_was_altered_beside_the_journal(
    store: Store, settings: Settings, change: object
) -> None:
    with store.write() as connection:
        connection.execute(change)  # type: ignore[call-overload] # one of several kinds
    assert problems(store, settings) > 0


def test_a_run_that_is_gone(store: Store, settings: Settings) -> None:
    with store.write() as connection:
        connection.execute(delete(run_devices))
        connection.execute(delete(runs))
    assert problems(store, settings) > 0


def test_a_rewritten_chain_is_found_by_an_export_only(
    store: Store, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be found without an anchor that the forger could not write."""
    assert run(["audit", "export"]) == 0
    kept = tmp_path / "elsewhere.jsonl"
    kept.write_text(capsys.readouterr().out)
    assert run(["audit", "verify", "--anchors", str(kept)]) == 0
    anchors_file(settings).unlink()
    with store.write() as connection:
        connection.execute(update(journal).where(journal.c.seq == 4).values(payload='{"n":9}'))
        hashed_anew(connection)
    assert run(["audit", "verify"]) == 0
    assert run(["audit", "verify", "--anchors", str(kept)]) == 5
    assert "journal record 4: is not the one" in capsys.readouterr().err


def test_an_anchor_file_is_private_and_grows(store: Store, settings: Settings) -> None:
    path = anchors_file(settings)
    assert path.stat().st_mode & 0o777 == 0o600
    Journal(store, "r2", "fw1", 1).write(Kind.NOTE, {})
    with anchored_store(settings):
        pass
    assert [9, 10] == [json.loads(line)["seq"] for line in path.read_text().splitlines()]


@pytest.mark.parametrize("text", ["x\n", "{}\n", '{"seq": 1}\n', "[]\n"])
def test_what_is_no_file_of_anchors(
    store: Store, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del store
    (tmp_path / "a").write_text(text)
    assert run(["audit", "verify", "--anchors", str(tmp_path / "a")]) == 65
    assert run(["audit", "verify", "--anchors", str(tmp_path / "none")]) == 65
    assert "a:1: no line of `audit export`" in capsys.readouterr().err


def test_lines_of_json(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    del store
    assert run(["audit", "export", "--after", "3"]) == 0
    out = capsys.readouterr().out
    assert all(char == "\n" or " " <= char <= "~" for char in out)
    records = [json.loads(line) for line in out.splitlines()]
    assert [4, 5, 6, 7, 8, 9] == [record["seq"] for record in records]
    assert "no inspect esmtp" == records[0]["payload"]["line"]


FORM = re.compile(r"<109>1 2026-11-24T\d\d:\d\d:\d\d\.\d{6}Z \S+ asa-automate \d+ \w+ - (\{.*\})")


def test_syslog_over_tcp_udp_and_the_socket_of_the_machine(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Journal(store, "r2", "fw1", 1).write(Kind.NOTE, {"long": "x" * 10_000})
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=lambda: got.append(_all_of(server)))
        thread.start()
        assert run(["audit", "export", "--syslog", f"tcp://127.0.0.1:{_port(server)}"]) == 0
        thread.join(20)
    messages = list(_counted(got[0]))
    assert 10 == len(messages)
    assert "sent up to record 10" in capsys.readouterr().err

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local,
    ):
        udp.bind(("127.0.0.1", 0))
        local.bind(str(tmp_path / "log"))
        for listener, address in (
            (udp, f"udp://127.0.0.1:{_port(udp)}"),
            (local, f"unix:{tmp_path / 'log'}"),
        ):
            listener.settimeout(20)
            assert run(["audit", "export", "--syslog", address]) == 0
            messages += [listener.recv(65_536) for _ in range(10)]

    assert 30 == len(messages)
    for message in messages:
        found = FORM.fullmatch(re.sub(r"(?<=1 )\d{4}-\d\d-\d\d", "2026-11-24", message.decode()))
        assert found, message
        assert {"seq", "hash", "payload"} <= set(json.loads(found[1]))
    assert {"bytes", "sha256"} == set(json.loads(messages[-1].split(b" - ", 1)[1])["payload"])


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("loghost", 64),
        ("tcp://h", 64),
        ("tcp://h:x", 64),
        ("tcp://127.0.0.1:1", 4),
        ("unix:/x", 4),
    ],
)
def test_nobody_to_send_to(store: Store, address: str, code: int) -> None:
    del store
    assert run(["audit", "export", "--syslog", address]) == code


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _all_of(server: socket.socket) -> bytes:
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as file:
        return file.read()


def _counted(data: bytes) -> Iterator[bytes]:
    """RFC 6587 section 3.4.1."""
    while data:
        length, _, rest = data.partition(b" ")
        yield rest[: int(length)]
        data = rest[int(length) :]
