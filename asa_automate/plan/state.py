"""When two configurations are the same: the fingerprint that plans and rollbacks rest on.

Pieces of ours are compared by meaning: a device that prints names for addresses, or ``eq 25`` for
``eq smtp``, has the same pieces, and so has one whose group of ours has the same members in
another order: a gateway that is put back after it was removed lands last.
"""

from dataclasses import replace

from asa_automate.config.canonical import canonical, fingerprint
from asa_automate.config.objects import NetworkGroup
from asa_automate.config.running import RunningConfig
from asa_automate.config.tree import Bulk, CutTree, Line, Stanza
from asa_automate.plan.names import ACL, GROUP, owned
from asa_automate.plan.scope import entry_text


def fingerprint_of(running: RunningConfig) -> str:
    """``sha256:`` over the configuration by its meaning (:mod:`asa_automate.config.canonical`)."""
    return fingerprint(_plain(running), owned)


def stanzas_of(running: RunningConfig) -> tuple[tuple[str, ...], ...]:
    """The stanzas that the fingerprint is made of, for a difference that a person can read."""
    return canonical(_plain(running), owned)


def _plain(running: RunningConfig) -> CutTree:
    group = running.network_groups.get(GROUP)
    return running.tree.with_stanzas(_spelt(line, group) for line in running.tree.stanzas)


def _spelt(line: Stanza, group: NetworkGroup | None) -> Stanza:
    if isinstance(line, Bulk):
        return line
    if line.text == f"object-group network {GROUP}" and group:
        return replace(line, children=tuple(_members(group)))
    if line.text.startswith(f"access-list {ACL} "):
        return Line(f"access-list {ACL} {entry_text(line.text)}", line.number)
    return line


def _members(group: NetworkGroup) -> list[Line]:
    members = []
    for endpoint, text in zip(group.members, group.lines, strict=False):
        host = endpoint.host
        members.append(Line(f"network-object host {host}" if host is not None else text))
    if len(group.members) != len(group.lines):
        return [Line(t) for t in group.lines]
    return sorted(members, key=lambda line: line.raw)
