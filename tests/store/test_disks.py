"""What the database stands on, by the kernel's own table."""

from pathlib import Path

import pytest

from aiwatch.store.disks import Disk, disk_of

TABLE = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export {folder}/nfs nfs4 rw 0 0
/dev/sdb1 {folder}/nfs/local xfs rw 0 0
//server/share {folder}/with\\040space cifs rw 0 0
sshfs {folder}/ssh fuse.sshfs rw 0 0
/dev/sdc1 {folder}/stick fuseblk rw 0 0
tmpfs {folder}/twice tmpfs rw 0 0
server:/b {folder}/twice nfs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("place", "kind", "network"),
    [
        (".", "ext4", False),
        ("nfs", "nfs4", True),
        ("nfs/deep/er", "nfs4", True),
        ("nfs/local", "xfs", False),
        ("nfsx", "ext4", False),
        ("with space", "cifs", True),
        ("ssh", "fuse.sshfs", True),
        ("stick", "fuseblk", False),
        ("twice", "nfs", True),
    ],
)
def test_the_deepest_mount_counts(tmp_path: Path, place: str, kind: str, *, network: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(TABLE.format(folder=str(tmp_path).replace(" ", "\\040")))
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    found = disk_of(tmp_path / place / "aiwatch.db", mounts)
    assert (found.kind, found.network) == (kind, network)
    assert found.free > 0
    assert found.writable


def test_a_machine_without_such_a_table_is_not_judged(tmp_path: Path) -> None:
    found = disk_of(tmp_path / "not" / "there" / "a.db", tmp_path / "none")
    assert found.kind is None
    assert not found.network


def test_this_very_machine_can_be_asked(tmp_path: Path) -> None:
    assert isinstance(disk_of(tmp_path / "a.db"), Disk)
