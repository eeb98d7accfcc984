"""What sign-ins cost others, and what being signed in costs oneself."""

import asyncio
import time
from collections.abc import Sequence

import asyncpg

from bench.api import PASSWORD, address_of
from bench.cases.contract import Case, Line
from bench.duel import Pace, Side, fight, middle
from bench.generator import Burst
from bench.honest import visit
from bench.percentiles import milliseconds
from bench.requests import graphql, send
from bench.world import PEOPLE, World

CONNECTIONS = 50
MAX_MORE = 50
"""Milliseconds that sign-ins may add to what 99 of 100 other answers take."""
LEAST_SECONDS = 8.0
MAX_TRANSACTIONS = 0.05
"""Of PostgreSQL for each warm request; what the server asks once a second is among them."""
STATISTICS_SECONDS = 1.5
"""After which PostgreSQL's processes have told what they did."""
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }"
CHEAP = "{ __typename }"


def logins(world: World, pace: Pace) -> Sequence[Line]:
    """A client that reads records, without and beside 50 parallel sign-ins."""
    seconds = max(pace.seconds, LEAST_SECONDS)
    assert len(world.people) == PEOPLE
    requests = [_login(address_of(number)) for number in range(PEOPLE)]
    with world.another("signing in") as server:
        visit(world, server, 1.0)
        alone = visit(world, server, seconds)
        world.generator.tell(Burst(server.port, requests, CONNECTIONS, seconds + 1))
        time.sleep(1.0)  # all of them are under way
        beside = visit(world, server, seconds - 1)
        outcome = world.generator.hear()
    with_them, without = milliseconds(beside.delays, 99), milliseconds(alone.delays, 99)
    bad = outcome.failures + beside.failures
    failed = f"; FAILED: {outcome.failures} sign-ins, {beside.failures} reads" if bad else ""
    return [
        Line(
            f"a record by id beside {CONNECTIONS} parallel sign-ins",
            (with_them - without) / MAX_MORE,
            1.0,
            at_most=True,
            unit="ms p99",
            ours=with_them,
            bare=without,
            note=f"p50 {milliseconds(beside.delays, 50):.1f} / {milliseconds(alone.delays, 50):.1f} ms;"
            f" {outcome.answers / outcome.seconds:.0f} sign-ins/s{failed}",
        )
    ]


def authenticated(world: World, pace: Pace) -> Sequence[Line]:
    """The cheapest query of a user, against that of nobody."""
    signed_in = Side(world.ours, [graphql(world.api.token, CHEAP, {})])
    anonymous = Side(world.ours, [send("POST", "/graphql", b'{"query": "%s"}' % CHEAP.encode())])
    duel = fight(world, signed_in, anonymous, pace)
    transactions = [_transactions(world, side, max(pace.seconds, 2.0)) for side in (signed_in, anonymous)]
    one, other = middle(duel.ours), middle(duel.bare)
    return [
        Line(
            "the cheapest query, signed in / anonymous",
            duel.ratio,
            unit="req/s",
            ours=one.rate,
            bare=other.rate,
            cpu=(one.cpu_ms, other.cpu_ms, duel.cpu_ratio),
        ),
        Line(
            "transactions of PostgreSQL a warm request, signed in",
            transactions[0],
            MAX_TRANSACTIONS,
            at_most=True,
            note=f"anonymous {transactions[1]:.4f}; the server's own looks are among them",
        ),
    ]


def _login(email: str) -> bytes:
    body = {"input": {"email": email, "password": PASSWORD}}
    return graphql("", LOGIN, body).replace(b"Authorization: Bearer \r\n", b"")


def _transactions(world: World, side: Side, seconds: float) -> float:
    """How many PostgreSQL counts for each request."""
    before = asyncio.run(_count(world.url))
    outcome = world.generator.send(Burst(side.server.port, side.requests, 16, seconds))
    return (asyncio.run(_count(world.url)) - before) / outcome.answers


async def _count(url: str) -> int:
    await asyncio.sleep(STATISTICS_SECONDS)
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        )
    finally:
        await connection.close()
    return found


CASES = (Case("logins", logins), Case("authenticated", authenticated))
