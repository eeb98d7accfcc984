"""PgQueuer's statements, over any connection: its tables lie in a PostgreSQL schema of their own.

The names are given here and not taken from the environment, as PgQueuer would: they are those of the migration.
"""

from typing import Final

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel

from adapters.database import Connection

SCHEMA: Final = "jobs"
TABLE: Final = f"{SCHEMA}.pgqueuer"
LOG: Final = f"{SCHEMA}.pgqueuer_log"
STATISTICS: Final = f"{SCHEMA}.pgqueuer_statistics"
CHANNEL: Final = Channel("tablegraph_jobs")

_NAMES: Final = DBSettings(
    prefix="",
    db_schema=SCHEMA,
    channel=CHANNEL,
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.durable,
    widen_id=False,
)


def queries(connection: Connection) -> Queries:
    """PgQueuer's statements on a connection: part of its transaction, where it has one."""
    return Queries(
        AsyncpgDriver(connection),
        qbe=qb.QueryBuilderEnvironment(settings=_NAMES),
        qbq=qb.QueryQueueBuilder(settings=_NAMES),
        qbs=qb.QuerySchedulerBuilder(settings=_NAMES),
    )
