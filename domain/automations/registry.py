"""The registry of triggers and actions: every module of `triggers/` and `actions/` is found by itself."""

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TypeVar

from domain.automations import actions, triggers
from domain.automations.contract import ActionType, Part, TriggerType

PartT = TypeVar("PartT", bound=Part)


@cache
def trigger_types() -> Mapping[str, TriggerType]:
    """Every type of trigger by its key, in the order of the docs (`position`, then key)."""
    return _found(triggers, TriggerType)


def trigger_type(key: str) -> TriggerType:
    """The type with this key; raises KeyError."""
    return trigger_types()[key]


@cache
def action_types() -> Mapping[str, ActionType]:
    """Every type of action by its key, in the order of the docs (`position`, then key)."""
    return _found(actions, ActionType)  # type: ignore[type-abstract]  # its subclasses are found


def action_type(key: str) -> ActionType:
    """The type with this key; raises KeyError."""
    return action_types()[key]


def _found(package: ModuleType, kind: type[PartT]) -> Mapping[str, PartT]:
    found = [each() for module in _modules(package) for each in _parts_of(module, kind)]
    by_key = {part.key: part for part in sorted(found, key=lambda part: (part.position, part.key))}
    if len(by_key) < len(found):
        raise RuntimeError(f"two parts of automations share a key: {sorted(part.key for part in found)}")
    return MappingProxyType(by_key)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield import_module(module.name)


def _parts_of(module: ModuleType, kind: type[PartT]) -> Iterator[type[PartT]]:
    """The parts that the module itself defines."""
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, kind) and value.__module__ == module.__name__:
            yield value
