"""How `extract --why` looks: the evidence of each field, the rivals that lost, every block with what weighed in it."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import click

from aiwatch.cli import show
from aiwatch.text.candidates import Candidates, Rival, Weighed

NARROWEST: Final = 60  # columns


def as_values(read: Candidates) -> dict[str, Any]:
    """For `--json`."""
    return {
        "container": read.container,
        "cut": None if read.cut is None else round(read.cut, 2),
        "blocks": [_block(block) for block in read.blocks],
        "evidence": [asdict(rival) for rival in read.rivals],
    }


def _block(block: Weighed) -> dict[str, Any]:
    return {
        **asdict(block),
        "score": None if block.score is None else round(block.score, 2),
        "reasons": [{"what": one.what, "effect": round(one.effect, 2)} for one in block.reasons],
    }


def print_evidence(read: Candidates) -> None:
    """Where each field came from, who says the same, and what was passed over."""
    fields = dict.fromkeys([*read.found.how, *(rival.field for rival in read.rivals)])
    for field in fields:
        click.echo(f"{'how ' + field + ':':<14} {read.found.how.get(field, 'nothing found')}")
        for line in _rivals(read.found.how.get(field, ""), _of(read, field)):
            click.echo(click.style(f"{'':<15}{line}", dim=True))


def _of(read: Candidates, field: str) -> list[Rival]:
    return [rival for rival in read.rivals if rival.field == field]


def _rivals(how: str, rivals: list[Rival]) -> Iterator[str]:
    """One line for those that say the same, one for each other value."""
    same = dict.fromkeys(rival.evidence for rival in rivals if rival.chosen)
    if any(how not in evidence for evidence in same):
        yield f"said by {', '.join(same)}"
    others: dict[str, list[str]] = {}
    for rival in rivals:
        if not rival.chosen:
            others.setdefault(rival.value, []).append(rival.evidence)
    for value, evidence in others.items():
        yield f"passed over: {_shortened(value, 50)} ({', '.join(dict.fromkeys(evidence))})"


def print_blocks(read: Candidates) -> None:
    """Every block in page order: its score, whether it is in the text, the element, its words; then why."""
    kept = sum(block.kept for block in read.blocks)
    click.echo(f"\n{kept} of {show.count(len(read.blocks), 'block')} kept{_from(read)}")
    for place, blocks in _by_place(read.blocks):
        click.echo(click.style(f"\n{place}", bold=True))
        for block in blocks:
            _print_block(block)


def _from(read: Candidates) -> str:
    if read.cut is None:
        return "; too many to be weighed: the rules alone decide" if read.blocks else ""
    return f", from a score of {read.cut:+.1f} on; most of the text stands in {read.container}"


def _by_place(blocks: tuple[Weighed, ...]) -> Iterator[tuple[str, list[Weighed]]]:
    """Runs of blocks whose place is the same but for the last element."""
    run: list[Weighed] = []
    for block in blocks:
        if run and _around(block) != _around(run[0]):
            yield _around(run[0]), run
            run = []
        run.append(block)
    if run:
        yield _around(run[0]), run


def _around(block: Weighed) -> str:
    return block.place.rpartition(" > ")[0] or "body"


def _print_block(block: Weighed) -> None:
    score = "" if block.score is None else f"{block.score:+.1f}"
    line = f"{score:>6} {'✓' if block.kept else ' '} {block.tag:<10} {_shortened(block.text, 21)}"
    click.echo(click.style(line, fg="green" if block.kept else None, dim=not block.kept))
    said = [f"{reason.what} {reason.effect:+.1f}" for reason in block.reasons]
    for part in (" · ".join(said), block.note):
        if part:
            click.echo(click.style(f"{'':<20}{part}", dim=True))


def _shortened(text: str, used: int) -> str:
    """As much as fits into the terminal's line; in a pipe, all."""
    if not sys.stdout.isatty():
        return text
    room = max(NARROWEST, shutil.get_terminal_size().columns) - used
    return text if len(text) <= room else f"{text[: room - 1]}…"
