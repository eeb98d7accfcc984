"""Root fields of Mutation about providers of accounts."""

from typing import Annotated

import strawberry

from graph.accounts.payloads import AuthPayload
from graph.info import Info
from graph.node import read_id
from graph.oauth.inputs import (
    CompleteOAuthInput,
    ExchangeSignInCodeInput,
    LinkIdentityInput,
    StartOAuthInput,
    UnlinkIdentityInput,
)
from graph.oauth.payloads import LinkIdentityPayload, StartOAuthPayload, UnlinkIdentityPayload
from graph.oauth.types import Identity
from resolvers.oauth import identities, signing_in, starting


@strawberry.type
class OAuthMutations:
    """Signing in by way of a provider, and linking accounts there."""

    @strawberry.mutation(
        name="startOAuth",
        description="Begin to sign in by way of a provider, with state, nonce and PKCE; `link` needs a session.",
    )
    async def start_oauth(
        self, info: Info, input: Annotated[StartOAuthInput, strawberry.argument(description="Where.")]
    ) -> StartOAuthPayload:
        started = await starting.start_oauth(info.context, input.provider, input.redirect_uri, link=input.link)
        return StartOAuthPayload.from_started(started)

    @strawberry.mutation(
        name="completeOAuth",
        description="Sign in with what the browser has brought back. The account there is a known one; or it belongs "
        "to the user whose verified address the provider vouches for; or a new user is made, where registration is "
        "open.",
    )
    async def complete_oauth(
        self, info: Info, input: Annotated[CompleteOAuthInput, strawberry.argument(description="What it brought.")]
    ) -> AuthPayload:
        signed_in = await signing_in.complete_oauth(
            info.context, input.state, input.code, issuer=input.iss, device=input.device
        )
        return AuthPayload.from_signed_in(signed_in)

    @strawberry.mutation(description="Sign in with a code from one of the server's own routes, once.")
    async def exchange_sign_in_code(
        self, info: Info, input: Annotated[ExchangeSignInCodeInput, strawberry.argument(description="The code.")]
    ) -> AuthPayload:
        signed_in = await signing_in.exchange_sign_in_code(info.context, input.code, device=input.device)
        return AuthPayload.from_signed_in(signed_in)

    @strawberry.mutation(
        description="Link an account at a provider to the caller's, after `startOAuth` with `link`. Needs a session."
    )
    async def link_identity(
        self, info: Info, input: Annotated[LinkIdentityInput, strawberry.argument(description="What it brought.")]
    ) -> LinkIdentityPayload:
        linked = await identities.link_identity(info.context, input.state, input.code, input.iss)
        return LinkIdentityPayload(identity=Identity.from_model(linked))

    @strawberry.mutation(
        description="Forget an account at a provider; never the last way into the caller's account. Needs a session."
    )
    async def unlink_identity(
        self, info: Info, input: Annotated[UnlinkIdentityInput, strawberry.argument(description="Which one.")]
    ) -> UnlinkIdentityPayload:
        unlinked = await identities.unlink_identity(info.context, read_id(input.id))
        return UnlinkIdentityPayload(unlinked_id=strawberry.ID(str(unlinked)))
