"""Passwords that are known to have leaked: a list of SHA-1 hashes on disk, as haveibeenpwned.com publishes it."""

import re
from hashlib import sha1
from pathlib import Path
from typing import BinaryIO, Final

FIRST_LINES: Final = 1_000
"""How many lines of a file are looked at before it is used."""
_NEAR: Final = 4_096
"""Bytes that are read in one go where a search by halves ends."""
_LINE: Final = re.compile(rb"[0-9A-Fa-f]{16,40}(:\d+)?\s*")
_RANGE_DIGITS: Final = 5


class ListUnusable(Exception):
    """The file or folder is no list of hashes; the message says why."""


class BreachedPasswords:
    """Looks a password up. Memory does not grow with the list, and a look takes some 20 small reads.

    `path` is a file of lines that are sorted, each the SHA-1 of a password in hexadecimal or its first 16 digits and
    more, with or without `:count`; or a folder of the files `00000` to `FFFFF` (or `.txt`), named by the first five
    digits, whose lines have the other 35. Raises `ListUnusable`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_folder = path.is_dir()
        if not self._is_folder:
            _check(path)

    def __call__(self, password: str, _email: str) -> str | None:
        """Why the password is refused; None for one that is not in the list."""
        digest = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        if self._in_folder(digest) if self._is_folder else self._in_file(digest):
            return "This password is in a list of passwords that have leaked; choose another one."
        return None

    def _in_file(self, digest: bytes) -> bool:
        with self._path.open("rb") as file:
            return _is_in(file, self._path.stat().st_size, digest)

    def _in_folder(self, digest: bytes) -> bool:
        name = digest[:_RANGE_DIGITS].decode()
        for path in (self._path / name, self._path / f"{name}.txt"):
            if path.is_file():
                return any(_key(line) == digest[_RANGE_DIGITS:] for line in path.read_bytes().splitlines())
        return False


def _is_in(file: BinaryIO, size: int, digest: bytes) -> bool:
    """Search by halves for the last line that is not beyond the digest: it begins at `low` or later, before `high`."""
    low, high = 0, size
    while high - low > _NEAR:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        start = file.tell()
        if start < high and _key(file.readline()) <= digest:
            low = start
        else:
            high = middle + 1
    file.seek(low)
    near = file.read(high - low) + file.readline()
    return any(digest.startswith(_key(line)) for line in near.splitlines() if line.strip())


def _key(line: bytes) -> bytes:
    return line.partition(b":")[0].strip().upper()


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            lines = [line for line in (file.readline(100) for _ in range(FIRST_LINES)) if line]
    except OSError as error:
        raise ListUnusable(f"{path}: {error.strerror}") from error
    wrong = next((line for line in lines if not _LINE.fullmatch(line)), None)
    if wrong is not None:
        raise ListUnusable(f"{path} has a line that is no SHA-1 in hexadecimal: {wrong[:50]!r}")
    if [_key(line) for line in lines] != sorted(map(_key, lines)):
        raise ListUnusable(f"{path} is not sorted")
