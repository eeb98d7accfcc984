"""The registry of functions: every module of `domain/formulas/functions/` is found by itself."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from domain.formulas import functions as package
from domain.formulas.contract import Function


@cache
def families() -> Mapping[str, tuple[Function, ...]]:
    """The functions of each family by its title, both in the order of the alphabet."""
    found: dict[str, list[Function]] = {}
    for information in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = import_module(information.name)
        found.setdefault(module.TITLE, []).extend(module.FUNCTIONS)
    return MappingProxyType(
        {title: tuple(sorted(found[title], key=lambda function: function.name)) for title in sorted(found)}
    )


@cache
def functions() -> Mapping[str, Function]:
    """Every function by its name, in the order of the alphabet."""
    found = [function for family in families().values() for function in family]
    by_name = {function.name: function for function in sorted(found, key=lambda function: function.name)}
    if len(by_name) < len(found):
        raise RuntimeError("two functions share a name")
    return MappingProxyType(by_name)
