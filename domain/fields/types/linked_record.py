"""The linked record field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from domain.bases.links import Side
from domain.fields import faults
from domain.fields.arrays import ARRAY_CONDITIONS
from domain.fields.computed import BoundOptions, Result, Unresolved
from domain.fields.contract import FieldType, Options, OrderKey, Parser, RelatedExample
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.named import TableId
from domain.fields.operators import FilterOperator, Operand, for_operand, list_of
from domain.fields.readable import readable
from domain.fields.record_names import split_names
from domain.fields.texts import check_storable
from domain.fields.widening import PERMISSION
from domain.ids import parse_id
from domain.records.rows import Row
from domain.sql import Parameters

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta, TableMeta
    from domain.bases.resolution import Resolution

MAX_LINKS: Final = 10_000
"""How many records one value may name."""


@dataclass(frozen=True, slots=True)
class Title:
    """Stands in a value for a record that is named by the value of its primary field, until it is found."""

    text: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """Stands in a value for a record that the same call creates, named by the temporary id that it has there."""

    temp_id: str


Named = UUID | Title | NewRecord
"""What a value names records by."""


class LinkedRecordOptions(BoundOptions):
    """Options of a linked record field; the last two are set by the server."""

    linked_table_id: Annotated[TableId, Field(strict=False, description="Id or name of the table, of the same base.")]
    allow_multiple: Annotated[
        bool,
        Field(description="Whether a value names several records; it is a list then, in the order given."),
        PERMISSION,
    ] = True
    symmetric_field_id: Annotated[
        UUID | None,
        Field(strict=False, description="Id of the other table's field with the same links; set by the server."),
    ] = None
    is_symmetric: Annotated[
        bool, Field(description="Whether the field was made with the other one; set by the server.")
    ] = False

    @property
    def side(self) -> Side:
        """Where the links are kept."""
        assert self._side is not None  # it is bound
        return self._side

    @property
    def linked_table(self) -> "TableMeta":
        """The table of the linked records."""
        assert self._linked_table is not None  # it is bound
        return self._linked_table

    @property
    def symmetric_field(self) -> "FieldMeta":
        """The field of the linked table that shows the same links."""
        return self.linked_table.field(str(self.symmetric_field_id))

    _side: Side | None = None
    _linked_table: "TableMeta | None" = None

    def place(self, side: Side, linked_table: "TableMeta") -> None:
        """Note where the links are kept, and what they lead to."""
        self._side, self._linked_table = side, linked_table


class LinkedRecordType(FieldType[LinkedRecordOptions]):
    """Links to records of a table of the same base."""

    key = "linked_record"
    title = "Linked record"
    position = 112
    description = (
        "Links to records of a table of the same base. A value is read as a JSON list of objects of `id` and `value`, "
        "that of the record's primary field; without allow_multiple as one such object. It is written as a list of "
        'ids, or as one id; in transact, `{tempId: "…"}` is a record that the same call creates. With typecast, '
        'primary values stand for ids, also in one text: `Acme, "Best, Sons"`. The other table gets a field that shows '
        "the same links from there."
    )
    options_model = LinkedRecordOptions
    column_type = "uuid[]"
    references = "record"
    is_bound = True
    takes_default = False
    conditions = ARRAY_CONDITIONS
    empty_json = "[]"
    examples = ()
    related_examples = (
        RelatedExample(
            {"linked_table_id": "<Companies>"},
            [{"id": "<Acme>", "value": "Acme"}, {"id": "<Best>", "value": "Best"}],
            ["<Acme>", "<Best>"],
        ),
        RelatedExample(
            {"linked_table_id": "<Companies>", "allow_multiple": False}, {"id": "<Acme>", "value": "Acme"}, "<Acme>"
        ),
    )
    bad_examples = ()

    def has_column(self, options: LinkedRecordOptions) -> bool:
        return False

    def bind(self, field: "FieldMeta", resolution: "Resolution") -> None:
        options: LinkedRecordOptions = field.options  # type: ignore[assignment]  # they are its own
        table = resolution.table_of(field)
        linked = resolution.tables.get(options.linked_table_id)
        if linked is None:
            raise Unresolved(f"The base has no table with id {options.linked_table_id}.")
        first: FieldMeta | None = field
        if options.is_symmetric:
            first = None if options.symmetric_field_id is None else resolution.find(options.symmetric_field_id)
        if first is None:
            raise Unresolved("The field that it was made with is gone.")
        options.place(Side(table.base_number, first.number, options.is_symmetric), linked)
        options.settle(Result(self, options))

    def follows(self, field: "FieldMeta") -> "tuple[FieldMeta, FieldMeta] | None":
        options: LinkedRecordOptions = field.options  # type: ignore[assignment]  # they are its own
        return None if options.result is None else (field, options.linked_table.primary_field)

    def merge_options(self, old: LinkedRecordOptions, new: LinkedRecordOptions) -> LinkedRecordOptions:
        """Only `allow_multiple` can change: links to another table are another field."""
        if new.linked_table_id != old.linked_table_id:
            raise InvalidValue("The links of a field cannot lead to another table: make a new field.", faults.READ_ONLY)
        return old.model_copy(update={"allow_multiple": new.allow_multiple})

    def renamed(self, options: LinkedRecordOptions, ids: Mapping[UUID, UUID]) -> LinkedRecordOptions:
        symmetric = options.symmetric_field_id
        return options.model_copy(
            update={
                "linked_table_id": ids.get(options.linked_table_id, options.linked_table_id),
                "symmetric_field_id": symmetric and ids.get(symmetric, symmetric),
            }
        )

    # --- values ---

    def parser(self, options: LinkedRecordOptions, *, typecast: bool = False) -> Parser:
        item = _parse_loosely if typecast else _parse_record
        if options.allow_multiple or typecast:
            most = MAX_LINKS if options.allow_multiple else 1

            def parse_list(value: object) -> object:
                if typecast and isinstance(value, str):
                    value = _names_in(value, takes_several=options.allow_multiple)
                return _parse_list(value, item, most, is_loose=typecast)

            return parse_list

        def parse_one(value: object) -> object:
            found = None if value is None or value == "" else item(value)
            return None if found is None else [found]

        return parse_one

    def operand_parser(self, options: LinkedRecordOptions) -> Parser:
        return list_of(_parse_id)

    # --- SQL ---

    def is_limited(self, row: Row, field: "FieldMeta") -> bool:
        """Links to records that policies hide are not shown."""
        options: LinkedRecordOptions = field.options  # type: ignore[assignment]  # they are its own
        rule = row.table.linked(options.linked_table).rule
        return rule is not None and rule.limits_reads

    def value(self, row: Row, field: "FieldMeta") -> str:
        links = links_of(row, field, "j")
        return f"SELECT array_agg(j.id ORDER BY j.n, j.id) FROM {links}"

    def json(self, column: str, options: LinkedRecordOptions, parameters: Parameters) -> str:
        return _json(f"unnest({column}) WITH ORDINALITY j(id, n)", Row("k", options.linked_table, parameters), options)

    def json_in(self, row: Row, field: "FieldMeta") -> str:
        options: LinkedRecordOptions = field.options  # type: ignore[assignment]  # they are its own
        json = _json(links_of(row, field, "j"), row.to(options.linked_table), options)
        return f"coalesce({json},'{self.empty_json_for(options)}')"

    def empty_json_for(self, options: LinkedRecordOptions) -> str:
        return "[]" if options.allow_multiple else "null"

    def order(self, column: str, options: LinkedRecordOptions, parameters: Parameters) -> OrderKey:
        """As `order_in`, of ids that are there."""
        there = Row("k", options.linked_table, parameters)
        title = there.order(there.table.primary_field)
        links = f"unnest({column}) WITH ORDINALITY j(id, n) JOIN {there.table.sql_name} k ON k.id = j.id"
        return OrderKey(f"(SELECT array_agg({title.sql} ORDER BY j.n) FROM {links})", f"{title.type}[]")

    def identity(self, column: str, options: LinkedRecordOptions, parameters: Parameters) -> str:
        """The same records count as one value, however they are ordered."""
        return f"(SELECT array_agg(j.id ORDER BY j.id) FROM unnest({column}) AS j(id))"

    def item(self, column: str, options: LinkedRecordOptions) -> tuple[FieldType[Any], Options, str] | None:
        if not options.allow_multiple:
            return None
        one = options.model_copy(update={"allow_multiple": False})
        return self, one, f"(CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}] END)"

    def order_in(self, row: Row, field: "FieldMeta") -> OrderKey:
        """By the primary values of the linked records, in their order."""
        there = row.to(field.options.linked_table)  # type: ignore[attr-defined]  # they are its own
        title = there.order(there.table.primary_field)
        titles = f"(SELECT array_agg({title.sql} ORDER BY j.n, j.id){_from(row, field, there)})"
        return OrderKey(titles, f"{title.type}[]")

    def text(self, column: str, options: LinkedRecordOptions, parameters: Parameters) -> str:
        there = Row("k", options.linked_table, parameters)
        links = f"unnest({column}) WITH ORDINALITY j(id, n)"
        return _titles(f" FROM {links}{there.joined('j.id')}", there)

    def text_in(self, row: Row, field: "FieldMeta") -> str:
        there = row.to(field.options.linked_table)  # type: ignore[attr-defined]  # they are its own
        return _titles(_from(row, field, there), there)

    def condition_in(self, operator: FilterOperator, row: Row, field: "FieldMeta", operand: Operand) -> str:
        """Of links that are not in an image, those that name a record are looked for by that record."""
        meant = for_operand(operator, operand)
        if row.is_image or meant not in _BY_RECORD:
            return super().condition_in(operator, row, field, operand)
        sides = links_of(row, field, "j")
        if meant is FilterOperator.IS_EMPTY:
            return f"NOT EXISTS (SELECT FROM {sides})"
        if meant is FilterOperator.IS_NOT_EMPTY:
            return f"EXISTS (SELECT FROM {sides})"
        ids = operand.bind(list_of(_parse_id), "uuid[]")
        found = f"EXISTS (SELECT FROM {sides} WHERE j.id = ANY({ids}))"
        return f"NOT {found}" if meant in (FilterOperator.HAS_NONE, FilterOperator.NOT_IN) else found


_BY_RECORD: Final = frozenset(
    {
        FilterOperator.IS_EMPTY,
        FilterOperator.IS_NOT_EMPTY,
        FilterOperator.IN,
        FilterOperator.NOT_IN,
        FilterOperator.HAS_ANY,
        FilterOperator.HAS_NONE,
    }
)


def links_of(row: Row, field: "FieldMeta", alias: str) -> str:
    """A FROM item: rows of `id` and `n`, the records that a record is linked to by a field, and their order.

    Those that policies hide from the row's reader are not among them.
    """
    options: LinkedRecordOptions = field.options  # type: ignore[assignment]  # they are its own
    there = row.table.linked(options.linked_table)
    if there.rule is None or not there.rule.limits_reads:
        return _links_of(row, field, alias)
    all, one = f"{alias}l", Row(f"{alias}v", there, row.parameters)
    links = f"{_links_of(row, field, all)}{one.joined(f'{all}.id')}"
    return f"(SELECT {all}.id, {all}.n FROM {links} WHERE {there.rule.visible(one)}) {alias}"


def _links_of(row: Row, field: "FieldMeta", alias: str) -> str:
    if row.is_image:
        return f"unnest({row.alias}.{field.column}) WITH ORDINALITY {alias}(id, n)"
    options: LinkedRecordOptions = field.options  # type: ignore[assignment]  # they are its own
    id, world = f"{row.alias}.id", row.parameters.world
    if world is None:
        return options.side.links(id, alias)
    own = field if row.table.id == world.table.id else None
    other = options.symmetric_field if options.linked_table.id == world.table.id else None
    return world.links(options.side, id, own, other, alias, takes_one=not options.allow_multiple)


def _from(row: Row, field: "FieldMeta", there: Row) -> str:
    return f" FROM {links_of(row, field, 'j')}{there.joined('j.id')}"


def _titles(source: str, there: Row) -> str:
    return f"(SELECT string_agg({there.text(there.table.primary_field)}, ', ' ORDER BY j.n, j.id){source})"


def _json(links: str, there: Row, options: LinkedRecordOptions) -> str:
    title = there.json(there.table.primary_field)
    # Of a record that is gone there is no row, of which a formula would still make something.
    value = f"CASE WHEN {there.alias}.id IS NULL THEN 'null' ELSE {title} END"
    item = f"'{{\"id\":\"'||j.id||'\",\"value\":'||{value}||'}}'"
    source = f"{links}{there.joined('j.id', outer=True)}"
    if options.allow_multiple:
        return f"(SELECT '['||string_agg({item}, ',' ORDER BY j.n, j.id)||']' FROM {source})"
    return f"(SELECT {item} FROM {source} ORDER BY j.n, j.id LIMIT 1)"


def _parse_id(value: object) -> UUID:
    if isinstance(value, Mapping):
        value = value.get("id")
    id = parse_id(value)
    if id is not None:
        return id
    if not isinstance(value, str):
        raise wrong_type(value, "the id of a record")
    raise InvalidValue(f"{shown(value)} is not the id of a record, a UUID.", faults.FORMAT)


def _parse_record(value: object) -> UUID | NewRecord:
    """The id of a record, or `{"tempId": …}` for one that `transact` creates."""
    if isinstance(value, Mapping) and isinstance(value.get("tempId"), str) and len(value) == 1:
        return NewRecord(value["tempId"])
    return _parse_id(value)


def _names_in(text: str, *, takes_several: bool) -> list[str]:
    """The names between the commas of a text; where a value takes one, the whole of it, as long as it is not quoted."""
    names = split_names(text)
    return names if takes_several or len(names) == 1 else [text]


def _parse_loosely(value: object) -> Named:
    """Also the value of the primary field: a text, or a number or an object that reads as one."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number or (isinstance(value, Mapping) and not value.keys() & {"id", "tempId"}):
        value = readable(value)
    if isinstance(value, str) and parse_id(value.strip()) is None:
        check_storable(value)
        return Title(value.strip())
    return _parse_record(value.strip() if isinstance(value, str) else value)


def _parse_list(value: object, item: Any, most: int, *, is_loose: bool) -> object:
    if value is None or (is_loose and value == ""):
        return None
    if is_loose and not isinstance(value, list):
        value = [value]
    if not isinstance(value, list):
        raise wrong_type(value, "a list of ids of records")
    if len(value) > most:
        records = "1 record" if most == 1 else f"{most:,} records"
        raise InvalidValue(f"A value may name at most {records}, not {len(value):,}.", faults.MAX_LENGTH)
    found: dict[object, None] = {}
    for index, each in enumerate(value):
        try:
            id = item(each)
        except InvalidValue as fault:
            raise fault.inside(index) from None
        if id in found and not is_loose:
            raise InvalidValue("Each record may be named once.", faults.DUPLICATE, (index,))
        found[id] = None
    return list(found) or None
