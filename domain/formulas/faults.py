"""What is wrong with the text of a formula, and where."""

from dataclasses import dataclass

from domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the text of a formula; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class InvalidFormula(DomainError):
    """A formula that cannot be saved: its grammar, a name, a type or a limit; the message has the place."""

    code = "VALIDATION_ERROR"

    def __init__(self, message: str, place: Place | None = None, *, missing: str | None = None) -> None:
        """`missing` is the name of a field that is not there."""
        where = f" ({place})" if place else ""
        super().__init__(
            f"{message}{where}", line=place.line if place else None, column=place.column if place else None
        )
        self.place = place
        self.missing = missing
