"""The channels that people can be present in: a workspace, a base, a table or a record."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final
from uuid import UUID, uuid5

from domain.errors import BadRequest, NotFound
from domain.ids import parse_id

_TOPICS: Final = UUID("8f6bb5c2-6f0e-5b1c-9f0c-6a3c1d0f7a11")
"""The namespace of the bus's topics of channels."""
_SHOWN: Final = 80


class Place(Enum):
    """What a channel belongs to."""

    WORKSPACE = "workspace"
    BASE = "base"
    TABLE = "table"
    RECORD = "record"


@dataclass(frozen=True)
class Channel:
    """A channel; its text, `table:ID`, is how the API and the database name it."""

    place: Place
    id: UUID

    @cached_property
    def topic(self) -> UUID:
        """The bus's topic of its news."""
        return topic_of(str(self))

    def __str__(self) -> str:
        return f"{self.place.value}:{self.id}"


def topic_of(channel: str) -> UUID:
    """The bus's topic of a channel's news, from its text."""
    return uuid5(_TOPICS, channel)


def read_channel(text: str, argument: str = "channel") -> Channel:
    """The channel that a client wrote; raises `BadRequest` that names the argument when it is not one."""
    place, _, id = text.partition(":")
    parsed = parse_id(id)
    if parsed is None or place not in {each.value for each in Place}:
        kinds = ", ".join(f"'{each.value}:ID'" for each in Place)
        raise BadRequest(f"{argument} must be one of {kinds}, not {text[:_SHOWN]!r}.", argument=argument)
    return Channel(Place(place), parsed)


def no_channel(channel: Channel) -> NotFound:
    """The error for a channel whose place is not there, or may not be seen."""
    return NotFound(f"There is no {channel.place.value} with id {channel.id}.", channel=str(channel))
