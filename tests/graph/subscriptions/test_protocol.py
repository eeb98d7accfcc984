"""The graphql-transport-ws protocol: what is answered, what is refused, and with which code a socket is closed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from adapters.database import Database
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.accounts import add_api_key
from tests.support.api import Api, bearer
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

ME = "{ me { email } }"


@pytest.fixture
async def socket(address: str) -> AsyncIterator[Socket]:
    """A socket that has said nothing yet."""
    async with opened(address) as socket:
        yield socket


async def answer(socket: Socket, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an operation that answers once."""
    id = await socket.subscribe(query, variables)
    data = await socket.next(id)
    assert await socket.receive() == {"id": id, "type": "complete"}
    return data


# --- the way in ---


async def test_the_subprotocol_is_agreed_on(socket: Socket) -> None:
    assert socket.connection.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("protocol", [None, "graphql-ws"])
async def test_other_subprotocols_are_not_acceptable(address: str, protocol: str | None) -> None:
    async with opened(address, protocol=protocol) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_an_init_is_acknowledged(socket: Socket) -> None:
    await socket.send({"type": "connection_init"})
    assert await socket.receive() == {"type": "connection_ack"}
    assert await answer(socket, ME) == {"me": None}


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_the_payload_of_the_init_signs_in(name: str, socket: Socket, table: MadeTable) -> None:
    await socket.initialise(payload={name: bearer(table.owner)["Authorization"], "X-Other": 1})
    assert await answer(socket, ME) == {"me": {"email": table.owner.email}}


async def test_an_api_key_signs_in(socket: Socket, services: Services, table: MadeTable) -> None:
    key = await add_api_key(services.database, table.owner.id, scopes=["read"])
    await socket.initialise(payload={"X-API-Key": key})
    assert await answer(socket, ME) == {"me": {"email": table.owner.email}}
    id = await socket.subscribe('mutation { createWorkspace(input: { name: "x" }) { workspace { id } } }')
    assert (await socket.refusal(id))["extensions"]["code"] == "FORBIDDEN"


async def test_the_headers_of_the_handshake_sign_in(address: str, table: MadeTable) -> None:
    async with opened(address, headers=bearer(table.owner)) as socket:
        await socket.initialise()
        assert await answer(socket, ME) == {"me": {"email": table.owner.email}}


async def test_the_payload_outweighs_the_headers(address: str, api: Api, table: MadeTable) -> None:
    other = await api.register()
    async with opened(address, headers=bearer(other)) as socket:
        await socket.initialise(table.owner)
        assert await answer(socket, ME) == {"me": {"email": table.owner.email}}


@pytest.mark.parametrize(
    "payload",
    [{"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}, {"X-API-Key": "nonsense"}],
)
async def test_credentials_that_are_not_valid_close_the_socket(payload: dict[str, str], socket: Socket) -> None:
    await socket.send({"type": "connection_init", "payload": payload})
    code, reason = await socket.closed()
    assert (code, reason[:11]) == (4403, "Forbidden: ")


async def test_who_comes_while_the_database_is_away_is_to_try_again(settings: Settings, table: MadeTable) -> None:
    unreachable = Database("postgresql://nobody@127.0.0.1:1/nothing")
    services = make_services(settings, unreachable)
    async with served(settings, services) as address, opened(address) as socket:
        await socket.send({"type": "connection_init", "payload": bearer(table.owner)})
        assert await socket.closed() == (1013, "The database cannot be reached, or is too busy; try again.")
    await unreachable.close()


async def test_a_server_that_stops_says_so(settings: Settings, services: Services, table: MadeTable) -> None:
    async with AsyncExitStack() as clients:
        async with served(settings, services) as address:
            socket = await clients.enter_async_context(opened(address))
            await socket.initialise(table.owner)
            await socket.subscribe(EVENTS, {"table": table.id})
            await eventually(lambda: services.bus.listeners == 1)
        assert (await socket.closed())[0] == 1012
    assert services.bus.listeners == 0


async def test_who_is_silent_is_sent_away(settings: Settings, services: Services) -> None:
    hasty = settings.model_copy(update={"socket_init_timeout": settings.event_poll_interval / 20})
    async with served(hasty, services) as address:
        async with opened(address) as silent:
            assert await silent.closed() == (4408, "Connection initialisation timeout")
        async with opened(address) as patient:
            await patient.initialise()
            assert await answer(patient, ME) == {"me": None}


async def test_a_second_init_is_one_too_many(socket: Socket) -> None:
    await socket.initialise()
    await socket.send({"type": "connection_init"})
    assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_nothing_is_done_before_the_init(socket: Socket) -> None:
    await socket.subscribe(ME)
    assert await socket.closed() == (4401, "Unauthorized")


# --- messages ---


@pytest.mark.parametrize("payload", [None, {}, {"a": [1]}])
async def test_a_ping_gets_its_pong_at_any_time(payload: Any, socket: Socket) -> None:
    ping = {"type": "ping"} if payload is None else {"type": "ping", "payload": payload}
    pong = {**ping, "type": "pong"}
    await socket.send(ping)
    assert await socket.receive() == pong
    await socket.initialise()
    await socket.send({"type": "pong"})
    await socket.send(ping)
    assert await socket.receive() == pong


@pytest.mark.parametrize("is_initialised", [False, True])
@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "{",
        "[]",
        "null",
        '"ping"',
        "{}",
        '{"type": null}',
        '{"type": 1}',
        '{"type": ["ping"]}',
        '{"type": "start"}',
        '{"type": "next", "id": "1", "payload": {}}',
        '{"type": "connection_ack"}',
        '{"type": "connection_init", "payload": "x"}',
        '{"type": "ping", "payload": 1}',
        '{"type": "pong", "payload": []}',
        '{"type": "complete"}',
        '{"type": "complete", "id": ""}',
        '{"type": "complete", "id": 1}',
        '{"type": "subscribe", "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ me { id } }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": "{ me { id } }"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ me { id } }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ me { id } }", "operationName": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ me { id } }", "extensions": 1}}',
        '{"type": "ping", "payload": {"a": NaN}}',
        '{"type": "ping", "payload": {"a": "\\ud800"}}',
        "[" * 100_000,
        b'{"type": "ping"}',
        b"\xff",
    ],
)
async def test_a_malformed_message_closes_the_socket(
    message: str | bytes, is_initialised: bool, socket: Socket
) -> None:
    if is_initialised:
        await socket.initialise()
    await socket.send(message)
    code, reason = await socket.closed()
    assert (code, reason[:17]) == (4400, "Invalid message: ")


async def test_credentials_of_a_wrong_type_are_malformed(socket: Socket) -> None:
    await socket.send({"type": "connection_init", "payload": {"Authorization": 1}})
    assert (await socket.closed())[0] == 4400


async def test_a_message_may_have_so_many_bytes(settings: Settings, services: Services) -> None:
    small = settings.model_copy(update={"max_message_bytes": 1_000})
    ping = '{"type": "ping", "payload": {"a": "%s"}}'
    text = ping % ("é" * ((1_000 - len(ping) + 2) // 2))
    assert len(text.encode()) in (999, 1_000)
    async with served(small, services) as address, opened(address) as socket:
        await socket.send(text)
        assert (await socket.receive())["type"] == "pong"
        await socket.send(text + "  ")
        assert (await socket.closed())[0] == 1009


async def test_an_id_is_taken_while_its_operation_runs(owner: Socket, table: MadeTable) -> None:
    await owner.subscribe(EVENTS, {"table": table.id}, id="same")
    await owner.subscribe(ME, id="same")
    assert await owner.closed() == (4409, "Subscriber for same already exists")


async def test_an_id_is_free_when_its_operation_is_over(owner: Socket, records: Records, table: MadeTable) -> None:
    for _ in range(3):
        await owner.subscribe(ME, id="same")
        await owner.next("same")
        assert await owner.receive() == {"id": "same", "type": "complete"}
        await owner.subscribe("{ nonsense }", id="same")
        await owner.refusal("same")
        await owner.subscribe(EVENTS, {"table": table.id}, id="same")
        await owner.end("same")
    cursor = (await records.create({})).ok["createRecord"]["eventCursor"]
    await owner.subscribe(EVENTS, {"table": table.id, "after": cursor}, id="same")
    made = (await records.create({})).ok["createRecord"]["record"]["id"]
    assert (await owner.event("same"))["recordId"] == made


async def test_completing_what_does_not_run_is_no_fault(owner: Socket) -> None:
    await owner.send({"id": "never", "type": "complete"})
    assert (await answer(owner, ME))["me"]


async def test_what_was_completed_sends_nothing_more(owner: Socket, records: Records, table: MadeTable) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id})
    other = await owner.subscribe(
        EVENTS, {"table": table.id, "after": (await records.create({})).ok["createRecord"]["eventCursor"]}
    )
    await owner.end(id)
    made = (await records.create({})).ok["createRecord"]["record"]["id"]
    assert (await owner.event(other))["recordId"] == made
    await owner.end(other)


async def test_so_many_operations_run_on_a_socket(settings: Settings, services: Services, table: MadeTable) -> None:
    few = settings.model_copy(update={"max_operations_per_socket": 3})
    async with served(few, services) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        running = [await socket.subscribe(EVENTS, {"table": table.id}) for _ in range(3)]
        error = await socket.refusal(await socket.subscribe(ME))
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["message"] == "3 operations run on this socket, which is the most; end one first."
        await socket.end(running[0])
        assert (await answer(socket, ME))["me"]


# --- operations ---


async def test_queries_and_mutations_answer_once(owner: Socket, table: MadeTable) -> None:
    create = """
        mutation ($table: ID!) {
          createRecord(input: { tableId: $table, fields: { Name: "a" } }) { record { fields(only: ["Name"]) } }
        }
    """
    assert await answer(owner, create, table=table.id) == {"createRecord": {"record": {"fields": {"Name": "a"}}}}
    both = "query ($table: ID!) { records(tableId: $table) { totalCount } me { email } }"
    assert await answer(owner, both, table=table.id) == {
        "records": {"totalCount": 1}, "me": {"email": table.owner.email},
    }  # fmt: skip


async def test_an_operation_that_fails_while_it_is_executed_is_a_result(owner: Socket) -> None:
    id = await owner.subscribe('{ workspace(id: "x") { id } me { email } }')
    message = await owner.receive()
    assert (message["type"], message["payload"]["data"]["workspace"]) == ("next", None)
    assert [error["extensions"]["code"] for error in message["payload"]["errors"]] == ["BAD_REQUEST"]
    assert await owner.receive() == {"id": id, "type": "complete"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Syntax Error: Unexpected <EOF>."),
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("{ nonsense }", "Cannot query field 'nonsense' on type 'Query'."),
        ("subscription { __typename }", "Anonymous Subscription must not select an introspection top level field."),
        ("query A { me { id } } query B { me { id } }", "The document has several operations; choose one with"),
        ("subscription A { recordEvents(tableId: 1) { at } } query B { me { id } }", "The document has several"),
        ("subscription ($t: ID!) { recordEvents(tableId: $t) { at } }", "Variable '$t' has invalid value: Expected"),
        ('subscription { recordEvents(tableId: "x") { at } }', "tableId must be a UUID of 36 characters, not 'x'."),
        (
            "subscription ($s: Boolean = true) { recordEvents(tableId: 1) @skip(if: $s) { at } }",
            "Anonymous Subscription must not use `@skip` or `@include` directives in the top level selection.",
        ),
    ],
)
async def test_what_cannot_be_executed_is_an_error_and_no_close(query: str, said: str, owner: Socket) -> None:
    id = await owner.subscribe(query)
    error = await owner.refusal(id)
    assert (error["extensions"]["code"], error["message"][: len(said)]) == ("BAD_REQUEST", said)
    assert (await answer(owner, ME))["me"]


async def test_one_of_several_operations_is_chosen_by_its_name(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    document = f"query A {{ me {{ id }} }} {EVENTS.replace('subscription', 'subscription B')}"
    payload = {"query": document, "operationName": "B", "variables": {"table": str(table.id), "after": cursor}}
    await owner.send({"id": "1", "type": "subscribe", "payload": payload})
    made = (await records.create({})).ok["createRecord"]["record"]["id"]
    assert (await owner.event("1"))["recordId"] == made


async def test_ids_are_any_text(owner: Socket) -> None:
    id = 'é"\\\u2028🔩'
    await owner.subscribe(ME, id=id)
    assert (await owner.next(id))["me"]
    assert await owner.receive() == {"id": id, "type": "complete"}
