"""The users that stored values refer to."""

from uuid import UUID


def users_in(value: object) -> set[UUID]:
    """The ids in the stored value of a user field, one or several."""
    ids = value if isinstance(value, list) else [value]
    return {id for id in ids if isinstance(id, UUID)}
