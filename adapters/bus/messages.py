"""The form in which wake-ups go from process to process: who sends them and the topics, as one text of hex digits."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

DIGITS: Final = 32
"""Those of one UUID."""


def messages(origin: UUID, topics: Sequence[UUID], max_length: int) -> Iterator[str]:
    """As few messages as hold all topics; without a topic, one that only says that its origin is there."""
    room = max_length // DIGITS - 1
    for start in range(0, max(1, len(topics)), room):
        yield "".join(each.hex for each in (origin, *topics[start : start + room]))


def read_message(message: str) -> tuple[UUID, list[UUID]]:
    """The origin and the topics of a message; raises `ValueError` for what is none."""
    if not message or len(message) % DIGITS:
        raise ValueError(f"not a message of the bus: {len(message)} characters")
    origin, *topics = [UUID(hex=message[start : start + DIGITS]) for start in range(0, len(message), DIGITS)]
    return origin, topics
