"""From a selection to SQL: text expressions whose value is the JSON of what was selected.

The text is put together by `||` from literals and the fields' own JSON expressions, in a balanced tree; that costs
PostgreSQL less than its JSON functions do (docs/adr/0002).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from domain.bases.catalog import FieldMeta, TableMeta
from domain.records.selection import (
    FieldValue,
    FieldValues,
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
from domain.sql import Parameters, concat, quote_text


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


def render_record(members: RecordMembers, table: TableMeta, alias: str, parameters: Parameters) -> str:
    """A text expression: the JSON object of the record whose row is called `alias`."""
    text = JsonText()
    for separator, member in _separated(members):
        text.literal(f"{separator}{json_string(member.key)}:")
        _render_member(text, member, table, alias, parameters)
    text.literal("}")
    return text.sql()


def _separated(members: Sequence[RecordMember]) -> list[tuple[str, RecordMember]]:
    return [("," if i else "{", member) for i, member in enumerate(members)]


def _render_member(text: JsonText, member: RecordMember, table: TableMeta, alias: str, parameters: Parameters) -> None:
    match member:
        case Typename(name=name):
            text.literal(json_string(name))
        case Property(of=RecordProperty.ID):
            _quoted(text, f"{alias}.id::text")
        case Property(of=RecordProperty() as property):
            text.expression(_RECORD_PROPERTIES[property].format(alias=alias))
        case FieldValues():
            _render_fields(text, member, table, alias, parameters)
        case FieldValue(field=key):
            text.expression(render_field(table.field(key), alias, parameters))
        case UserObject():
            text.expression(render_user(member.members, f"{alias}.{member.column.value}"))
        case TableObject():
            text.literal(_render_table(member, table))
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


def _render_fields(text: JsonText, member: FieldValues, table: TableMeta, alias: str, parameters: Parameters) -> None:
    chosen = table.fields if member.only is None else [table.field(key) for key in dict.fromkeys(member.only)]
    text.literal("{")
    for i, each in enumerate(dict.fromkeys(chosen)):
        name = str(each.id) if member.by_id else each.name
        text.literal(f"{',' if i else ''}{json_string(name)}:")
        text.expression(render_field(each, alias, parameters))
    text.literal("}")


def render_field(field: FieldMeta, alias: str, parameters: Parameters) -> str:
    """A text expression, never NULL: the JSON of a field's value."""
    json = field.type.json(f"{alias}.{field.column}", field.options, parameters)
    return f"coalesce({json},{quote_text(field.type.empty_json)})"


_USER_PROPERTIES = {
    UserProperty.ID: "'\"'||u.id||'\"'",
    UserProperty.NAME: "coalesce(to_json(u.name)::text,'null')",
    UserProperty.EMAIL: "to_json(u.email)::text",
    UserProperty.IS_VERIFIED: "u.is_verified::text",
    UserProperty.IS_ACTIVE: "u.is_active::text",
    UserProperty.IS_SUPERUSER: "u.is_superuser::text",
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
