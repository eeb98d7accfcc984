"""auditLog, workspaceAuditLog: what they show, to whom, page by page"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.graph.accounts.documents import LOGIN, login, make_key, refresh, with_key
from tests.support.api import Api, Person
from tests.support.catalog import add_member, mutate
from tests.support.rights import make_holder
from tests.support.statements import StatementLog
from tests.support.tables import make_workspace

LOG = """
    query ($filter: AuditFilter, $first: Int, $after: String) {
      auditLog(filter: $filter, first: $first, after: $after) {
        nodes {
          id action description at actorId actor { email } apiKeyId sessionId subjectId subjectType workspaceId
          ipAddress userAgent details
        }
        pageInfo { hasNextPage endCursor }
      }
    }
"""
OF_WORKSPACE = """
    query ($id: ID!, $filter: AuditFilter) {
      workspaceAuditLog(workspaceId: $id, filter: $filter) {
        nodes { action actorId subjectId workspaceId ipAddress userAgent details }
      }
    }
"""


async def read(api: Api, by: Person, **arguments: Any) -> list[dict[str, Any]]:
    """The entries of a page."""
    return (await api.execute(LOG, arguments, as_=by)).ok["auditLog"]["nodes"]


async def test_an_entry_tells_who_what_to_whom_from_where(api: Api, root: Person) -> None:
    headers = {"User-Agent": "test/1"}
    given = {"input": {"email": root.email, "password": root.password, "device": "Laptop"}}
    await api.execute(LOGIN, given, headers=headers)

    [entry] = await read(api, root, filter={"actions": ["session.login"]})

    assert entry == {
        **{"id": entry["id"], "at": entry["at"], "sessionId": entry["sessionId"]},
        "action": "session.login",
        "description": "A user signed in.",
        "actorId": str(root.id),
        "actor": {"email": root.email},
        "apiKeyId": None,
        "subjectId": str(root.id),
        "subjectType": "USER",
        "workspaceId": None,
        "ipAddress": "127.0.0.1",
        "userAgent": "test/1",
        "details": {},
    }
    assert entry["sessionId"] is not None
    assert datetime.now(UTC) - datetime.fromisoformat(entry["at"]) < timedelta(minutes=1)


async def test_what_an_api_key_did_names_it(api: Api, root: Person) -> None:
    key = await make_key(api, root)
    await api.execute(
        'mutation { createWorkspace(input: {name: "A"}) { workspace { id } } }', headers=with_key(key["secret"])
    )

    [entry] = await read(api, root, filter={"actions": ["workspace.created"]})

    assert (entry["actorId"], entry["apiKeyId"], entry["sessionId"]) == (str(root.id), key["apiKey"]["id"], None)


async def test_a_refused_sign_in_is_told_without_the_password(api: Api, root: Person) -> None:
    for email in (root.email, "nobody@example.com", "hunter2 is my password"):
        assert (await api.execute(LOGIN, {"input": {"email": email, "password": "wrong"}})).codes == ["UNAUTHENTICATED"]

    entries = await read(api, root, filter={"actions": ["session.login_failed"]})

    assert [(entry["actorId"], entry["subjectId"], entry["details"]) for entry in entries] == [
        (None, None, {"email": None}),
        (None, None, {"email": "nobody@example.com"}),
        (None, str(root.id), {"email": root.email}),
    ]


async def test_a_refresh_token_that_comes_twice_is_told(api: Api, root: Person) -> None:
    person = await api.register()
    await refresh(api, person.refresh_token)
    api.services.refresh_grace = timedelta(0)  # within it, it may be an honest race
    await refresh(api, person.refresh_token)

    [entry] = await read(api, root, filter={"actions": ["session.refresh_reused"]})

    assert entry["subjectType"] == "SESSION"


async def test_entries_are_found_by_all_that_a_filter_says(api: Api, root: Person) -> None:
    ada, bob = await api.register(), await api.register()
    workspace = await make_workspace(api, ada)
    await add_member(api, ada, workspace, bob, "EDITOR")
    await login(api, bob)

    async def found(**filter: Any) -> list[str]:
        return [entry["action"] for entry in await read(api, root, filter=filter)]

    assert await found(actorId=ada.id) == ["member.added", "workspace.created", "user.registered"]
    assert await found(subjectId=bob.id) == ["session.login", "member.added", "user.registered"]
    assert await found(workspaceId=workspace) == ["member.added", "workspace.created"]
    assert await found(actorId=ada.id, actions=["member.added", "session.login"]) == ["member.added"]
    assert await found(actions=[]) == []
    moment = (await read(api, root, filter={"actions": ["member.added"]}))[0]["at"]
    assert await found(since=moment) == ["session.login", "member.added"]
    assert "member.added" not in await found(until=moment)


async def test_pages_follow_each_other(api: Api, root: Person) -> None:
    for _ in range(4):
        await api.register()

    first = (await api.execute(LOG, {"first": 3}, as_=root)).ok["auditLog"]
    second = (await api.execute(LOG, {"first": 3, "after": first["pageInfo"]["endCursor"]}, as_=root)).ok["auditLog"]

    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    ids = [entry["id"] for page in (first, second) for entry in page["nodes"]]
    assert (len(ids), ids) == (5, sorted(set(ids), reverse=True))


@pytest.mark.parametrize(
    "given", [{"filter": {"actions": ["user.flown"]}}, {"filter": {"actorId": "me"}}, {"after": "x"}, {"first": 1001}]
)
async def test_bad_arguments_are_refused(api: Api, root: Person, given: dict[str, Any]) -> None:
    assert (await api.execute(LOG, given, as_=root)).codes == ["BAD_REQUEST"]


async def test_who_was_given_the_permission_reads_it(api: Api, root: Person) -> None:
    auditor, nobody = await make_holder(api, root, "audit:read"), await api.register()

    assert (await api.execute(LOG, as_=auditor)).codes == []
    assert (await api.execute(LOG, as_=nobody)).codes == ["FORBIDDEN"]


async def test_admins_read_what_concerns_their_workspace(api: Api) -> None:
    ada, bob = await api.register(), await api.register()
    workspace, _ = await make_workspace(api, ada), await make_workspace(api, ada, "Other")
    await add_member(api, ada, workspace, bob, "ADMIN")

    found = (await api.execute(OF_WORKSPACE, {"id": workspace}, as_=bob)).ok["workspaceAuditLog"]["nodes"]

    shared = {"actorId": str(ada.id), "workspaceId": str(workspace), "ipAddress": None, "userAgent": None}
    assert found == [
        {"action": "member.added", **shared, "subjectId": str(bob.id), "details": {"role": "ADMIN"}},
        {"action": "workspace.created", **shared, "subjectId": str(workspace), "details": {"name": "Works"}},
    ]
    other = {"id": workspace, "filter": {"workspaceId": "01a2025c-256f-8000-8000-04de2ba1a8a3"}}
    assert (await api.execute(OF_WORKSPACE, other, as_=bob)).ok["workspaceAuditLog"]["nodes"] == []


async def test_an_entry_outlives_its_workspace(api: Api, root: Person) -> None:
    workspace = await make_workspace(api, root)
    await mutate(api, "deleteWorkspace", "deletedId", {"id": workspace}, as_=root)

    entries = await read(api, root, filter={"workspaceId": workspace})

    assert [entry["action"] for entry in entries] == ["workspace.deleted", "workspace.created"]


@pytest.mark.parametrize("count", [1, 20])
async def test_a_page_is_a_fixed_number_of_statements(
    api: Api, root: Person, statements: Callable[[], StatementLog], count: int
) -> None:
    for _ in range(count):
        await api.register()
    await read(api, root)

    with statements() as seen:
        assert len(await read(api, root)) == count + 1

    assert seen.count == 3  # what the caller holds, the page, the actors
