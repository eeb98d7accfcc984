"""The Node interface, and how ids of the API are read."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from domain.errors import BadRequest
from domain.ids import parse_id


@strawberry.interface(description="Anything that has an id of its own and can be fetched by it.")
class Node:
    """Every entity type of the API."""

    id: strawberry.ID = strawberry.field(description="A UUID; unique over all kinds of entities.")


def read_id(text: str, argument: str = "id") -> UUID:
    """The UUID in an argument; raises `BadRequest` that names the argument when it is not one."""
    id = parse_id(text)
    if id is None:
        raise BadRequest(f"{argument} must be a UUID of 36 characters, not {text[:60]!r}.", argument=argument)
    return id


def read_optional_id(text: str | None, argument: str) -> UUID | None:
    """As `read_id`; None for null."""
    return None if text is None else read_id(text, argument)


def read_ids(texts: Sequence[str], argument: str) -> list[UUID]:
    """The UUIDs in a list argument; raises `BadRequest` that names the first that is not one."""
    return [read_id(text, f"{argument}.{index}") for index, text in enumerate(texts)]


def read_optional_ids(texts: Sequence[str] | None, argument: str) -> list[UUID] | None:
    """As `read_ids`; None for null."""
    return None if texts is None else read_ids(texts, argument)


def optional_id(id: object) -> strawberry.ID | None:
    """An id as clients get it; None for none."""
    return None if id is None else strawberry.ID(str(id))
