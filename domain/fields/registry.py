"""The registry of field types: every module of `domain/fields/types/` is found by itself."""

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any

from domain.fields import types
from domain.fields.contract import FieldType


@cache
def field_types() -> Mapping[str, FieldType[Any]]:
    """Every type by its key, in the order of the docs (`position`, then key)."""
    found = [kind() for module in _modules() for kind in _types_of(module)]
    ordered = sorted(found, key=lambda type: (type.position, type.key))
    by_key = {type.key: type for type in ordered}
    if len(by_key) < len(found):
        raise RuntimeError(f"two field types share a key: {sorted(type.key for type in found)}")
    return MappingProxyType(by_key)


def field_type(key: str) -> FieldType[Any]:
    """The type with this key; raises KeyError, which a caller with a client's text turns into a `BadRequest`."""
    return field_types()[key]


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(types.__path__, f"{types.__name__}."):
        yield import_module(module.name)


def _types_of(module: ModuleType) -> Iterator[type[FieldType[Any]]]:
    """The concrete types that the module itself defines, not the ones it imports to build on."""
    for value in vars(module).values():
        if (
            inspect.isclass(value)
            and issubclass(value, FieldType)
            and value.__module__ == module.__name__
            and not inspect.isabstract(value)
        ):
            yield value
