"""The measure of things: a bare Starlette endpoint for each case, one prepared statement and its bytes.

`python -m bench.bare` serves on TABLEGRAPH_PORT over DATABASE_URL. The SQL is written by hand, for tables of its own
(`bare.parts` is read, `bare.written` written) and their indexes, as fast as its author could make it: JSON is put
together as text, which costs PostgreSQL less than its JSON functions do.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from bench.broadcast import Broadcast

TABLE = """
CREATE SCHEMA IF NOT EXISTS bare;
CREATE TABLE bare.{name} (
    id uuid PRIMARY KEY DEFAULT uuidv7(), revision integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid, updated_by uuid,
    name text, price numeric, quantity numeric, in_stock boolean,
    introduced date, counted_at timestamptz, status text, contact text
);
CREATE INDEX ON bare.{name} (price, id);
"""
PART = """
'{"id":"' || id || '","fields":{"Name":' || to_json(name)::text || ',"Price":' || trim_scale(price)
|| ',"Quantity":' || trim_scale(quantity) || ',"In stock":' || in_stock::text
|| ',"Introduced":"' || introduced || '","Counted at":' || left(to_json(counted_at AT TIME ZONE 'UTC')::text, -1)
|| 'Z","Status":' || to_json(status)::text || ',"Contact":' || to_json(contact)::text || '}}'
"""
_LIST = """
SELECT '{"data":{"records":{"nodes":[' || coalesce(string_agg(part, ','), '') || ']}}}'
  FROM (SELECT {part} AS part FROM bare.parts {rest}) p
"""
SORTED = _LIST.replace("{part}", PART).replace("{rest}", "ORDER BY price, id LIMIT 1000")
FILTERED = _LIST.replace("{part}", PART).replace(
    "{rest}", "WHERE in_stock AND price > $1 AND status = $2 ORDER BY price, id LIMIT 100"
)
ONE = f"""SELECT '{{"data":{{"record":' || {PART} || '}}}}' FROM bare.parts WHERE id = $1"""
_CHILD = (
    """'{"id":"' || c.id || '","fields":{"Name":' || to_json(c.name)::text"""
    """ || ',"Amount":' || trim_scale(c.amount) || '}}'"""
)
NEWEST = f"""
SELECT '{{"data":{{"records":{{"nodes":[' || string_agg(
           '{{"id":"' || p.id || '","linked":{{"nodes":[' || coalesce(l.children, '') || ']}}}}', ',') || ']}}}}}}'
  FROM (SELECT id FROM bare.parents ORDER BY name, id LIMIT 50) p
  LEFT JOIN LATERAL (
      SELECT string_agg(n.child, ',') AS children
        FROM (SELECT {_CHILD} AS child FROM bare.links k JOIN bare.children c ON c.id = k.a WHERE k.b = p.id
               ORDER BY c.created_at DESC, c.id DESC LIMIT 3) n
  ) l ON true
"""
ROLLED = """
SELECT '{"data":{"records":{"nodes":[' || string_agg(
           '{"id":"' || id || '","value":' || coalesce(trim_scale(total)::text, 'null') || '}', ',') || ']}}}'
  FROM (SELECT p.id, s.total FROM bare.parents p
          LEFT JOIN (SELECT k.b, sum(c.amount) AS total FROM bare.links k JOIN bare.children c ON c.id = k.a
                      GROUP BY k.b) s ON s.b = p.id
         ORDER BY s.total DESC NULLS LAST, p.id DESC LIMIT 100) r
"""
GROUPED = """
SELECT '{"data":{"aggregate":{"nodes":[' || string_agg(
           '{"key":{"Status":' || to_json(status)::text || ',"year":"' || year || '"},"count":' || n
           || ',"metrics":{"total":' || trim_scale(total) || ',"mean":' || trim_scale(mean) || '}}',
           ',' ORDER BY total DESC) || ']}}}'
  FROM (SELECT status, date_trunc('year', introduced::timestamp)::date AS year, count(*) AS n, sum(price) AS total,
               avg(quantity) AS mean
          FROM bare.parts GROUP BY 1, 2) g
"""
_USER = UUID(int=1)
_COLUMNS = "name, price, quantity, in_stock, introduced, counted_at, status, contact"
_INSERT = f"INSERT INTO bare.written (created_by, updated_by, {_COLUMNS})"
CREATE = f"{_INSERT} VALUES ('{_USER}', '{_USER}', $1, $2::float8, $3::float8, $4, $5, $6, $7, $8) RETURNING id"
CREATE_MANY = f"""
{_INSERT}
SELECT '{_USER}', '{_USER}', * FROM unnest(
    $1::text[], $2::float8[], $3::float8[], $4::boolean[], $5::date[], $6::timestamptz[], $7::text[], $8::text[]
)
RETURNING id
"""
UPDATE = f"""
UPDATE bare.written
   SET quantity = $2::float8, status = $3, revision = revision + 1, updated_at = now(), updated_by = '{_USER}'
 WHERE id = $1 RETURNING id
"""


class Endpoints:
    """One handler a case, over a pool that sends no reset when a connection is given back."""

    pool: "asyncpg.Pool[asyncpg.Record]"

    @asynccontextmanager
    async def open(self, _: Starlette) -> AsyncIterator[None]:
        """The pool, for as long as the server runs."""
        settings = {"TimeZone": "UTC", "DateStyle": "ISO, YMD", "jit": "off"}
        pool = asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=16, max_size=20, reset=_no_reset, server_settings=settings
        )
        async with pool as self.pool:
            yield

    async def sorted(self, _: Request) -> Response:
        """The first page of all records."""
        return await self._answer(SORTED)

    async def filtered(self, request: Request) -> Response:
        """A page of some records."""
        query = request.query_params
        return await self._answer(FILTERED, int(query["above"]), query["status"])

    async def newest(self, _: Request) -> Response:
        """Parents with their newest children."""
        return await self._answer(NEWEST)

    async def rolled(self, _: Request) -> Response:
        """Parents by the sum of their children's amounts."""
        return await self._answer(ROLLED)

    async def grouped(self, _: Request) -> Response:
        """All records by status and year."""
        return await self._answer(GROUPED)

    async def one(self, request: Request) -> Response:
        """A record by its id."""
        return await self._answer(ONE, request.path_params["id"])

    async def create(self, request: Request) -> Response:
        """Insert a record."""
        values = _row(orjson.loads(await request.body()))
        async with self.pool.acquire() as connection:
            id = await connection.fetchval(CREATE, *values)
        return _json(b'{"data":{"createRecord":{"record":{"id":"%b"}}}}' % str(id).encode())

    async def create_many(self, request: Request) -> Response:
        """Insert records."""
        rows = [_row(fields) for fields in orjson.loads(await request.body())]
        async with self.pool.acquire() as connection:
            made = await connection.fetch(CREATE_MANY, *zip(*rows, strict=True))
        records = [{"id": str(row[0])} for row in made]
        return _json(orjson.dumps({"data": {"createRecords": {"records": records}}}))

    async def update(self, request: Request) -> Response:
        """Change a record."""
        fields = orjson.loads(await request.body())
        async with self.pool.acquire() as connection:
            id = await connection.fetchval(UPDATE, request.path_params["id"], fields["Quantity"], fields["Status"])
        return _json(b'{"data":{"updateRecord":{"record":{"id":"%b"}}}}' % str(id).encode())

    async def _answer(self, sql: str, *arguments: object) -> Response:
        async with self.pool.acquire() as connection:
            text = await connection.fetchval(sql, *arguments)
        return _json(text.encode())


async def _no_reset(_: Any) -> None:
    pass


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _row(fields: dict[str, Any]) -> Sequence[object]:
    name, price, quantity, in_stock, introduced, counted_at, status, contact = fields.values()
    moment = datetime.fromisoformat(counted_at)
    return name, price, quantity, in_stock, date.fromisoformat(introduced), moment, status, contact


def create_app() -> Starlette:
    """The application."""
    endpoints, broadcast = Endpoints(), Broadcast()
    routes = [
        Route("/sorted", endpoints.sorted),
        Route("/filtered", endpoints.filtered),
        Route("/grouped", endpoints.grouped),
        Route("/newest", endpoints.newest),
        Route("/rolled", endpoints.rolled),
        Route("/parts/{id}", endpoints.one, methods=["GET"]),
        Route("/parts/{id}", endpoints.update, methods=["PATCH"]),
        Route("/parts", endpoints.create, methods=["POST"]),
        Route("/batches", endpoints.create_many, methods=["POST"]),
        WebSocketRoute("/broadcast", broadcast.join),
        Route("/publish", broadcast.publish, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=endpoints.open)


if __name__ == "__main__":
    uvicorn.run(
        create_app(),
        port=int(os.environ["TABLEGRAPH_PORT"]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        server_header=False,
        backlog=2048,
        log_level="warning",
    )
