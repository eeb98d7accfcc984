"""Who may use the root fields about invitations, and about who owns a workspace."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.access.invitations import INVITATION_TOKENS
from domain.access.roles import WorkspaceRole
from domain.ids import Kind, new_id
from models import Invitation
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import NODE, extra_member, given, ids
from tests.authorization.outcomes import Outcomes, everybody, members, nobody_but_its_user
from tests.authorization.world import World, email_of
from tests.support.api import PASSWORD


async def of_stranger(world: World) -> None:
    """An invitation of the stranger, under `world.ids["invitation"]` and `["token"]`."""
    await _invite(world, email_of(Caller.STRANGER), WorkspaceRole.EDITOR)


async def as_owner(world: World) -> None:
    """As `of_stranger`, to be an owner."""
    await _invite(world, email_of(Caller.STRANGER), WorkspaceRole.OWNER)


async def of_nobody(world: World) -> None:
    """As `of_stranger`, of somebody who has no account."""
    await _invite(world, "new@example.com", WorkspaceRole.EDITOR)


async def _invite(world: World, email: str, role: WorkspaceRole) -> None:
    made = INVITATION_TOKENS.new()
    invitation = Invitation(
        id=new_id(Kind.INVITATION),
        workspace_id=world.ids["workspace"],
        email=email,
        role=role.value,
        token_hash=made.digest,
        invited_by=world.users[Caller.OWNER],
        sent_at=datetime.now(UTC) - timedelta(days=1),
        expires_at=world.tomorrow,
    )
    await world.add(invitation)
    world.ids |= {"invitation": str(invitation.id), "token": made.text}


def account(world: World, _: Caller) -> Mapping[str, Any]:
    """The input of registerWithInvitation."""
    return {"input": {"token": world.ids["token"], "password": PASSWORD}}


LIST = "query ($id: ID!) { invitations(workspaceId: $id) { id email role isExpired invitedBy { id } } }"
NEW = {"email": "new@example.com", "role": "ADMIN"}
ADMIN: Outcomes = members("Mutation", WorkspaceRole.ADMIN)
OWNER: Outcomes = members("Mutation", WorkspaceRole.OWNER)
CREATE = mutation("createInvitation", "invitation { id }")
RESEND = mutation("resendInvitation", "invitation { id }")
REVOKE = mutation("revokeInvitation", "revokedId")
CASES = [
    Case("Query.invitations", LIST, members("Query", WorkspaceRole.ADMIN), ids(id="workspace"), of_stranger),
    Case(
        "Query.node",
        NODE,
        members("Query", WorkspaceRole.ADMIN),
        ids(id="invitation"),
        of_stranger,
        about="of an invitation",
    ),
    Case("Mutation.createInvitation", CREATE, ADMIN, given(NEW, workspaceId="workspace")),
    Case(
        "Mutation.createInvitation",
        CREATE,
        OWNER,
        given({**NEW, "role": "OWNER"}, workspaceId="workspace"),
        about="of an owner",
    ),
    Case("Mutation.resendInvitation", RESEND, ADMIN, given(id="invitation"), of_stranger),
    Case("Mutation.resendInvitation", RESEND, OWNER, given(id="invitation"), as_owner, about="of an owner"),
    Case("Mutation.revokeInvitation", REVOKE, ADMIN, given(id="invitation"), of_stranger),
    Case("Mutation.revokeInvitation", REVOKE, OWNER, given(id="invitation"), as_owner, about="of an owner"),
    Case(
        "Mutation.acceptInvitation",
        mutation("acceptInvitation", "workspaceMember { id role workspace { id } }"),
        nobody_but_its_user(Caller.STRANGER),
        given(token="token"),
        of_stranger,
    ),
    Case(
        "Mutation.registerWithInvitation",
        mutation("registerWithInvitation", "user { id isVerified }"),
        everybody("Mutation"),
        account,
        of_nobody,
    ),
    Case(
        "Mutation.declineInvitation",
        mutation("declineInvitation", "declinedId"),
        everybody("Mutation"),
        given(token="token"),
        of_stranger,
    ),
    Case(
        "Mutation.transferOwnership",
        mutation("transferOwnership", "workspaceMember { role }"),
        OWNER,
        given(workspaceId="workspace", userId="user"),
        extra_member,
    ),
]
