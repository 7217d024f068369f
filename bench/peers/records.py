"""Facts from the records of the TextFSM template, after the clock has stopped."""

from collections.abc import Iterator

from bench.peers.timed import digest

Record = dict[str, str]
_MEMBERS = ("network-object", "group-object")


def facts_of(records: list[Record]) -> dict[str, object]:
    """What the reference says too."""
    attached = [(r["POLICY"], r["SCOPE"]) for r in records if r["POLICY"]]
    esmtp = [
        (policy, r["CLASS"])
        for policy, _ in attached
        for r in records
        if r["STANZA"] == f"policy-map {policy}" and _member(r) == ("inspect", "esmtp")
    ]
    return {
        "attached": [" ".join(one) for one in attached],
        "esmtp": [" ".join(one) for one in esmtp],
        "class_acls": {acl: digest(_entries(records, acl)) for acl in _acls(records, esmtp)},
        "entries": sum(1 for r in records if r["ACL"]),
        "names": sum(1 for r in records if r["NAME"]),
        "objects": len({r["STANZA"] for r in records if r["STANZA"].startswith("object network")}),
        "members": sum(1 for r in records if r["MEMBER"] in _MEMBERS),
    }


def _member(record: Record) -> tuple[str, str]:
    return record["MEMBER"], record["ARGUMENT"]


def _entries(records: list[Record], acl: str) -> Iterator[str]:
    return (" ".join((r["ACTION"], r["TRAFFIC"])) for r in records if r["ACL"] == acl)


def _acls(records: list[Record], esmtp: list[tuple[str, str]]) -> Iterator[str]:
    for name in sorted({name for _, name in esmtp}):
        for record in records:
            if record["STANZA"] == f"class-map {name}" and record["MEMBER"] == "match":
                kind, _, argument = record["ARGUMENT"].partition(" ")
                if kind == "access-list":
                    yield argument
