"""Whose rights a stream hangs on, as those who look after them need it: many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.accounts.viewer import Viewer
from domain.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class ViewerKey:
    """A user, by a session, an API key's secret or an application token; by none of them the user alone counts."""

    user_id: UUID
    session_id: UUID | None
    api_key_id: UUID | None

    @classmethod
    def of(cls, viewer: Viewer) -> "ViewerKey":
        """The key of a viewer."""
        key = viewer.secret_id or viewer.api_key_id or viewer.application_token_id
        return cls(viewer.user_id, viewer.session_id, key)


def columns_of(viewers: Sequence[ViewerKey]) -> tuple[list[UUID], list[UUID | None], list[UUID | None]]:
    """The viewers as the three arrays that statements take."""
    return (
        [viewer.user_id for viewer in viewers],
        [viewer.session_id for viewer in viewers],
        [viewer.api_key_id for viewer in viewers],
    )


def signed_out() -> Unauthenticated:
    """The error that ends what was begun with a session or an API key that is no more."""
    return Unauthenticated("You were signed out; sign in again.")
