"""PostgreSQL as the rest of the code sees it: one pool, and units of work checked out of it.

SQLAlchemy's engine opens the connections, in autocommit mode. A `Unit` is one of them: `connection` is asyncpg's own,
for records; `session` is an ORM session on the very same connection, for the catalog. A transaction is opened and
ended here and nowhere else, so both always commit together.
"""

from adapters.database.faults import AWAY, AWAY_OR_BUSY, UNREACHABLE, is_away
from adapters.database.pool import Database, Turn, asyncpg_url
from adapters.database.sessions import SECONDS_OF_SILENCE, SESSION_SETTINGS, Connection
from adapters.database.silence import give_up_when_silent
from adapters.database.units import Unit

__all__ = [
    "AWAY",
    "AWAY_OR_BUSY",
    "SECONDS_OF_SILENCE",
    "SESSION_SETTINGS",
    "UNREACHABLE",
    "Connection",
    "Database",
    "Turn",
    "Unit",
    "asyncpg_url",
    "give_up_when_silent",
    "is_away",
]
