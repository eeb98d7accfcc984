"""Configs of views: from what a client sends to what is kept, and what becomes of that when fields change."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from domain.bases.catalog import TableMeta
from domain.errors import Problem, invalid_input
from domain.model_problems import problems_of
from domain.views.contract import Reference, ViewType

ConfigJson = dict[str, Any]
PLACE = "config"


def read_config(type: ViewType, raw: object, table: TableMeta) -> ConfigJson:
    """A validated config with its defaults and the ids of the fields that it names, by id or by name.

    None means all defaults. Raises `ValidationFailed` with every problem.
    """
    if not isinstance(raw, dict | None):
        raise invalid_input([Problem((PLACE,), "The config must be a JSON object.", "value_error.type", value=raw)])
    try:
        config = type.config_model.model_validate(_with_ids(type, raw or {}, table)).model_dump()
    except ValidationError as error:
        raise invalid_input(problems_of(error, (PLACE,), type.config_model)) from None
    problems = [
        problem for key, each in type.references.items() for problem in _problems(config[key], key, each, table)
    ]
    if problems:
        raise invalid_input(problems)
    return config


def _with_ids(type: ViewType, raw: Mapping[str, Any], table: TableMeta) -> ConfigJson:
    """The config as it was sent, with the ids of those fields that it calls by name."""

    def id_of(value: object) -> object:
        field = table.find_field(value) if isinstance(value, str) else None
        return value if field is None else str(field.id)

    named = {key: raw[key] for key in type.references if key in raw}
    return {**raw, **{key: list(map(id_of, v)) if isinstance(v, list) else id_of(v) for key, v in named.items()}}


def _problems(value: object, key: str, reference: Reference, table: TableMeta) -> Iterator[Problem]:
    """What is wrong with the fields that a key names."""
    ids = value if isinstance(value, list) else [value]
    for index, id in enumerate(ids):
        place = (PLACE, key, index) if isinstance(value, list) else (PLACE, key)
        field = None if id is None else table.find_field(id)
        if field is None and id is not None:
            message = f"The table {table.name!r} has no field with id {id}."
            yield Problem(place, message, "value_error.unknown_field", value=id)
        elif field is not None and not reference.accepts(field):
            message = f"It must be {reference.wanted}; {field.name!r} is of type {field.type.key.upper()}."
            yield Problem(place, message, "value_error.field_type", value=id)
        elif id is not None and ids.index(id) < index:
            yield Problem(place, "The field is named twice.", "value_error.duplicate", value=id)


def fitting_config(type: ViewType, config: ConfigJson, table: TableMeta) -> ConfigJson:
    """The config without the fields that are gone or do not fit any longer: null, also where one is needed."""

    def fitting(reference: Reference, id: str) -> str | None:
        field = table.find_field(id)
        return id if field is not None and reference.accepts(field) else None

    return {**config, **{key: _each(config.get(key), each, fitting) for key, each in type.references.items()}}


def renamed_config(type: ViewType, config: ConfigJson, ids: Mapping[str, str]) -> ConfigJson:
    """The config for a copy of the table; `ids` are those of the copied fields by those of the first ones."""

    def renamed(_: Reference, id: str) -> str | None:
        return ids.get(id)

    return {**config, **{key: _each(config.get(key), each, renamed) for key, each in type.references.items()}}


def _each(value: Any, reference: Reference, change: Callable[[Reference, str], str | None]) -> list[str] | str | None:
    if isinstance(value, list):
        return [changed for id in value if (changed := change(reference, id)) is not None]
    return None if value is None else change(reference, value)
