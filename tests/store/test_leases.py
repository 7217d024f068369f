"""One writer per firewall, whoever dies, sleeps or races."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from asa_automate.errors import Exit, Refused
from asa_automate.store.engine import Store, open_store
from asa_automate.store.leases import (
    Holder,
    Lease,
    acquire,
    check,
    lease_key,
    release,
    renew,
)
from asa_automate.store.processes import birth_of, dead_here, this_process

ANN = Holder("host-a", 4711, "ann@host-a", "boot/space/1")
BOB = Holder("host-b", 4711, "bob@host-b", "boot/space/2")


def alive(holder: Holder) -> bool:
    del holder
    return False


def dead(holder: Holder) -> bool:
    del holder
    return True


def take(store: Store, holder: Holder = ANN, now: float = 1000, key: str = "JAD1") -> Lease:
    return acquire(store, key, holder, 60, now, alive)


def test_is_held_until_released(store: Store) -> None:
    lease = take(store)

    with pytest.raises(Refused) as caught:
        take(store, BOB, now=1059)

    assert Exit.REFUSED == caught.value.exit
    assert (
        "lease JAD1 is held by ann@host-a (process 4711 on host-a) "
        "since 1970-01-01 00:16:40 UTC; wait, or ask there: unless it is renewed, "
        "it ends at 1970-01-01 00:17:40 UTC"
    ) == str(caught.value)
    assert release(store, lease)
    assert take(store, BOB, now=1059).taken_from is None


def test_another_firewall_is_another_lease(store: Store) -> None:
    take(store)
    assert 1 == take(store, BOB, key=lease_key("JAD1", "ctx")).fence


def test_the_fence_rises_with_every_holder(store: Store) -> None:
    fences = []
    for _ in range(3):
        lease = take(store)
        fences.append(lease.fence)
        release(store, lease)

    assert [1, 2, 3] == fences


def test_an_expired_lease_is_taken_over(store: Store) -> None:
    old = take(store)
    new = take(store, BOB, now=1060)

    assert (2, ANN) == (new.fence, new.taken_from)
    assert not check(store, old, 1061)
    assert check(store, new, 1061)
    with pytest.raises(Refused, match=r"was lost: bob@host-b .* has it now"):
        renew(store, old, 60, 1061)
    assert not release(store, old)
    assert check(store, new, 1061)


def test_a_dead_holder_is_not_waited_for(store: Store) -> None:
    take(store)

    assert ANN == acquire(store, "JAD1", BOB, 60, 1001, dead).taken_from


def test_the_same_process_does_not_get_it_twice(store: Store) -> None:
    take(store)
    with pytest.raises(Refused):
        take(store)


def test_renewed_it_lasts_longer(store: Store) -> None:
    lease = take(store)
    assert not check(store, lease, 1060)

    renewed = renew(store, lease, 60, 1061)

    assert replace(lease, expires=1121) == renewed
    assert check(store, renewed, 1120)
    with pytest.raises(Refused):
        take(store, BOB, now=1120)


def test_what_was_released_is_not_ours_any_more(store: Store) -> None:
    lease = take(store)
    release(store, lease)

    assert not check(store, lease, 1001)
    assert not release(store, lease)
    with pytest.raises(Refused, match="it was released"):
        renew(store, lease, 60, 1001)


TAKER = """
import sys
from asa_automate.errors import Refused
from asa_automate.store.engine import open_store
from asa_automate.store.leases import acquire
from asa_automate.store.processes import dead_here, this_process
store = open_store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
try:
    print(acquire(store, "JAD1", this_process("op"), 600, 1000, dead_here).fence, flush=True)
except Refused:
    print("refused", flush=True)
sys.stdin.readline()
"""


def taker(url: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", TAKER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_of_racing_processes_one_wins(url: str) -> None:
    racers = [taker(url) for _ in range(4)]
    assert ["ready"] * 4 == [line_of(racer) for racer in racers]
    for racer in racers:
        go(racer)

    assert ["1", "refused", "refused", "refused"] == sorted(line_of(racer) for racer in racers)
    for racer in racers:
        racer.communicate("done\n")


def test_a_killed_process_is_taken_over_and_a_stopped_one_is_not(url: str) -> None:
    store = open_store(url)
    ours = this_process("me@here")
    holder = taker(url)
    line_of(holder)
    go(holder)
    assert "1" == line_of(holder)

    holder.send_signal(signal.SIGSTOP)
    with pytest.raises(Refused, match=f"process {holder.pid} on"):
        acquire(store, "JAD1", ours, 60, 1001, dead_here)
    # Killed and not yet waited for: a zombie holds nothing either.
    holder.kill()
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    lease = acquire(store, "JAD1", ours, 60, 1001, dead_here)
    holder.communicate()

    assert 2 == lease.fence
    assert lease.taken_from is not None
    assert holder.pid == lease.taken_from.pid
    assert dead_here(lease.taken_from)
    store.close()


def test_we_are_alive() -> None:
    assert not dead_here(this_process("me"))


def test_a_process_id_that_was_given_out_again_is_another_process() -> None:
    us = this_process("me")
    boot, space, tick = us.birth.split("/")

    assert dead_here(replace(us, birth=f"{boot}/{space}/{int(tick) - 1}"))
    assert dead_here(replace(us, birth=f"an-earlier-boot/{space}/{tick}"))


def test_who_cannot_be_seen_is_not_called_dead() -> None:
    us = this_process("me")
    boot, _, tick = us.birth.split("/")

    assert not dead_here(replace(us, host="elsewhere", birth="x/y/1"))
    assert not dead_here(replace(us, birth=f"{boot}/pid:[1]/{tick}", pid=2**22 + 1))


def test_without_a_birth_the_process_id_decides() -> None:
    us = this_process("me")

    assert not dead_here(replace(us, birth=""))
    assert dead_here(replace(us, birth="", pid=2**22 + 1))
    assert birth_of(2**22 + 1) is None
