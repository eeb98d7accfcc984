"""Who may use the root fields by which people look after their own account."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.accounts.one_time import Purpose
from domain.accounts.secrets import new_bare_secret
from domain.ids import Kind, new_id
from models import OneTimeToken, User
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import given
from tests.authorization.outcomes import Outcomes, everybody, sessions_only
from tests.authorization.world import World, email_of
from tests.support.api import PASSWORD

Variables = Mapping[str, Any]


def mailed(purpose: Purpose, *, is_active: bool = True) -> Callable[[World], Awaitable[None]]:
    """An account of somebody else's, and a token that was mailed to it, under `world.ids["token"]`."""

    async def prepare(world: World) -> None:
        user, made, email = new_id(Kind.USER), new_bare_secret(), "leaver@example.com"
        await world.add(User(id=user, email=email, is_active=is_active))
        token = OneTimeToken(
            token_hash=made.digest, user_id=user, purpose=purpose.value, email=email, expires_at=world.tomorrow
        )
        await world.add(token)
        world.ids["token"] = made.text

    return prepare


def owners_address(_: World, __: Caller) -> Variables:
    """The owner's address, whoever calls."""
    return {"input": {"email": email_of(Caller.OWNER)}}


def new_password(world: World, _: Caller) -> Variables:
    """The token, and a password."""
    return {"input": {"token": world.ids["token"], "newPassword": "another long password"}}


def new_address(_: World, __: Caller) -> Variables:
    """Another address, and the password."""
    return {"input": {"newEmail": "new@example.com", "password": PASSWORD}}


def password(_: World, __: Caller) -> Variables:
    """The password of all."""
    return {"input": {"password": PASSWORD}}


def with_the_workspace(world: World, _: Caller) -> Variables:
    """The password, and what becomes of the world's workspace."""
    workspaces = [{"workspaceId": world.ids["workspace"], "delete": True}]
    return {"input": {"password": PASSWORD, "workspaces": workspaces}}


ANYBODY = everybody("Mutation")
LINKED = "user { id }"
LEAVING: Outcomes = {**sessions_only(), Caller.SUPERUSER: "CONFLICT"}
"""The world has one superuser, and none must go."""
OWNERS: Outcomes = {
    **sessions_only(),
    Caller.STRANGER: "NOT_FOUND",
    Caller.VIEWER: "FORBIDDEN",
    Caller.COMMENTER: "FORBIDDEN",
    Caller.EDITOR: "FORBIDDEN",
    Caller.ADMIN: "FORBIDDEN",
    Caller.SUPERUSER: "CONFLICT",
}
CASES = [
    Case("Query.exportMe", "{ exportMe }", sessions_only()),
    Case(
        "Mutation.requestEmailVerification",
        "mutation { requestEmailVerification { expiresIn } }",
        sessions_only(),
        about="of one's own address",
    ),
    Case(
        "Mutation.requestEmailVerification",
        mutation("requestEmailVerification", "expiresIn"),
        ANYBODY,
        owners_address,
        about="of an address",
    ),
    Case(
        "Mutation.verifyEmail",
        mutation("verifyEmail", LINKED),
        ANYBODY,
        given(token="token"),
        mailed(Purpose.VERIFY_EMAIL),
    ),
    Case("Mutation.requestPasswordReset", mutation("requestPasswordReset", "expiresIn"), ANYBODY, owners_address),
    Case(
        "Mutation.resetPassword",
        mutation("resetPassword", LINKED),
        ANYBODY,
        new_password,
        mailed(Purpose.RESET_PASSWORD),
    ),
    Case("Mutation.requestEmailChange", mutation("requestEmailChange", "expiresIn"), sessions_only(), new_address),
    Case(
        "Mutation.confirmEmailChange",
        mutation("confirmEmailChange", LINKED),
        ANYBODY,
        given(token="token"),
        mailed(Purpose.CHANGE_EMAIL),
    ),
    Case("Mutation.deactivateMe", mutation("deactivateMe", "deactivatedId"), LEAVING, password),
    Case(
        "Mutation.reactivateMe",
        mutation("reactivateMe", LINKED),
        ANYBODY,
        given(token="token"),
        mailed(Purpose.REACTIVATE, is_active=False),
    ),
    Case(
        "Mutation.deleteMe",
        mutation("deleteMe", "deletedId"),
        {**LEAVING, Caller.OWNER: "CONFLICT"},
        password,
    ),
    Case(
        "Mutation.deleteMe",
        mutation("deleteMe", "deletedId"),
        OWNERS,
        with_the_workspace,
        about="with a workspace",
    ),
]
