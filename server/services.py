"""Makes the process's shared parts from the settings."""

from adapters.database import Database
from resolvers.services import Services
from server.secret import secret_of
from server.settings import Settings


def open_database(settings: Settings, url: str) -> Database:
    """The pool; connections are made when they are needed."""
    return Database(
        url,
        pool_size=settings.pool_size,
        max_waiting=settings.max_pool_waiting,
        statement_timeout_ms=settings.statement_timeout_ms,
    )


def make_services(settings: Settings, database: Database) -> Services:
    """Services over a database that the caller opened and will close; raises `SecretRefused`."""
    return Services(
        database=database,
        secret_key=secret_of(settings),
        limits=settings.limits,
        registration_open=settings.registration_open,
        access_token_lifetime=settings.access_token_lifetime,
        refresh_token_lifetime=settings.refresh_token_lifetime,
        bus_url=settings.bus_url,
        rate_limit_url=settings.shared_limits_url,
    )
