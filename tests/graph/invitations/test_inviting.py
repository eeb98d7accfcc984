"""createInvitation, invitations, resendInvitation, revokeInvitation"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.invitations.conftest import LIST, Inviting
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.jobs import until_idle
from tests.support.mail import html_of, text_of, token_in
from tests.support.statements import StatementLog
from tests.support.tables import make_workspace


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server where an invitation may be sent again at once."""
    services.limits = replace(services.limits, invitation_resend_interval=timedelta(0))
    return services


async def test_an_invitation_goes_out_by_mail(inviting: Inviting) -> None:
    made = (await inviting.invite(" New@Example.COM ")).ok["createInvitation"]["invitation"]

    assert made == {
        "id": made["id"],
        "email": "New@example.com",
        "role": "EDITOR",
        "isExpired": False,
        "workspaceId": str(inviting.workspace),
        "invitedBy": {"email": inviting.admin.email},
    }
    [mail] = await inviting.mails(1)
    assert (mail["To"], mail["Subject"]) == ("New@example.com", "You were invited to a workspace")
    assert f'{inviting.admin.email} invites you to the workspace "Works", as editor.' in text_of(mail)
    link = f"{inviting.api.services.public_url}/accept-invitation#token={token_in(mail)}"
    assert link in html_of(mail)
    assert [each["id"] for each in await inviting.open()] == [made["id"]]


async def test_the_token_is_stored_as_a_hash_of_its_own_kind(inviting: Inviting, pg: asyncpg.Connection) -> None:
    token = await inviting.token("new@example.com")

    row = await pg.fetchrow("SELECT * FROM invitations")
    assert row is not None
    assert token not in str(dict(row))
    assert row["token_hash"] == await pg.fetchval("SELECT sha256(convert_to('invitation:' || $1, 'UTF8'))", token)


async def test_nobody_learns_who_has_an_account(inviting: Inviting) -> None:
    known = await inviting.api.register()

    answers = [
        (await inviting.invite(email)).ok["createInvitation"]["invitation"]
        for email in (known.email, "nobody@example.com")
    ]

    assert [{**answer, "id": None, "email": None} for answer in answers] == [
        {
            "id": None,
            "email": None,
            "role": "EDITOR",
            "isExpired": False,
            "workspaceId": str(inviting.workspace),
            "invitedBy": {"email": inviting.admin.email},
        }
    ] * 2
    assert [mail["To"] for mail in await inviting.mails(2)] == [known.email, "nobody@example.com"]


async def test_members_may_be_added_by_invitation_alone(inviting: Inviting, services: Services) -> None:
    services.limits = replace(services.limits, add_members_by_email=False)
    known = await inviting.api.register()
    given = {"workspaceId": inviting.workspace, "role": "VIEWER"}

    for email in (known.email, "nobody@example.com"):
        result = await mutate(
            inviting.api,
            "createWorkspaceMember",
            "workspaceMember { id }",
            {**given, "email": email},
            as_=inviting.owner,
        )
        assert result.codes == ["BAD_REQUEST"]
    await add_member(inviting.api, inviting.owner, inviting.workspace, known, "VIEWER")
    assert await inviting.members() == ["OWNER", "ADMIN", "VIEWER"]


@pytest.mark.parametrize(
    ("email", "role", "code"),
    [
        ("new@example.com", "OWNER", "FORBIDDEN"),
        ("nobody", "EDITOR", "VALIDATION_ERROR"),
        ("invited@example.com", "EDITOR", "DUPLICATE_VALUE"),
        ("INVITED@example.com", "EDITOR", "DUPLICATE_VALUE"),
        ("owner", "EDITOR", "DUPLICATE_VALUE"),
    ],
)
async def test_a_bad_invitation_is_refused(
    inviting: Inviting, email: str, role: str, code: str, services: Services
) -> None:
    await inviting.token("invited@example.com")
    before = await snapshot(services.database)

    result = await inviting.invite(inviting.owner.email if email == "owner" else email, role)

    assert (result.data, result.codes) == (None, [code])
    assert await snapshot(services.database) == before
    assert len(inviting.letters) == 1


async def test_an_operation_that_fails_sends_no_mail(inviting: Inviting) -> None:
    document = """
        mutation ($input: CreateInvitationInput!) {
          createInvitation(input: $input) { invitation { id } }
          createWorkspace(input: {name: ""}) { workspace { id } }
        }
    """
    given = {"workspaceId": inviting.workspace, "email": "new@example.com", "role": "VIEWER"}

    result = await inviting.api.execute(document, {"input": given}, as_=inviting.admin)

    assert result.codes == ["VALIDATION_ERROR"]
    await until_idle(inviting.api.services.database)
    assert (await inviting.open(), inviting.letters) == ([], [])


async def test_a_mail_that_is_sent_again_has_the_only_good_link(inviting: Inviting) -> None:
    old = await inviting.token("new@example.com")

    sent = await inviting.act("resendInvitation", await inviting.id(), by=inviting.owner)

    assert sent.ok["resendInvitation"]["invitation"]["invitedBy"] == {"email": inviting.owner.email}
    new = token_in((await inviting.mails(2))[-1])
    assert (await inviting.register(old)).codes == ["NOT_FOUND"]
    assert (await inviting.register(new)).codes == []


async def test_an_invitation_rests_before_it_is_sent_again(inviting: Inviting, services: Services) -> None:
    services.limits = replace(services.limits, invitation_resend_interval=timedelta(minutes=5))
    await inviting.token("new@example.com")
    before = await snapshot(services.database)

    result = await inviting.act("resendInvitation", await inviting.id())

    assert result.codes == ["RATE_LIMITED"]
    assert 290 < result.errors[0]["extensions"]["retryAfter"] <= 300
    assert await snapshot(services.database) == before


async def test_what_is_revoked_is_over(inviting: Inviting, services: Services) -> None:
    token = await inviting.token("new@example.com")
    id = await inviting.id()

    assert (await inviting.act("revokeInvitation", id)).ok["revokeInvitation"] == {"revokedId": id}

    before = await snapshot(services.database)
    assert (await inviting.register(token)).codes == ["NOT_FOUND"]
    assert (await inviting.decline(token)).codes == ["NOT_FOUND"]
    assert (await inviting.act("revokeInvitation", id)).codes == ["NOT_FOUND"]
    assert (await inviting.act("resendInvitation", id)).codes == ["NOT_FOUND"]
    assert await snapshot(services.database) == before
    assert (await inviting.invite("new@example.com")).codes == []


async def test_an_admin_leaves_invitations_of_owners_alone(inviting: Inviting, services: Services) -> None:
    await inviting.token("new@example.com", "OWNER", by=inviting.owner)
    id = await inviting.id()
    before = await snapshot(services.database)

    for name in ("resendInvitation", "revokeInvitation"):
        assert (await inviting.act(name, id)).codes == ["FORBIDDEN"]
    assert await snapshot(services.database) == before


async def test_there_are_so_many_and_no_more(inviting: Inviting, services: Services, pg: asyncpg.Connection) -> None:
    services.limits = replace(services.limits, max_invitations_per_workspace=2)
    for number in (1, 2):
        await inviting.token(f"new{number}@example.com")
    await inviting.act("revokeInvitation", await inviting.id())

    assert (await inviting.invite("new3@example.com")).codes == ["BAD_REQUEST"]
    await pg.execute("UPDATE invitations SET created_at = now() - interval '25 hours'")
    assert (await inviting.invite("new3@example.com")).codes == []
    assert (await inviting.invite("new4@example.com")).codes == ["BAD_REQUEST"]


async def test_what_has_expired_is_shown_and_makes_room_for_another(inviting: Inviting, pg: asyncpg.Connection) -> None:
    token = await inviting.token("new@example.com")
    await pg.execute("UPDATE invitations SET expires_at = now()")

    assert [each["isExpired"] for each in await inviting.open()] == [True]
    assert (await inviting.register(token)).codes == ["NOT_FOUND"]
    again = await inviting.token("new@example.com")
    assert [each["isExpired"] for each in await inviting.open()] == [False]
    assert (await inviting.register(again)).codes == []


@pytest.mark.parametrize("count", [1, 20])
async def test_the_list_is_a_fixed_number_of_statements(
    inviting: Inviting, api: Api, statements: Callable[[], StatementLog], count: int
) -> None:
    for number in range(count):
        await inviting.invite(f"new{number}@example.com")

    with statements() as seen:
        found = await api.execute(LIST, {"id": inviting.workspace}, as_=inviting.admin)

    assert len(found.ok["invitations"]) == count
    assert seen.count == 3  # the caller's role, the invitations, who sent them


@pytest.mark.parametrize("_round", range(5))
async def test_of_all_who_end_an_invitation_at_once_one_does(
    inviting: Inviting, pg: asyncpg.Connection, _round: int
) -> None:
    token = await inviting.token("new@example.com")
    id = await inviting.id()

    results = await asyncio.gather(
        inviting.act("revokeInvitation", id), inviting.act("revokeInvitation", id), inviting.decline(token)
    )

    assert sorted(result.codes for result in results) == [[], ["NOT_FOUND"], ["NOT_FOUND"]]
    count = "SELECT count(*) FROM audit_entries WHERE action IN ('invitation.revoked', 'invitation.declined')"
    assert await pg.fetchval(count) == 1


async def test_a_user_sends_so_many_mails_a_day_from_wherever(
    inviting: Inviting, services: Services, pg: asyncpg.Connection
) -> None:
    services.limits = replace(services.limits, max_invitation_mails_per_day=3)
    await inviting.token("new1@example.com")
    await inviting.act("resendInvitation", await inviting.id())
    other = await make_workspace(inviting.api, inviting.admin)
    given = {"workspaceId": other, "email": "new2@example.com", "role": "VIEWER"}
    await mutate(inviting.api, "createInvitation", "invitation { id }", given, as_=inviting.admin)
    await mutate(inviting.api, "deleteWorkspace", "deletedId", {"id": other}, as_=inviting.admin)
    before = await snapshot(services.database)

    refused = [await inviting.invite("new3@example.com"), await inviting.act("resendInvitation", await inviting.id())]

    assert [result.codes for result in refused] == [["RATE_LIMITED"]] * 2
    assert all(86_000 < result.errors[0]["extensions"]["retryAfter"] <= 86_400 for result in refused)
    assert await snapshot(services.database) == before
    assert (await inviting.invite("new3@example.com", by=inviting.owner)).codes == []


async def test_of_two_last_mails_at_once_one_goes(inviting: Inviting, services: Services) -> None:
    services.limits = replace(services.limits, max_invitation_mails_per_day=1)
    other = await make_workspace(inviting.api, inviting.admin)
    given = {"workspaceId": other, "email": "new2@example.com", "role": "VIEWER"}

    results = await asyncio.gather(
        inviting.invite("new1@example.com"),
        mutate(inviting.api, "createInvitation", "invitation { id }", given, as_=inviting.admin),
    )

    assert sorted(result.codes for result in results) == [[], ["RATE_LIMITED"]]
    assert len(await inviting.mails(1)) == 1
