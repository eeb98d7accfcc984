"""JSON that the database has finished: it goes to the client as it is, no resolver looks inside."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rendered:
    """The JSON text of one GraphQL value, shaped exactly as its selection asks (`null` included)."""

    json: str
