"""Chunks of rows: bounded in rows and in characters."""

from collections.abc import Iterator

from domain.imports.batches import iter_batches
from domain.imports.chunks import MAX_CHUNK_CHARACTERS, take_rows
from domain.imports.formats.contract import Row
from domain.imports.plan import plan_import
from tests.domain.imports.files import source


def rows(*cells: object) -> Iterator[Row]:
    return ((line, [cell]) for line, cell in enumerate(cells, 1))


def test_chunk_ends_at_its_count() -> None:
    left = rows("a", "b", "c")
    assert [len(take_rows(left, 2)) for _ in range(3)] == [2, 1, 0]


def test_chunk_ends_at_its_characters_but_has_a_row() -> None:
    left = rows("aaaa", "a", "aaaa", "a" * 99, "a")
    assert [len(take_rows(left, 10, characters=5)) for _ in range(4)] == [2, 2, 1, 0]


def test_other_cells_count_too() -> None:
    left = rows([1, 2, 3], {"key": "value"}, 7, None, True)
    assert [len(take_rows(left, 10, characters=9)) for _ in range(5)] == [1, 1, 2, 1, 0]


def test_batches_of_long_rows_are_short() -> None:
    long = "x" * 100_000
    content = "name,text\n" + f"a,{long}\n" * 200
    batches = list(iter_batches(plan_import(source(content)), 1_000))
    assert MAX_CHUNK_CHARACTERS == 8 * 1024 * 1024
    assert [len(batch.rows) for batch in batches] == [84, 84, 32]
