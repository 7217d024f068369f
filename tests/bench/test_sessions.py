"""The arithmetic of ``bench.sessions``, and that each client is judged by its answers."""

from bench.peers.session_client import between_prompts, digest
from bench.session_goals import FLOOR, GOALS, OURS, STOCK, Row, verdicts
from bench.session_server import Box, Job, answers, text_of
from bench.sessions import SCENARIOS, table


def row(client: str, ratio: float, scenario: str = "1 device") -> Row:
    return Row(scenario, client, "ok", 1.0, 1.0, 1.0, 0.0, 3, 1.0, {"wall": ratio, "cpu": ratio})


def test_a_goal_is_reached_or_not_with_its_value() -> None:
    said = "\n".join(verdicts([row(STOCK, 41.0), row(FLOOR, 0.5)]))
    assert "at least 40 times stock netmiko: reached (41.0)" in said
    assert "at most 1.5 times the floor: NOT REACHED (2.00)" in said
    assert "at least 100 times Ansible: not measured (left out)" in said


def test_memory_is_judged_by_the_text() -> None:
    large = Row("9.6 MB", OURS, "ok", grown_mb=50.0, text_mb=10.0, rounds=1)
    assert "at most 4 times the text: NOT REACHED (5.0)" in "\n".join(verdicts([large]))


def test_a_client_that_is_missing_is_named() -> None:
    assert "missing: its environment" in table(
        [Row("1 device", STOCK, "missing: its environment")]
    )


def test_every_goal_is_of_a_scenario() -> None:
    assert {goal.scenario for goal in GOALS} <= {scenario.name for scenario in SCENARIOS}


def test_answers_differ_by_one_line_and_not_by_the_age_of_a_box() -> None:
    assert digest("a\r\nfw up 1 min\r\nb \n") == digest("\na\nb")
    assert digest("a\nb") != digest("a\nc")


def test_the_right_answers_are_those_between_prompts() -> None:
    commands = ["show version", "show running-config"]
    right = answers(Box(text_of(Job(), "fw0")), commands)
    said = "".join(f"fw0# {c}\r\n{a}\n" for c, a in zip(commands, right, strict=True)) + "fw0# "
    found = between_prompts(said, "fw0", commands)
    assert list(map(digest, right)) == list(map(digest, found))
    assert "service-policy global_policy global" in right[1]
