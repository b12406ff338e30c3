"""Waiting for what a process of ours says on stderr: for a line, not for a time, and never for one that will not come."""

import subprocess


def heard(process: "subprocess.Popen[str]", words: str) -> str:
    """The first line with these words; an AssertionError with all that was said, where it ended without."""
    assert process.stderr is not None
    said: list[str] = []
    for line in process.stderr:
        said.append(line)
        if words in line:
            return line
    raise AssertionError(f"it ended without {words!r}: {''.join(said)}")
