"""The whole authorization matrix: the `CASES` of every module `cases_*.py` in this folder."""

from importlib import import_module
from pathlib import Path

from tests.authorization.case import Case


def _cases() -> list[Case]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
    return [case for name in names for case in import_module(f"tests.authorization.{name}").CASES]


CASES = _cases()
