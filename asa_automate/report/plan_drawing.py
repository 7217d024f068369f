"""Who is inspected by which class, before and after, as a drawing: two ladders side by side.

Mail comes in at the top and goes down along the classes until one takes it, on two rails: a solid
one for the gateways', a dashed one for everybody else's.
"""

from collections.abc import Iterator

from asa_automate.report.markup import Markup, element
from asa_automate.report.plan_takers import Ladder, Rung

#: Measures in units of the drawing, which is scaled to the page.
WIDTH, PANEL, RAILS = 764, 370, 58
TOP, ROW, BOX = 52, 66, 54
#: Characters that fit into a box; the whole stands in its title.
_FIT = 40
_RAILS = (("gateways", 14), ("others", 34))


def drawing(panels: list[tuple[str, Ladder | None]]) -> Markup:
    """One attached policy, a panel for each moment.

    Args:
        panels: heading and ladder; ``None`` where the policy is not attached then.
    """
    most = max((len(ladder.rungs) for _, ladder in panels if ladder), default=0)
    height = TOP + ROW * most
    return element(
        "svg",
        element("title", "; ".join(f"{when}: {said(ladder)}" for when, ladder in panels)),
        (_panel(when, ladder, n * (PANEL + 20)) for n, (when, ladder) in enumerate(panels)),
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
        class_="ladders",
    )


def said(ladder: Ladder | None) -> str:
    """What a ladder shows, in words."""
    if ladder is None:
        return "not attached"
    return f"SMTP of the gateways: {_taken(ladder, 'gateways')}; of everybody else: " + _taken(
        ladder, "others"
    )


def _taken(ladder: Ladder, whose: str) -> str:
    found = [
        f"{'' if share == 'all' else 'some '}{_ending(rung)}"
        for rung in ladder.rungs
        if (share := _share(rung, whose)) != "none"
    ]
    return ", ".join(found) or "none is drawn"


def _ending(rung: Rung) -> str:
    return f"`{rung.inspects}` by class {rung.name}" if rung.name else "not inspected"


def _share(rung: Rung, whose: str) -> str:
    return rung.gateways if whose == "gateways" else rung.others


def _panel(when: str, ladder: Ladder | None, left: int) -> Markup:
    shown: list[Markup] = [element("text", when, x=RAILS, y=16, class_="when")]
    if ladder:
        shown += [_box(n, rung) for n, rung in enumerate(ladder.rungs)]
        for whose, x in _RAILS:
            shown += _rail(ladder, whose, x)
    return element("g", shown, transform=f"translate({left} 0)")


def _rail(ladder: Ladder, whose: str, x: int) -> Iterator[Markup]:
    takers = [n for n, rung in enumerate(ladder.rungs) if _share(rung, whose) != "none"]
    if not takers:
        return
    drop = 6 if whose == "others" else -6
    middles = {n: TOP + n * ROW + BOX / 2 + drop for n in takers}
    yield element("circle", cx=x, cy=TOP - 14, r=5, class_=f"dot {whose}")
    yield element("path", d=f"M {x} {TOP - 9} V {max(middles.values())}", class_=f"rail {whose}")
    for n, y in middles.items():
        yield element("path", d=f"M {x} {y} H {RAILS - 8}", class_=f"rail {whose}")
        tip = f"M {RAILS} {y} l -9 -5 v 10 z"
        yield element("path", d=tip, class_=f"tip {whose}")
        if _share(ladder.rungs[n], whose) == "some":
            yield element("text", "some", x=x + 4, y=y - 3, class_="some")


def _box(number: int, rung: Rung) -> Markup:
    y = TOP + number * ROW
    kind = "end" if rung.name is None else "inspects" if rung.inspects else "idle"
    return element(
        "g",
        element("title", "; ".join(_lines(rung))),
        element("rect", x=RAILS, y=y, width=PANEL - RAILS, height=BOX, rx=5, class_=f"box {kind}"),
        (
            element("text", _cut(line), x=RAILS + 12, y=y + 16 + 15 * n, class_=f"line{n}")
            for n, line in enumerate(_lines(rung))
        ),
    )


def _lines(rung: Rung) -> tuple[str, ...]:
    if rung.name is None:
        return ("no class takes it", "not inspected by esmtp")
    matches = ", ".join(rung.matches) or "no match"
    return (f"class {rung.name}", matches, rung.inspects or "no inspect esmtp in this class")


def _cut(line: str) -> str:
    return line if len(line) <= _FIT else f"{line[: _FIT - 3]}..."
