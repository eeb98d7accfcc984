"""Which carrier the bus takes."""

from adapters.bus.bus import Bus
from adapters.bus.carrier import Carrier
from adapters.bus.postgres import PostgresCarrier
from adapters.bus.redis import RedisCarrier
from adapters.database import Database


def make_bus(database: Database, url: str | None = None) -> Bus:
    """A bus over the Redis or Valkey at this URL, or over the database itself; raises `ValueError` for other URLs."""
    carrier: Carrier = PostgresCarrier(database) if url is None else RedisCarrier(url)
    return Bus(carrier)
