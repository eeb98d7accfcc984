"""Load beyond what a worker takes on is refused at once, and so is a queue for the database that is too long."""

import asyncio

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from server.turnstile import is_whole
from tests.support.api import Api, Person, bearer, client_of
from tests.support.overload import ME, REFUSED, WORKSPACES, exchange, one_at_work
from tests.support.sockets import opened, served

CREATE = 'mutation { createWorkspace(input: {name: "W"}) { workspace { id } } }'
WORKSPACE = '{ workspace(id: "0190a0a0-0000-7000-8000-000000000000") { id } }'
TOO_MANY_WAIT = "1 requests wait for the database already; try again."


async def test_more_operations_than_a_worker_takes_on_are_refused_unread(
    settings: Settings, narrow: Services, person: Person
) -> None:
    app = create_app(settings.model_copy(update={"max_operations_per_worker": 1, "cors_origins": "*"}), narrow)
    async with client_of(app) as http:
        with capture_logs() as lines:
            async with one_at_work(narrow, http, person):
                refused = [
                    await http.post("/graphql", content="not even JSON", headers={"origin": "https://a.example"})
                    for _ in range(3)
                ]
                others = [(await http.get(path)).status_code for path in ("/health", "/metrics")]
        after = await http.post("/graphql", json={"query": "{ me { id } }"})
        metrics = (await http.get("/metrics")).text

    assert [(each.status_code, each.json(), each.headers["retry-after"]) for each in refused] == [
        (503, REFUSED, "1")
    ] * 3
    assert refused[0].headers["access-control-allow-origin"] == "*"
    assert refused[0].headers["x-content-type-options"] == "nosniff"
    assert others == [200, 200]
    assert after.json() == {"data": {"me": None}}
    assert "tablegraph_operations_refused_total 3.0" in metrics
    assert [line["refused"] for line in lines if line["event"] == "overloaded"] == [1]


async def test_a_served_application_refuses_the_bytes_and_keeps_the_connection(
    settings: Settings, narrow: Services, person: Person
) -> None:
    limited = settings.model_copy(update={"max_operations_per_worker": 1})
    async with served(limited, narrow, with_bus=False) as address:
        base = f"http://{address}"
        async with httpx.AsyncClient(base_url=base) as http, asyncio.timeout(20):
            reader, writer = await asyncio.open_connection(*address.split(":"))
            async with one_at_work(narrow, http, person):
                answers = [await exchange(reader, writer, ME) for _ in range(2)]
                other_ways = [
                    (await exchange(reader, writer, ME, *more)).partition(b"\r\n")[0]
                    for more in ((b"Origin: https://a.example",), (b"Content-Encoding: identity",))
                ]
            after = await exchange(reader, writer, ME)
            writer.close()

    for each in answers:
        assert each.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"\r\nretry-after: 1\r\n" in each
        assert b"\r\nx-content-type-options: nosniff\r\n" in each
        assert orjson.loads(each.partition(b"\r\n\r\n")[2]) == REFUSED
    assert other_ways == [b"HTTP/1.1 503 Service Unavailable"] * 2
    assert after.endswith(b'{"data":{"me":null}}')


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", True),
        (b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length:0\r\n\r\n", True),
        (b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length : 2\r\nContent-Length: 2\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: +2\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\n folded\r\n\r\n{}", False),
        (b"POST /graphql HTTP/1.1\r\nHost: a\r\n\r\n", False),
        (b"POST /import HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", False),
        (b"GET /graphql HTTP/1.1\r\nContent-Length: 0\r\n\r\n", False),
        (b"{}", False),
        (b"", False),
    ],
)
def test_only_one_whole_plain_request_is_told_by_its_bytes(data: bytes, expected: bool) -> None:
    assert is_whole(data) is expected


async def test_a_socket_s_operation_is_refused_and_the_socket_lives(
    settings: Settings, narrow: Services, person: Person
) -> None:
    limited = settings.model_copy(update={"max_operations_per_worker": 1})
    async with (
        served(limited, narrow, with_bus=False) as address,
        opened(address) as socket,
        httpx.AsyncClient(base_url=f"http://{address}") as http,
    ):
        await socket.initialise()
        async with one_at_work(narrow, http, person):
            refused = await socket.refusal(await socket.subscribe("{ me { id } }"))
        answer = await socket.next(await socket.subscribe("{ me { id } }"))

    assert refused == REFUSED["errors"][0]
    assert answer == {"me": None}


@pytest.mark.parametrize("document", [WORKSPACES, CREATE, WORKSPACE])
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_queue_for_the_database_is_bounded(
    settings: Settings, narrow: Services, person: Person, document: str, accept: str
) -> None:
    async with client_of(create_app(settings, narrow)) as http:
        async with one_at_work(narrow, http, person):
            refused = await http.post(
                "/graphql", json={"query": document}, headers={**bearer(person), "accept": accept}
            )
        after = await Api(http, narrow).execute(WORKSPACES, as_=person)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert "data" not in refused.json()
    assert [(e["message"], e["extensions"]["code"]) for e in refused.json()["errors"]] == [
        (TOO_MANY_WAIT, "UNAVAILABLE")
    ]
    assert after.ok == {"workspaces": []}


async def test_a_part_that_could_be_answered_is(settings: Settings, narrow: Services, person: Person) -> None:
    document = f'{{ fieldTypes {{ type }} workspace(id: "{person.id}") {{ id }} }}'
    async with client_of(create_app(settings, narrow)) as http, one_at_work(narrow, http, person):
        result = await Api(http, narrow).execute(document, as_=person)

    assert (result.status, result.codes, result.data["workspace"]) == (200, ["UNAVAILABLE"], None)
    assert {"type": "TEXT"} in result.data["fieldTypes"]
