"""From the credentials of a request to the viewer that they stand for."""

from dataclasses import dataclass

from domain.accounts.viewer import Viewer
from domain.errors import Unauthenticated
from resolvers.context import Client
from resolvers.services import Services


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought: the `Authorization` header and the `X-API-Key` header, as sent."""

    authorization: str | None = None
    api_key: str | None = None


async def authenticate(services: Services, credentials: Credentials, client: Client) -> Viewer | None:
    """The viewer, or None when nothing was sent; raises `Unauthenticated` for credentials that are not valid."""
    if credentials.authorization is None and credentials.api_key is None:
        return None
    raise Unauthenticated("The credentials are not valid.")
