"""publishForm, unpublishForm and publicForm: what is open to everybody, and what is not."""

from collections.abc import Callable

import pytest

from adapters.database import Connection
from tests.support.api import Api
from tests.support.catalog import add_field, add_member, mutate, update_field
from tests.support.forms import make_form, open_form, publish, read_form, submit
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable
from tests.support.views import change_view, make_view

NO_FORM = {"message": "There is no form with this token.", "code": "NOT_FOUND"}


async def assert_closed(api: Api, token: str) -> None:
    """Reading and filling in say the same as for a token that nobody ever had."""
    assert refusal(await read_form(api, token), "NOT_FOUND") == NO_FORM
    assert refusal(await submit(api, token, {"Name": "A"}), "NOT_FOUND") == NO_FORM


async def test_everybody_sees_the_fields_of_a_form_and_no_others(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Stage", "Who", "Name", "Count"])

    form = (await read_form(api, token)).ok["publicForm"]

    stage, name, count = form.pop("fields")
    assert form == {"title": "Ask", "submitText": "Send"}
    assert [choice["name"] for choice in stage.pop("options")["choices"]] == ["New", "Done"]
    assert stage == {
        "id": table.fields["Stage"],
        "name": "Stage",
        "type": "SINGLE_SELECT",
        "isRequired": False,
        "defaultValue": None,
        "description": None,
    }
    assert (name["name"], name["isRequired"], name["description"]) == ("Name", True, "Yours")
    assert (count["name"], count["defaultValue"]) == ("Count", 1)


async def test_a_hidden_field_is_not_asked_for(api: Api, table: MadeTable) -> None:
    token = await open_form(api, table, ["Name", "Secret"], hiddenFieldIds=["Secret"])

    form = (await read_form(api, token)).ok["publicForm"]

    assert [field["name"] for field in form["fields"]] == ["Name"]


async def test_publishing_again_gives_another_token(api: Api, table: MadeTable) -> None:
    view = await make_form(api, table, ["Name"])
    first = await publish(api, table, view)

    second = await publish(api, table, view)

    assert first != second
    assert len(second) == 43
    await assert_closed(api, first)
    assert (await read_form(api, second)).ok["publicForm"]["title"] == "Ask"


@pytest.mark.parametrize("token", ["", "x" * 43, "\x00" * 43, "ü" * 43, "x" * 100_000])
async def test_a_token_that_nobody_has_opens_nothing(api: Api, table: MadeTable, token: str) -> None:
    await assert_closed(api, token)


async def test_a_form_that_is_withdrawn_is_closed(api: Api, table: MadeTable) -> None:
    view = await make_form(api, table, ["Name"])
    token = await publish(api, table, view)

    withdrawn = await mutate(api, "unpublishForm", "view { publicToken }", {"id": view}, as_=table.owner)

    assert withdrawn.ok["unpublishForm"] == {"view": {"publicToken": None}}
    await assert_closed(api, token)


@pytest.mark.parametrize(
    ("mutation", "what"), [("deleteView", "view"), ("deleteTable", "table"), ("deleteBase", "base")]
)
async def test_a_form_goes_with_its_view_table_and_base(api: Api, table: MadeTable, mutation: str, what: str) -> None:
    view = await make_form(api, table, ["Name"])
    token = await publish(api, table, view)
    ids = {"view": view, "table": table.id, "base": table.base_id}

    (await mutate(api, mutation, "deletedId", {"id": ids[what]}, as_=table.owner)).ok  # noqa: B018

    await assert_closed(api, token)


async def test_a_form_whose_last_field_goes_is_closed_and_does_not_open_the_table(api: Api, table: MadeTable) -> None:
    await update_field(api, table, "Name", isRequired=False)
    token = await open_form(api, table, ["Count"])

    (await mutate(api, "deleteField", "deletedId", {"id": table.fields["Count"]}, as_=table.owner)).ok  # noqa: B018

    await assert_closed(api, token)


async def test_a_form_shows_what_its_view_says_now(api: Api, table: MadeTable) -> None:
    view = await make_form(api, table, ["Name"])
    token = await publish(api, table, view)
    await read_form(api, token)

    config = {"fields": [table.fields["Count"], table.fields["Name"]], "submit_text": "Go"}
    await change_view(api, table, view, name="Tell", config=config)
    await update_field(api, table, "Name", name="Title")

    form = (await read_form(api, token)).ok["publicForm"]
    assert (form["title"], form["submitText"]) == ("Tell", "Go")
    assert [field["name"] for field in form["fields"]] == ["Count", "Title"]


async def test_what_cannot_be_submitted_is_not_published(api: Api, table: MadeTable) -> None:
    grid = (await make_view(api, table, "Grid"))["id"]
    all_fields = (await make_view(api, table, "All", "FORM"))["id"]
    personal = await make_form(api, table, ["Name"], name="Mine", isPersonal=True)
    members = await make_form(api, table, ["Who"], name="Members")
    partial = await make_form(api, table, ["Count"], name="Partial")

    said = [
        refusal(await mutate(api, "publishForm", "token", {"id": id}, as_=table.owner), "BAD_REQUEST")["message"]
        for id in (grid, all_fields, personal, members, partial)
    ]

    nameless = "Name the fields of the form in its config first: one that everybody may set, and that is not hidden."
    assert said == [
        "Only a view of the type FORM can be published.",
        nameless,
        "A personal view cannot be published: what is open to all must be seen by all.",
        nameless,
        "The form must ask for what the table requires: 'Name'; or give it a default.",
    ]


async def test_the_token_is_for_those_who_may_change_views(api: Api, table: MadeTable) -> None:
    view = await make_form(api, table, ["Name"])
    token = await publish(api, table, view)
    viewer, editor = await api.register(), await api.register()
    await add_member(api, table.owner, table.workspace_id, viewer, "VIEWER")
    await add_member(api, table.owner, table.workspace_id, editor, "EDITOR")
    document = "query ($id: ID!) { view(id: $id) { publicToken } }"

    seen = [(await api.execute(document, {"id": view}, as_=each)).ok["view"] for each in (viewer, editor)]

    assert seen == [{"publicToken": None}, {"publicToken": token}]


async def test_a_copy_of_a_form_is_not_published(api: Api, table: MadeTable) -> None:
    view = await make_form(api, table, ["Name"])
    await publish(api, table, view)

    copy = await mutate(api, "duplicateView", "view { publicToken }", {"id": view}, as_=table.owner)

    assert copy.ok["duplicateView"] == {"view": {"publicToken": None}}


async def test_the_log_that_members_read_has_no_token(api: Api, table: MadeTable, pg: Connection) -> None:
    token = await open_form(api, table, ["Name"])

    found = await pg.fetchval("SELECT count(*) FROM changes c WHERE c::text LIKE '%' || $1 || '%'", token)

    assert found == 0


async def test_reading_a_form_is_one_statement(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    token = await open_form(api, table, ["Name", "Count"])
    await read_form(api, token)

    with statements() as seen:
        await read_form(api, token)

    assert seen.count == 1


async def test_the_tokens_of_all_views_are_one_statement(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    document = "query ($id: ID!) { views(tableId: $id) { publicToken } }"
    counts = []
    for name in ("A", "B", "C"):
        await open_form(api, table, ["Name"], name=name)
        with statements() as seen:
            views = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["views"]
        counts.append(seen.count)
    assert len(views) == 3
    assert counts[0] == counts[2]


async def test_links_to_records_are_not_asked_for(api: Api, table: MadeTable) -> None:
    given = {"linked_table_id": str(table.id)}
    link = await add_field(api, table, name="Before", type="LINKED_RECORD", options=given)
    config = {"fields": [table.fields["Name"], link]}
    view = (await make_view(api, table, "Linked", "FORM", config=config))["id"]
    token = await publish(api, table, view)

    form = (await read_form(api, token)).ok["publicForm"]
    refused = await submit(api, token, {"Name": "A", "Before": [str(table.id)]})

    assert [field["name"] for field in form["fields"]] == ["Name"]
    assert refused.codes == ["VALIDATION_ERROR"]
