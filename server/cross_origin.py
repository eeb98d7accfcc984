"""Which web pages of other origins may use the API from a browser: none, but for those of the settings.

Nothing that a browser sends by itself signs a request in (there are no cookies), so a page of another origin can do no
more than anybody without an account; it cannot even read that answer. See docs/adr.
"""

from datetime import timedelta
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from server.settings import Settings
from server.settings_section import listed

HEADERS: Final = ("Authorization", "Content-Type", "X-API-Key", "X-Request-ID", "Apollo-Require-Preflight")
EXPOSED: Final = ("X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy")
REMEMBERED: Final = timedelta(hours=1)
"""How long a browser need not ask again."""


def cross_origin(settings: Settings) -> list[Middleware]:
    """The middleware for it, outside of all others so that refusals can be read too; nothing where none are let in."""
    origins = listed(settings.cors_origins)
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=HEADERS,
            expose_headers=EXPOSED,
            max_age=int(REMEMBERED.total_seconds()),
        )
    ]
