"""Root fields of Query about providers of accounts."""

import strawberry

from graph.info import Info
from graph.oauth.types import Identity, OAuthProvider
from resolvers.oauth.identities import list_identities


@strawberry.type
class OAuthQueries:
    """Where one can sign in, and with what the caller does."""

    @strawberry.field(
        name="oauthProviders", description="Where people can sign in besides here; for anonymous callers too."
    )
    async def oauth_providers(self, info: Info) -> list[OAuthProvider]:
        providers = info.context.services.oauth.providers
        return [OAuthProvider.from_config(each.config, info.context) for each in providers.all()]

    @strawberry.field(description="The caller's accounts at providers, oldest first. Needs a session.")
    async def identities(self, info: Info) -> list[Identity]:
        return [Identity.from_model(each) for each in await list_identities(info.context)]
