"""Lists of actions in a config: those of an automation, and those inside of one of its actions."""

from typing import Any, Final

from domain.automations.configs import read_config
from domain.automations.contract import ActionType, ConfigType, Place, Reading
from domain.automations.registry import action_types

MAX_LEVELS: Final = 5
"""Conditionals and loops in each other."""
MAX_ACTIONS: Final = 100
"""Actions in one list of them."""


def read_actions(value: object, place: Place, reading: Reading) -> list[dict[str, Any]]:
    """Actions as they are kept, `{"type", "config"}` each; what is wrong goes to the reading."""
    if not isinstance(value, list) or len(value) > MAX_ACTIONS:
        reading.refuse(place, f"It must be a list of at most {MAX_ACTIONS} actions.", "value_error.type")
        return []
    if place.count("config") > MAX_LEVELS:
        reading.refuse(place, f"At most {MAX_LEVELS} conditionals and loops may be in each other.", "value_error.depth")
        return []
    return [_action(each, (*place, index), reading) for index, each in enumerate(value)]


def find_action(value: object, place: Place, reading: Reading) -> ActionType | None:
    """The type of action that a word names, in small letters or large ones."""
    found = action_types().get(value.lower()) if isinstance(value, str) else None
    if found is None:
        known = ", ".join(key.upper() for key in action_types())
        reading.refuse(place, f"There is no action {value!r}; there are {known}.", "value_error.choice", value)
    return found


def _action(value: object, place: Place, reading: Reading) -> dict[str, Any]:
    if not isinstance(value, dict):
        reading.refuse(place, "An action is an object with type and config.", "value_error.type", value)
        return {}
    for key in set(value) - {"type", "config"}:
        reading.refuse((*place, key), f"An action has no {key!r}; it has type and config.", "value_error.extra")
    type = find_action(value.get("type"), (*place, "type"), reading)
    if type is None:
        return {}
    return {"type": type.key, "config": read_config(type, value.get("config"), (*place, "config"), reading)}


ACTIONS: Final = ConfigType("list of actions, `{type, config}` each", read_actions)
