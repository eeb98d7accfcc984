"""submitForm: what everybody may add by a published form, and what they learn by trying."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from adapters.database import Connection, Database
from adapters.quotas.quotas import OwnQuotas
from domain.errors import RateLimited
from resolvers.forms.rates import SubmissionRates
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api
from tests.support.catalog import update_field, values
from tests.support.constraints import make_unique
from tests.support.forms import make_form, open_form, publish, read_form, submit
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable
from tests.support.views import change_view

SENT = {"submitForm": {"submitText": "Send"}}
RECORDS = "query ($id: ID!) { records(tableId: $id) { nodes { fields createdBy { id } updatedBy { id } revision } } }"


async def records(api: Api, table: MadeTable) -> list[dict[str, Any]]:
    """The table's records, as its owner reads them."""
    return (await api.execute(RECORDS, {"id": table.id}, as_=table.owner)).ok["records"]["nodes"]


async def test_a_submission_makes_a_record_of_nobody_with_its_defaults(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name", "Stage", "Files"])
    files = [{"url": "https://files.example/a.png"}]

    sent = await submit(api, token, {"Name": "Ann", table.fields["Stage"]: "New", "Files": files})

    assert sent.ok == SENT
    assert await records(api, table) == [
        {
            "fields": {
                "Name": "Ann",
                "Stage": "New",
                "Count": 1,
                "Secret": "untold",
                "Who": None,
                "Files": [{"url": "https://files.example/a.png", "filename": "a.png"}],
                "No": 1,
            },
            "createdBy": None,
            "updatedBy": None,
            "revision": 1,
        }
    ]


async def test_a_member_who_fills_in_a_form_is_nobody_too(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name"])

    assert (await submit(api, token, {"Name": "Ann"}, as_=table.owner)).ok == SENT

    assert [record["createdBy"] for record in await records(api, table)] == [None]


async def test_subscribers_see_a_submission_without_an_actor(api: Api, table: MadeTable, pg: Connection) -> None:
    token = await open_form(api, table, ["Name"])

    await submit(api, token, {"Name": "Ann"})

    rows = await pg.fetch("SELECT operation, actor_id, mutation_id FROM changes WHERE kind = 'record'")
    assert [(row["operation"], row["actor_id"]) for row in rows] == [("C", None)]
    assert rows[0]["mutation_id"] is not None


@pytest.mark.parametrize("field", ["Secret", "Who", "No", "Nothing", "$id"])
async def test_a_field_that_the_form_does_not_ask_for_is_refused_as_unknown(
    api: Api, table: MadeTable, field: str
) -> None:
    token = await open_form(api, table, ["Name", "Count", "Who"])

    refused = refusal(await submit(api, token, {"Name": "A", field: str(table.owner.id)}), "VALIDATION_ERROR")

    [problem] = refused["errors"]
    assert problem["msg"] == "The table 'Ask' has no such field. It has: 'Name', 'Count'."
    assert await records(api, table) == []


async def test_every_bad_value_is_told(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name", "Stage", "Count"])

    refused = refusal(await submit(api, token, {"Count": "many", "Stage": "Gone"}), "VALIDATION_ERROR")

    assert sorted(problem["loc"][-1] for problem in refused["errors"]) == ["Count", "Name", "Stage"]
    assert await records(api, table) == []


@pytest.mark.parametrize(
    ("fields", "code"), [({}, "REQUIRED_FIELD"), ([], "VALIDATION_ERROR"), ("x", "VALIDATION_ERROR")]
)
async def test_what_is_required_must_be_there(api: Api, table: MadeTable, fields: Any, code: str) -> None:
    token = await open_form(api, table, ["Name"])

    assert (await submit(api, token, fields)).codes == [code]
    assert await records(api, table) == []


async def test_a_field_that_comes_to_be_required_closes_a_form_without_it_and_is_not_named(
    api: Api, table: MadeTable
) -> None:
    token = await open_form(api, table, ["Name"])
    await update_field(api, table, "Files", isRequired=True)

    refused = refusal(await submit(api, token, {"Name": "A"}), "CONFLICT")

    assert refused["message"] == "The form cannot be submitted: the table needs a value that it does not ask for."
    assert await records(api, table) == []


async def test_a_default_that_names_no_member_is_not_told(api: Api, table: MadeTable, pg: Connection) -> None:
    person = await api.register()
    token = await open_form(api, table, ["Name"])
    default = "UPDATE fields SET default_value = to_jsonb($1::text) WHERE name = 'Who'"
    await pg.execute(default, str(person.id))  # as it may be for a moment, while the member is removed
    await pg.execute("UPDATE bases SET schema_version = schema_version + 1")

    refused = await submit(api, token, {"Name": "B"})

    assert str(person.id) not in str(refused.body)
    assert refused.codes == ["CONFLICT"]
    assert await records(api, table) == []


async def test_a_form_that_changed_is_filled_in_as_it_is_now(api: Api, table: MadeTable) -> None:
    view = await make_form(api, table, ["Name", "Count"])
    token = await publish(api, table, view)
    await submit(api, token, {"Name": "A", "Count": 2})

    await change_view(api, table, view, config={"fields": [table.fields["Name"]]})

    assert (await submit(api, token, {"Name": "B", "Count": 3})).codes == ["VALIDATION_ERROR"]
    assert (await submit(api, token, {"Name": "C"})).ok == {"submitForm": {"submitText": "Submit"}}
    assert await values(api, table, "Count") == [2, 1]


async def test_the_same_key_makes_one_record(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name"])

    clicks = await asyncio.gather(*(submit(api, token, {"Name": "A"}, key="k") for _ in range(4)))
    other = await submit(api, token, {"Name": "B"}, key="k")
    new = await submit(api, token, {"Name": "B"}, key="l")

    assert [each.ok for each in clicks] == [SENT] * 4
    assert other.codes == ["CONFLICT"]
    assert new.ok == SENT
    assert await values(api, table, "Name") == ["A", "B"]


async def test_a_key_of_a_refused_submission_can_be_used_again(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name"])

    refused = await submit(api, token, {"Name": 7}, key="k")

    assert refused.codes == ["VALIDATION_ERROR"]
    assert (await submit(api, token, {"Name": "A"}, key="k")).ok == SENT


async def test_a_key_belongs_to_its_form(api: Api, table: MadeTable) -> None:
    first = await open_form(api, table, ["Name"], name="One")
    second = await open_form(api, table, ["Name"], name="Two")

    assert (await submit(api, first, {"Name": "A"}, key="k")).ok == SENT
    assert (await submit(api, second, {"Name": "B"}, key="k")).ok == SENT


async def test_old_keys_are_forgotten(api: Api, table: MadeTable, pg: Connection) -> None:
    token = await open_form(api, table, ["Name"])
    for key in "abc":
        await submit(api, token, {"Name": key}, key=key)
    await pg.execute("UPDATE form_submissions SET created_at = now() - interval '2 days'")

    assert (await submit(api, token, {"Name": "again"}, key="a")).ok == SENT

    assert [row[0] for row in await pg.fetch("SELECT key FROM form_submissions")] == ["a"]
    assert await values(api, table, "Name") == ["a", "b", "c", "again"]


@pytest.mark.parametrize("key", ["", "k" * 256, "\x00"])
async def test_a_key_that_cannot_be_kept_is_refused(api: Api, table: MadeTable, key: str) -> None:
    token = await open_form(api, table, ["Name"])

    assert refusal(await submit(api, token, {"Name": "A"}, key=key), "BAD_REQUEST")["argument"] == "idempotencyKey"
    assert await records(api, table) == []


async def test_a_form_takes_so_many_submissions_a_minute(api: Api, table: MadeTable) -> None:
    api.services.submissions = SubmissionRates(OwnQuotas(), per_form=2, per_client=100)
    token = await open_form(api, table, ["Name"])
    for name in "ab":
        await submit(api, token, {"Name": name})

    refused = refusal(await submit(api, token, {"Name": "c"}), "RATE_LIMITED")

    assert (refused["quota"], refused["limit"], refused["remaining"]) == ("submissions", 2, 0)
    assert 60 <= refused["retryAfter"] <= 61
    assert await values(api, table, "Name") == ["a", "b"]
    assert (await read_form(api, token)).codes == []


async def test_an_address_submits_so_often_a_minute_whatever_the_form(api: Api, table: MadeTable) -> None:
    api.services.submissions = SubmissionRates(OwnQuotas(), per_form=100, per_client=2)
    token = await open_form(api, table, ["Name"])

    codes = [(await submit(api, each, {"Name": "a"})).codes for each in (token, "x" * 43, token)]

    assert codes == [[], ["NOT_FOUND"], ["RATE_LIMITED"]]
    assert await values(api, table, "Name") == ["a"]


async def test_a_bad_submission_counts_too(api: Api, table: MadeTable) -> None:
    api.services.submissions = SubmissionRates(OwnQuotas(), per_form=1, per_client=100)
    token = await open_form(api, table, ["Name"])

    assert (await submit(api, token, {"Name": 1})).codes == ["VALIDATION_ERROR"]
    assert (await submit(api, token, {"Name": "a"})).codes == ["RATE_LIMITED"]


async def test_the_rates_are_settings(settings: Settings, database: Database) -> None:
    limits = {"max_form_submissions_per_minute": 1, "max_client_submissions_per_minute": 2}
    rates = make_services(settings.model_copy(update=limits), database).submissions
    form = uuid4()

    await rates.count_form(form)
    await rates.count_form(uuid4())
    await rates.count_client("192.0.2.1")
    await rates.count_client("192.0.2.1")
    await rates.count_client("192.0.2.2")

    with pytest.raises(RateLimited, match="This form is submitted too often: at most 1 times a minute"):
        await rates.count_form(form)
    with pytest.raises(RateLimited, match="You submit forms too often: at most 2 times a minute"):
        await rates.count_client("192.0.2.1")
    assert (settings.max_form_submissions_per_minute, settings.max_client_submissions_per_minute) == (300, 30)


async def test_a_submission_has_the_bounds_of_every_request(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name"])

    large = await submit(api, token, {"Name": "x" * api.services.limits.max_document_characters * 11})
    sent = await submit(api, token, {"Name": "A"})

    assert (large.status, large.codes) == (413, ["PAYLOAD_TOO_LARGE"])
    assert sent.body["extensions"]["cost"]["remaining"] < api.services.limits.max_cost_per_minute
    assert await values(api, table, "Name") == ["A"]


@pytest.mark.parametrize(("key", "count"), [(None, 3), ("k", 4)])
async def test_statements_of_a_submission(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog], key: str | None, count: int
) -> None:
    token = await open_form(api, table, ["Name", "Stage", "Count"])
    await submit(api, token, {"Name": "A"})

    with statements() as seen:
        await submit(api, token, {"Name": "B", "Stage": "Done", "Count": 4}, key=key)

    assert seen.count == count


async def test_a_value_that_must_be_unique_is_refused_without_the_record_that_has_it(
    api: Api, table: MadeTable
) -> None:
    await make_unique(api, table, "Name", caseSensitive=False)
    token = await open_form(api, table, ["Name"])
    assert (await submit(api, token, {"Name": "A"})).ok == SENT

    refused = refusal(await submit(api, token, {"Name": "a"}), "DUPLICATE_VALUE")

    said = "Field 'Name': another record has this value already, and it must be unique."
    assert refused == {"message": said, "code": "DUPLICATE_VALUE", "field": "Name"}


async def test_a_default_that_must_be_unique_is_not_told(api: Api, table: MadeTable) -> None:
    await make_unique(api, table, "Secret")
    token = await open_form(api, table, ["Name"])
    assert (await submit(api, token, {"Name": "A"})).ok == SENT

    refused = refusal(await submit(api, token, {"Name": "B"}), "CONFLICT")

    assert refused["message"] == "The form cannot be submitted: a value that it does not ask for must be unique."
