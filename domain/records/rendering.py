"""From a selection to SQL: text expressions whose value is the JSON of what was selected.

The text is put together by `||` from literals and the fields' own JSON expressions, in a balanced tree; that costs
PostgreSQL less than its JSON functions do (docs/adr/0002).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson

from domain.bases.catalog import TableMeta
from domain.records.rows import Row
from domain.records.selection import (
    FieldValue,
    FieldValues,
    LinkedRecords,
    NestedMember,
    OwnMember,
    Property,
    RecordMember,
    RecordMembers,
    RecordProperty,
    TableObject,
    TableProperty,
    Typename,
    UserObject,
    UserProperty,
)
from domain.sql import concat, quote_text


@dataclass(slots=True)
class JsonText:
    """A JSON text under construction: literal pieces are joined in Python, the rest by PostgreSQL."""

    _parts: list[tuple[bool, str]] = field(default_factory=list)

    def literal(self, text: str) -> None:
        """Append text that is the same for every row."""
        if self._parts and self._parts[-1][0]:
            text = self._parts.pop()[1] + text
        self._parts.append((True, text))

    def expression(self, sql: str) -> None:
        """Append the value of a text expression, which must not be NULL."""
        self._parts.append((False, sql))

    def sql(self) -> str:
        """The whole as one text expression."""
        return concat([quote_text(text) if is_literal else text for is_literal, text in self._parts])


def json_string(text: str) -> str:
    """The JSON form of a text."""
    return orjson.dumps(text).decode()


Nested = Callable[[LinkedRecords, Row], str]
"""Renders a page of the records that a record is linked to; see connection.py."""


def _refuse(page: LinkedRecords, row: Row) -> str:
    raise AssertionError(f"{page.key} of {row.table.name}: no pages are rendered here")


def render_record(members: RecordMembers, row: Row, nested: Nested = _refuse) -> str:
    """A text expression: the JSON object of a record."""
    text = JsonText()
    for separator, member in _separated(members):
        text.literal(f"{separator}{json_string(member.key)}:")
        if isinstance(member, LinkedRecords):
            text.expression(nested(member, row))
        else:
            _render_member(text, member, row)
    text.literal("}")
    return text.sql()


def _separated(members: Sequence[RecordMember]) -> list[tuple[str, RecordMember]]:
    return [("," if i else "{", member) for i, member in enumerate(members)]


def _render_member(text: JsonText, member: OwnMember, row: Row) -> None:
    match member:
        case Typename(name=name):
            text.literal(json_string(name))
        case Property(of=RecordProperty.ID):
            _quoted(text, f"{row.alias}.id::text")
        case Property(of=RecordProperty() as property):
            text.expression(_RECORD_PROPERTIES[property].format(alias=row.alias))
        case FieldValues():
            _render_fields(text, member, row)
        case FieldValue(field=key):
            text.expression(row.json(row.table.field(key)))
        case UserObject():
            text.expression(render_user(member.members, f"{row.alias}.{member.column.value}"))
        case TableObject():
            text.literal(_render_table(member, row.table))
        case NestedMember():
            text.expression(member.sql(row))
        case _:
            raise AssertionError(member)


def _quoted(text: JsonText, sql: str) -> None:
    """A JSON string of a text that needs no escapes; the quotes become part of the literals around it."""
    text.literal('"')
    text.expression(sql)
    text.literal('"')


def instant(column: str) -> str:
    """A text expression: a timestamptz as a JSON string in UTC, `"2026-01-31T09:30:00.25Z"`."""
    return f"left(to_json({column} AT TIME ZONE 'UTC')::text, -1)||'Z\"'"


_RECORD_PROPERTIES = {
    RecordProperty.REVISION: "{alias}.revision::text",
    RecordProperty.CREATED_AT: instant("{alias}.created_at"),
    RecordProperty.UPDATED_AT: instant("{alias}.updated_at"),
}


def _render_fields(text: JsonText, member: FieldValues, row: Row) -> None:
    table = row.table
    chosen = table.fields if member.only is None else [table.field(key) for key in dict.fromkeys(member.only)]
    text.literal("{")
    for i, each in enumerate(dict.fromkeys(chosen)):
        name = str(each.id) if member.by_id else each.name
        text.literal(f"{',' if i else ''}{json_string(name)}:")
        text.expression(row.json(each))
    text.literal("}")


_USER_PROPERTIES = {
    UserProperty.ID: "'\"'||u.id||'\"'",
    UserProperty.NAME: "coalesce(to_json(u.name)::text,'null')",
    UserProperty.EMAIL: "to_json(u.email)::text",
    UserProperty.IS_VERIFIED: "u.is_verified::text",
    UserProperty.IS_ACTIVE: "u.is_active::text",
    UserProperty.IS_SUPERUSER: "u.is_superuser::text",
    UserProperty.IS_STAFF: "u.is_staff::text",
    UserProperty.CREATED_AT: instant("u.created_at"),
}


def render_user(members: Sequence[Property | Typename], id: str) -> str:
    """A text expression: the JSON object of the user whose id the expression `id` has, or `null`."""
    text = JsonText()
    for i, each in enumerate(members):
        text.literal(f"{',' if i else '{'}{json_string(each.key)}:")
        if isinstance(each, Typename):
            text.literal(json_string(each.name))
        elif isinstance(each.of, UserProperty):
            text.expression(_USER_PROPERTIES[each.of])
    text.literal("}")
    return f"coalesce((SELECT {text.sql()} FROM users u WHERE u.id = {id}),'null')"


def _render_table(member: TableObject, table: TableMeta) -> str:
    values = {
        TableProperty.ID: str(table.id),
        TableProperty.NAME: table.name,
        TableProperty.DESCRIPTION: table.description,
    }
    rendered = {
        each.key: each.name if isinstance(each, Typename) else values[each.of]  # type: ignore[index]  # only these
        for each in member.members
    }
    return orjson.dumps(rendered).decode()
