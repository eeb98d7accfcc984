"""What an API key may be used for."""

from collections.abc import Sequence

from domain.accounts.viewer import ALL_SCOPES
from domain.errors import Problem, ValidationFailed


def clean_scopes(scopes: Sequence[str] | None, *, loc: str = "scopes") -> list[str]:
    """The scopes without repetition, in alphabetical order; all of them for None. Raises `ValidationFailed`."""
    if scopes is None:
        return sorted(ALL_SCOPES)
    known = ", ".join(repr(scope) for scope in sorted(ALL_SCOPES))
    if not scopes:
        message = f"An API key needs at least one scope; there are {known}."
        raise ValidationFailed([Problem((loc,), message, "value_error.null")])
    problems = [
        Problem((loc, index), f"There is no scope {scope[:60]!r}; there are {known}.", "value_error.choice")
        for index, scope in enumerate(scopes)
        if scope not in ALL_SCOPES
    ]
    if problems:
        raise ValidationFailed(problems)
    return sorted(set(scopes))
