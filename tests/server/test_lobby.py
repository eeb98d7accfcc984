"""Whole requests wait unread while a worker has its hands full, as long as they may and as many as may."""

import asyncio
import socket
from contextlib import suppress
from datetime import timedelta

import httpx
import orjson
import pytest

from adapters.database import Database
from graph.execution.admission import Admission
from resolvers.services import Services
from server.lobby import MAX_BYTES_WAITING, Lobby
from server.settings import Settings
from tests.support.api import Api, Person, bearer
from tests.support.overload import ME, REFUSED, exchange, one_at_work
from tests.support.sockets import served
from tests.support.tables import make_table
from tests.support.waiting import eventually

NO_ROOM = b"HTTP/1.1 503 Service Unavailable"
PATIENT = {"max_operations_per_worker": 1, "admission_timeout": timedelta(seconds=15)}
LOGIN = orjson.dumps({"query": 'mutation { login(input: {email: "a@b.example", password: "x"}) { expiresIn } }'})
_TYPES = " ".join(f"t{n}: types {{ description fields {{ name description }} }}" for n in range(4))
_QUERY = orjson.dumps({"query": f"{{ __schema {{ {_TYPES} }} }}"})
LARGE = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
) % (len(_QUERY), _QUERY)
"""A request for half a megabyte; twenty answers are more than the system buffers."""


def is_cut_off(connection: socket.socket) -> bool:
    """Whether the other side has given it up; what it sent is left unread."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) not in (b"\x01", b"\x04", b"\x05")


class Guest:
    """A request that notes what becomes of it."""

    def __init__(self, size: int = 100) -> None:
        self.size = size
        self.fate = "waits"
        self.turn = -1

    def enter(self, turn: int) -> None:
        self.fate = "entered"
        self.turn = turn

    def turn_away(self) -> None:
        self.fate = "turned away"


def make_lobby(admission: Admission, seconds: float = 20, most: int = 10, quick: int = 100) -> Lobby:
    return Lobby(admission, seconds=seconds, most=most, quick=quick)


def let_in(lobby: Lobby) -> int:
    """One that goes in; its turn."""
    turn = lobby.lets_in()
    assert turn is not None
    return turn


async def test_one_goes_in_for_each_that_comes_out_and_the_first_first() -> None:
    lobby = make_lobby(Admission(2))
    turns = [let_in(lobby), let_in(lobby)]
    third = lobby.lets_in()
    guests = [Guest(), Guest(), Guest()]
    waits = [lobby.wait(each) for each in guests]

    lobby.forget(guests[0])
    lobby.leave(turns[0])
    passed_the_queue = lobby.lets_in()
    await asyncio.sleep(0)
    after_one = [each.fate for each in guests]
    lobby.leave(turns[1])
    await asyncio.sleep(0)

    assert (third, waits, passed_the_queue) == (None, [True] * 3, None)
    assert after_one == ["waits", "entered", "waits"]
    assert [each.fate for each in guests] == ["waits", "entered", "entered"]
    assert lobby.waiting == 0


async def test_who_waits_too_long_is_turned_away() -> None:
    lobby = make_lobby(Admission(1), seconds=0.05)
    lobby.lets_in()
    guest = Guest()
    lobby.wait(guest)

    await eventually(lambda: guest.fate == "turned away")

    assert lobby.waiting == 0


async def test_room_that_operations_of_sockets_leave_is_noticed() -> None:
    admission = Admission(1)
    lobby = make_lobby(admission, seconds=2)
    guest = Guest()
    with admission:
        turn = lobby.lets_in()
        lobby.wait(guest)

    await eventually(lambda: guest.fate == "entered")

    assert turn is None


async def test_quick_requests_go_in_a_few_at_a_time_and_together() -> None:
    lobby = make_lobby(Admission(10), quick=2)
    turns = [let_in(lobby), let_in(lobby)]
    third = lobby.lets_in()
    guests = [Guest(), Guest(), Guest()]
    for each in guests:
        lobby.wait(each)

    for turn in turns:
        lobby.leave(turn)
    at_once = [each.fate for each in guests]
    await asyncio.sleep(0)

    assert third is None
    assert at_once == ["waits"] * 3
    assert [each.fate for each in guests] == ["entered", "entered", "waits"]


async def test_who_takes_long_holds_up_nobody() -> None:
    lobby = make_lobby(Admission(10), seconds=20, quick=2)
    slow = [let_in(lobby), let_in(lobby)]
    guests = [Guest(), Guest(), Guest()]
    for each in guests:
        lobby.wait(each)

    await eventually(lambda: all(each.fate == "entered" for each in guests))

    # The quick ones are counted right, whenever those leave that went in long ago.
    for turn in (*slow, *(each.turn for each in guests)):
        lobby.leave(turn)
    turns = [lobby.lets_in() for _ in range(3)]
    assert [turn is None for turn in turns] == [False, False, True]


async def test_nobody_is_turned_away_because_there_are_many_quick_ones() -> None:
    impatient, full = make_lobby(Admission(2), seconds=0.02, quick=1), make_lobby(Admission(2), most=1, quick=1)
    late, waiting = Guest(), Guest()
    for lobby, guest in ((impatient, late), (full, waiting)):
        let_in(lobby)
        assert lobby.lets_in() is None
        assert lobby.wait(guest)

    assert not full.wait(Guest())
    assert full.lets_in(whether_quick=False) is not None
    assert full.lets_in(whether_quick=False) is None
    await eventually(lambda: late.fate != "waits")
    assert late.fate == "entered"


@pytest.mark.parametrize(
    ("seconds", "most", "sizes", "expected"),
    [
        (20, 2, [1, 1, 1], [True, True, False]),
        (20, 9, [MAX_BYTES_WAITING - 1, 1, 1], [True, True, False]),
        (0, 9, [1], [False]),
    ],
)
async def test_those_who_wait_are_bounded_in_number_and_bytes(
    seconds: float, most: int, sizes: list[int], expected: list[bool]
) -> None:
    lobby = make_lobby(Admission(1), seconds, most)

    assert [lobby.wait(Guest(size)) for size in sizes] == expected


async def test_a_request_waits_for_its_place_and_is_answered(
    settings: Settings, narrow: Services, person: Person
) -> None:
    async with (
        served(settings.model_copy(update=PATIENT), narrow, with_bus=False) as address,
        httpx.AsyncClient(base_url=f"http://{address}") as http,
        asyncio.timeout(20),
    ):
        streams = [await asyncio.open_connection(*address.split(":")) for _ in range(3)]
        async with one_at_work(narrow, http, person):
            answers = [asyncio.create_task(exchange(*each, ME)) for each in streams]
            await asyncio.sleep(0.2)
            done_early = [each.done() for each in answers]
            answers[0].cancel()
            streams[0][1].close()  # one of them does not wait for it
        kept = await asyncio.gather(*answers[1:])
        again = await exchange(*streams[1], ME)
        for _, writer in streams:
            writer.close()

    assert done_early == [False] * 3
    assert all(each.endswith(b'{"data":{"me":null}}') for each in (*kept, again))


async def test_a_request_that_cannot_wait_for_quick_ones_is_answered(settings: Settings, narrow: Services) -> None:
    few = {"quick_requests_at_a_time": 1, "admission_timeout": timedelta(0)}
    async with (
        served(settings.model_copy(update=few), narrow, with_bus=False) as address,
        asyncio.timeout(20),
    ):
        first, second = [await asyncio.open_connection(*address.split(":")) for _ in range(2)]
        async with narrow.database.unit():
            working = asyncio.create_task(exchange(*first, LOGIN))
            await eventually(lambda: narrow.database.waiting == 1)
            answer = await exchange(*second, ME)
        await working
        for _, writer in (first, second):
            writer.close()

    assert answer.endswith(b'{"data":{"me":null}}')


async def test_a_client_that_sends_more_meanwhile_is_answered_in_turn(
    settings: Settings, narrow: Services, person: Person
) -> None:
    async with (
        served(settings.model_copy(update=PATIENT), narrow, with_bus=False) as address,
        httpx.AsyncClient(base_url=f"http://{address}") as http,
        asyncio.timeout(20),
    ):
        reader, writer = await asyncio.open_connection(*address.split(":"))
        async with one_at_work(narrow, http, person):
            first = asyncio.create_task(exchange(reader, writer, ME))
            await asyncio.sleep(0.2)
            writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            refused = await first
            second = await reader.readuntil(b"\r\n\r\n")
        writer.close()

    assert refused.startswith(NO_ROOM)
    assert orjson.loads(refused.partition(b"\r\n\r\n")[2]) == REFUSED
    assert second.startswith(b"HTTP/1.1 200")


async def test_streams_take_no_place_from_requests(api: Api, settings: Settings, services: Services) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    limited = settings.model_copy(update={"max_operations_per_worker": 1, "admission_timeout": timedelta(0)})
    body = {"query": f'subscription {{ recordEvents(tableId: "{table.id}") {{ type }} }}'}
    headers = {**bearer(table.owner), "accept": "text/event-stream"}
    async with (
        served(limited, services) as address,
        httpx.AsyncClient(base_url=f"http://{address}") as http,
        asyncio.timeout(20),
        http.stream("POST", "/graphql", json=body, headers=headers),
    ):
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)
        answer = await http.post("/graphql", json={"query": "{ me { id } }"})

    assert answer.json() == {"data": {"me": None}}


async def test_a_request_that_cannot_be_parsed_keeps_no_place(settings: Settings, services: Services) -> None:
    limited = settings.model_copy(update={"max_operations_per_worker": 1, "admission_timeout": timedelta(0)})
    async with served(limited, services, with_bus=False) as address, asyncio.timeout(20):
        bad, other = [await asyncio.open_connection(*address.split(":")) for _ in range(2)]
        refused = await exchange(*bad, ME, b"Not a header")
        answer = await exchange(*other, ME)

    assert refused.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b'{"data":{"me":null}}')


async def test_who_does_not_read_answers_keeps_no_place(settings: Settings, services: Services) -> None:
    limited = settings.model_copy(update={"max_operations_per_worker": 1, "admission_timeout": timedelta(0)})
    async with served(limited, services, with_bus=False) as address, asyncio.timeout(20):
        host, port = address.split(":")
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.connect((host, int(port)))
            for _ in range(20):  # of half a megabyte each, which is more than the system buffers
                deaf.sendall(LARGE)
                await asyncio.sleep(0.1)
            reader, writer = await asyncio.open_connection(host, port)
            answer = await exchange(reader, writer, ME)
            writer.close()

    assert answer.endswith(b'{"data":{"me":null}}')


async def test_who_does_not_read_an_answer_is_let_go(settings: Settings, services: Services) -> None:
    hasty = {"slow_client_timeout": timedelta(seconds=0.4)}
    async with served(settings.model_copy(update=hasty), services, with_bus=False) as address, asyncio.timeout(20):
        host, port = address.split(":")
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.connect((host, int(port)))
            with suppress(ConnectionError):
                for _ in range(20):
                    deaf.sendall(LARGE)
                    await asyncio.sleep(0.05)
            await eventually(lambda: is_cut_off(deaf))


async def test_what_waits_is_refused_when_the_server_stops(
    settings: Settings, services: Services, database_url: str
) -> None:
    services.database = Database(database_url, pool_size=1, max_waiting=1)
    try:
        async with asyncio.timeout(30):
            async with services.database.unit():
                async with served(settings.model_copy(update=PATIENT), services, with_bus=False) as address:
                    first, second = [await asyncio.open_connection(*address.split(":")) for _ in range(2)]
                    working = asyncio.create_task(exchange(*first, LOGIN))
                    await eventually(lambda: services.database.waiting == 1)
                    waiting = asyncio.create_task(exchange(*second, ME))
                    await asyncio.sleep(0.2)
                refused = await waiting
                working.cancel()
    finally:
        await services.database.close()

    assert refused.startswith(NO_ROOM)
