"""The API as functions of extensions use it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from domain.accounts.viewer import Viewer
from domain.extensions.calls import Answered

if TYPE_CHECKING:
    from resolvers.context import Client


class ApiClient(Protocol):
    """Runs operations within the process, for a caller who is known already."""

    async def run(
        self, viewer: Viewer | None, client: "Client", document: str, variables: Mapping[str, Any]
    ) -> Answered:
        """The JSON object of the answer."""
        ...
