"""TextFSM: one combined template over the whole text."""

from pathlib import Path

import textfsm

from bench.peers.records import facts_of
from bench.peers.timed import measure

_TEMPLATE = Path(__file__).with_name("combined.textfsm")


def main() -> None:
    """Measure it; the template is compiled before."""
    with _TEMPLATE.open() as opened:
        machine = textfsm.TextFSM(opened)

    def work(text: str) -> list[list[str]]:
        machine.Reset()
        parsed: list[list[str]] = machine.ParseText(text)
        return parsed

    def answer(rows: list[list[str]]) -> dict[str, object]:
        return {"facts": facts_of([dict(zip(machine.header, row, strict=True)) for row in rows])}

    measure("textfsm", work, answer)


if __name__ == "__main__":
    main()
