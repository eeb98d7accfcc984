"""Who may use the root fields about providers of accounts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.providers.contract import ProviderConfig
from adapters.providers.github import GitHubProvider
from adapters.providers.registry import Providers
from domain.accounts.secrets import new_bare_secret
from domain.ids import Kind, new_id
from models import Identity, SignInCode
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.outcomes import Outcomes, everybody, nobody_but_its_user, sessions_only
from tests.authorization.world import World

PAGE = "https://app.example.com/signed-in"
START = "mutation ($input: StartOAuthInput!) { startOAuth(input: $input) { state } }"
COMPLETE = "mutation ($input: CompleteOAuthInput!) { completeOAuth(input: $input) { user { id } } }"
WRONG = {"input": {"state": "of nobody", "code": "of nobody"}}


async def github(world: World) -> None:
    """A provider that is not asked anything before somebody comes back from it."""
    config = ProviderConfig("github", "GitHub", "id", "secret", "https://github.com", ("user:email",))
    world.services.oauth = replace(
        world.services.oauth, providers=Providers([GitHubProvider(config)]), redirect_uris=frozenset({PAGE})
    )


async def owners_code(world: World) -> None:
    """A code that signs the owner in, under `world.ids["code"]`."""
    made = new_bare_secret()
    owner = world.users[Caller.OWNER]
    await world.add(SignInCode(code_hash=made.digest, user_id=owner, expires_at=world.tomorrow))
    world.ids["code"] = made.text


async def owners_identity(world: World) -> None:
    """An account of the owner's at a provider, under `world.ids["identity"]`."""
    id = new_id(Kind.IDENTITY)
    owner = world.users[Caller.OWNER]
    await world.add(Identity(id=id, user_id=owner, provider="github", subject="1", email=None, tokens=b"sealed"))
    world.ids["identity"] = str(id)


def start(*, link: bool) -> Mapping[str, Any]:
    """The input of `startOAuth`."""
    return {"input": {"provider": "github", "redirectUri": PAGE, "link": link}}


def refused_by(outcomes: Outcomes) -> Outcomes:
    """Those who may ask are refused for what they bring; that it is right, nobody can say before the provider has."""
    return {caller: code or "UNAUTHENTICATED" for caller, code in outcomes.items()}


CASES = [
    Case("Query.oauthProviders", "{ oauthProviders { key } }", everybody("Query")),
    Case("Query.identities", "{ identities { id } }", sessions_only()),
    Case("Mutation.startOAuth", START, everybody("Mutation"), lambda _, __: start(link=False), github),
    Case("Mutation.startOAuth", START, sessions_only(), lambda _, __: start(link=True), github, about="to link"),
    Case("Mutation.completeOAuth", COMPLETE, refused_by(everybody("Mutation")), lambda _, __: WRONG, github),
    Case(
        "Mutation.exchangeSignInCode",
        mutation("exchangeSignInCode", "user { id }"),
        everybody("Mutation"),
        lambda world, _: {"input": {"code": world.ids["code"]}},
        owners_code,
    ),
    Case(
        "Mutation.linkIdentity",
        mutation("linkIdentity", "identity { id }"),
        refused_by(sessions_only()),
        lambda _, __: WRONG,
        github,
    ),
    Case(
        "Mutation.unlinkIdentity",
        mutation("unlinkIdentity", "unlinkedId"),
        nobody_but_its_user(Caller.OWNER),
        lambda world, _: {"input": {"id": world.ids["identity"]}},
        owners_identity,
    ),
]
