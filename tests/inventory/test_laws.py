"""What holds for any text in the files."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from asa_automate.inventory import examine
from asa_automate.inventory.problems import Severity

FILES = {
    "hosts": "fw1:\n  hostname: 192.0.2.1\n  port: 22\n  groups: [g]\n"
    "  data: {site: ams, via: [j], ssh: {legacy: true}, credentials: {password: 'env:P'}}\n",
    "groups": "g:\n  username: u\n  connection_options: {netmiko: {extras: {timeout: 1.5}}}\n",
    "defaults": "port: 22\ndata: {site: x}\n",
    "exemptions": "exemptions:\n  - name: e\n    match: {site: ams}\n"
    "    gateways: [192.0.2.25]\n    mapped: {192.0.2.25: 203.0.113.25}\n",
}
PIECES = [
    "",
    " ",
    "\n",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "null",
    "1",
    "~",
    "'",
    "#",
    "? ",
    "\x1b",
    "é",
]


@given(
    name=st.sampled_from(sorted(FILES)),
    start=st.integers(0, 200),
    length=st.integers(0, 12),
    piece=st.one_of(st.sampled_from(PIECES), st.text(max_size=6)),
)
def test_a_damaged_file_is_read_or_refused_with_its_name(
    name: str, start: int, length: int, piece: str
) -> None:
    with TemporaryDirectory() as there:
        directory = Path(there)
        for other, text in FILES.items():
            damaged = text[:start] + piece + text[start + length :]
            content = damaged if other == name else text
            (directory / f"{other}.yaml").write_text(content, errors="backslashreplace")

        inventory, problems = examine(directory)

    wrong = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert (inventory is None) == bool(wrong)
    assert all(problem.path.parent == directory for problem in problems)
