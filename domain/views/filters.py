"""Filters and orders as views keep them: JSON as clients send it, that names fields by their ids."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.fields.contract import InvalidValue
from domain.fields.operators import FilterOperator
from domain.fields.storage import encode_json
from domain.records.columns import ViewKey, find_column, lasting_key, renamed_key
from domain.records.filters import Filter, Group, Junction, Leaf, Shape, compile_filter
from domain.records.paging import Sort, compile_order
from domain.records.rows import Row
from domain.sql import Convert, Parameters

FilterJson = dict[str, Any]
OrderJson = list[Any]
NAMES = {Junction.AND: "and", Junction.OR: "or"}


# --- from what a client asks for ---


def filter_json(filter: Filter, table: TableMeta) -> FilterJson:
    """A filter as a view keeps it; raises `BadRequest` for one that does not fit the table."""
    parameters = Parameters()
    compile_filter(filter.shape, Row("r", table, parameters), 0)
    parameters.bind(filter.values)
    values = iter(filter.values)
    return _part_json(filter.shape, values, table)


def _part_json(part: Shape, values: Iterator[object], table: TableMeta) -> FilterJson:
    if isinstance(part, Leaf):
        return _leaf_json(part, next(values), table)
    parts = [_part_json(each, values, table) for each in part.parts]
    return {"not": parts[0]} if part.junction is Junction.NOT else {NAMES[part.junction]: parts}


def _leaf_json(leaf: Leaf, value: object, table: TableMeta) -> FilterJson:
    operand = _Lasting(value, leaf.is_null)
    Row("r", table, Parameters()).condition(leaf.operator, find_column(table, leaf.field), operand)
    return {"field": lasting_key(table, leaf.field), "operator": leaf.operator.value, "value": operand.lasting}


@dataclass(slots=True)
class _Lasting:
    """A leaf's value in the form that lasts: a choice by its id, so that it may be renamed; none where none is used."""

    value: object
    is_null: bool
    lasting: object = None

    def bind(self, convert: Convert, type: str) -> str:
        """See `Operand`."""
        plain = orjson.loads(encode_json(convert(self.value))) if type in ("text", "text[]") else self.value
        try:
            is_lasting = convert(plain) == convert(self.value)
        except InvalidValue:
            is_lasting = False
        self.lasting = plain if is_lasting else self.value
        return "NULL"


def order_json(sorts: Sequence[Sort], table: TableMeta) -> OrderJson:
    """An order as a view keeps it; raises `BadRequest` for one that does not fit the table."""
    compile_order(sorts, Row("r", table, Parameters()))
    keys = [lasting_key(table, sort.field) for sort in sorts]
    for sort, key in zip(sorts, keys, strict=True):
        if keys.count(key) > 1:
            raise BadRequest(f"The order names {sort.field!r} twice.", argument="orderBy", field=sort.field)
    return [
        {"field": key, "direction": "DESC" if sort.descending else "ASC"} for sort, key in zip(sorts, keys, strict=True)
    ]


# --- to what the compiler takes ---


def read_filter_json(json: FilterJson, *, of_view: bool = False) -> Filter:
    """The filter that a view keeps; it holds `of_view` for those, too, who may not see all of its fields."""
    values: list[object] = []
    return Filter(_shape(json, values, ViewKey if of_view else str), tuple(values))


def _shape(json: FilterJson, values: list[object], key: type[str]) -> Shape:
    if "field" in json:
        value = json["value"]
        values.append(value)
        return Leaf(key(json["field"]), FilterOperator(json["operator"]), value is None or value == "")
    if "not" in json:
        return Group(Junction.NOT, (_shape(json["not"], values, key),))
    junction = Junction.AND if "and" in json else Junction.OR
    return Group(junction, tuple(_shape(each, values, key) for each in json[NAMES[junction]]))


def read_order_json(json: OrderJson) -> tuple[Sort, ...]:
    """The order that a view keeps."""
    return tuple(Sort(each["field"], each["direction"] == "DESC") for each in json)


# --- when fields change ---


def fitting_filter(json: FilterJson, table: TableMeta, unreadable: Collection[str] = ()) -> FilterJson | None:
    """What is left of a filter when the conditions that do not fit the table are gone; None when nothing is.

    `unreadable` are fields whose values in conditions have lost their meaning.
    """
    if "field" in json:
        return json if json["field"] not in unreadable and _fits(json, table) else None
    if "not" in json:
        inner = fitting_filter(json["not"], table, unreadable)
        return None if inner is None else {"not": inner}
    [(name, parts)] = json.items()
    fitting = [each for part in parts if (each := fitting_filter(part, table, unreadable)) is not None]
    return {name: fitting} if fitting or not parts else None


def _fits(leaf: FilterJson, table: TableMeta) -> bool:
    filter = read_filter_json(leaf)
    parameters = Parameters()
    try:
        compile_filter(filter.shape, Row("r", table, parameters), 0)
        parameters.bind(filter.values)
    except BadRequest:
        return False
    return True


def fitting_order(json: OrderJson, table: TableMeta) -> OrderJson:
    """An order without the keys that the table does not have."""
    return [each for each in json if _is_known(each["field"], table)]


def _is_known(key: str, table: TableMeta) -> bool:
    try:
        find_column(table, key)
    except BadRequest:
        return False
    return True


# --- when a table is copied ---


def renamed_filter(json: FilterJson, ids: Mapping[str, str]) -> FilterJson:
    """A filter that names other fields."""
    if "field" in json:
        return {**json, "field": renamed_key(json["field"], ids)}
    if "not" in json:
        return {"not": renamed_filter(json["not"], ids)}
    return {name: [renamed_filter(part, ids) for part in parts] for name, parts in json.items()}


def renamed_order(json: OrderJson, ids: Mapping[str, str]) -> OrderJson:
    """An order that names other fields."""
    return [{**each, "field": renamed_key(each["field"], ids)} for each in json]
