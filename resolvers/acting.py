"""Acting for a user without a request: automations, webhooks and jobs do what their owner may, and no more."""

from typing import Final
from uuid import UUID

from domain.accounts.viewer import ALL_SCOPES, Viewer
from domain.errors import Unauthenticated
from resolvers.context import Client, RequestContext
from resolvers.services import Services

_USER: Final = "SELECT is_superuser, is_verified FROM users WHERE id = $1 AND is_active"


async def acting_for(
    services: Services,
    user_id: UUID,
    service: str,
    scopes: frozenset[str] = ALL_SCOPES,
    mutation_id: UUID | None = None,
) -> RequestContext:
    """A context of one operation for a user, as the rights are now; `service` says who acts for the user.

    What it writes has the `mutation_id`, where it is a part of something else.

    Raises `Unauthenticated` when there is no such user, or one who was deactivated.
    """
    async with services.database.unit() as unit:
        user = await unit.connection.fetchrow(_USER, user_id)
    if user is None:
        raise Unauthenticated("Its owner has no account here any more, or one that is deactivated.")
    viewer = Viewer(
        user_id, scopes, is_superuser=user["is_superuser"], is_verified=user["is_verified"], service=service
    )
    return RequestContext(services, viewer, Client(service, mutation_id=mutation_id))
