"""Lists of passwords that have leaked: files of every size and shape, folders of ranges, and what is no list."""

from hashlib import sha1
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.breached import FIRST_LINES, BreachedPasswords, ListUnusable


def digest(password: str) -> str:
    """The SHA-1 as the lists have it."""
    return sha1(password.encode()).hexdigest().upper()


def holds(path: Path, password: str) -> bool:
    """Whether the list has the password."""
    return BreachedPasswords(path)(password, "ada@example.com") is not None


@pytest.mark.parametrize("count", [1, 2, 80, 81, 200, 20_000])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_each_of_a_file_is_found_and_no_other(count: int, ending: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    lines = sorted(f"{digest(str(n))}:{n}" for n in range(count))
    file.write_bytes((ending.join(lines) + ending).encode())
    check = BreachedPasswords(file)

    for n in {0, count // 2, count - 1, *range(0, count, max(1, count // 300))}:
        assert check(str(n), "") is not None
    assert all(check(f"not {n}", "") is None for n in range(300))


def test_the_first_and_the_last_line_are_found_without_an_end_of_line(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    lines = sorted((digest(str(n)), n) for n in range(5_000))
    file.write_text("\n".join(line for line, _ in lines))

    assert holds(file, str(lines[0][1]))
    assert holds(file, str(lines[-1][1]))


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=400, unique=True))
@settings(max_examples=40, deadline=None)
def test_a_file_holds_what_was_put_in(passwords: list[str]) -> None:
    keep, leave = passwords[::2], passwords[1::2]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "list.txt"
        file.write_text("".join(f"{line}\n" for line in sorted(map(digest, keep))))

        assert all(holds(file, each) for each in keep)
        assert not any(holds(file, each) for each in leave)


def test_prefixes_and_small_letters_count(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("".join(f"{line}\n" for line in sorted(digest(str(n))[:20].lower() for n in range(3_000))))

    assert all(holds(file, str(n)) for n in range(0, 3_000, 97))
    assert not holds(file, "another")


@pytest.mark.parametrize("suffix", ["", ".txt"])
def test_a_folder_of_ranges(suffix: str, tmp_path: Path) -> None:
    leaked = digest("leaked")
    (tmp_path / f"{leaked[:5]}{suffix}").write_text(f"{'0' * 35}:1\r\n{leaked[5:]}:3\r\n")

    assert holds(tmp_path, "leaked")
    assert not holds(tmp_path, "another")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("password\n", "no SHA-1"),
        (f"{'A' * 41}\n", "no SHA-1"),
        ("ABC\n", "no SHA-1"),
        (f"{'B' * 40}\n{'A' * 40}\n", "not sorted"),
    ],
)
def test_what_is_no_list_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(text)

    with pytest.raises(ListUnusable, match=reason):
        BreachedPasswords(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListUnusable, match="No such file"):
        BreachedPasswords(tmp_path / "missing.txt")


def test_only_the_first_lines_are_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    lines = sorted(digest(str(n)) for n in range(FIRST_LINES))
    file.write_text("\n".join([*lines, "whatever comes then"]))

    BreachedPasswords(file)
