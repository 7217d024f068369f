"""What a configuration becomes, line by line: the planner's own prediction of the device.

Only the closed set of lines that :mod:`asa_automate.plan.order` makes is known here. What the
device really does is read back from it, and judged in the tests by the virtual ASA, which does
not know this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from asa_automate.config.access_list import Vocabulary, read_access_lists
from asa_automate.config.class_map import read_class_maps
from asa_automate.config.objects import read_network_groups
from asa_automate.config.policy_map import read_policy_maps
from asa_automate.config.running import RunningConfig
from asa_automate.config.tree import Bulk, Line, Stanza
from asa_automate.simulate.world import CLASS_DEFAULT

_OPENERS = ("object-group network ", "class-map ", "policy-map ")


@dataclass(frozen=True, slots=True)
class Prediction:
    """A configuration after some lines, and the mode that the next line is typed in.

    Args:
        inside: header of the stanza that is open, ``None`` in global configuration mode.
        class_name: the class that is open inside a policy-map.
    """

    running: RunningConfig
    inside: str | None = None
    class_name: str | None = None

    def after(self, line: str) -> "Prediction":
        """The configuration once ``line`` is executed."""
        words = line.split()
        if line.startswith(_OPENERS):
            return _opened(self.running, line)
        if words[0] == "access-list" or words[:2] == ["no", "access-list"]:
            return Prediction(_with_acl(self.running, line))
        if line.startswith(tuple(f"no {opener}" for opener in _OPENERS)):
            return Prediction(_without(self.running, line.removeprefix("no ")))
        if words[0] == "class":
            return replace(_with_class(self, line), class_name=words[1])
        if words[:2] == ["no", "class"]:
            return replace(_without_class(self, line.removeprefix("no ")), class_name=None)
        return _with_child(self, line)


def _opened(running: RunningConfig, header: str) -> Prediction:
    if _find(running, header) is None:
        running = _put(running, (*running.tree.stanzas, Line(header)), header)
    return Prediction(running, inside=header)


def _find(running: RunningConfig, header: str) -> Line | None:
    return next((s for s in running.tree.stanzas if isinstance(s, Line) and _is(s, header)), None)


def _is(stanza: Line, header: str) -> bool:
    """Asked of every stanza for every line of a plan: most are out at the first look."""
    return header in stanza.raw and stanza.text == header


def _open_stanza(now: Prediction) -> Line:
    """The stanza that the next line belongs to.

    Raises:
        LookupError: none is open; the planner makes no such lines.
    """
    stanza = _find(now.running, now.inside) if now.inside else None
    if stanza is None:
        raise LookupError("a line of a sub-mode, and no stanza is open")
    return stanza


def _with_class(now: Prediction, line: str) -> Prediction:
    """A new class goes to the end, ahead of ``class-default``."""
    stanza = _open_stanza(now)
    if any(c.text == line for c in stanza.children):
        return now
    last = f"class {CLASS_DEFAULT}"
    place = next((i for i, c in enumerate(stanza.children) if c.text == last), None)
    at = len(stanza.children) if place is None else place
    children = (*stanza.children[:at], Line(line), *stanza.children[at:])
    return _with_children(now, children)


def _without_class(now: Prediction, line: str) -> Prediction:
    stanza = _open_stanza(now)
    return _with_children(now, tuple(c for c in stanza.children if c.text != line))


def _with_child(now: Prediction, line: str) -> Prediction:
    stanza = _open_stanza(now)
    if now.class_name is None:
        return _with_children(now, _edited(stanza.children, line))
    header = f"class {now.class_name}"
    children = tuple(
        replace(c, children=_edited(c.children, line)) if c.text == header else c
        for c in stanza.children
    )
    return _with_children(now, children)


def _edited(lines: tuple[Line, ...], line: str) -> tuple[Line, ...]:
    if line.startswith("no "):
        return tuple(one for one in lines if _plain(one) != line.removeprefix("no "))
    return lines if any(_plain(one) == line for one in lines) else (*lines, Line(line))


def _plain(line: Line) -> str:
    return " ".join(line.text.split())


def _with_children(now: Prediction, children: tuple[Line, ...]) -> Prediction:
    header = _open_stanza(now).text
    stanzas = tuple(
        replace(s, children=children) if isinstance(s, Line) and _is(s, header) else s
        for s in now.running.tree.stanzas
    )
    return replace(now, running=_put(now.running, stanzas, header))


def _without(running: RunningConfig, header: str) -> RunningConfig:
    stanzas = tuple(s for s in running.tree.stanzas if isinstance(s, Bulk) or not _is(s, header))
    return _put(running, stanzas, header)


def _with_acl(running: RunningConfig, line: str) -> RunningConfig:
    words = line.split()
    name = words[2] if words[0] == "no" else words[1]
    before = list(_without_bulk(running.tree.stanzas, name))
    if words[0] == "no":
        gone = " ".join(words[1:])
        stanzas = tuple(
            s for s in before if isinstance(s, Bulk) or name not in s.raw or _plain(s) != gone
        )
        return _put(running, stanzas, f"access-list {words[2]}")
    at = int(words[3]) - 1 if words[2] == "line" else None
    bare = Line(" ".join([*words[:2], *(words[4:] if at is not None else words[2:])]))
    mine = [
        i
        for i, s in enumerate(before)
        if isinstance(s, Line) and name in s.raw and s.text.startswith(f"{words[0]} {words[1]} ")
    ]
    if at is not None and at < len(mine):
        before.insert(mine[at], bare)
    else:
        before.insert(mine[-1] + 1 if mine else len(before), bare)
    return _put(running, tuple(before), f"access-list {words[1]}")


def _without_bulk(stanzas: tuple[Stanza, ...], name: str) -> Iterator[Stanza]:
    """``stanzas`` with the entries of one access-list line by line."""
    for stanza in stanzas:
        if isinstance(stanza, Bulk) and stanza.name == name:
            yield from stanza.lines()
        else:
            yield stanza


def _put(running: RunningConfig, stanzas: tuple[Stanza, ...], header: str) -> RunningConfig:
    """The configuration with these stanzas, the one called ``header`` read anew."""
    tree = running.tree.with_stanzas(stanzas)
    keyword, name = header.split()[0], header.split()[-1]
    mine = list(_touched(stanzas, header))
    match keyword:
        case "access-list":
            known = Vocabulary(running.names, tuple(running.services))
            acls = {**running.acls, **read_access_lists(mine, known)}
            if not mine:
                acls.pop(name, None)
            return replace(running, tree=tree, acls=acls)
        case "object-group":
            groups = {**running.network_groups, **read_network_groups(mine, running.names)}
            if not mine:
                groups.pop(name, None)
            return replace(running, tree=tree, network_groups=groups)
        case "class-map":
            class_maps = {**running.class_maps, **read_class_maps(mine)}
            if not mine:
                class_maps.pop(name, None)
            return replace(running, tree=tree, class_maps=class_maps)
        case _:
            policies = {**running.policy_maps, **read_policy_maps(mine)}
            return replace(running, tree=tree, policy_maps=policies)


def _touched(stanzas: tuple[Stanza, ...], header: str) -> Iterator[Line]:
    lines = (s for s in stanzas if isinstance(s, Line))
    if header.startswith("access-list "):
        return (s for s in lines if header in s.raw and s.text.startswith(f"{header} "))
    return (s for s in lines if _is(s, header))
