"""Case tables of this room: tab-separated files in tests/data/text, the first line naming the columns."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "text"
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def rows(name: str, folder: Path = DATA) -> list[tuple[str, ...]]:
    """The rows of a table without its heading."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines[1:] if line]
