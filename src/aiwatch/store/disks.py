"""What the database stands on: which file system, and how much room is left. Opens nothing of the database's own."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mounts")
# Write-ahead logging needs memory that all processes share, and locks that hold: sqlite.org/wal.html, 1.
NETWORK: Final = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "gfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "orangefs", "smb", "smb2", "smb3", "smbfs", "virtiofs",
    }
)  # fmt: skip
LOCAL_FUSE: Final = frozenset({"fuseblk", "fuse.ext2", "fuse.ntfs-3g", "fuse.fuse-overlayfs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The file system that a path lies on."""

    kind: str | None  # as the kernel calls it; None: not told here
    free: int  # bytes
    writable: bool

    @property
    def network(self) -> bool:
        """Whether other machines may be behind it."""
        kind = self.kind or ""
        return kind in NETWORK or (kind.startswith("fuse.") and kind not in LOCAL_FUSE)


def disk_of(path: Path, mounts: Path = MOUNTS) -> Disk:
    """Where a file lies or would lie; mounts: the kernel's own table, where there is one."""
    folder = path.resolve().parent
    while not folder.exists():
        folder = folder.parent
    return Disk(
        kind=_kind(folder, mounts),
        free=shutil.disk_usage(folder).free,
        writable=os.access(folder, os.W_OK),
    )


def _kind(folder: Path, mounts: Path) -> str | None:
    """The type of the deepest mount above the folder; the last of those on one place is the one that is seen."""
    found: tuple[int, str] | None = None
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        parts = line.split()
        if len(parts) < 3:
            continue
        place = Path(parts[1].replace("\\040", " ").replace("\\134", "\\"))
        depth = len(place.parts)
        if folder.is_relative_to(place) and (found is None or depth >= found[0]):
            found = depth, parts[2]
    return found[1] if found else None
