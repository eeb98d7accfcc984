"""The columns of which the caller of an import says what field each becomes, instead of leaving it to their values."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.bases.definitions import read_options
from domain.errors import Problem, ValidationFailed, invalid_input
from domain.fields.contract import FieldType
from domain.fields.registry import field_type
from domain.imports.columns import TargetField, same_name
from domain.imports.options import StatedColumn
from domain.imports.problems import listed
from domain.nearness import did_you_mean

_COLUMN = "value_error.column"


def check_stated(columns: Sequence[StatedColumn]) -> None:
    """Raise `ValidationFailed` with all that is wrong whatever the file is: types, options, repeated names."""
    seen: set[str] = set()
    problems: list[Problem] = []
    for index, column in enumerate(columns):
        problems += _problems(column, index)
        if same_name(column.name) in seen:
            problems.append(_named(index, f"The column {column.name!r} is named twice.", column.name))
        seen.add(same_name(column.name))
    if problems:
        raise invalid_input(problems)


def stated_targets(
    columns: Sequence[StatedColumn], names: Sequence[str], there: Mapping[str, TargetField]
) -> Mapping[str, TargetField]:
    """The new fields of stated columns by what their names have in common with those of the file, `names`.

    `there` are the fields of the table that is imported into. Raises `ValidationFailed` for columns that the file has
    not, and for ones whose fields are there.
    """
    own = {same_name(name): name for name in names}
    problems: list[Problem] = []
    targets: dict[str, TargetField] = {}
    for index, column in enumerate(columns):
        key = same_name(column.name)
        if key not in own:
            known = f"{did_you_mean(column.name, names)} It has {listed(names)}."
            problems.append(_named(index, f"The file has no column {column.name!r}.{known}", column.name))
        elif key in there:
            message = f"The table has the field {there[key].name!r} for this column, whose type stays as it is."
            problems.append(_named(index, message, column.name))
        else:
            targets[key] = TargetField(own[key], column.type, _options(column), is_new=True)
    if problems:
        raise invalid_input(problems)
    return targets


def _options(column: StatedColumn) -> Mapping[str, object]:
    """The options that are given, as they are kept; `check_stated` has found them sound."""
    options = field_type(column.type).parse_options(dict(column.plain_options))
    given: Mapping[str, object] = options.model_dump(exclude_unset=True)
    return given


def _problems(column: StatedColumn, index: int) -> Iterator[Problem]:
    type = field_type(column.type)
    unfit = _unfit(type)
    if unfit is not None:
        yield Problem(("columns", index, "type"), unfit, _COLUMN, value=type.key.upper())
        return
    try:
        read_options(type, column.options, ("columns", index, "options"))
    except ValidationFailed as failed:
        yield from failed.problems


def _unfit(type: FieldType[Any]) -> str | None:
    """Why no column of a file can become a field of the type; None where it can."""
    if not type.is_writable:
        return f"A {type.title.lower()} field is filled by the server: no column of a file can be one."
    if type.is_bound:
        return (
            f"A column cannot become a {type.title.lower()} field. Import it as TEXT and convert the field, or import "
            "the file into a table that has the field."
        )
    return None


def _named(index: int, message: str, name: str) -> Problem:
    return Problem(("columns", index, "name"), message, _COLUMN, value=name)
