"""What is worked out from texts stays within bounds, however long they are."""

import tracemalloc

from aiwatch.judge.sentences import sentences
from aiwatch.judge.weights import at_large
from aiwatch.text.kept import WORDS, kept
from aiwatch.text.prior import document_share
from aiwatch.text.terms import folded, stemmed

LONG = 150_000  # characters


def test_what_was_asked_for_is_not_worked_out_again() -> None:
    worked = list[tuple[str, int]]()

    @kept(1_000)
    def shouted(text: str, times: int = 1) -> str:
        worked.append((text, times))
        return text.upper() * times

    assert [shouted("a"), shouted("a", 2), shouted("a")] == ["A", "AA", "A"]
    assert worked == [("a", 1), ("a", 2)]


def test_what_nobody_asked_for_is_let_go_and_what_was_asked_for_stays() -> None:
    worked = list[str]()
    long = kept(1_000)(worked.append)
    for number in range(20):
        long("asked for")
        long(str(number) * 300)
    long("0" * 300)
    assert worked.count("asked for") == 1
    assert worked.count("0" * 300) == 2


def test_one_that_is_longer_than_all_there_is_room_for_is_kept_alone() -> None:
    worked = list[int]()
    long = kept(10)(lambda text: worked.append(len(text)))
    for text in ("x" * 5_000, "x" * 5_000, "y" * 5_000, "z" * 5_000, "x" * 5_000):
        long(text)
    assert worked == [5_000, 5_000, 5_000, 5_000]


def test_of_forty_long_texts_a_few_are_kept() -> None:
    tracemalloc.start()
    try:
        for number in range(40):
            sentences(f"Owl number {number} was seen again over the town.".ljust(LONG, "\n"))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2_500_000


def test_tables_of_word_forms_end() -> None:
    tables = (folded, stemmed, document_share, at_large)
    for number in range(WORDS + 1_000):
        for table in tables:
            table(f"owls{number:x}")
    assert [table.cache_info().currsize for table in tables] == [WORDS] * len(tables)
