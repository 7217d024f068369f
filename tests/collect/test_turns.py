"""Who may begin: caps, the rate of logins, one first login, and no second one after a refusal."""

from collections.abc import Hashable

from asa_automate.collect.turns import Limits, Login, Turn, Turns
from asa_automate.model import Device

FAST = float("inf")


def device(name: str, site: str | None = None) -> Device:
    return Device(name=name, host="192.0.2.1", site=site)


def turns(limits: Limits, *names: str, site: str | None = None, by: Hashable = "admin") -> Turns:
    found = Turns(limits, lambda _: by)
    for name in names:
        assert found.offer(device(name, site))
    return found


def begun(who: Turns, now: float = 0.0) -> list[str]:
    found = []
    while turn := who.next(now):
        found.append(turn.device.name)
    return found


def test_the_first_login_of_a_credential_goes_alone() -> None:
    who = turns(Limits(logins_per_second=FAST), "a", "b", "c")
    first = who.next(0)

    assert first is not None
    assert [] == begun(who, 1)
    who.done(first, Login.GOOD)
    assert ["b", "c"] == begun(who, 2)


def test_one_that_nobody_answered_proves_nothing() -> None:
    who = turns(Limits(logins_per_second=FAST), "a", "b", "c")
    first = who.next(0)
    assert first is not None
    who.done(first, Login.UNTRIED)

    assert ["b"] == begun(who, 1)


def test_a_refused_credential_is_not_used_again() -> None:
    by: dict[str, Hashable] = {"a": "old", "b": "old", "c": "new"}
    who = Turns(Limits(logins_per_second=FAST), lambda one: by[one.name])
    for name in by:
        who.offer(device(name))
    first, other = who.next(0), who.next(1)
    assert first is not None
    assert other is not None
    assert ("a", "c") == (first.device.name, other.device.name)

    who.done(first, Login.REFUSED)

    assert who.next(2) == Turn(device("b"), None, "old", refused=True)
    who.offer(device("a"))
    again = who.next(3)
    assert again is not None
    assert again.refused


def test_a_credential_that_was_changed_is_another_one() -> None:
    secret = ["old"]
    who = Turns(Limits(logins_per_second=FAST), lambda _: secret[0])
    who.offer(device("a"))
    first = who.next(0)
    assert first is not None
    who.done(first, Login.REFUSED)
    secret[0] = "new"
    who.offer(device("a"))

    assert who.next(1) == Turn(device("a"), None, "new")


def test_caps_per_site_and_in_all() -> None:
    who = Turns(Limits(workers=3, per_site=2, logins_per_second=FAST), lambda one: one.name)
    for number in range(4):
        who.offer(device(f"ams{number}", "ams"))
    who.offer(device("fra0", "fra"))
    who.offer(device("fra1", "fra"))

    assert ["ams0", "ams1", "fra0"] == [who.next(n).device.name for n in range(3)]  # type: ignore[union-attr]  # there are three
    assert who.next(4) is None


def test_a_cap_per_credential() -> None:
    who = turns(Limits(per_credential=2, logins_per_second=FAST), "a", "b", "c", "d")
    first = who.next(0)
    assert first is not None
    who.done(first, Login.GOOD)

    assert ["b", "c"] == begun(who, 1)
    assert [] == begun(who, 2)
    assert not who.idle


def test_the_rate_of_logins() -> None:
    who = Turns(Limits(logins_per_second=2), lambda one: one.name)
    for name in "abc":
        who.offer(device(name))

    assert ["a"] == begun(who, 10.0)
    assert 0.5 == who.wait(10.0)
    assert ["b"] == begun(who, 10.5)
    assert [] == begun(who, 10.9)
    assert ["c"] == begun(who, 11.0)
    assert who.wait(11.0) is None


def test_saved_texts_know_no_limits_but_workers() -> None:
    who = turns(Limits(workers=3, per_site=1), *"abcd", site="ams", by=None)

    assert ["a", "b", "c"] == begun(who)


def test_a_device_waits_once() -> None:
    who = turns(Limits(), "a")
    assert not who.offer(device("a"))
    running = who.next(0)
    assert not who.offer(device("a"))

    assert running is not None
    who.done(running, Login.GOOD)
    assert who.idle
    assert who.offer(device("a"))
    assert ["a"] == [turn.device.name for turn in who.drop()]
    assert who.idle
