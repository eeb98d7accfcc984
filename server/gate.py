"""Turns requests away while the process has its hands full, before anything is done for them.

A refusal that costs as much as an answer would not help: so the body is not read, and there is one line in the log a
second, not one for each.
"""

from collections.abc import Awaitable
from time import monotonic
from typing import Final

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import Unavailable
from graph.execution.admission import OVERLOADED, Admission
from graph.execution.json_text import error_json
from server.security_headers import SECURITY_HEADERS

logger = structlog.get_logger(__name__)

PATH: Final = "/graphql"
RETRY_AFTER: Final = (b"retry-after", b"1")
"""Seconds. What is refused here was refused by a moment's load, and clients spread their attempts by themselves."""
SECONDS_BETWEEN_LINES: Final = 1.0

BODY: Final = error_json(OVERLOADED, {"code": Unavailable.code})
HEADERS: Final = (
    (b"content-type", b"application/json; charset=utf-8"),
    (b"content-length", str(len(BODY)).encode()),
    RETRY_AFTER,
    *SECURITY_HEADERS,
)


class Gate:
    """ASGI middleware. What it lets in is counted later, when it is read: a slow body takes no place from others."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission
        self._logged_at = -SECONDS_BETWEEN_LINES
        self._logged = 0

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, or answer 503."""
        if not self._admission.is_full or scope["type"] != "http" or scope["path"] != PATH:
            return self._app(scope, receive, send)
        return self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        self._admission.refused += 1
        await send({"type": "http.response.start", "status": 503, "headers": list(HEADERS)})
        await send({"type": "http.response.body", "body": BODY})
        self._log()

    def _log(self) -> None:
        now = monotonic()
        if now - self._logged_at >= SECONDS_BETWEEN_LINES:
            refused = self._admission.refused
            logger.warning("overloaded", refused=refused - self._logged, running=self._admission.running)
            self._logged_at, self._logged = now, refused
