"""focusCell, blurCell and moveCursor: whose connection, which cells, and what many moves of a cursor cost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.presence.conftest import BLUR, FOCUS, MOVE, present
from tests.support.api import Api, Person, Result
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table


async def call(api: Api, document: str, person: Person, **given: Any) -> Result:
    return await api.execute(document, {"input": given}, as_=person)


async def test_over_http_the_connection_is_named(
    address: str, elsewhere: str, api: Api, table: MadeTable, guest: Person, channel: str, record: str
) -> None:
    async with present(address, table.owner, channel) as owner, present(elsewhere, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        assert (await call(api, FOCUS, guest, tableId=table.id, recordId=record, connectionId=second.id)).ok
        assert (await owner.event())["member"]["focus"]["recordId"] == record
        assert (await call(api, MOVE, guest, channel=channel, cursor=[1], connectionId=second.id)).ok
        assert (await owner.event())["member"]["cursor"] == [1]
        assert (await call(api, BLUR, guest, connectionId=second.id)).ok
        assert (await owner.event())["type"] == "BLUR"


async def test_a_request_without_a_connection_is_refused(api: Api, table: MadeTable, channel: str) -> None:
    for document, given in ((FOCUS, {"tableId": table.id}), (BLUR, {}), (MOVE, {"channel": channel, "cursor": 1})):
        [error] = (await call(api, document, table.owner, **given)).errors
        assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_REQUEST", "connectionId")


async def test_nobody_acts_for_the_connection_of_somebody_else(
    address: str, api: Api, table: MadeTable, guest: Person, channel: str
) -> None:
    async with present(address, table.owner, channel) as owner:
        for document, given in ((FOCUS, {"tableId": table.id}), (BLUR, {}), (MOVE, {"channel": channel, "cursor": 1})):
            assert (await call(api, document, guest, connectionId=owner.id, **given)).codes == ["NOT_FOUND"]
        await owner.move(channel, "own")
        event = await owner.event()
    assert (event["type"], event["member"]["cursor"], event["member"]["focus"]) == ("CURSOR", "own", None)


async def test_a_cursor_moves_only_in_channels_of_its_connection(address: str, table: MadeTable, channel: str) -> None:
    async with present(address, table.owner, channel) as owner:
        answer = await owner.move(f"base:{table.base_id}", 1)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]


async def test_what_is_in_focus_must_belong_together(
    address: str, api: Api, table: MadeTable, channel: str, record: str
) -> None:
    other = await make_table(api, owner=table.owner)
    [foreign] = await create_records(api, other, [{}])
    async with present(address, table.owner, channel) as owner:
        wrong: list[dict[str, Any]] = [
            {"recordId": foreign},
            {"fieldId": other.fields["Name"]},
            {"recordId": record, "fieldId": str(table.id)},
        ]
        for cell in wrong:
            answer = await owner.focus(table, **cell)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"], cell
        assert (
            await api.execute(f'{{ presence(channel: "{channel}") {{ focus {{ tableId }} }} }}', as_=table.owner)
        ).ok == {"presence": [{"focus": None}]}


async def test_a_focus_that_is_rolled_back_is_not_told(address: str, table: MadeTable, channel: str) -> None:
    document = """
        mutation ($table: ID!, $no: ID!) {
          focusCell(input: { tableId: $table }) { connectionId }
          deleteTable(input: { id: $no }) { deletedId }
        }
    """
    async with present(address, table.owner, channel) as owner:
        answer = await owner.run(document, {"table": str(table.id), "no": str(table.owner.id)})
        assert answer["errors"]
        await owner.move(channel, 1)
        event = await owner.event()
    assert (event["type"], event["member"]["focus"]) == ("CURSOR", None)


@pytest.mark.parametrize(("size", "codes"), [(64, []), (65, ["PAYLOAD_TOO_LARGE"])])
async def test_a_cursor_has_so_many_bytes_at_most(
    size: int, codes: list[str], services: Services, address: str, table: MadeTable, channel: str
) -> None:
    services.limits = replace(services.limits, max_cursor_bytes=64)
    async with present(address, table.owner, channel) as owner:
        answer = await owner.move(channel, "x" * (size - 2))
    assert [error["extensions"]["code"] for error in answer.get("errors", [])] == codes


async def test_many_moves_cost_few_statements_and_the_last_one_arrives(
    address: str, table: MadeTable, channel: str, statements: Callable[[], StatementLog]
) -> None:
    moves = " ".join(
        f'm{i}: moveCursor(input: {{ channel: "{channel}", cursor: {i} }}) {{ connectionId }}' for i in range(20)
    )
    async with present(address, table.owner, channel) as owner:
        with statements() as seen:
            assert "errors" not in await owner.run(f"mutation {{ {moves} }}", {})
            while (await owner.event())["member"]["cursor"] != 19:
                pass
        written = [text for text in seen.texts if text.startswith("UPDATE presence_members")]
    assert len(written) == 1


async def test_the_presence_of_many_records_is_one_statement(
    address: str, api: Api, table: MadeTable, guest: Person, statements: Callable[[], StatementLog]
) -> None:
    ids = await create_records(api, table, [{"Name": str(i)} for i in range(20)])
    document = "query ($table: ID!, $first: Int!) { records(tableId: $table, first: $first) { nodes { %s } } }"
    selection = document % "id presence { connectionId focus { recordId } user { email } joinedAt }"
    async with (
        present(address, table.owner, f"record:{ids[0]}"),
        present(address, guest, f"table:{table.id}") as second,
    ):
        await second.focus(table, recordId=ids[1])
        counts = []
        for first in (2, 20):
            with statements() as seen:
                answer = (await api.execute(selection, {"table": table.id, "first": first}, as_=table.owner)).ok
            counts.append(len([text for text in seen.texts if "$1::uuid[]) r(id)" in text]))
    nodes = answer["records"]["nodes"]
    people = [[member["user"]["email"] for member in node["presence"]] for node in nodes]
    assert counts == [1, 1]
    assert people == [[table.owner.email], [guest.email], *[[]] * 18]
    assert [node["presence"][0]["focus"] for node in nodes[:2]] == [None, {"recordId": ids[1]}]


async def test_the_members_of_a_channel_are_read_by_one_statement(
    address: str, api: Api, table: MadeTable, guest: Person, channel: str, statements: Callable[[], StatementLog]
) -> None:
    query = f'{{ presence(channel: "{channel}") {{ connectionId user {{ email }} }} }}'
    async with present(address, table.owner, channel) as owner, present(address, guest, channel) as second:
        with statements() as seen:
            found = (await api.execute(query, as_=table.owner)).ok["presence"]
        asked = [text for text in seen.texts if text.startswith("WITH place")]
    assert [member["connectionId"] for member in found] == [owner.id, second.id]
    assert len(asked) <= 3  # its own, and looks of the two readers' one room meanwhile
