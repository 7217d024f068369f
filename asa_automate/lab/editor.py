"""What one configuration line does: the grammar of each mode, and the way between modes."""

import re
from collections.abc import Mapping

from asa_automate.lab import edit_acl, edit_groups, edit_inspect, edit_other, edit_policy
from asa_automate.lab.dialects import Dialect, is_later
from asa_automate.lab.edit import Ctx, Outcome, Refused, Rule
from asa_automate.lab.grammar import Found, Grammar, Unparsed, Words, incomplete, invalid
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.modes import mode_of
from asa_automate.lab.stanzas import Path, Stanzas, added, changed, removed, squeeze

GLOBAL = Grammar[Rule](
    {**edit_other.RULES, **edit_acl.RULES, **edit_groups.RULES, **edit_policy.RULES}
)
#: First words that leave even a sub-mode whose lines are only kept.
_MODELLED = ("access-list", "class-map", "policy-map", "service-policy", "object-group",
             "object", "interface", "hostname", "access-group")  # fmt: skip

SUBMODES: Mapping[str, Grammar[Rule]] = {
    mode: Grammar(rules)
    for mode, rules in (
        ("config-if", edit_other.INTERFACE),
        ("config-network-object", edit_groups.NETWORK_OBJECT),
        ("config-service-object", edit_groups.SERVICE_OBJECT),
        ("config-network-object-group", edit_groups.NETWORK_GROUP),
        ("config-service-object-group", edit_groups.SERVICE_GROUP),
        ("config-protocol-object-group", edit_groups.PROTOCOL_GROUP),
        ("config-icmp-object-group", edit_groups.ICMP_GROUP),
        ("config-cmap", edit_policy.CLASS_MAP),
        ("config-pmap", edit_policy.POLICY_MAP),
        ("config-pmap-c", edit_inspect.POLICY_CLASS),
        ("config-pmap type", edit_inspect.INSPECT_MAP),
        ("config-pmap-p", edit_inspect.INSPECT_PARAMETERS),
        ("config-pmap-c type", edit_inspect.INSPECT_MATCH),
    )
}


def carry_out(stanzas: Stanzas, path: Path, line: str, knobs: Knobs, dialect: Dialect) -> Outcome:
    """One line typed in the mode of ``path``.

    Raises:
        Unparsed: the parser turned it down; configuration and mode stay.
        Refused: it was understood and turned down; the configuration stays.
    """
    words = Words.of(line)
    negated = words.skip("no")
    if negated and not words:
        raise incomplete()
    rule = _rule(path, words)
    if rule is None:
        return _kept_inside(stanzas, path, line)
    found, where = rule
    if is_later(found.phrase, dialect):
        raise invalid(words.words[int(negated)].offset)
    ctx = Ctx(stanzas, where, knobs, dialect, negated, _full_text(found), found.phrase)
    return found.action(ctx, words)


def mode_for(path: Path, line: str) -> Path:
    """The mode whose command ``line`` is when it is typed in the mode of ``path``.

    A command of an outer mode leaves the inner one, also when it is then refused.
    """
    words = Words.of(line)
    words.skip("no")
    try:
        rule = _rule(path, words)
    except Unparsed:
        return path
    return rule[1] if rule else path


def _rule(path: Path, words: Words) -> tuple[Found[Rule], Path] | None:
    """The rule for a line and the mode that it belongs to; ``None``: a line only kept.

    Spelt-out words go first, from the inner mode outwards; then shortened ones.
    """
    word = words.peek()
    levels = [path[:depth] for depth in range(len(path), 0, -1)]
    grammars = [(SUBMODES[name], at) for at in levels if (name := _grammar_name(at)) in SUBMODES]
    if path and not grammars and word.lower() not in _MODELLED:
        return None
    grammars.append((GLOBAL, ()))
    for knows in (Grammar.knows_exactly, Grammar.knows):
        for grammar, at in grammars:
            if knows(grammar, word):
                return grammar.find(words), at
    return grammars[0][0].find(words), path


def _grammar_name(path: Path) -> str:
    mode = mode_of(path)
    name = mode.name if mode else ""
    typed = bool(path) and re.match(r"(policy|class)-map type ", path[0])
    return f"{name} type" if typed and name in ("config-pmap", "config-pmap-c") else name


def _full_text(found: Found[Rule]) -> str:
    """The line with its keywords in full and single blanks; free text keeps its own."""
    rest = found.words
    if found.phrase.split()[0] in ("banner", "description"):
        tail = rest.line[rest.words[rest.at].offset :].rstrip() if rest else ""
    else:
        tail = " ".join(word.text for word in rest.words[rest.at :])
    return f"{found.phrase} {tail}".rstrip()


def _kept_inside(stanzas: Stanzas, path: Path, line: str) -> Outcome:
    """A line of a sub-mode that is not modelled: kept, or taken away by its ``no``."""
    text = squeeze(line)
    gone = text.removeprefix("no ")

    def change(lines: Stanzas) -> Stanzas:
        if text == gone:
            return added(removed(lines, lambda t: t == text), text)
        return removed(lines, lambda t: t == gone or t.startswith(f"{gone} "))

    after = changed(stanzas, path, change)
    inside = (*path, text)
    return Outcome(after, inside if mode_of(inside) and text == gone else path)


__all__ = ["Outcome", "Refused", "carry_out", "mode_for"]
