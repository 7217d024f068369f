"""ciscoconfparse2: the text to its tree of lines; what they mean is not read."""

from ciscoconfparse2 import CiscoConfParse
from loguru import logger

from bench.peers.timed import digest, measure

_CLASS_ACL = "access-list PARTNER_MAIL extended "


def _work(text: str) -> CiscoConfParse:
    return CiscoConfParse(text.splitlines(), syntax="asa", factory=False)


def _answer(parsed: CiscoConfParse) -> dict[str, object]:
    lines = [line.text.rstrip() for line in parsed.objs]
    policies = [line.split(None, 2)[1:] for line in lines if line.startswith("service-policy ")]
    esmtp = [
        f"{policy} {entry.text.split()[1]}"
        for policy, _ in policies
        for entry in parsed.find_objects(rf"^policy-map {policy}$")[0].children
        if any(line.text.split() == ["inspect", "esmtp"] for line in entry.children)
    ]
    words = [line.split() for line in lines]
    entries = (line.removeprefix(_CLASS_ACL) for line in lines if line.startswith(_CLASS_ACL))
    found = {
        "attached": [" ".join(policy) for policy in policies],
        "esmtp": esmtp,
        "class_acls": {"PARTNER_MAIL": digest(entries)},
        "entries": sum(1 for w in words if w[:1] == ["access-list"] and w[2] == "extended"),
        "names": sum(1 for w in words if w[:1] == ["name"]),
        "objects": len({line for line in lines if line.startswith("object network ")}),
        "members": sum(1 for w in words if w[:1] in (["network-object"], ["group-object"])),
    }
    return {"facts": found}


if __name__ == "__main__":
    logger.disable("ciscoconfparse2")
    measure("ciscoconfparse2", _work, _answer)
