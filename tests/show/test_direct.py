"""A template that is run directly gives what TextFSM gives."""

import re
from pathlib import Path

import pytest
import textfsm
from hypothesis import given, settings
from hypothesis import strategies as st

from asa_automate.show.direct import Direct

FOLDER = Path(__file__).parents[2] / "textfsm_templates"
TEMPLATES = sorted(FOLDER.glob("cisco_asa_show_running-config_*.textfsm"))

#: Lines of every stanza that a template reads, whole and damaged; ordinals as the feed puts them.
LINES = (
    "access-list L extended permit tcp any host 192.0.2.1 eq smtp log 6 interval 300",
    "access-list L line 3 remark a note",
    "access-list L extended",
    "object network O", " host 192.0.2.1", " nat (inside,outside) static 192.0.2.9",
    "object service S", " service tcp destination eq smtp",
    "object-group network G", " network-object object O", " group-object H", " description x",
    "object-group service P tcp", " port-object eq smtp",
    "class-map match-any C", " match access-list L", " match default-inspection-traffic",
    "class-map type inspect http X", "policy-map P", " class C", "  inspect esmtp M ",
    "  inspect esmtp M odd", "  set connection conn-max 5", "policy-map type inspect dns D",
    " parameters", "  message-length maximum 512", "service-policy P global",
    "service-policy P interface outside", "interface GigabitEthernet0/0", " nameif outside",
    " ip address 192.0.2.1 255.255.255.0 standby 192.0.2.2", "name 192.0.2.1 relay",
    "static (inside,outside) 192.0.2.9 10.0.0.1 netmask 255.255.255.255 tcp 50 100",
    "!", "# note", "", "what is this",
)  # fmt: skip


def _textfsm(template: Path, lines: list[str]) -> list[dict[str, str]]:
    with template.open() as file:
        fsm = textfsm.TextFSM(file)
    rows = fsm.ParseText("".join(f"{line}\n" for line in lines))
    return [dict(zip(fsm.header, row, strict=True)) for row in rows]


def _direct(template: Path) -> Direct:
    with template.open() as file:
        found = Direct.of(textfsm.TextFSM(file))
    assert found is not None, template.name
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
@settings(max_examples=120)
@given(lines=st.lists(st.sampled_from(LINES), max_size=30), numbered=st.booleans())
def test_as_textfsm(template: Path, lines: list[str], *, numbered: bool) -> None:
    fed = [f"{i}\t{line}" for i, line in enumerate(lines)] if numbered else lines

    assert _textfsm(template, fed) == _direct(template).records(fed)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_real_texts(template: Path, corpus_config: Path) -> None:
    text = corpus_config.read_bytes().decode("latin-1")
    lines = [re.sub(r"[\x0b-\x1f\x85]", " ", line) for line in text.splitlines()]

    assert _textfsm(template, lines) == _direct(template).records(lines)


def test_a_template_that_needs_more_is_not_run_directly(tmp_path: Path) -> None:
    for number, text in enumerate(
        (
            "Value Required A (\\S+)\n\nStart\n  ^${A} -> Record\n\nEOF\n",
            "Value A (\\S+)\n\nStart\n  ^${A} -> Continue.Record\n\nEOF\n",
            "Value A (\\S+)\n\nStart\n  ^${A} -> Error\n\nEOF\n",
            "Value A (\\S+)\n\nStart\n  ^${A} -> Record\n",
        )
    ):
        path = tmp_path / f"{number}.textfsm"
        path.write_text(text)
        with path.open() as file:
            assert Direct.of(textfsm.TextFSM(file)) is None
