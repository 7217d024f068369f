"""What documents disagree about, or leave out, in the ESMTP inspection: one knob each."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_type_hints

from asa_automate.errors import UsageError

Treatment = Literal["note", "pass", "discard", "close"]


@dataclass(frozen=True, slots=True)
class Knobs:
    """One choice each; ``Knobs()`` is what the documents say, or what was captured.

    Each default, its source and what speaks for the other values: docs/engine.md.

    Args:
        pipe: ``|`` in an address; ``None`` follows the release (7.x closes, later ones replace).
        wrong_terminator: a command that ends in a bare LF.
        truncated: a command without an end when its side closes.
        pipelining: a command before the reply to the one before.
        server_transition: a reply that nobody asked for.
        banner_keeps: what of a masked banner stays besides each ``2``, ``0``, CR and LF: nothing
            (the words of Cisco doc 117801, and Microsoft KB 320027), the blank or hyphen behind
            the code (captured banners of ASAs; some clients cannot read one without it), or all
            blanks.
        ehlo_vrfy: whether ``VRFY`` in an EHLO reply is masked by ``others``.
        ehlo_auth_equals: the same for ``AUTH=LOGIN``.
        default_allows_tls: ``allow-tls`` in ``_default_esmtp_map``.
        map_masks_banner: a map that says nothing of ``mask-banner``.
        map_allows_tls: a map that says nothing of ``allow-tls``.
        length_counts_end: whether CR LF counts in the length of a line.
        matches_count_as_drops: whether a dropping match moves ``drop`` and ``reset-drop`` too.
        relay: whose domain makes mail a relay for ``mail-relay``.
    """

    pipe: Literal["close", "replace", "pass"] | None = None
    wrong_terminator: Treatment = "discard"
    truncated: Treatment = "discard"
    pipelining: Treatment = "note"
    server_transition: Treatment = "note"
    banner_keeps: Literal["nothing", "separator", "blanks"] = "separator"
    ehlo_vrfy: Literal["keep", "mask"] = "keep"
    ehlo_auth_equals: Literal["keep", "mask"] = "keep"
    default_allows_tls: bool = False
    map_masks_banner: bool = False
    map_allows_tls: bool = False
    length_counts_end: bool = False
    matches_count_as_drops: bool = False
    relay: Literal["recipient and sender", "recipient"] = "recipient and sender"

    def pipe_in(self, version: tuple[int, int] | None) -> str:
        """What becomes of ``|`` in an address on this release."""
        return self.pipe or ("close" if version and version[0] < 8 else "replace")


def knobs_from(settings: list[str]) -> Knobs:
    """Knobs from ``NAME=VALUE`` texts.

    Raises:
        UsageError: a name that is none, a value that the knob has not.
    """
    knobs = Knobs()
    for setting in settings:
        name, _, value = setting.partition("=")
        choices = choices_of(name)
        if value not in choices:
            known = ", ".join(choices) or ", ".join(f.name for f in fields(Knobs))
            raise UsageError(f"no such knob: {setting!r}; it has {known}")
        knobs = replace(knobs, **{name: choices[value]})
    return knobs


def choices_of(name: str) -> dict[str, Any]:
    """The values of a knob by their names; empty for a name that is no knob."""
    hint = get_type_hints(Knobs).get(name)
    if hint is bool:
        return {"no": False, "yes": True}
    found = [a for arg in get_args(hint) for a in (get_args(arg) or (arg,))]
    return {value: value for value in found if isinstance(value, str)}
