"""Regular expressions that take PostgreSQL too long, or that it does not take."""

from collections.abc import AsyncIterator

import pytest

from adapters.database import Database
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.graph.formulas.conftest import Shop
from tests.support.api import Api, bearer, client_of
from tests.support.records import Records
from tests.support.refusals import done, refusal

EXPLODING = "REGEX_REPLACE(REPT(Name, 100000), 'a|[a-z]*1', '')"
"""Looks through the whole rest of the text at each of its letters, 5,000,000,000 of them."""
WEBHOOK = "mutation ($input: CreateIncomingWebhookInput!) { createIncomingWebhook(input: $input) { url } }"


@pytest.fixture
async def impatient(settings: Settings, database_url: str) -> AsyncIterator[Api]:
    """A server on the same database whose statements may take half a second."""
    database = Database(database_url, statement_timeout_ms=500)
    services = make_services(settings, database)
    async with client_of(create_app(settings, services)) as http:
        yield Api(http, services)
    await database.close()


async def test_a_pattern_that_explodes_ends_with_the_statement_s_time(shop: Shop, impatient: Api) -> None:
    await shop.add({"Name": "a"}, {"Name": "b"})
    done(await shop.formula("It", f"IF(NOW(), {EXPLODING})"))
    hurried = Records(impatient, shop.records.table)

    refused = refusal(await hurried.page(), "QUERY_TIMEOUT")

    assert refused["message"].startswith("The database took longer than a statement may.")
    others = (await hurried.page(selection='nodes { fields(only: ["Name"]) }')).ok["records"]["nodes"]
    assert [node["fields"] for node in others] == [{"Name": "a"}, {"Name": "b"}]
    query = f'{{ records(tableId: "{shop.records.table.id}") {{ nodes {{ fields }} }} }}'
    headers = {"Accept": "application/graphql-response+json", **bearer(shop.records.table.owner)}
    assert (await impatient.http.post("/graphql", json={"query": query}, headers=headers)).status_code == 504


async def test_a_pattern_that_explodes_in_a_column_refuses_the_write_alone(shop: Shop, impatient: Api) -> None:
    done(await shop.formula("It", EXPLODING))
    hurried = Records(impatient, shop.records.table)

    refusal(await hurried.create({"Name": "a"}), "QUERY_TIMEOUT")

    done(await hurried.create({"Name": "1"}))
    assert await shop.values("It") == {"1": None}


async def test_a_pattern_that_explodes_tells_an_incoming_webhook_the_same(shop: Shop, impatient: Api) -> None:
    done(await shop.formula("It", EXPLODING))
    table = shop.records.table
    mappings = [{"path": "name", "fieldId": table.fields["Name"]}]
    variables = {"input": {"tableId": table.id, "name": "In", "fieldMappings": mappings}}
    made = (await impatient.execute(WEBHOOK, variables, as_=table.owner)).ok["createIncomingWebhook"]

    response = await impatient.http.post(made["url"], json={"name": "a"})

    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (504, "QUERY_TIMEOUT")
    assert await shop.values("It") == {}


async def test_a_pattern_that_postgresql_finds_too_complex_is_refused(shop: Shop) -> None:
    refused = refusal(await shop.formula("It", "REGEX_MATCH(Name, '((a{1,50}){1,50}){1,50}')"), "BAD_REQUEST")

    assert refused["message"] == "Items.It: the regular expression '((a{1,50}){1,50}){1,50}' is too complex."
    assert "It" not in await shop.fields()
