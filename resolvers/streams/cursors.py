"""Whether the log can be read behind a cursor that a client has sent."""

from typing import TYPE_CHECKING

from domain.errors import BadRequest, ResyncRequired

if TYPE_CHECKING:
    from resolvers.services import Services


def require_reachable(services: "Services", *, is_known: bool, is_lost: bool) -> None:
    """Raise `BadRequest` for a cursor of another database, `ResyncRequired` for one that is too old."""
    if not is_known:
        raise BadRequest("'after' is not an event cursor of this database.", argument="after")
    if is_lost:
        services.figures.resyncs += 1
        raise ResyncRequired(
            "The log of changes does not reach back to this cursor any more: read again and go on from there."
        )
