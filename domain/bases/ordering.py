"""What an order that a client gives to all tables of a base, or all fields of a table, must be."""

from collections.abc import Collection, Sequence
from uuid import UUID

from domain.errors import BadRequest


def require_whole_order(order: Sequence[UUID], existing: Collection[UUID], what: str, argument: str) -> None:
    """Raise `BadRequest` unless the order names each existing id once; `what` is "table" or "field"."""
    strange = [id for id in order if id not in existing]
    if strange:
        raise BadRequest(f"There is no {what} with id {strange[0]} to order here.", argument=argument)
    named = set(order)
    if len(named) < len(order):
        raise BadRequest(f"The order names a {what} twice.", argument=argument)
    left_out = [id for id in existing if id not in named]
    if left_out:
        raise BadRequest(
            f"The order must name every {what}; {len(left_out)} are left out, such as {left_out[0]}.",
            argument=argument,
        )
