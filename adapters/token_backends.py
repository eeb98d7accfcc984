"""The token backends of other packages: found by their entry points, and kept from doing harm when they fail."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from domain.accounts.token_backends import GROUP, Identity, TokenBackend
from domain.errors import Unavailable

SECONDS_TO_IDENTIFY: Final = 5

logger = logging.getLogger(__name__)


class BackendsRefused(Exception):
    """A token backend that the settings name cannot be used; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class NamedBackend:
    """A backend under the name of its entry point."""

    name: str
    backend: TokenBackend = field(repr=False)

    def recognises(self, token: str) -> bool:
        """As `TokenBackend.recognises`; one that fails recognises nothing."""
        try:
            return self.backend.recognises(token)
        except Exception:  # it is not ours, and the tokens of all others depend on it
            logger.exception("the token backend %s failed", self.name)
            return False

    async def identify(self, token: str) -> Identity | None:
        """As `TokenBackend.identify`; raises `Unavailable` where it fails or takes too long."""
        try:
            async with asyncio.timeout(SECONDS_TO_IDENTIFY):
                return await self.backend.identify(token)
        except Exception as error:  # likewise
            logger.exception("the token backend %s failed", self.name)
            raise Unavailable("The token cannot be verified now; try again.") from error


def load_backends(names: Sequence[str]) -> tuple[NamedBackend, ...]:
    """The backends of these names, in this order; raises `BackendsRefused`."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    missing = [name for name in names if name not in found]
    if missing:
        there = ", ".join(sorted(found)) or "none"
        raise BackendsRefused(f"There is no token backend {missing[0]!r} (entry points of {GROUP}: {there}).")
    return tuple(NamedBackend(name, _made(found[name])) for name in names)


def _made(entry: EntryPoint) -> TokenBackend:
    try:
        made: TokenBackend = entry.load()()
    except Exception as error:
        raise BackendsRefused(f"The token backend {entry.name!r} cannot be made: {error!r}.") from error
    return made
