"""Where the bytes come from."""

import io
import tempfile
from pathlib import Path

import pytest

from domain.errors import BadRequest
from domain.imports.batches import iter_batches
from domain.imports.plan import plan_import
from domain.imports.source import ImportSource


class _Pipe:
    """A file that can only be read, once."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


def _rows(source: ImportSource) -> list[list[object]]:
    return [row for batch in iter_batches(plan_import(source)) for row in batch.rows]


def test_path_is_read_as_often_as_needed(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")
    source = ImportSource.from_path(path)
    assert (source.name, source.size) == ("data.csv", 8)
    assert _rows(source) == _rows(source) == [[1, 2]]


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_path_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        ImportSource.from_path(tmp_path / name)


def test_open_file_is_read_from_its_start_and_left_open() -> None:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(b"a,b\n1,2\n")
        source = ImportSource.from_file(file, "data.csv")
        assert _rows(source) == [[1, 2]]
        source.close()
        assert not file.closed
        assert source.size == 8


def test_pipe_is_copied_and_the_copy_is_removed() -> None:
    source = ImportSource.from_file(_Pipe(b"a,b\n1,2\n"), "data.csv")
    assert (source.size, _rows(source)) == (8, [[1, 2]])
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.head(1)
