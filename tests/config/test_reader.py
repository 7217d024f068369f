"""Whole configurations: case files, the same cases damaged as texts are, real texts, any text."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig

Plain = Callable[[RunningConfig], dict[str, Any]]

CASES = sorted((Path(__file__).parent / "cases").glob("*.cfg"))
SAMPLE = CASES[-1].read_text()

DAMAGE: dict[str, Callable[[str], str]] = {
    "whole": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "trailing_blanks": lambda text: text.replace("\n", "  \n"),
    "every_other_line_empty": lambda text: text.replace("\n", "\n\n"),
    "shifted": lambda text: "".join(f"  {line}" for line in text.splitlines(keepends=True)),
    "no_indentation": lambda text: "\n".join(line.lstrip() for line in text.split("\n")),
    "no_final_newline": lambda text: text.rstrip("\n"),
    "byte_order_mark": lambda text: f"\ufeff{text}",
    "prompts": lambda text: f"fw# show running-config\n{text}\nfw/pri/act# \n",
    "asdm": lambda text: f'Result of the command: "show running-config"\n\n{text}',
    "notes": lambda text: text.replace("\n inspect", "\n! why\n# so\n inspect"),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path, damage: str, plain: Plain) -> None:
    expected = json.loads(case.with_suffix(".json").read_text())
    expected.pop("why")

    assert expected == plain(read_running(DAMAGE[damage](case.read_text())))


def test_every_case_says_why() -> None:
    assert len(CASES) >= 4
    for case in CASES:
        assert len(json.loads(case.with_suffix(".json").read_text())["why"]) > 40


def test_what_is_not_understood_has_its_line() -> None:
    text = next(case for case in CASES if case.stem == "not_understood").read_text()
    lines = text.split("\n")
    running = read_running(text)
    found = running.policy_maps["global_policy"].unknown + running.class_maps["mail"].unknown

    assert len(found) == 4
    assert [(lines[number - 1].strip(), number) for _, number in found] == list(found)


def test_an_unknown_action_is_unknown() -> None:
    running = read_running("policy-map P\n class C\n  frobnicate 1\n  inspect esmtp\n")

    assert (("frobnicate 1", 3),) == running.policy_maps["P"].unknown
    assert running.policy_maps["P"].classes[0].inspect("esmtp")


def test_an_inspection_that_lost_its_class_is_unknown() -> None:
    """Without indentation an unknown word ends the policy-map; what follows must not be lost."""
    running = read_running(
        "policy-map type inspect dns D\nparameters\n"
        "policy-map P\nclass C\nfrobnicate 1\ninspect esmtp\nservice-policy P global\n"
    )

    assert (("inspect esmtp", 6),) == running.policy_maps["P"].unknown


def test_every_line_number_leads_to_its_line() -> None:
    lines = SAMPLE.split("\n")
    running = read_running(SAMPLE)
    for name, policy in running.policy_maps.items():
        assert lines[policy.line - 1].strip() == f"policy-map {name}"
        for entry in policy.classes:
            assert lines[entry.line - 1].strip() == f"class {entry.name}"
            for inspect in entry.inspects:
                assert lines[inspect.line - 1].split() == inspect.text.split()
    for acl in running.acls.values():
        for ace in acl.entries:
            assert lines[ace.line - 1].strip() == ace.text


def test_what_is_ours_is_read_though_nothing_leads_to_it() -> None:
    running = read_running(
        "object-group network ESA_EXEMPT_HOSTS\n"
        " network-object host 192.0.2.1\n"
        "object-group network others\n"
        " network-object host 192.0.2.2\n"
        "access-list ESA_EXEMPT_ESMTP extended permit tcp any any eq smtp\n"
        "access-list others extended permit tcp any any eq smtp\n"
    )

    assert ["ESA_EXEMPT_HOSTS"] == list(running.network_groups)
    assert ["ESA_EXEMPT_ESMTP"] == list(running.acls)


def test_names_in_use() -> None:
    """Names like ours, to find collisions."""
    running = read_running(
        "object network other\n host 192.0.2.1\n"
        "object network ESA_EXEMPT_A\n host 192.0.2.1\n"
        "object-group network ESA_EXEMPT_B\n network-object host 192.0.2.1\n"
        "object-group service ESA_EXEMPT_B tcp\n port-object eq 25\n"
        "access-list ESA_EXEMPT_A standard permit any4\n"
        "access-list deny-flow-max 4096\n"
        "class-map type inspect http match-all ESA_EXEMPT_C\n match request method get\n"
        "class-map ESA_EXEMPT_D\n match any\n"
        "policy-map type inspect dns ESA_EXEMPT_D\n parameters\n"
        "policy-map ESA_EXEMPT_E\n"
    )

    assert {
        "ESA_EXEMPT_A": ("object network", "access-list"),
        "ESA_EXEMPT_B": ("object-group network", "object-group service"),
        "ESA_EXEMPT_C": ("class-map",),
        "ESA_EXEMPT_D": ("class-map", "policy-map"),
        "ESA_EXEMPT_E": ("policy-map",),
    } == running.names_in_use


def test_an_access_list_of_another_type_is_not_read() -> None:
    running = read_running(
        "access-list eth ethertype permit any\nclass-map C\n match access-list eth\n"
    )

    assert {} == running.acls


def test_groups_that_contain_each_other_end() -> None:
    running = read_running(
        "object-group network A\n group-object B\n"
        "object-group network B\n group-object A\n"
        "object-group service S\n group-object S\n"
        "access-list L extended permit object-group S object-group A any\n"
        "class-map C\n match access-list L\n"
    )

    assert {"A", "B"} == set(running.network_groups)
    assert {"S"} == set(running.services)


def test_a_large_configuration_is_not_read_by_templates() -> None:
    addresses = [f"10.0.{i // 256}.{i % 256}" for i in range(2000)]
    filler = "".join(f"object network o{a}\n host {a}\n" for a in addresses)
    filler += "".join(
        f"access-list out extended permit tcp any host {a} eq 80\n" for a in addresses
    )

    remark = "access-list mail remark"
    running = read_running(SAMPLE.replace(remark, f"{filler}{remark}"))

    assert ["mail"] == list(running.acls)
    assert ["relay"] == list(running.network_objects)
    assert 100 > len(running.tree.stanzas)


EXPECTED_CORPUS: dict[str, tuple[tuple[int, int] | None, str | None, bool]] = {
    "cml_asav_9.12(2)_edge-firewall01.cfg": (None, "global_policy", True),
    "cml_ipsec_Site1-FW.cfg": (None, None, False),
    "hps_asa5505_8.4(7)30.cfg": ((8, 4), "global_policy", True),
    "mockdevices_asav_9.5(2)204_showrun.cfg": ((9, 5), "global_policy", True),
    "netutils_asa_9.7(1)24.cfg": ((9, 7), "global_policy", False),
    "oxidized_asa5512_9.12(4)67.cfg": ((9, 12), "global_policy", True),
    "pyntc_asa_9.0(1)_running.cfg": ((9, 0), "abc_global_fw_policy", False),
    "racc_asav_9.16(1).cfg": ((9, 16), "global_policy", True),
    "se6690_asa5505_8.2(1).cfg": ((8, 2), "global_policy", True),
    "securefw_vmware_day0_9.14(3)9.cfg": ((9, 14), None, False),
}


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def test_real_texts(corpus_config: Path) -> None:
    version, attached, inspected = EXPECTED_CORPUS[corpus_config.name]
    running = read_running(_text(corpus_config))

    assert version == running.version
    assert ([attached] if attached else []) == [one.policy for one in running.service_policies]
    for one in running.service_policies:
        policy = running.policy_maps[one.policy]
        assert () == policy.unknown
        assert inspected == any(entry.inspect("esmtp") for entry in policy.classes)
        assert all(entry.name in running.class_maps for entry in policy.classes)


def test_other_real_texts_do_not_raise(corpus: Path) -> None:
    texts = sorted((corpus / "other").iterdir())

    assert len(texts) > 40
    for text in texts:
        read_running(_text(text))


def test_every_object_of_the_real_texts_is_understood(corpus_config: Path) -> None:
    """The whole of each text, as if a class named every access-list in it."""
    text = _text(corpus_config)
    acls = sorted(set(re.findall(r"^ *access-list (\S+) ", text, re.M)))
    asked = "".join(f"class-map all-{i}\n match access-list {acls[i]}\n" for i in range(len(acls)))
    running = read_running(f"{asked}{text.partition(': end')[0]}")
    odd = [entry for acl in running.acls.values() for entry in acl.entries if not entry.understood]

    assert [] == odd
    assert [] == [one.name for one in running.services.values() if not one.understood]
    assert [] == [one.name for one in running.network_objects.values() if not one.understood]


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    read_running(text)


WORDS = sorted({*SAMPLE.split(), "object", "host", "eq", "class", "\x85", "٣", "9" * 40, "\udc92"})


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=12))
def test_any_words_of_the_language_are_read(lines: list[list[str]]) -> None:
    read_running("\n".join(" " * (len(line) % 3) + " ".join(line) for line in lines))


@given(st.randoms(use_true_random=False), st.integers(1, 20))
def test_a_damaged_configuration_is_read(chance: random.Random, times: int) -> None:
    text = SAMPLE
    for _ in range(times):
        at, length = chance.randrange(len(text)), chance.randrange(12)
        put = chance.choice(["", "\n", " ", "\r", "\x00", "\x0b", chance.choice(WORDS)])
        text = text[:at] + put + text[at + length :]

    read_running(text)


def test_a_line_of_any_length_is_read() -> None:
    running = read_running(f"policy-map P\n class C\n  inspect {'x' * 100_000}\n")

    assert 1 == len(running.policy_maps["P"].unknown)
