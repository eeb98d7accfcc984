"""exportMe"""

import re
from collections.abc import Callable

import asyncpg

from domain.ids import Kind, new_id
from tests.graph.accounts.documents import make_key
from tests.graph.self_service.documents import registered
from tests.support.api import PASSWORD, Api
from tests.support.mail import Postbox
from tests.support.statements import StatementLog

EXPORT = "{ exportMe }"
CREATE = 'mutation { createWorkspace(input: {name: "Workshop"}) { workspace { id } } }'
BASE = 'mutation ($id: ID!) { createBase(input: {workspaceId: $id, name: "Stock"}) { base { id } } }'
TABLE = """
    mutation ($id: ID!, $name: String!) {
      createTable(input: {baseId: $id, name: $name, fields: [{name: "N", type: TEXT}]}) { table { id } }
    }
"""
RECORDS = """
    mutation ($id: ID!) { createRecords(input: {tableId: $id, records: [{N: "a"}, {N: "b"}]}) { records { id } } }
"""


async def test_an_export_has_what_is_kept_of_an_account(api: Api, postbox: Postbox) -> None:
    ada, token = await registered(api, postbox)
    key = await make_key(api, ada, name="Robot")
    workspace = (await api.execute(CREATE, as_=ada)).ok["createWorkspace"]["workspace"]["id"]
    base = (await api.execute(BASE, {"id": workspace}, as_=ada)).ok["createBase"]["base"]["id"]
    table = (await api.execute(TABLE, {"id": base, "name": "Parts"}, as_=ada)).ok["createTable"]["table"]["id"]
    await api.execute(TABLE, {"id": base, "name": "Empty"}, as_=ada)
    assert (await api.execute(RECORDS, {"id": table}, as_=ada)).codes == []

    exported = (await api.execute(EXPORT, as_=ada)).ok["exportMe"]

    assert set(exported) == {
        *("account", "sessions", "apiKeys", "applicationTokens", "identities", "passkeys", "appSince"),
        *("mails", "memberships", "personalViews", "functionCalls", "records"),
    }
    account = exported["account"]
    assert (account["id"], account["email"], account["hasPassword"]) == (str(ada.id), "ada@example.com", True)
    assert [session["revokedAt"] for session in exported["sessions"]] == [None]
    assert [(each["name"], each["prefix"]) for each in exported["apiKeys"]] == [("Robot", key["apiKey"]["prefix"])]
    assert [(each["purpose"], each["email"]) for each in exported["mails"]] == [("verify_email", "ada@example.com")]
    assert [(each["workspaceName"], each["role"]) for each in exported["memberships"]] == [("Workshop", "OWNER")]
    assert exported["personalViews"] == []
    assert exported["records"] == [{"tableId": table, "tableName": "Parts", "created": 2}]
    for secret in (key["secret"], token, PASSWORD, ada.refresh_token):
        assert secret not in str(exported)
    assert not re.search(r"argon2|_hash|Hash", str(exported))


async def test_an_export_is_of_the_caller_alone(api: Api, postbox: Postbox) -> None:
    await registered(api, postbox)
    bob, _ = await registered(api, postbox, "bob@example.com")

    assert "ada@example.com" not in str((await api.execute(EXPORT, as_=bob)).ok)


async def test_lists_end_with_the_thousandth(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada, _ = await registered(api, postbox)
    await pg.executemany(
        "INSERT INTO sessions (id, user_id) VALUES ($1, $2)", [(new_id(Kind.SESSION), ada.id) for _ in range(1_005)]
    )

    assert len((await api.execute(EXPORT, as_=ada)).ok["exportMe"]["sessions"]) == 1_000


async def test_fifty_tables_are_counted_in_one_statement(
    api: Api, postbox: Postbox, statements: Callable[[], StatementLog]
) -> None:
    ada, _ = await registered(api, postbox)
    workspace = (await api.execute(CREATE, as_=ada)).ok["createWorkspace"]["workspace"]["id"]
    base = (await api.execute(BASE, {"id": workspace}, as_=ada)).ok["createBase"]["base"]["id"]
    for name in ("One", "Two", "Three"):
        await api.execute(TABLE, {"id": base, "name": name}, as_=ada)

    with statements() as seen:
        assert (await api.execute(EXPORT, as_=ada)).codes == []

    assert seen.count == 3
