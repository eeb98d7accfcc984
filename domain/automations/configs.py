"""Configs of triggers and actions: from what a client sends to what is kept."""

import re
from collections.abc import Mapping
from typing import Any, Final

from domain.automations.contract import ConfigField, ConfigJson, Part, Place, Reading
from domain.nearness import did_you_mean

_WORDS: Final = re.compile("(?<!^)(?=[A-Z])")


def read_config(part: Part, raw: object, place: Place, reading: Reading) -> ConfigJson:
    """The config with its defaults, as it is kept; None means all of them. What is wrong goes to the reading."""
    if not isinstance(raw, dict | None):
        reading.refuse(place, "The config must be a JSON object.", "value_error.type", raw)
        return {}
    given, before = dict(raw or {}), len(reading.problems)
    config = {each.name: _read_field(each, given, place, reading) for each in part.config}
    for key, value in given.items():
        reading.refuse((*place, key), _unknown(part, key), "value_error.extra", value)
    if len(reading.problems) == before:
        part.check(config, place, reading)
    return config


def _unknown(part: Part, key: str) -> str:
    names = [each.name for each in part.config]
    known = f"It has: {', '.join(map(repr, names))}." if names else "It has none."
    return f"{part.key.upper()} has no config {key!r}.{did_you_mean(key, names)} {known}"


def _read_field(field: ConfigField, given: dict[str, Any], place: Place, reading: Reading) -> object:
    """Takes the value out of what is given."""
    values = [given.pop(name) for name in _names(field) if name in given]
    if len(values) > 1:
        reading.refuse((*place, field.name), "It is given twice, under two names.", "value_error.duplicate")
    value = values[0] if values else None
    if value is not None:
        return field.type.read(value, (*place, field.name), reading)
    if field.is_required:
        reading.refuse((*place, field.name), f"It is needed: {field.description}", "value_error.missing")
    return field.default


def _names(field: ConfigField) -> list[str]:
    return list(dict.fromkeys((field.name, _WORDS.sub("_", field.name).lower(), *field.aliases)))


def renamed_config(config: Any, ids: Mapping[str, str]) -> Any:
    """A config for a copy of what it names: each text that is an id of `ids` becomes that of the copy."""
    if isinstance(config, str):
        return ids.get(config, config)
    if isinstance(config, list):
        return [renamed_config(each, ids) for each in config]
    if isinstance(config, dict):
        return {key: renamed_config(each, ids) for key, each in config.items()}
    return config
