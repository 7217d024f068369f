"""From a parsed report to labelled counters: all that it says, nothing that it does not."""

from pathlib import Path

from asa_automate.collect.readings import readings_of
from asa_automate.show.service_policy import parse_service_policy
from asa_automate.store.values import Label

TEXT = """\
Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
      Inspect: esmtp MAIL, packet 96, lock fail 5, drop 2, reset-drop 1, 5-min-pkt-rate 7 pkts/sec
        mask-banner, count 3
        match cmd line length gt 512
          drop-connection log, packet 4
Interface outside:
  Service-policy: edge
    Class-map: mail
      Inspect: esmtp _default_esmtp_map, packet 8, drop 0, reset-drop 0
"""


def label(name: str, action: str = "", inside: bool = True) -> Label:
    if inside:
        return Label(
            "global", "global_policy", "inspection_default", "esmtp", "MAIL", name, action
        )
    return Label("interface:outside", "edge", "mail", "esmtp", "_default_esmtp_map", name, action)


def test_every_counter_and_no_rate() -> None:
    assert {
        label("packets"): 96,
        label("drops"): 2,
        label("reset_drops"): 1,
        label("lock_fails"): 5,
        label("mask-banner"): 3,
        label("cmd line length gt 512", "drop-connection log"): 4,
        label("packets", inside=False): 8,
        label("drops", inside=False): 0,
        label("reset_drops", inside=False): 0,
    } == readings_of(parse_service_policy(TEXT))


def test_without_headers_lines_of_one_label_add_up() -> None:
    text = "Inspect: esmtp MAIL, packet 3, drop 1, reset-drop 0\n" * 2

    found = readings_of(parse_service_policy(text))

    assert 6 == found[Label("", "", "", "esmtp", "MAIL", "packets", "")]


def test_a_text_that_says_nothing_counts_nothing() -> None:
    assert {} == readings_of(parse_service_policy("ERROR: % Invalid input detected\n"))


def test_real_texts_have_counters(corpus_service_policy: Path) -> None:
    report = parse_service_policy(corpus_service_policy.read_text())
    told = any(c.inspects for policy in report.policies for c in policy.classes)

    assert told == bool(readings_of(report))
