"""A database that says nothing to a process that stops: nobody waits for it then."""

import asyncio
import logging
from typing import Final

from adapters.database.faults import AWAY
from adapters.database.pool import Database

logger = logging.getLogger(__name__)

SECONDS: Final = 3.0
"""How long the server may say nothing, and how often it is asked."""


async def give_up_when_silent(database: Database) -> None:
    """Ask the database again and again, and give it up as soon as it says nothing.

    A server that is away, or refuses, is none that says nothing: whoever waits for it knows by themselves.
    """
    while True:
        try:
            async with asyncio.timeout(SECONDS):
                await _ask(database)
        except TimeoutError:
            logger.warning("the database has said nothing for %s s: its connections are ended", SECONDS)
            database.give_up()
            return
        except AWAY:
            pass  # that is an answer
        await asyncio.sleep(SECONDS)


async def _ask(database: Database) -> None:
    async with database.own_connection(application_name="tablegraph stopping") as connection:
        await connection.execute("SELECT")
