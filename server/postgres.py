"""Which PostgreSQL a command works on: the external one, or the embedded one for as long as the command runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.embedded import start
from adapters.embedded_tuning import Tuning
from server.settings import Settings


class DataFolderInUse(Exception):
    """Another server runs on the data folder; the message says which folder."""


@contextmanager
def running_postgres(settings: Settings, *, exclusively: bool = False) -> Iterator[str]:
    """URL of the database; the embedded server is started for the block, or joined where it runs already.

    `exclusively` refuses to join and raises `DataFolderInUse`: a server that joined would lose its database when
    the other one stops.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = start(settings.data_dir, Tuning(connections=settings.workers * (settings.pool_size + 2)))
    try:
        if exclusively and not server.owned:
            raise DataFolderInUse(
                f"Another server runs on the data folder {settings.data_dir.resolve()}; stop it first."
            )
        yield server.url
    finally:
        server.stop()
