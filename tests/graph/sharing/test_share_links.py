"""createShareLink, shareLinks, revokeShareLink and sharedView: who reads a view without an account, and what of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.database import Connection
from adapters.quotas.quotas import OwnQuotas
from resolvers.sharing.rates import SharedReadRates
from tests.support.api import Api, Result
from tests.support.catalog import mutate, update_field
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.views import change_view, make_view

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Secret", "type": "TEXT"},
    {"name": "Who", "type": "USER"},
]
LINK = "token shareLink { id viewId hasPassword expiresAt createdBy { email } }"
NOTHING = {"message": "There is no shared view with this token and password.", "code": "NOT_FOUND"}
PASSWORD = "open sesame"


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table of three records."""
    table = await make_table(api, FIELDS)
    rows = [{"Name": name, "Price": price, "Secret": f"s{price}"} for name, price in (("A", 1), ("B", 2), ("C", 3))]
    await create_records(api, table, rows)
    return table


async def shareable(api: Api, table: MadeTable, **more: Any) -> str:
    """Id of a view of what costs more than 1, the last secret first, which it does not show."""
    given = {
        "filter": {"field": "Secret", "operator": "NEQ", "value": "s1"},
        "orderBy": [{"field": "Secret", "direction": "DESC"}],
        "hiddenFieldIds": ["Secret"],
        "fieldIds": ["Price", "Name"],
        **more,
    }
    return str((await make_view(api, table, "Prices", **given))["id"])


async def share(api: Api, table: MadeTable, view: str, **more: Any) -> dict[str, Any]:
    """The payload of createShareLink."""
    given = {"viewId": view, **more}
    return dict((await mutate(api, "createShareLink", LINK, given, as_=table.owner)).ok["createShareLink"])


async def read(
    api: Api, token: str, password: str | None = None, *, first: int = 10, after: str | None = None
) -> Result:
    """The answer to sharedView, asked by nobody."""
    document = """
        query ($token: String!, $password: String, $first: Int, $after: String) {
          sharedView(token: $token, password: $password) {
            name fields { name type options }
            records(first: $first, after: $after) { totalCount nodes { id fields } pageInfo { hasNextPage endCursor } }
          }
        }
    """
    return await api.execute(document, {"token": token, "password": password, "first": first, "after": after})


async def assert_closed(api: Api, token: str, password: str | None = None) -> None:
    assert refusal(await read(api, token, password), "NOT_FOUND") == NOTHING


async def test_everybody_reads_what_the_view_shows_in_its_order(api: Api, table: MadeTable) -> None:
    view = await shareable(api, table)
    made = await share(api, table, view)

    seen = (await read(api, made["token"])).ok["sharedView"]

    assert len(made["token"]) == 43
    assert made["shareLink"] == {
        "id": made["shareLink"]["id"],
        "viewId": view,
        "hasPassword": False,
        "expiresAt": None,
        "createdBy": {"email": table.owner.email},
    }
    assert seen["name"] == "Prices"
    assert [(field["name"], field["type"]) for field in seen["fields"]] == [("Price", "NUMBER"), ("Name", "TEXT")]
    nodes = [node["fields"] for node in seen["records"]["nodes"]]
    assert nodes == [{"Price": 3, "Name": "C"}, {"Price": 2, "Name": "B"}]
    assert seen["records"]["totalCount"] == 2


async def test_pages_go_on_and_their_cursors_tell_no_hidden_value(api: Api, table: MadeTable) -> None:
    token = (await share(api, table, await shareable(api, table)))["token"]

    first = (await read(api, token, first=1)).ok["sharedView"]["records"]
    second = (await read(api, token, first=1, after=first["pageInfo"]["endCursor"])).ok["sharedView"]["records"]

    assert [page["nodes"][0]["fields"]["Name"] for page in (first, second)] == ["C", "B"]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]
    assert b"s3".hex() not in first["pageInfo"]["endCursor"]
    assert (await read(api, token, after="x")).codes == ["BAD_REQUEST"]
    assert (await read(api, token, first=1_000_000)).codes == ["BAD_REQUEST"]


async def test_a_password_opens_it_and_nothing_tells_what_is_wrong(api: Api, table: MadeTable) -> None:
    made = await share(api, table, await shareable(api, table), password=PASSWORD)

    assert made["shareLink"]["hasPassword"] is True
    assert (await read(api, made["token"], PASSWORD)).codes == []
    await assert_closed(api, made["token"])
    await assert_closed(api, made["token"], "another password")
    await assert_closed(api, "x" * 43)
    await assert_closed(api, "x" * 43, PASSWORD)


async def test_a_password_that_is_not_needed_is_passed_over(api: Api, table: MadeTable) -> None:
    token = (await share(api, table, await shareable(api, table)))["token"]

    assert (await read(api, token, PASSWORD)).codes == []


@pytest.mark.parametrize("token", ["", "\x00" * 43, "ü" * 43, "x" * 100_000])
async def test_what_is_no_token_opens_nothing(api: Api, token: str) -> None:
    await assert_closed(api, token)


async def test_secrets_are_stored_as_hashes(api: Api, table: MadeTable, pg: Connection) -> None:
    made = await share(api, table, await shareable(api, table), password=PASSWORD)

    [row] = await pg.fetch("SELECT token_hash, password_hash FROM share_links")

    assert len(row["token_hash"]) == 32
    assert row["password_hash"].startswith("$argon2id$")
    assert made["token"].encode() not in row["token_hash"]


async def test_a_link_expires(api: Api, table: MadeTable, pg: Connection) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    token = (await share(api, table, await shareable(api, table), expiresAt=soon))["token"]
    assert (await read(api, token)).codes == []

    await pg.execute("UPDATE share_links SET expires_at = now()")

    await assert_closed(api, token)


async def test_a_revoked_link_opens_nothing_and_others_do(api: Api, table: MadeTable) -> None:
    view = await shareable(api, table)
    first, second = await share(api, table, view), await share(api, table, view)
    listed = "query ($id: ID!) { shareLinks(viewId: $id) { id } }"
    ids = [each["shareLink"]["id"] for each in (first, second)]
    assert [each["id"] for each in (await api.execute(listed, {"id": view}, as_=table.owner)).ok["shareLinks"]] == ids

    revoked = await mutate(api, "revokeShareLink", "revokedId", {"id": ids[0]}, as_=table.owner)

    assert revoked.ok["revokeShareLink"] == {"revokedId": ids[0]}
    await assert_closed(api, first["token"])
    assert (await read(api, second["token"])).codes == []
    again = await mutate(api, "revokeShareLink", "revokedId", {"id": ids[0]}, as_=table.owner)
    assert again.codes == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("mutation", "what"), [("deleteView", "view"), ("deleteTable", "table"), ("deleteBase", "base")]
)
async def test_a_link_goes_with_its_view_table_and_base(api: Api, table: MadeTable, mutation: str, what: str) -> None:
    view = await shareable(api, table)
    token = (await share(api, table, view))["token"]
    ids = {"view": view, "table": table.id, "base": table.base_id}

    (await mutate(api, mutation, "deletedId", {"id": ids[what]}, as_=table.owner)).ok  # noqa: B018

    await assert_closed(api, token)


async def test_a_link_shows_what_the_view_says_now(api: Api, table: MadeTable) -> None:
    view = await shareable(api, table)
    token = (await share(api, table, view))["token"]
    await read(api, token)

    await change_view(api, table, view, name="Names", filter=None, hiddenFieldIds=["Price", "Secret"])
    await update_field(api, table, "Name", name="Title")

    seen = (await read(api, token)).ok["sharedView"]
    assert (seen["name"], [field["name"] for field in seen["fields"]]) == ("Names", ["Title"])
    assert [node["fields"] for node in seen["records"]["nodes"]] == [{"Title": "C"}, {"Title": "B"}, {"Title": "A"}]


async def test_what_is_not_to_be_shared_is_refused(api: Api, table: MadeTable) -> None:
    form = str((await make_view(api, table, "Form", "FORM"))["id"])
    personal = await shareable(api, table, isPersonal=True)
    view = str((await make_view(api, table, "All"))["id"])
    wrong = [
        ({"viewId": form}, "BAD_REQUEST"),
        ({"viewId": personal}, "BAD_REQUEST"),
        ({"viewId": view, "password": "short"}, "VALIDATION_ERROR"),
        ({"viewId": view, "password": "x" * 201}, "VALIDATION_ERROR"),
        ({"viewId": view, "expiresAt": "2020-01-01T00:00:00Z"}, "VALIDATION_ERROR"),
    ]
    for given, code in wrong:
        assert (await mutate(api, "createShareLink", "token", given, as_=table.owner)).codes == [code]


async def test_a_view_takes_so_many_links(api: Api, table: MadeTable) -> None:
    assert api.services.limits.max_share_links_per_view == 100
    api.services.limits = replace(api.services.limits, max_share_links_per_view=1)
    view = await shareable(api, table)
    await share(api, table, view)

    refused = await mutate(api, "createShareLink", "token", {"viewId": view}, as_=table.owner)

    assert refused.codes == ["BAD_REQUEST"]


async def test_reads_are_bounded_for_each_link_and_each_address(api: Api, table: MadeTable) -> None:
    limits = api.services.limits
    assert (limits.max_link_reads_per_minute, limits.max_client_link_reads_per_minute) == (600, 60)
    view = await shareable(api, table)
    first, second = (await share(api, table, view))["token"], (await share(api, table, view))["token"]
    api.services.shared_reads = SharedReadRates(OwnQuotas(), per_link=1, per_client=4)

    codes = [(await read(api, token)).codes for token in (first, first, second, "x" * 43, second)]

    assert codes == [[], ["RATE_LIMITED"], [], ["NOT_FOUND"], ["RATE_LIMITED"]]


async def test_passwords_are_guessed_slowly(api: Api, table: MadeTable) -> None:
    api.services.limits = replace(api.services.limits, max_guess_delay=timedelta(minutes=1))
    token = (await share(api, table, await shareable(api, table), password=PASSWORD))["token"]
    for each in (token, "x" * 43):
        await assert_closed(api, each, "wrong password")

        assert (await read(api, each, PASSWORD)).codes == ["RATE_LIMITED"]


async def test_a_page_costs_the_same_however_long_it_is(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    token = (await share(api, table, await shareable(api, table)))["token"]
    counts = []
    for first in (1, 2, 2):
        with statements() as seen:
            (await read(api, token, first=first)).ok  # noqa: B018
        counts.append(seen.count)

    assert counts[1] == counts[2]


async def test_the_audit_log_tells_of_links_and_no_secrets(api: Api, table: MadeTable, pg: Connection) -> None:
    made = await share(api, table, await shareable(api, table), password=PASSWORD)
    given = {"id": made["shareLink"]["id"]}
    (await mutate(api, "revokeShareLink", "revokedId", given, as_=table.owner)).ok  # noqa: B018

    rows = await pg.fetch("SELECT action, details::text FROM audit_entries WHERE action LIKE 'share%' ORDER BY id")

    assert [row["action"] for row in rows] == ["share_link.created", "share_link.revoked"]
    assert PASSWORD not in str(rows)
    assert made["token"] not in str(rows)
