"""What a box remembers of itself, and what it loads."""

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from asa_automate.config.tree import read_tree
from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary

Typist = Any
MAIL = Packet("tcp", ip_address("203.0.113.9"), ip_address("192.168.1.1"), 25)


def body(text: str) -> list[str]:
    """The lines that are configuration, as far as a box may not reword them."""
    tree = read_tree(text)
    return [line.raw.rstrip() for stanza in tree.commands() for line in stanza.walk()]


def test_a_real_text_is_printed_back(corpus_config: Path) -> None:
    text = corpus_config.read_text(encoding="utf-8")
    box = VirtualAsa(text)
    printed = box.running_text

    assert [line for line in body(text) if not line.startswith("ASA Version")] == body(printed)
    assert read_tree(text).version in (None, box.running.version)
    assert read_tree(printed).complete
    assert VirtualAsa(printed).running_text == printed
    box.reload()
    assert box.running_text == printed


def test_the_samples_are_printed_back() -> None:
    for text in (ordinary(), interface_policy()):
        assert body(text) == body(VirtualAsa(text).running_text)
        assert 80 <= text.count("\n") <= 150


def test_texts_without_anything() -> None:
    for text in ("", "\n", "hostname fw"):
        box = VirtualAsa(text, Knobs(version="9.1(2)", serial="9AX"))
        assert (box.version, box.serial) == ((9, 1), "9AX")
        assert box.running_text.endswith(": end\n")


def test_snapshots_and_startup(typist: Callable[..., Typist], exemption: tuple[str, ...]) -> None:
    one = typist()
    before = one.box.running_text
    one.types("conf t", *exemption, "end")
    after = one.box.running_text
    one.types("write memory")

    shots = one.box.snapshots
    assert [shot.line for shot in shots] == [*exemption, "write memory"]
    assert [shot.number for shot in shots] == [*range(1, 13), None]
    assert shots[-2].running_text == after
    assert body(before) == body(shots[-2].startup_text)
    assert body(after) == body(one.box.startup_text)
    assert one.box.counts.saves == 1
    assert ": Written by admin at " in one.box.startup_text


def test_a_reload_goes_back_to_startup(typist: Callable[..., Typist]) -> None:
    one = typist()
    before = one.box.running_text
    one.box.edit(["class-map C", "match any"])
    one.box.reload()

    assert before == one.box.running_text
    assert one.box.counts.reloads == 1


def test_a_second_operator(typist: Callable[..., Typist]) -> None:
    one = typist()
    one.types("conf t", "class-map C")
    replies = one.box.edit(["class-map C", "match any", "exit", "frobnicate", "no class-map D"])

    assert replies[:2] == ("", "")
    assert "Invalid input" in replies[2]
    assert "not configured" in replies[3]
    assert one.box.counts.config_lines == 1, "an edit is no line of the fault script"
    assert [entry.session for entry in one.box.transcript] == [1, 1, 0, 0, 0, 0]
    assert one.says("match any") == ""


def test_checksum_follows_the_text(typist: Callable[..., Typist]) -> None:
    one = typist()
    before, sum_ = one.box.running_text.split("\n")[-3], one.says("show checksum")
    one.box.edit(["hostname other"])

    assert before.startswith("Cryptochecksum:")
    assert before != one.box.running_text.split("\n")[-3]
    assert sum_ != one.says("show checksum")


def test_counters(typist: Callable[..., Typist]) -> None:
    one = typist()
    esmtp = ("global", "global_policy", "inspection_default", "esmtp")
    one.box.counters[*esmtp, "packet"] = 44715478687
    one.box.counters[*esmtp, "match header line length gt 998"] = 380
    one.box.counters[*esmtp, "mask-banner"] = 12
    shown = one.says("show service-policy inspect esmtp")

    assert "Inspect: esmtp _default_esmtp_map, packet 44715478687," in shown
    assert "match header line length gt 998 \n          drop-connection log, packet 380" in shown
    assert "mask-banner, count 12" in shown
    assert one.says("clear service-policy") == ""
    assert "packet 44715478687" not in one.says("show service-policy")

    one.box.counters[*esmtp, "packet"] = 5
    inside = ["policy-map global_policy", "class inspection_default"]
    one.box.edit([*inside, "inspect http"])
    assert one.box.counters, "another inspection does not touch them"
    one.box.edit([*inside, "no inspect esmtp", "inspect esmtp"])
    assert not one.box.counters, "taken away and put back, it counts from zero"


def test_treatment_by_interface() -> None:
    box = VirtualAsa(interface_policy())

    assert box.treatment(MAIL) == {"esmtp": ""}
    assert box.treatment(MAIL, "inside", "dmz") == {"esmtp": ""}
    assert box.treatment(MAIL, "outside", "inside") == {"esmtp": "ESMTP_TLS"}
    box.edit(["policy-map outside_policy", "no class inspection_default"])
    box.edit(["policy-map outside_policy", "class WEB_LIMITS", "inspect esmtp ESMTP_TLS"])
    assert box.treatment(MAIL, "outside") == {}, "the interface has the engine, not for this flow"
    assert box.treatment(MAIL, "outside", "inside") == {"esmtp": ""}


def test_treatment_falls_through_where_told() -> None:
    box = VirtualAsa(interface_policy(), Knobs(interface_falls_through=True))
    box.edit(["policy-map outside_policy", "no class inspection_default"])
    box.edit(["policy-map outside_policy", "class WEB_LIMITS", "inspect esmtp ESMTP_TLS"])

    assert box.treatment(MAIL, "outside") == {"esmtp": ""}
