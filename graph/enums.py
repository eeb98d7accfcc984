"""Enums of the domain as enums of the API, every value described."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

EnumT = TypeVar("EnumT", bound=Enum)


def expose(cls: type[EnumT], description: str, values: Mapping[EnumT, str]) -> type[EnumT]:
    """Make an enum of the domain a GraphQL enum; `values` describes each member, and must name them all."""
    if set(values) != set(cls):
        raise ValueError(f"{cls.__name__}: the values described are not the values that there are")
    exposed = strawberry.enum(cls, description=description)
    definition = exposed.__strawberry_definition__  # type: ignore[attr-defined]  # strawberry.enum adds it
    described = {member.name: text for member, text in values.items()}
    for value in definition.values:
        value.description = described[value.name]
    return exposed
