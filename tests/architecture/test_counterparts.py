"""docs/accounts-counterparts.md names nothing that is not there: each name of a right column is one of the code."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from domain.access.permissions import PERMISSIONS
from domain.audit.actions import AuditAction
from domain.instance.settings import INSTANCE_SETTINGS
from graph.schema import build_schema
from resolvers.services import Services
from server.app import create_app
from server.cli import COMMANDS
from server.settings import Settings
from server.settings_section import FILE

PAGE = (Path(__file__).parents[2] / "docs" / "accounts-counterparts.md").read_text(encoding="utf-8")
SCHEMA = build_schema()._schema


def rows() -> list[tuple[str, str]]:
    """The two columns of every row."""
    return re.findall(r"^\| (?!there \|)(.+?) \| (.+) \|$", PAGE, re.MULTILINE)


def schema_names() -> Iterator[str]:
    """Types, their fields as `Type.field` and values as `Type.VALUE`; root fields and codes of errors by themselves."""
    for type in SCHEMA.type_map.values():
        yield type.name
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from (f"{type.name}.{name}" for name in type.fields)
            yield from type.fields if type.name in ("Query", "Mutation") else ()
        if isinstance(type, GraphQLEnumType):
            yield from (f"{type.name}.{name}" for name in type.values)
            yield from type.values if type.name in ("ErrorCode", "FieldType") else ()


def other_names(services: Services) -> set[str]:
    """Settings, permissions, actions, commands, routes, and the one argument that is worth a name."""
    services.oauth = replace(services.oauth, server_url="https://api.example.com")
    routes = {str(getattr(route, "path", "")) for route in create_app(Settings(), services).routes}
    commands = {f"tablegraph {each.__name__.replace('_', '-')}" for each in COMMANDS}
    return {
        *Settings.model_fields,
        *INSTANCE_SETTINGS,
        *PERMISSIONS,
        *(action.value for action in AuditAction),
        *commands,
        *routes,
        FILE,
        "allSessions",
    }


def test_every_name_is_one_of_the_code(services: Services) -> None:
    known = {*schema_names(), *other_names(services)}

    assert [name for _, here in rows() for name in re.findall(r"`([^`]+)`", here) if name not in known] == []


def test_every_row_names_something_or_says_why_not() -> None:
    empty = [there for there, here in rows() if "`" not in here and not re.match(r"none: .{20,}", here)]

    assert [there for there in empty if "headers RateLimit" not in dict(rows())[there]] == []


def test_there_are_tables_of_each_system() -> None:
    sections = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", PAGE, re.MULTILINE))

    assert list(sections) == ["FastAuth", "Core Framework", "TinyBase", "S3verless"]
    assert [len(re.findall(r"^\| (?!there|---)", text, re.MULTILINE)) for text in sections.values()] == [97, 68, 36, 30]
