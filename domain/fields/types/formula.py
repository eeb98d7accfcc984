"""The formula field."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson

from domain.fields import faults
from domain.fields.computed import ComputedType, Result, Unresolved
from domain.fields.contract import FieldType, RelatedExample
from domain.fields.faults import InvalidValue
from domain.fields.registry import field_type
from domain.fields.types.duration import MAX_SECONDS
from domain.formulas.bound import FormulaOptions, error_column
from domain.formulas.compile import Compiled
from domain.formulas.contract import ErrorValue
from domain.formulas.storing import readable_form
from domain.formulas.types import Kind, Type
from domain.records.rows import Row
from domain.sql import quote_text

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.bases.resolution import Resolution

_TYPES: Final[Mapping[Kind, str]] = {
    Kind.NUMBER: "number",
    Kind.TEXT: "long_text",
    Kind.BOOLEAN: "checkbox",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.DURATION: "duration",
    Kind.BLANK: "long_text",
}
"""The field types whose values a formula has."""
_ERRORS: Final[Mapping[ErrorValue, tuple[str, str]]] = {
    ErrorValue.DIVISION: ("DIVISION_BY_ZERO", "A division by zero, or an average of nothing."),
    ErrorValue.NUMBER: ("OUT_OF_RANGE", "A number that the function does not take, or that is too large."),
    ErrorValue.VALUE: ("INVALID_VALUE", "A text that is not what it must be, or that is too long."),
    ErrorValue.CUSTOM: ("ERROR", "The formula says so."),
}
"""How an error value reads in JSON."""


class FormulaType(ComputedType[FormulaOptions]):
    """What a formula makes of the other fields of the record."""

    key = "formula"
    title = "Formula"
    position = 118
    description = (
        "What a formula makes of other fields of the record: a value as a NUMBER, LONG_TEXT, CHECKBOX, DATE, DATETIME "
        "or DURATION field has it, or a list of such. Where there is none for a record, a JSON object says why: "
        "`error` is DIVISION_BY_ZERO, OUT_OF_RANGE, INVALID_VALUE, ERROR or INVALID_FORMULA, with a `message`. Such "
        "a record is last in any order of the field, and in filters it has no value. One that gives a text, a number, "
        "a date or a duration can be the primary field of its table, as long as it is made of fields of the record "
        "itself, not of links, lookups, rollups or formulas of those: whoever sees a record may read its name. Links "
        "show its value then, or its error; texts that name records have to be that value, whatever blanks it ends in."
    )
    options_model = FormulaOptions
    related_examples = (
        RelatedExample({"formula": "UPPER({Name}) & ', ' & {Age}"}, "ANN, 30"),
        RelatedExample(
            {"formula": "{Age} / 0"},
            {"error": "DIVISION_BY_ZERO", "message": "A division by zero, or an average of nothing."},
        ),
    )
    is_expression = True

    def bind(self, field: "FieldMeta", resolution: "Resolution") -> None:
        options: FormulaOptions = field.options  # type: ignore[assignment]  # they are its own
        options.find(field, resolution)
        options.settle(_result(options.typed.type, options.timezone))
        if field.id == resolution.table_of(field).primary_field_id and not self.reads_as_title(options):
            raise Unresolved(
                f"It gives {options.typed.type}; a primary formula gives a text, a number, a date or a duration."
            )

    def reads_as_title(self, options: FormulaOptions) -> bool:
        """Of one that is not bound, that is found out when it is."""
        return options.result is None or super().reads_as_title(options)

    def looks_elsewhere(self, field: "FieldMeta") -> bool:
        options: FormulaOptions = field.options  # type: ignore[assignment]  # they are its own
        return options.looks_elsewhere

    def merge_options(self, old: FormulaOptions, new: FormulaOptions) -> FormulaOptions:
        if new.excess:
            raise InvalidValue(new.excess, faults.MAX_LENGTH, ("formula",))
        return new.model_copy(update={"stored_as": old.stored_as})

    def is_own(self, options: FormulaOptions) -> bool:
        return options.stored_as is not None

    def reads(self, options: FormulaOptions) -> frozenset[UUID]:
        return options.reads

    def renamed(self, options: FormulaOptions, ids: Mapping[UUID, UUID]) -> FormulaOptions:
        return options.with_ids(ids)

    def readable(self, options: Mapping[str, object], names: Mapping[UUID, str]) -> Mapping[str, object]:
        return {**options, "formula": readable_form(str(options["formula"]), names)}

    def computed(self, row: Row, field: "FieldMeta", options: FormulaOptions) -> str:
        if options.is_stored(field, row):
            return f"{row.alias}.{field.column}"
        return value_column(options.compiled(row))

    def error(self, row: Row, field: "FieldMeta") -> str | None:
        options: FormulaOptions = field.options  # type: ignore[assignment]  # they are its own
        if options.result is None:
            return None
        error = options.compiled(row).error
        return f"{row.alias}.{error_column(field)}" if error and options.is_stored(field, row) else error

    def json_in(self, row: Row, field: "FieldMeta") -> str:
        options: FormulaOptions = field.options  # type: ignore[assignment]  # they are its own
        if options.result is None:
            return quote_text(_error_json("INVALID_FORMULA", options.problem or ""))
        value, error = super().json_in(row, field), self.error(row, field)
        if error is None:
            return value
        cases = "".join(f" WHEN {quote_text(each)} THEN {quote_text(_error_json(*_ERRORS[each]))}" for each in _ERRORS)
        return f"coalesce(CASE {error}{cases} END,{value})"


def value_column(compiled: Compiled) -> str:
    """The value as the field type of the result keeps it."""
    value = compiled.value
    match compiled.type:
        case Type(Kind.NUMBER, is_array=False):
            return f"trim_scale({value})"
        case Type(Kind.DURATION, is_array=False):
            return _interval(value)
        case Type(Kind.DURATION):
            return f"ARRAY(SELECT {_interval('v')} FROM unnest({value}) WITH ORDINALITY i(v, n) ORDER BY n)"
        case _:
            return value


def _interval(seconds: str) -> str:
    return f"make_interval(secs => CASE WHEN abs({seconds}) <= {MAX_SECONDS} THEN {seconds} END)"


def _result(type: Type, timezone: str) -> Result:
    found: FieldType[Any] = field_type(_TYPES[type.kind])
    options = found.parse_options({"timezone": timezone} if type.kind is Kind.DATETIME else {})
    return Result(found, options, is_list=type.is_array)


def _error_json(error: str, message: str) -> str:
    return orjson.dumps({"error": error, "message": message}).decode()
