"""What tests of invitations share: a workspace, and a real SMTP server that keeps what arrives."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from adapters.mail.smtp import SmtpMailer, SmtpServer
from resolvers.services import Services
from tests.support.api import Api, Person, Result
from tests.support.catalog import add_member, mutate
from tests.support.jobs import working
from tests.support.mail import Postbox, receiving, token_in
from tests.support.tables import make_workspace
from tests.support.waiting import eventually

SUBJECT = "You were invited to a workspace"
INVITATION = "invitation { id email role isExpired workspaceId invitedBy { email } }"
MEMBER = "workspaceMember { role user { id isVerified } workspace { name } }"
REGISTER = "user { id email name isVerified } accessToken"
LIST = "query ($id: ID!) { invitations(workspaceId: $id) { id email role isExpired invitedBy { email } } }"


@pytest.fixture
async def postbox(services: Services) -> AsyncIterator[Postbox]:
    """Where mail arrives."""
    with receiving() as postbox:
        server = SmtpServer(postbox.host, postbox.port, tls="none")
        services.mailer = SmtpMailer(server, "Tablegraph <no-reply@example.com>")
        async with working(services):
            yield postbox


@dataclass
class Inviting:
    """A workspace with an owner and an admin, who invite people to it."""

    api: Api
    postbox: Postbox
    workspace: UUID
    owner: Person
    admin: Person
    admin_membership: str

    async def invite(self, email: str, role: str = "EDITOR", *, by: Person | None = None) -> Result:
        """Run createInvitation, as the admin unless somebody else is given."""
        given = {"workspaceId": self.workspace, "email": email, "role": role}
        return await mutate(self.api, "createInvitation", INVITATION, given, as_=by or self.admin)

    async def token(self, email: str, role: str = "EDITOR", *, by: Person | None = None) -> str:
        """The token in the mail of a new invitation."""
        before = len(self.letters)
        assert (await self.invite(email, role, by=by)).codes == []
        return token_in((await self.mails(before + 1))[-1])

    @property
    def letters(self) -> Sequence[EmailMessage]:
        """The invitations that have arrived; other mails may arrive, too."""
        return [mail for mail in self.postbox.arrived if mail["Subject"] == SUBJECT]

    async def mails(self, count: int) -> Sequence[EmailMessage]:
        """Those that have arrived, once there are as many."""
        await eventually(lambda: len(self.letters) >= count)
        assert len(self.letters) == count
        return self.letters

    async def open(self) -> list[dict[str, Any]]:
        """The invitations that are open."""
        return (await self.api.execute(LIST, {"id": self.workspace}, as_=self.admin)).ok["invitations"]

    async def id(self) -> str:
        """The id of the newest one."""
        return (await self.open())[0]["id"]

    async def act(self, name: str, id: str, *, by: Person | None = None) -> Result:
        """Run resendInvitation or revokeInvitation."""
        selection = "revokedId" if name == "revokeInvitation" else INVITATION
        return await mutate(self.api, name, selection, {"id": id}, as_=by or self.admin)

    async def accept(self, token: str, by: Person) -> Result:
        """Run acceptInvitation."""
        return await mutate(self.api, "acceptInvitation", MEMBER, {"token": token}, as_=by)

    async def register(self, token: str, **more: Any) -> Result:
        """Run registerWithInvitation, without an account."""
        given = {"token": token, "password": "a long password of mine", **more}
        document = (
            f"mutation ($i: RegisterWithInvitationInput!) {{ registerWithInvitation(input: $i) {{ {REGISTER} }} }}"
        )
        return await self.api.execute(document, {"i": given})

    async def decline(self, token: str) -> Result:
        """Run declineInvitation, without an account."""
        document = "mutation ($t: String!) { declineInvitation(input: {token: $t}) { declinedId } }"
        return await self.api.execute(document, {"t": token})

    async def members(self) -> list[str]:
        """The roles of all members in the order in which they joined."""
        document = "query ($id: ID!) { workspaceMembers(workspaceId: $id) { role } }"
        found = await self.api.execute(document, {"id": self.workspace}, as_=self.owner)
        return [member["role"] for member in found.ok["workspaceMembers"]]


@pytest.fixture
async def inviting(api: Api, postbox: Postbox) -> Inviting:
    """A new workspace."""
    owner, admin = await api.register(), await api.register()
    workspace = await make_workspace(api, owner)
    return Inviting(api, postbox, workspace, owner, admin, await add_member(api, owner, workspace, admin, "ADMIN"))
