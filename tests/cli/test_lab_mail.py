"""Real mail through a virtual firewall: what it says of its counters follows the mail."""

import smtplib

from asa_automate.cli.lab_mail import MailPath
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.show.service_policy import parse_service_policy
from asa_automate.simulate.esmtp_counters import shown
from tests.lab.conftest import EXEMPTION
from tests.mail_parts import LOOPBACK, PATIENCE, Carried, mail_server

GATEWAY = "tcp 198.51.100.7 -> 192.168.1.1:25 in outside out inside"
SHOW = "show service-policy inspect esmtp"


def said_by(box: VirtualAsa, line: str) -> str:
    shell = box.open_session()
    shell.greeting()
    text = shell.receive(f"{line}\n".encode()).decode().replace("\r", "")
    shell.close()
    return "\n".join(text.split("\n")[1:-1])


def box_of(config: str) -> VirtualAsa:
    plain = Knobs(pager_lines=0, privileged_at_login=True, scrolled_echo=False)
    return VirtualAsa(config, plain)


def send(port: int) -> None:
    """One message."""
    with smtplib.SMTP(LOOPBACK, port, timeout=PATIENCE) as client:
        client.sendmail("a@example.com", ["b@example.net"], b"Subject: x\r\n\r\ny\r\n")


def test_the_counters_move_with_the_mail_and_stand_after_the_exemption() -> None:
    box = box_of(ordinary("fw"))
    path = MailPath(box, GATEWAY, "per-engine")
    with mail_server() as (inbox, port), Carried(path.engine, port) as carried:
        for _ in range(3):
            send(carried.port)
        before = said_by(box, SHOW)
        box.edit(EXEMPTION)
        send(carried.port)
        after = said_by(box, SHOW)
        verdicts = [outcome.verdict for outcome in carried.ended(4)]

    assert 4 == len(inbox.messages)
    assert ["changed"] * 3 + ["untouched"] == verdicts
    assert "mask-banner, count 3" in before
    (inspect,) = parse_service_policy(before).policies[0].classes[0].inspects
    assert inspect.packets is not None
    assert inspect.packets > 20
    assert "mask-banner, count 0" in after


def test_what_the_model_prints_is_what_the_virtual_firewall_prints() -> None:
    """Two writers of one layout: each release's lines, with the counters of the same mail."""
    for version in ("7.0(8)", "7.2(4)", "8.4(7)", "9.1(2)", "9.8(2)"):
        box = box_of(ordinary("fw").replace("ASA Version 9.8(2)", f"ASA Version {version}"))
        path = MailPath(box, GATEWAY, "per-engine")
        engine = path.engine()
        assert engine is not None
        found = path.now()
        assert found.inspected is not None
        lines = said_by(box, SHOW).splitlines()
        at = next(i for i, line in enumerate(lines) if line.lstrip().startswith("Inspect: esmtp"))
        ours = shown(engine.counters, found.inspected, box.version)

        assert [one.strip() for one in ours] == [x.strip() for x in lines[at : at + len(ours)]]


def test_the_counters_of_an_interface_policy() -> None:
    box = box_of(interface_policy("fw"))
    path = MailPath(box, GATEWAY, "per-engine")
    with mail_server() as (_, port), Carried(path.engine, port) as carried:
        send(carried.port)
        carried.ended(1)

    moved = {counter[0] for counter, value in box.counters.items() if value}
    assert {"outside"} == moved
