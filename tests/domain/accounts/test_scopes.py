"""Scopes of API keys."""

from collections.abc import Sequence

import pytest

from domain.accounts.scopes import clean_scopes
from domain.errors import ValidationFailed


@pytest.mark.parametrize(
    ("scopes", "kept"),
    [
        (None, ["admin", "read", "schema", "write"]),
        (["read"], ["read"]),
        (["write", "read"], ["read", "write"]),
        (["write", "write"], ["write"]),
    ],
)
def test_scopes_are_kept_sorted_and_once(scopes: Sequence[str] | None, kept: list[str]) -> None:
    assert clean_scopes(scopes) == kept


def test_no_scope_at_all_is_refused() -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_scopes([])

    [problem] = caught.value.problems
    assert problem.loc == ("scopes",)
    assert problem.message == "An API key needs at least one scope; there are 'admin', 'read', 'schema', 'write'."


def test_every_unknown_scope_is_named() -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_scopes(["delete", "read", "WRITE"])

    assert [(problem.loc, problem.message, problem.type) for problem in caught.value.problems] == [
        (
            ("scopes", 0),
            "There is no scope 'delete'; there are 'admin', 'read', 'schema', 'write'.",
            "value_error.choice",
        ),
        (
            ("scopes", 2),
            "There is no scope 'WRITE'; there are 'admin', 'read', 'schema', 'write'.",
            "value_error.choice",
        ),
    ]
