"""Makes the process's shared parts from the settings."""

from adapters.database import Database
from resolvers.services import Services
from server.settings import Settings


def make_services(settings: Settings, database: Database) -> Services:
    """Services over a database that the caller opened and will close."""
    return Services(database=database, secret_key=settings.secret_key)
