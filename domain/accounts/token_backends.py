"""What another package brings to have its own tokens taken: an entry point of the group `tablegraph.token_backends`.

    [project.entry-points."tablegraph.token_backends"]
    company = "company_sso:Backend"

Its object is a class, or a function, that is called without arguments and returns a `TokenBackend`. It is used where
the setting `token_backends` names it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.accounts.viewer import ALL_SCOPES

GROUP: Final = "tablegraph.token_backends"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a token is: an account of this server, by its id or by its e-mail address, and what the token is for.

    An address must be one that whoever made the token has verified: whoever has the account of that address here is
    signed in. With `expires_at` what was begun with the token, such as a subscription, ends then.
    """

    user_id: UUID | None = None
    email: str | None = None
    scopes: frozenset[str] = ALL_SCOPES
    expires_at: datetime | None = None


class TokenBackend(Protocol):
    """Tells whose the tokens of one kind are. What comes as `Authorization: Bearer …` is asked about in this order:
    Tablegraph's application and internal tokens, the backends in the order of the setting, access tokens."""

    def recognises(self, token: str) -> bool:
        """Whether a token is of this kind, good or not, by its form alone; no other backend is asked then.

        It is called for access tokens too, so it is quick, and must not recognise those.
        """

    async def identify(self, token: str) -> Identity | None:
        """Whose a token is; None for one that is not, or no longer, good. Asked at most once a second for each token.

        So a token that is revoked elsewhere is refused within the second. It has 5 seconds, and what it raises is
        logged; the caller gets `UNAVAILABLE`.
        """
