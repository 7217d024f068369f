"""A store on a share is refused: there, locks do not hold."""

from pathlib import Path, PurePosixPath

import pytest

from asa_automate.errors import StoreRefused
from asa_automate.store.engine import open_store
from asa_automate.store.mounts import NETWORK, guard_place, kind_of

#: As a Linux machine has them (proc(5), /proc/self/mountinfo).
MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /proc rw,nosuid - proc proc rw
30 22 0:40 /export /home rw,relatime shared:5 master:2 - nfs4 server:/export rw,vers=4.2
31 30 8:2 / /home/local rw,relatime - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/two\040words rw - cifs //server/share rw
33 22 0:42 / /mnt/over rw - ext4 /dev/sdc1 rw
34 22 0:43 / /mnt/over rw - fuse.sshfs me@server: rw
35 22 0:44 / /var/lib/docker/x rw - overlay overlay rw,lowerdir=a:b
a line of another kind
""".strip().splitlines()


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/var/lib/asa-automate", "ext4"),
        ("/home/me/.local/state", "nfs4"),
        ("/home/local/me", "xfs"),
        ("/homes/me", "ext4"),
        ("/mnt/two words/x", "cifs"),
        ("/mnt/over", "fuse.sshfs"),
        ("/var/lib/docker/x/state", "overlay"),
    ],
)
def test_where_a_store_may_lie(place: str, kind: str) -> None:
    assert kind == kind_of(PurePosixPath(place), MOUNTS)


def test_nothing_known_is_nothing_said(tmp_path: Path) -> None:
    assert "" == kind_of(PurePosixPath("/x"), [])
    guard_place(tmp_path / "store.db", tmp_path / "no such file")


@pytest.mark.parametrize("kind", sorted(NETWORK))
def test_a_store_on_a_share_is_refused(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n9 22 0:4 / {tmp_path} rw - {kind} x rw\n"
    )

    with pytest.raises(StoreRefused, match=rf"store .*{kind}.*PostgreSQL"):
        guard_place(tmp_path / "state" / "store.db", mounts)


def test_each_store_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening one asks where it lies, before anything is made there."""
    monkeypatch.setattr("asa_automate.store.mounts.NETWORK", frozenset({own_kind(tmp_path)}))

    with pytest.raises(StoreRefused, match="network file system"):
        open_store(f"sqlite:///{tmp_path / 'state' / 'store.db'}")
    assert not (tmp_path / "state").exists()


def own_kind(place: Path) -> str:
    return kind_of(place.resolve(), Path("/proc/self/mountinfo").read_text().splitlines())
