"""Which unit of a cluster answers."""

import pytest

from asa_automate.show.cluster import Role, cluster_role

INFO = """\
Cluster stbu-cluster: On
    Interface mode: spanned
    This is "C" in state {mine}
        ID        : 0
        Version   : 9.12(2)
Other members in the cluster:
    Unit "D" in state {other}
        ID        : 1
"""


@pytest.mark.parametrize(
    ("mine", "other", "role"),
    [
        ("MASTER", "SLAVE", "control"),
        ("SLAVE", "MASTER", "data"),
        ("CONTROL_NODE", "DATA_NODE", "control"),
        ("DATA_NODE", "CONTROL_NODE", "data"),
        ("ELECTION", "SLAVE", "data"),
    ],
)
def test_only_the_control_unit_is_one(mine: str, other: str, role: Role) -> None:
    """From 9.19 the states have other names (release notes)."""
    assert role == cluster_role(INFO.format(mine=mine, other=other))


@pytest.mark.parametrize("text", ["", "Clustering is not configured", "x" * 5000, "Cluster a: On"])
def test_what_says_nothing_is_no_role(text: str) -> None:
    assert cluster_role(text) is None
