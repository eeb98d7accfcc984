"""Inputs of the mutations about providers of accounts."""

import strawberry

from graph.accounts.inputs import DEVICE


@strawberry.input(name="StartOAuthInput", description="Where to sign in, and where to come back to.")
class StartOAuthInput:
    """Input of `startOAuth`."""

    provider: str = strawberry.field(description="The provider's key, see `oauthProviders`.")
    redirect_uri: str = strawberry.field(
        description="The client's page that takes the browser back, one of the setting `oauth_redirect_uris`, to the "
        "letter; it must be registered at the provider as well."
    )
    link: bool = strawberry.field(
        default=False, description="Link the account there to the caller's, by `linkIdentity`. Needs a session."
    )


@strawberry.input(name="CompleteOAuthInput", description="What the browser has brought back from the provider.")
class CompleteOAuthInput:
    """Input of `completeOAuth`."""

    state: str = strawberry.field(
        description="The parameter `state` of the return. The page must make sure that it is the one that `startOAuth` "
        "gave to this very browser."
    )
    code: str = strawberry.field(description="The parameter `code` of the return.")
    iss: str | None = strawberry.field(default=None, description="The parameter `iss` of the return, if it is there.")
    device: str | None = strawberry.field(default=None, description=DEVICE)


@strawberry.input(description="What the browser has brought back from the provider.")
class LinkIdentityInput:
    """Input of `linkIdentity`."""

    state: str = strawberry.field(description="The parameter `state` of the return.")
    code: str = strawberry.field(description="The parameter `code` of the return.")
    iss: str | None = strawberry.field(default=None, description="The parameter `iss` of the return, if it is there.")


@strawberry.input(description="One of the caller's accounts at providers.")
class UnlinkIdentityInput:
    """Input of `unlinkIdentity`."""

    id: strawberry.ID = strawberry.field(description="The identity's id.")


@strawberry.input(description="A code that the browser has brought from one of the server's own routes.")
class ExchangeSignInCodeInput:
    """Input of `exchangeSignInCode`."""

    code: str = strawberry.field(description="What stands behind `#code=` in the page's address; good for one use.")
    device: str | None = strawberry.field(default=None, description=DEVICE)
