"""ttp: one template over the whole text."""

from collections.abc import Iterator
from typing import Any

from ttp import ttp

from bench.peers.timed import digest, measure

_TEMPLATE = """
<group name="entries*">
access-list {{ acl }} extended {{ action }} {{ traffic | re(".+") }}
</group>

<group name="names*">
name {{ address }} {{ name }}
name {{ address | _start_ }} {{ name }} description {{ description | re(".+") }}
</group>

<group name="objects*">
object network {{ name }}
 host {{ host }}
 subnet {{ subnet | re(".+") }}
 range {{ range | re(".+") }}
</group>

<group name="services*">
object service {{ name }}
 service {{ service | re(".+") }}
</group>

<group name="groups*">
object-group {{ type }} {{ name }}
object-group {{ type | _start_ }} {{ name }} {{ protocol }}
<group name="members*">
 network-object {{ network | re(".+") | _start_ }}
 group-object {{ group | _start_ }}
 service-object {{ service | re(".+") | _start_ }}
 port-object {{ port | re(".+") | _start_ }}
</group>
</group>

<group name="class_maps*">
class-map {{ name }}
 match {{ match | re(".+") }}
</group>

<group name="policy_maps*">
policy-map {{ name }}
<group name="classes*">
 class {{ name }}
  inspect {{ inspects | re(".+") | joinmatches(",") }}
</group>
</group>

<group name="attached*">
service-policy {{ policy }} {{ scope | re(".+") }}
</group>
"""

_Found = dict[str, list[dict[str, Any]]]


def _answer(found: _Found) -> dict[str, object]:
    attached = [(a["policy"], a["scope"].strip()) for a in found["attached"]]
    esmtp = [
        (policy, entry["name"])
        for policy, _ in attached
        for policy_map in found["policy_maps"]
        for entry in policy_map["classes"]
        if policy_map["name"] == policy and "esmtp" in _words(entry.get("inspects", ""))
    ]
    classes = {name for _, name in esmtp}
    matches = [m["match"].split() for m in found["class_maps"] if m["name"] in classes]
    acls = [words[1] for words in matches if words[0] == "access-list"]
    members = [m for group in found["groups"] for m in group.get("members", ())]
    return {
        "facts": {
            "attached": [" ".join(one) for one in attached],
            "esmtp": [" ".join(one) for one in esmtp],
            "class_acls": {acl: digest(_entries(found, acl)) for acl in acls},
            "entries": len(found["entries"]),
            "names": len(found["names"]),
            "objects": len({one["name"] for one in found["objects"]}),
            "members": sum(1 for m in members if "network" in m or "group" in m),
        }
    }


def _words(inspects: str) -> list[str]:
    return [inspect.strip() for inspect in inspects.split(",")]


def _entries(found: _Found, acl: str) -> Iterator[str]:
    return (f"{e['action']} {e['traffic']}" for e in found["entries"] if e["acl"] == acl)


def main() -> None:
    """Measure it; the template is compiled before."""
    parser = ttp(template=_TEMPLATE, log_level="ERROR")

    def work(text: str) -> _Found:
        parser.clear_input()
        parser.clear_result()
        parser.add_input(text)
        parser.parse(one=True)
        found: list[_Found] = parser.result(structure="flat_list")
        return found[-1]

    measure("ttp", work, _answer)


if __name__ == "__main__":
    main()
