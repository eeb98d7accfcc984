"""The audit log's entries: each mutation of accounts and rights writes its own, in its transaction, for good."""

from datetime import timedelta

import asyncpg
import pytest

from adapters import audit_upkeep
from adapters.audit_upkeep import AuditUpkeep
from domain.audit.actions import AuditAction
from graph.schema import build_schema
from models import AuditEntry
from resolvers.accounts import create_superuser
from resolvers.services import Services
from tests.authorization.case import Case
from tests.authorization.matrix import CASES
from tests.authorization.world import World, make_world
from tests.support.api import PASSWORD, Api, Person
from tests.support.tables import create_records, make_table
from tests.support.waiting import eventually

WRITTEN = {
    "register": ["user.registered"],
    "login": ["session.login"],
    "logout": ["session.logout"],
    "revokeSession": ["session.revoked"],
    "updateMe": ["user.updated"],
    "changePassword": ["user.password_changed"],
    "createApiKey": ["api_key.created"],
    "updateApiKey": ["api_key.updated"],
    "rotateApiKey": ["api_key.rotated"],
    "deleteApiKey": ["api_key.deleted"],
    "updateUser": ["user.updated"],
    "requestEmailVerification": [],
    "verifyEmail": ["user.email_verified"],
    "requestPasswordReset": [],
    "resetPassword": ["user.password_reset"],
    "requestEmailChange": [],
    "confirmEmailChange": ["user.email_changed"],
    "deactivateMe": ["user.deactivated"],
    "reactivateMe": ["user.reactivated"],
    "deleteMe": ["user.deleted"],
    "revokeOtherSessions": ["session.others_revoked"],
    "createApplicationToken": ["application_token.created"],
    "revokeApplicationToken": ["application_token.revoked"],
    "enrolAuthenticator": [],
    "confirmAuthenticator": ["authenticator.confirmed"],
    "removeAuthenticator": ["authenticator.removed"],
    "renewRecoveryCodes": ["recovery_codes.renewed"],
    "startPasskey": [],
    "startPasskeySignIn": [],
    "renamePasskey": ["passkey.renamed"],
    "deletePasskey": ["passkey.deleted"],
    "startOAuth": [],
    "exchangeSignInCode": ["session.login"],
    "unlinkIdentity": ["identity.unlinked"],
    "updateInstanceSettings": ["instance.settings_updated"],
    "resetInstanceSettings": ["instance.settings_reset"],
    "setRoleOverride": ["member.role_overridden"],
    "setFieldPermission": ["field.limited"],
    "createRecordPolicy": ["record_policy.created"],
    "updateRecordPolicy": ["record_policy.updated"],
    "deleteRecordPolicy": ["record_policy.deleted"],
    "createShareLink": ["share_link.created"],
    "revokeShareLink": ["share_link.revoked"],
    "createWebhook": ["webhook.created"],
    "updateWebhook": ["webhook.updated"],
    "rotateWebhookSecret": ["webhook.secret_rotated"],
    "deleteWebhook": ["webhook.deleted"],
    "testWebhook": [],
    "redeliverWebhook": [],
    "redeliverWebhookSince": [],
    "createIncomingWebhook": ["incoming_webhook.created"],
    "updateIncomingWebhook": ["incoming_webhook.updated"],
    "regenerateIncomingWebhookToken": ["incoming_webhook.token_regenerated"],
    "deleteIncomingWebhook": ["incoming_webhook.deleted"],
    "createAutomation": ["automation.created"],
    "updateAutomation": ["automation.updated"],
    "duplicateAutomation": ["automation.created"],
    "pauseAutomation": ["automation.paused"],
    "resumeAutomation": ["automation.resumed"],
    "takeOverAutomation": ["automation.taken_over"],
    "deleteAutomation": ["automation.deleted"],
    "addAutomationAction": ["automation.updated"],
    "updateAutomationAction": ["automation.updated"],
    "deleteAutomationAction": ["automation.updated"],
    "reorderAutomationActions": ["automation.updated"],
    "createSchedule": ["schedule.created"],
    "updateSchedule": ["schedule.updated"],
    "deleteSchedule": ["schedule.deleted"],
    "createWorkspace": ["workspace.created"],
    "updateWorkspace": ["workspace.updated"],
    "deleteWorkspace": ["workspace.deleted"],
    "createWorkspaceMember": ["member.added"],
    "updateWorkspaceMember": ["member.role_changed"],
    "deleteWorkspaceMember": ["member.removed"],
    "leaveWorkspace": ["member.left"],
    "transferOwnership": ["workspace.ownership_transferred"],
    "createInvitation": ["invitation.created"],
    "resendInvitation": ["invitation.resent"],
    "revokeInvitation": ["invitation.revoked"],
    "acceptInvitation": ["invitation.accepted"],
    "registerWithInvitation": ["user.registered", "invitation.accepted"],
    "declineInvitation": ["invitation.declined"],
    "createPermission": ["permission.created"],
    "deletePermission": ["permission.deleted"],
    "createRole": ["role.created"],
    "updateRole": ["role.updated"],
    "deleteRole": ["role.deleted"],
    "createGroup": ["group.created"],
    "updateGroup": ["group.updated"],
    "deleteGroup": ["group.deleted"],
    "grantPermission": ["permission.granted"],
    "revokePermission": ["permission.revoked"],
    "grantRole": ["role.granted"],
    "revokeRole": ["role.revoked"],
    "addGroupMember": ["group.member_added"],
    "removeGroupMember": ["group.member_removed"],
}
"""The entries of each mutation that changes accounts, sessions, keys, rights or memberships."""
BY_ANSWER = {
    "completeLogin": ["session.login"],
    "completeOAuth": ["user.registered", "identity.linked", "session.login"],
    "linkIdentity": ["identity.linked"],
    "addPasskey": ["passkey.added"],
    "completePasskeySignIn": ["session.login"],
}
"""Those of mutations that take what a provider, an app or a device has answered; see their own tests."""
NOT_WRITTEN = {
    "callFunction": "each call has a record of its own, see `functionCalls`",
    "refreshTokens": "a session that goes on is no news; a token that comes twice is, see test_log.py",
}
CONTENT = {
    *("createBase", "updateBase", "duplicateBase", "deleteBase"),
    *("createTable", "updateTable", "deleteTable", "reorderTables"),
    *("createField", "updateField", "deleteField", "reorderFields"),
    *("createUniqueConstraint", "enableUniqueConstraint", "disableUniqueConstraint", "deleteUniqueConstraint"),
    *("createView", "updateView", "deleteView", "duplicateView", "reorderViews"),
    *("publishForm", "unpublishForm", "submitForm"),
    *("createRecord", "createRecords", "updateRecord", "updateRecords", "upsertRecords"),
    *("deleteRecords", "restoreRecords", "undo", "transact", "importRecords"),
    *("focusCell", "blurCell", "moveCursor"),
    "cancelFunctionCall",
    *("redrive", "dropDeadLetters"),
    *("triggerAutomation", "clickButton", "cancelAutomationRun", "retryAutomationRun", "testAutomation"),
}
"""What changes the content of workspaces, which the change log tells, or is about work in the background."""
ELSEWHERE = {
    *("user.created", "session.login_failed", "session.refresh_reused", "webhook.disabled"),
    "field.choices_added",  # of writes of records that are asked to, see test_missing_choices.py
}
"""Actions that no mutation has which succeeds, as the matrix calls it."""


def mutations() -> set[str]:
    """The name of every mutation."""
    type = build_schema()._schema.mutation_type
    assert type is not None
    return set(type.fields)


def case_of(name: str) -> Case:
    """The first case of the authorization matrix for a mutation: it says how it is called."""
    return next(case for case in CASES if case.field == f"Mutation.{name}")


@pytest.fixture
async def world(services: Services) -> World:
    """The authorization matrix's."""
    return await make_world(services)


async def actions(pg: asyncpg.Connection) -> list[str]:
    """What the log has, in order."""
    return [row["action"] for row in await pg.fetch("SELECT action FROM audit_entries ORDER BY id")]


def test_of_every_mutation_is_known_what_it_writes() -> None:
    known = WRITTEN.keys() | BY_ANSWER.keys() | NOT_WRITTEN.keys() | CONTENT
    assert known ^ mutations() == set()


def test_every_action_is_written_somewhere() -> None:
    written = {action for each in (*WRITTEN.values(), *BY_ANSWER.values()) for action in each}
    assert {action.value for action in AuditAction} == written | ELSEWHERE


async def is_empty(pg: asyncpg.Connection) -> bool:
    """Whether the log has no entry."""
    return await actions(pg) == []


@pytest.mark.parametrize("name", [*WRITTEN, *NOT_WRITTEN])
async def test_each_mutation_writes_exactly_its_entries(name: str, world: World, pg: asyncpg.Connection) -> None:
    case = case_of(name)
    await case.prepare(world)
    await pg.execute("SET session_replication_role = 'replica'; DELETE FROM audit_entries")
    caller = next(caller for caller in case.answered if name != "leaveWorkspace" or caller.value == "viewer")

    result = await world.run(caller, case.document, case.variables(world, caller))

    assert result.errors == []
    assert await actions(pg) == WRITTEN.get(name, [])


async def test_what_is_rolled_back_is_not_told(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    document = (
        'mutation { updateMe(input: {name: "A"}) { user { id } } createWorkspace(input: {name: ""}) { __typename } }'
    )

    assert (await api.execute(document, as_=ada)).codes == ["VALIDATION_ERROR"]
    assert await actions(pg) == ["user.registered"]


async def test_entries_hold_no_secrets(api: Api, root: Person, pg: asyncpg.Connection) -> None:
    made = (await api.execute('mutation { createApiKey(input: {name: "key"}) { secret } }', as_=root)).ok[
        "createApiKey"
    ]
    document = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }"
    new = "another long password"
    await api.execute(document, {"input": {"currentPassword": PASSWORD, "newPassword": new}}, as_=root)

    rows = "\n".join([str(dict(row)) for row in await pg.fetch("SELECT * FROM audit_entries")])

    assert len(rows.splitlines()) == 3
    for secret in (made["secret"], PASSWORD, new, root.access_token, root.refresh_token):
        assert secret not in rows


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"],
)
async def test_nobody_changes_or_deletes_entries(api: Api, pg: asyncpg.Connection, statement: str) -> None:
    await api.register()

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await pg.execute(statement)

    assert await actions(pg) == ["user.registered"]


async def test_no_mutation_touches_the_log() -> None:
    fields = {name for name in mutations() if "audit" in name.lower()}

    assert fields == set()


@pytest.mark.parametrize("at_once", [1, 2, 10_000])
async def test_what_is_older_than_the_retention_is_deleted_by_the_upkeep(
    api: Api, pg: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(audit_upkeep, "ENTRIES_AT_ONCE", at_once)
    columns = ", ".join(column.name for column in AuditEntry.__table__.columns if column.name not in ("id", "at"))
    await api.register()
    copy = f"SELECT gen_random_uuid(), now() - $1::interval, {columns} FROM audit_entries LIMIT 1"
    for age in (timedelta(days=3), timedelta(days=2), timedelta(hours=23)):
        await pg.execute(f"INSERT INTO audit_entries (id, at, {columns}) {copy}", age)

    assert await AuditUpkeep(api.services.database, lambda: timedelta(days=1)).look() == 2

    assert await pg.fetchval("SELECT count(*) FROM audit_entries") == 2
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pg.execute("DELETE FROM audit_entries")


async def test_the_upkeep_sees_to_the_log_while_the_server_runs(api: Api, pg: asyncpg.Connection) -> None:
    await api.register()
    await pg.execute("SET session_replication_role = 'replica'")
    await pg.execute("UPDATE audit_entries SET at = now() - interval '2 days'")

    async with AuditUpkeep(api.services.database, lambda: timedelta(days=1)).running():
        await eventually(lambda: is_empty(pg))


async def test_the_command_line_is_told_as_nobody(api: Api, pg: asyncpg.Connection) -> None:
    user = await create_superuser(api.services, "root@example.com", PASSWORD)

    row = await pg.fetchrow("SELECT action, actor_id, subject_id, ip_address FROM audit_entries")
    assert row is not None
    assert tuple(row) == ("user.created", None, user.id, None)


async def test_writes_of_records_leave_no_entry(api: Api, pg: asyncpg.Connection) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    before = await actions(pg)

    await create_records(api, table, [{"Name": "A"}])

    assert await actions(pg) == before
