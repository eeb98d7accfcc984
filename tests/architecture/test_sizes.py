"""Files and functions stay small; what may be longer stands here with its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("adapters", "bench", "domain", "graph", "migrations", "models", "resolvers", "server", "tests")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS = {
    "migrations/versions/0001_catalog.py:upgrade": "generated, a list of tables",
}


def test_files_are_short() -> None:
    long = {_name(file): lines for file in _files() if (lines := _line_count(file)) > MAX_FILE_LINES}

    assert long.keys() == LONG_FILES.keys(), long


def test_functions_are_short() -> None:
    long = {name: lines for name, lines in _functions() if lines > MAX_FUNCTION_LINES}

    assert long.keys() == LONG_FUNCTIONS.keys(), long


def test_every_file_says_what_belongs_in_it() -> None:
    silent = [_name(file) for file in _files() if file.stat().st_size and ast.get_docstring(_tree(file)) is None]

    assert silent == []


def _files() -> list[Path]:
    return sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _line_count(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _functions() -> Iterator[tuple[str, int]]:
    """Each function's name with its file, and its length from `def` to its last line."""
    for file in _files():
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{_name(file)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1
