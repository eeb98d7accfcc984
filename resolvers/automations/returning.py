"""What automations send comes back: requests say, under a seal, of which run they are.

An incoming webhook of this server reads it, and has what it writes carry the run's id as its mutation id: so the depth
of runs goes on over requests that leave the server. What somebody else writes there opens nothing, and counts for
nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from resolvers.services import Services

RUN: Final = "tablegraph-run"
"""The header."""
_PURPOSE: Final = "run of an automation "
"""What is sealed begins with it, so that nothing else that is sealed says the same."""


def run_header(services: "Services", run_id: UUID) -> dict[str, str]:
    """The header of a request that a run sends."""
    return {RUN: services.seal.close(f"{_PURPOSE}{run_id}").decode()}


def run_in(services: "Services", headers: Mapping[str, str]) -> UUID | None:
    """The id of the run that has sent a request; None for one that comes from elsewhere."""
    sealed = headers.get(RUN)
    text = None if sealed is None else services.seal.open(sealed.encode("utf-8", "replace"))
    return UUID(text.removeprefix(_PURPOSE)) if text is not None and text.startswith(_PURPOSE) else None
