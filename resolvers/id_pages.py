"""Pages of what has time-ordered ids, newest first: the place of an item is its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from adapters.database import Unit
from domain.errors import BadRequest
from domain.ids import parse_id
from models import Model

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many items, and the id that the page starts behind; None for the newest."""

    size: int
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class IdPage(Generic[ModelT]):
    """The items of a page, and whether there are more behind it and before it."""

    items: Sequence[ModelT]
    has_next: bool
    has_previous: bool


def read_place(after: str | None) -> UUID | None:
    """The place that a cursor stands for; raises `BadRequest` for what is none."""
    if after is None:
        return None
    place = parse_id(after)
    if place is None:
        raise BadRequest("'after' must be a cursor of this list.", argument="after")
    return place


async def read_page(
    unit: Unit, statement: Select[ModelT], id: InstrumentedAttribute[UUID], page: PageRequest
) -> IdPage[ModelT]:
    """A page of what the statement chooses, by one statement."""
    if page.after is not None:
        statement = statement.where(id < page.after)
    found = (await unit.session.scalars(statement.order_by(id.desc()).limit(page.size + 1))).all()
    return IdPage(found[: page.size], len(found) > page.size, page.after is not None)
