"""JSON that is finished: it goes to the client as it is, no resolver looks inside."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rendered:
    """The JSON text of one GraphQL value, shaped exactly as its selection asks (`null` included)."""

    json: str


@dataclass(frozen=True, slots=True)
class SharedRendered(Rendered):
    """One that goes to many clients: what is made of it on the way is kept here, and made once."""

    made: dict[str, Any] = field(default_factory=dict, kw_only=True, compare=False, repr=False)
