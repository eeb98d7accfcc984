"""Who may use the root fields about second factors."""

from datetime import UTC, datetime
from typing import Any

import pyotp

from domain.ids import Kind, new_id
from models import Authenticator, Challenge, Passkey
from resolvers.second_factor.challenges import Purpose
from resolvers.second_factor.setup import PasskeySetup
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.outcomes import Outcomes, everybody, nobody_but_its_user, sessions_only
from tests.authorization.world import World
from tests.support.api import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def apps(world: World) -> None:
    """Everybody has an app that was confirmed."""
    await _add_apps(world, datetime.now(UTC))


async def new_apps(world: World) -> None:
    """Everybody has an app that was not."""
    await _add_apps(world, None)


async def _add_apps(world: World, confirmed_at: datetime | None) -> None:
    for user_id in set(world.users.values()):
        sealed = world.services.seal.close(SECRET)
        await world.add(Authenticator(user_id=user_id, secret=sealed, last_step=0, confirmed_at=confirmed_at))


async def owners_challenge(world: World) -> None:
    """A challenge of a login of the owner's whose password was wrong meanwhile."""
    await apps(world)
    owner = world.users[Caller.OWNER]
    await world.add(
        Challenge(
            token_hash=b"of nobody",
            purpose=Purpose.SIGN_IN.value,
            user_id=owner,
            content=b"",
            expires_at=world.tomorrow,
        )
    )


async def passkeys(world: World) -> None:
    """Passkeys are set up."""
    world.services.passkeys = PasskeySetup("example.com", ["https://example.com"])


async def owners_passkey(world: World) -> None:
    """One of the owner's, under `world.ids["passkey"]`."""
    await passkeys(world)
    id = new_id(Kind.PASSKEY)
    owner = world.users[Caller.OWNER]
    await world.add(Passkey(id=id, user_id=owner, name="Phone", credential_id=b"id", public_key=b"key", sign_count=0))
    world.ids["passkey"] = str(id)


def code(_: World, __: Caller) -> dict[str, Any]:
    """What the app shows now."""
    return {"input": {"code": pyotp.TOTP(SECRET).now()}}


def answer(**more: Any) -> dict[str, Any]:
    """To a challenge that there is not."""
    return {"input": {"challenge": "of nobody", **more}}


def refused_by(outcomes: Outcomes) -> Outcomes:
    """Those who may ask are refused for what they bring."""
    return {caller: code or "UNAUTHENTICATED" for caller, code in outcomes.items()}


CASES = [
    Case("Query.secondFactors", "{ secondFactors { recoveryCodesLeft passkeys { id } } }", sessions_only()),
    Case(
        "Mutation.enrolAuthenticator",
        mutation("enrolAuthenticator", "secret"),
        sessions_only(),
        lambda _, __: {"input": {"password": PASSWORD}},
    ),
    Case(
        "Mutation.confirmAuthenticator",
        mutation("confirmAuthenticator", "recoveryCodes"),
        sessions_only(),
        code,
        new_apps,
    ),
    Case("Mutation.renewRecoveryCodes", mutation("renewRecoveryCodes", "recoveryCodes"), sessions_only(), code, apps),
    Case("Mutation.removeAuthenticator", mutation("removeAuthenticator", "isRemoved"), sessions_only(), code, apps),
    Case(
        "Mutation.completeLogin",
        mutation("completeLogin", "user { id }"),
        refused_by(everybody("Mutation")),
        lambda _, __: answer(code="000000"),
        owners_challenge,
    ),
    Case("Mutation.startPasskey", "mutation { startPasskey { challenge } }", sessions_only(), prepare=passkeys),
    Case(
        "Mutation.addPasskey",
        mutation("addPasskey", "passkey { id }"),
        refused_by(sessions_only()),
        lambda _, __: answer(credential={}, name="Phone"),
        passkeys,
    ),
    Case(
        "Mutation.renamePasskey",
        mutation("renamePasskey", "passkey { name }"),
        nobody_but_its_user(Caller.OWNER),
        lambda world, _: {"input": {"id": world.ids["passkey"], "name": "Other"}},
        owners_passkey,
    ),
    Case(
        "Mutation.deletePasskey",
        mutation("deletePasskey", "deletedId"),
        nobody_but_its_user(Caller.OWNER),
        lambda world, _: {"input": {"id": world.ids["passkey"]}},
        owners_passkey,
    ),
    Case(
        "Mutation.startPasskeySignIn",
        "mutation { startPasskeySignIn { challenge } }",
        everybody("Mutation"),
        prepare=passkeys,
    ),
    Case(
        "Mutation.completePasskeySignIn",
        mutation("completePasskeySignIn", "user { id }"),
        refused_by(everybody("Mutation")),
        lambda _, __: answer(credential={}),
        passkeys,
    ),
]
