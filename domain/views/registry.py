"""The registry of view types: every module of `domain/views/types/` is found by itself."""

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType

from domain.views import types
from domain.views.contract import ViewType


@cache
def view_types() -> Mapping[str, ViewType]:
    """Every type by its key, in the order of the docs (`position`, then key)."""
    found = [kind() for module in _modules() for kind in _types_of(module)]
    ordered = sorted(found, key=lambda type: (type.position, type.key))
    by_key = {type.key: type for type in ordered}
    if len(by_key) < len(found):
        raise RuntimeError(f"two view types share a key: {sorted(type.key for type in found)}")
    return MappingProxyType(by_key)


def view_type(key: str) -> ViewType:
    """The type with this key; raises KeyError."""
    return view_types()[key]


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(types.__path__, f"{types.__name__}."):
        yield import_module(module.name)


def _types_of(module: ModuleType) -> Iterator[type[ViewType]]:
    """The types that the module itself defines."""
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, ViewType) and value.__module__ == module.__name__:
            yield value
