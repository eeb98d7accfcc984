"""The change log's partitions and rows, put there and looked at as PostgreSQL has them."""

from uuid import UUID, uuid4

from adapters.database import Connection
from domain.changes.horizon import is_lost
from domain.changes.partitions import Partition
from tests.support.waiting import eventually

DAY = 86_400


async def now(pg: Connection) -> int:
    """The database's time, in whole seconds since 1970."""
    seconds: int = await pg.fetchval("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint")
    return seconds


async def partitions(pg: Connection) -> list[Partition]:
    """Those that are attached, one that is being detached too, in order."""
    rows = await pg.fetch("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'changes'::regclass")
    return sorted(partition for row in rows if (partition := Partition.named(row[0])))


async def tables(pg: Connection) -> list[Partition]:
    """Those that are there, attached or not, in order."""
    rows = await pg.fetch(r"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^changes_[0-9]+_[0-9]+$'")
    return sorted(partition for row in rows if (partition := Partition.named(row[0])))


async def attach(pg: Connection, start: int, end: int) -> Partition:
    """A new partition, empty."""
    partition = Partition(start, end)
    await pg.execute(f"CREATE TABLE {partition.name} PARTITION OF changes FOR VALUES {partition.bounds}")
    return partition


async def drop_all(pg: Connection) -> None:
    """Leave the log without partitions, as after a long time without upkeep."""
    for partition in await partitions(pg):
        await pg.execute(f"DROP TABLE {partition.name}")


async def write(pg: Connection, at: int | None = None) -> int:
    """A change of some record, now or of a time in seconds since 1970; returns its transaction."""
    xid: str = await pg.fetchval(_WRITE, uuid4(), uuid4(), uuid4(), at)
    return int(xid)


_WRITE = """
INSERT INTO changes (base_id, table_id, record_id, operation, at)
VALUES ($1, $2, $3, 'C', coalesce(to_timestamp($4::bigint), now())) RETURNING xid::text
"""


async def written(pg: Connection) -> list[int]:
    """The transactions of the log's rows, in order."""
    return [int(row[0]) for row in await pg.fetch("SELECT xid::text FROM changes ORDER BY seq")]


async def horizon(pg: Connection) -> int | None:
    """The highest transaction of what was dropped."""
    xid: str | None = await pg.fetchval("SELECT xid::text FROM change_horizon")
    return None if xid is None else int(xid)


async def forget(pg: Connection) -> None:
    """Have the log reach back to now and no further, as where all that was written has been dropped."""
    await pg.execute("INSERT INTO change_horizon (id, xid) VALUES (1, pg_current_xact_id())")
    await until_reached(pg)


async def until_reached(pg: Connection) -> None:
    """Return once the log reaches back to the snapshots of now.

    It does not as long as a transaction runs that is older than what was dropped, in any database of the server: nobody
    knows whether what that one wrote was dropped too.
    """

    async def is_reached() -> bool:
        reached: bool = await pg.fetchval(f"SELECT NOT {is_lost('pg_current_snapshot()')}")
        return reached

    await eventually(is_reached)


async def age(pg: Connection, base_id: UUID, seconds: int) -> None:
    """Have all changes of a base happen earlier."""
    await pg.execute("UPDATE changes SET at = at - make_interval(secs => $2) WHERE base_id = $1", base_id, seconds)
