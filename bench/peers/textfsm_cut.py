"""Cutting first, then TextFSM: what reading alone can cost when most lines are never looked at.

It finds the access-lists that class-maps name by their first words, and gives TextFSM only those
lines and what stands around policy-maps. No names, objects or groups are followed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import textfsm

from bench.peers.records import facts_of
from bench.peers.timed import measure

_TEMPLATE = Path(__file__).with_name("combined.textfsm")
_MATCH = re.compile(r"^ match access-list (\S+)", re.MULTILINE)


def _blocks(text: str, opener: str) -> Iterator[str]:
    """The top-level lines that begin with ``opener``, with what stands beneath them."""
    at = text.find(f"\n{opener}")
    while at >= 0:
        end = text.find("\n", at + 1)
        while text.startswith(" ", end + 1):
            end = text.find("\n", end + 1)
        yield text[at + 1 : end + 1]
        at = text.find(f"\n{opener}", end)


def _cut(text: str) -> str:
    classes = "".join(_blocks(text, "class-map "))
    openers = ["policy-map ", "service-policy "]
    openers += [f"access-list {acl} " for acl in dict.fromkeys(_MATCH.findall(classes))]
    return classes + "".join("".join(_blocks(text, opener)) for opener in openers)


def main() -> None:
    """Measure it; the template is compiled before."""
    with _TEMPLATE.open() as opened:
        machine = textfsm.TextFSM(opened)

    def work(text: str) -> list[list[str]]:
        machine.Reset()
        parsed: list[list[str]] = machine.ParseText(_cut(text))
        return parsed

    def answer(rows: list[list[str]]) -> dict[str, object]:
        found = facts_of([dict(zip(machine.header, row, strict=True)) for row in rows])
        return {"facts": {key: found[key] for key in ("attached", "esmtp", "class_acls")}}

    measure("textfsm", work, answer)


if __name__ == "__main__":
    main()
