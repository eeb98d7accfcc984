"""The token backends of other packages: found by their entry points, and kept from doing harm when they fail."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.plugins import load_plugins
from domain.accounts.token_backends import GROUP, Identity, TokenBackend
from domain.errors import Unavailable

SECONDS_TO_IDENTIFY: Final = 5

logger = logging.getLogger(__name__)


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
    return tuple(NamedBackend(name, made) for name, made in load_plugins(GROUP, "token backend", names))
