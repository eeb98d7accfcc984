"""A formula as the options of a field: its text, and once the base is loaded its typed form over the table's fields."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field, PrivateAttr

from domain.fields.computed import Unresolved
from domain.fields.moments import zone
from domain.formulas.checking import check
from domain.formulas.compile import Compiled, compile_formula
from domain.formulas.contract import Environment, ErrorValue, Fragment
from domain.formulas.faults import InvalidFormula
from domain.formulas.fields import InlineOptions, field_source
from domain.formulas.functions.regular_expressions import pattern_text, patterns
from domain.formulas.grammar import MAX_LENGTH, parse_stored
from domain.formulas.storing import readable_form, reference_id, renamed_form
from domain.formulas.typed import Source, Typed
from domain.formulas.types import SQL_TYPES, Kind
from domain.sql import quote_text

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta, TableMeta
    from domain.bases.resolution import Resolution
    from domain.records.rows import Row

_REFERENCE: Final = re.compile(r"\{(?:[^}\\]|\\[\s\S])+\}")


def _parsed(formula: str) -> str:
    """Refuse what is no formula; each reference counts as one character, for names may get longer and become ids."""
    length = len(_REFERENCE.sub("x", formula))
    if length > MAX_LENGTH:
        raise ValueError(_too_long(length))
    try:
        parse_stored(formula)
    except InvalidFormula as invalid:
        raise ValueError(invalid.message) from None
    return formula


def _too_long(length: int) -> str:
    return f"The formula has {length:,} characters; at most {MAX_LENGTH:,} are allowed."


def _known_zone(name: str) -> str:
    zone(name)
    return name


class FormulaOptions(InlineOptions):
    """Options of a formula field; the last one is set by the server."""

    formula: Annotated[
        str,
        AfterValidator(_parsed),
        Field(description="The formula; docs/formula-functions.md describes the language. Fields stand as {Name}."),
    ]
    timezone: Annotated[
        str,
        AfterValidator(_known_zone),
        Field(description="IANA name of the zone in which days and hours are looked at, e.g. Europe/Berlin."),
    ] = "UTC"
    stored_as: Annotated[
        int | None,
        Field(description="Number of the column that the values are kept in, where they can be; set by the server."),
    ] = None

    _typed: Typed | None = PrivateAttr(None)
    _reads: frozenset[UUID] = PrivateAttr(frozenset())
    _looks_elsewhere: bool = PrivateAttr(False)

    @property
    def excess(self) -> str | None:
        """What is wrong with the length of a formula that was sent; a stored one may have longer names by now."""
        return _too_long(len(self.formula)) if len(self.formula) > MAX_LENGTH else None

    @property
    def typed(self) -> Typed:
        """The formula over the fields that it names."""
        assert self._typed is not None  # it is bound
        return self._typed

    @property
    def reads(self) -> frozenset[UUID]:
        """Ids of the fields that it names, once it is bound."""
        return self._reads

    @property
    def looks_elsewhere(self) -> bool:
        """Whether a field that it names is made of other records than its own, once it is bound."""
        return self._looks_elsewhere

    @property
    def patterns(self) -> Mapping[str, str]:
        """The regular expressions in it: how PostgreSQL takes each."""
        return {pattern: pattern_text(pattern) for pattern in patterns(self.typed)}

    def find(self, field: "FieldMeta", resolution: "Resolution") -> None:
        """Find the fields that it names and check the types; raises `Unresolved` that says what is wrong and where."""
        table = resolution.table_of(field)
        is_title = field.id == table.primary_field_id
        found: dict[UUID, Source] = {}

        def source(key: str) -> Source | None:
            other = find_field(table, key)
            if other is None:
                return None
            if other.id not in found:
                resolution.bind(other)
                if other.type.looks_elsewhere(other):
                    self._look_elsewhere(other, is_title=is_title)
                found[other.id] = field_source(other)
            return found[other.id]

        try:
            self._typed = check(parse_stored(self.formula), source)
        except InvalidFormula as invalid:
            raise Unresolved(self._fault(table, source) or invalid.message, missing=invalid.missing) from None
        finally:
            self._reads = frozenset(found)

    def _look_elsewhere(self, other: "FieldMeta", *, is_title: bool) -> None:
        """Note that a field which it names is made of other records; raises `Unresolved` where it names its own."""
        if is_title:
            raise Unresolved(
                f"{other.name!r} is made of other records, and not everybody who may see a record may see those. "
                "A primary formula is made of fields of the record itself."
            )
        self._looks_elsewhere = True

    def _fault(self, table: "TableMeta", source: Callable[[str], Source | None]) -> str | None:
        """What is wrong, with the place in the text that people read."""
        readable = readable_form(self.formula, {field.id: field.name for field in table.fields})
        try:
            check(parse_stored(readable), source)
        except InvalidFormula as invalid:
            return invalid.message
        return None

    def compile(self, row: "Row") -> Compiled:
        """The formula over a row; raises `InvalidFormula` where it comes to too much SQL."""
        return compile_formula(self.typed, Environment(row, self.timezone))

    def compiled(self, row: "Row") -> Compiled:
        """As `compile`; one that has grown too large since it was saved, by those that it is made of, is an error."""
        try:
            return self.compile(row)
        except InvalidFormula:
            type = self.typed.type
            value = f"NULL::{SQL_TYPES[type.kind]}{'[]' if type.is_array else ''}"
            return Compiled(
                type, value, f"{quote_text(ErrorValue.VALUE)}::text", is_generatable=False, reads_clock=False
            )

    def is_stored(self, field: "FieldMeta", row: "Row") -> bool:
        """Whether the row has columns with the value and the error; an image of the log has older ones, or none.

        So have rows of a world, one of which is made of an image.
        """
        return self.stored_as == field.number and not row.is_image and row.parameters.world is None

    def fragment(self, row: "Row", field: "FieldMeta") -> Fragment:
        """The value as other formulas see it: the columns where there are any, else the expression."""
        made = self.compiled(row)
        if not self.is_stored(field, row):
            return Fragment(
                made.type,
                made.value,
                made.error,
                is_immutable=made.is_generatable,
                has_subquery=not made.is_generatable,
                reads_clock=made.reads_clock,
            )
        column = f"{row.alias}.{field.column}"
        error = made.error and f"{row.alias}.{error_column(field)}"
        if made.type.kind is not Kind.DURATION:
            return Fragment(made.type, column, error, is_atom=True)
        return Fragment(made.type, f"extract(epoch FROM {column})", error)

    def with_ids(self, ids: Mapping[UUID, UUID]) -> "FormulaOptions":
        """The options of a copy of the field, whose table has copies of the fields by these ids."""
        return self.model_copy(update={"formula": renamed_form(self.formula, ids), "stored_as": None})


def find_field(table: "TableMeta", key: str) -> "FieldMeta | None":
    """The field with the id of a stored reference, or with this name."""
    id = reference_id(key)
    return table.find_field(key if id is None else str(id))


def error_column(field: "FieldMeta") -> str:
    """Name of the column that the errors of a stored formula are kept in."""
    return f"{field.column}_error"
