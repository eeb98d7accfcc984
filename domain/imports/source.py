"""Where the bytes of an import come from: a path, or a binary file that is already open."""

import io
import shutil
import tempfile
from pathlib import Path
from typing import IO, Protocol, Self, runtime_checkable

from domain.errors import BadRequest

_BUFFER_BYTES = 256 * 1024


@runtime_checkable
class BinaryFile(Protocol):
    """What is asked of an open file; one that cannot seek is copied to a temporary file first."""

    def read(self, size: int = -1, /) -> bytes: ...


class ImportSource:
    """A named sequence of bytes that can be read from its start as often as needed, one reader at a time.

    `size` is in bytes. A source made from a file leaves that file open; `close` ends only what the source made.
    """

    def __init__(self, name: str, size: int, *, path: Path | None = None, file: IO[bytes] | None = None) -> None:
        self.name = name
        self.size = size
        self._path = path
        self._file = file
        self._spooled: IO[bytes] | None = None

    @classmethod
    def from_path(cls, path: str | Path) -> Self:
        """A source for the file at `path`; raises `BadRequest` when it cannot be read."""
        path = Path(path)
        try:
            with path.open("rb"):
                return cls(path.name, path.stat().st_size, path=path)
        except OSError as error:
            raise BadRequest(f"{str(path)!r} cannot be read: {error.strerror}.", value=str(path)) from error

    @classmethod
    def from_file(cls, file: IO[bytes], name: str) -> Self:
        """A source for an open binary file, read from its beginning; the extension of `name` tells the format."""
        seekable = getattr(file, "seekable", None)
        if seekable is None or not seekable():
            return cls._spool(file, name)
        file.seek(0, io.SEEK_END)
        return cls(name, file.tell(), file=file)

    @classmethod
    def _spool(cls, file: BinaryFile, name: str) -> Self:
        """A source for a file that can be read only once, such as a pipe."""
        copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the source; `close` ends it
        shutil.copyfileobj(file, copy)
        source = cls(name, copy.tell(), file=copy)
        source._spooled = copy
        return source

    def close(self) -> None:
        """Remove the temporary copy, if there is one."""
        if self._spooled is not None:
            self._spooled.close()

    def open(self) -> io.BufferedReader:
        """The bytes from the start; closing it leaves a file that was handed in open."""
        if self._path is not None:
            return io.BufferedReader(io.FileIO(self._path), _BUFFER_BYTES)
        assert self._file is not None
        self._file.seek(0)
        return io.BufferedReader(_Borrowed(self._file), _BUFFER_BYTES)

    def head(self, size: int) -> bytes:
        """The first `size` bytes, or fewer in a shorter file."""
        with self.open() as stream:
            return stream.read(size)


class _Borrowed(io.RawIOBase):
    """Somebody else's file as a raw stream: reads and seeks, but never closes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer is 3.12
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._file.seek(offset, whence)
        return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()
