"""Precision and recall of what is told as new and of edits found: `python benchmarks/novelty.py [-v]`.

On follow-ups and edits of invented news in `tests/data`. The check part is never used for tuning and its errors are
never listed; `-v` lists those of the tuning part.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.judge.labelled import (
    Score,
    edit_pairs,
    follow_ups,
    scored_edits,
    scored_follow_ups,
)


def main(verbose: bool) -> None:
    """Print one line for each part and question."""
    for part in ("tuning", "check"):
        start = time.process_time()
        cases, pairs = follow_ups(part), edit_pairs(part)
        adds, sentences = scored_follow_ups(cases)
        edits = scored_edits(pairs)
        spent = time.process_time() - start
        _print(f"{part}: adds or adds nothing", len(cases), adds)
        _print(f"{part}: the new sentences", len(cases), sentences)
        _print(f"{part}: edits of meaning", len(pairs), edits)
        print(f"{part}: {1000 * spent / (len(cases) + len(pairs)):.1f} ms a case")
        if verbose and part == "tuning":
            print(
                "\n".join(f"  {line}" for each in (adds, sentences, edits) for line in each.wrong)
            )


def _print(what: str, cases: int, score: Score) -> None:
    print(
        f"{what:32} {cases} cases: precision {score.precision:.3f} ({score.right}/{score.found}), "
        f"recall {score.recall:.3f} ({score.right}/{score.wanted})"
    )


if __name__ == "__main__":
    main("-v" in sys.argv[1:])
