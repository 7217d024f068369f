"""Our session and the virtual ASA, which knows nothing of it, over the in-memory wire."""

from collections.abc import Iterable

import pytest

from asa_automate.device.credentials import Secret
from asa_automate.device.dialogue import has_end
from asa_automate.device.prompts import Mode
from asa_automate.device.session import Session
from asa_automate.errors import LineRefused, LoginRefused, Refused, Unreachable
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.sample_releases import BY_RELEASE
from asa_automate.lab.samples import ordinary
from asa_automate.lab.wire import MemoryWire
from tests.device.conftest import Clocked

ACL = "access-list ESA_EXEMPT_ESMTP"
SPLIT_CLASS = (
    "object-group network ESA_EXEMPT_HOSTS",
    "network-object host 192.168.1.1",
    f"{ACL} extended permit tcp any any eq smtp",
    f"{ACL} line 1 extended deny tcp any object-group ESA_EXEMPT_HOSTS eq smtp",
    f"{ACL} line 2 extended deny tcp object-group ESA_EXEMPT_HOSTS any eq smtp",
    "class-map ESA_EXEMPT_ESMTP",
    "match access-list ESA_EXEMPT_ESMTP",
    "policy-map global_policy",
    "class ESA_EXEMPT_ESMTP",
    "inspect esmtp",
    "class inspection_default",
    "no inspect esmtp",
)  # fmt: skip
BACK = (
    "policy-map global_policy",
    "class inspection_default",
    "inspect esmtp",
    "no class ESA_EXEMPT_ESMTP",
    "no class-map ESA_EXEMPT_ESMTP",
    f"no {ACL} line 1 extended deny tcp any object-group ESA_EXEMPT_HOSTS eq smtp",
    f"no {ACL} line 1 extended deny tcp object-group ESA_EXEMPT_HOSTS any eq smtp",
    f"no {ACL} extended permit tcp any any eq smtp",
    "no object-group network ESA_EXEMPT_HOSTS",
)  # fmt: skip

KNOBS = {
    "ordinary": Knobs(),
    "login history": Knobs(login_history=True),
    "banner": Knobs(banner="ciscoasa# \nfw(config)# \n### Password: ###"),
    "privileged": Knobs(privileged_at_login=True),
    "stars": Knobs(password_stars=True),
    "roles in the prompt": Knobs(prompt_suffix="/pri/act"),
    "scrolled at 80": Knobs(scrolled_echo=True, width=80),
    "wrapped at 80": Knobs(scrolled_echo=False, width=80),
    "narrow": Knobs(scrolled_echo=True, width=60),
    "no question": Knobs(ask_error_reporting=False),
}


def _open(box: VirtualAsa, chunk: int | None = None, secret: str | None = None) -> Session:
    wire = Clocked(MemoryWire(box, chunk=chunk))
    return Session.open(
        wire,
        device="fw1",
        enable_secret=Secret(box.knobs.enable_password if secret is None else secret),
        may_change=True,
        clock=wire.clock,
    )


@pytest.fixture(params=KNOBS.values(), ids=list(KNOBS))
def box(request: pytest.FixtureRequest) -> VirtualAsa:
    """Virtual firewalls that talk differently."""
    return VirtualAsa(ordinary(), knobs=request.param)


def _type(session: Session, lines: Iterable[str]) -> None:
    for line in lines:
        session.line(line)


def _lines(text: str) -> list[str]:
    """The lines in any order: an ``inspect`` that comes back lands last in its class."""
    return sorted(line.rstrip() for line in text.splitlines() if "ryptochecksum" not in line)


@pytest.mark.parametrize("chunk", [None, 7, 1])
def test_a_change_there_and_back(box: VirtualAsa, chunk: int | None) -> None:
    before = box.running_text
    session = _open(box, chunk)
    session.configure()
    for line in SPLIT_CLASS:
        session.line(line)
    assert "ESA_EXEMPT_HOSTS" in session.show("show running-config object-group")
    assert box.running_text != before
    for line in BACK:
        session.line(line)
    session.end()
    assert session.mode is Mode.EXEC
    assert "[OK]" in session.save()
    session.close()
    assert _lines(box.running_text) == _lines(before)


@pytest.mark.parametrize("chunk", [None, 1])
def test_what_is_shown_is_what_it_has(box: VirtualAsa, chunk: int | None) -> None:
    session = _open(box, chunk)
    text = session.show("show running-config")
    assert has_end(text)
    for line in ("hostname", "policy-map global_policy", "service-policy global_policy global"):
        assert f"\n{line}" in text
    assert has_end(session.show("show startup-config"))
    assert "esmtp" in session.show("show service-policy inspect esmtp")


@pytest.mark.parametrize("chunk", [None, 1])
@pytest.mark.parametrize("width", [40, 80, 511])
@pytest.mark.parametrize("scrolled", [True, False], ids=["scrolled", "plain"])
def test_long_lines_at_long_prompts(chunk: int | None, width: int, *, scrolled: bool) -> None:
    """The echo of a line may show no more of it than the last character at a time."""
    name = "a-firewall-whose-name-is-as-long-as-any"
    box = VirtualAsa(ordinary(name), Knobs(width=width, scrolled_echo=scrolled))
    before = box.running_text
    session = _open(box, chunk)
    session.configure()
    for line in (*SPLIT_CLASS, *BACK):
        session.line(line)
    session.end()
    assert has_end(session.show("show running-config"))
    session.close()
    assert _lines(box.running_text) == _lines(before)


@pytest.mark.parametrize("release", BY_RELEASE)
def test_each_dialect(release: str) -> None:
    """No release says anything that a session does not understand."""
    sample = BY_RELEASE[release]
    box = VirtualAsa(sample.text("fw"), sample.knobs(Knobs(ask_error_reporting=True)))
    before = box.running_text
    session = _open(box)
    session.configure()
    for line in (*SPLIT_CLASS, *BACK):
        session.line(line)
    assert "[OK]" in session.save()
    for command in ("show version", "show failover", "show startup-config"):
        assert session.show(command)
    session.close()
    assert _lines(box.running_text) == _lines(before)


@pytest.mark.parametrize(("first", "last"), [(7, 9), (8, 8)])
def test_a_pair_that_begins_to_replicate(first: int, last: int) -> None:
    """Lines 1 to 3 open the session, 4 begins the change; at the 7th or 8th it is told."""
    box = VirtualAsa(ordinary(), Knobs(failover="active", replication=(first, last)))
    session = _open(box)
    session.configure()
    with pytest.raises(LineRefused, match="replication in progress"):
        _type(session, SPLIT_CLASS)


def test_a_pair_that_replicates_is_not_read() -> None:
    box = VirtualAsa(ordinary(), Knobs(failover="active", replication=(4, 9)))
    session = _open(box)
    with pytest.raises(Refused, match="replicating"):
        session.show("show running-config")


def test_reading_changes_nothing() -> None:
    box = VirtualAsa(ordinary())
    before = box.running_text
    session = _open(box)
    session.show("show running-config")
    session.close()
    assert box.running_text == before
    assert not [entry for entry in box.transcript if entry.line.startswith("conf")]


def test_a_refused_line_is_named() -> None:
    box = VirtualAsa(ordinary())
    session = _open(box)
    session.configure()
    with pytest.raises(
        LineRefused, match=r"^fw1: 'no access-list NONE extended permit ip any any' "
    ):
        session.line("no access-list NONE extended permit ip any any")
    session.line("object-group network ESA_EXEMPT_HOSTS")
    session.end()


def test_wrong_enable_password() -> None:
    with pytest.raises(LoginRefused, match="enable password was refused"):
        _open(VirtualAsa(ordinary()), secret="wrong")


def test_sessions_are_given_back() -> None:
    box = VirtualAsa(ordinary(), knobs=Knobs(max_sessions=1))
    for _ in range(3):
        _open(box).close()
    _open(box)
    with pytest.raises(Unreachable):
        _open(box)
