"""Sends requests to targets that users have named: webhooks, chats, whatever an automation calls.

Such a target may be anything: a machine of the operator's own network, a server that never answers, one that answers
with a gigabyte. So each connection is looked at (`connecting.py`), times and bytes are bounded, no answer is unpacked
(what a few bytes of gzip stand for may be gigabytes), no proxy is taken from the environment, and no cookie is kept.
"""

import asyncio
import ssl
import time
from functools import cache
from typing import Final

import httpcore2
import structlog

from adapters.outgoing.answer import Answer, kept_headers
from adapters.outgoing.connecting import GuardedBackend
from adapters.outgoing.faults import Failure, TargetFailed
from adapters.outgoing.names import Resolver, SystemNames
from adapters.outgoing.request import AGENT, METHODS, Request, Target, check_request, redirected
from adapters.outgoing.rules import Rules

MAX_CONNECTIONS: Final = 100
"""Requests that are under way at a time; others wait within their time."""
_IDLE_CONNECTIONS: Final = 20
_IDLE_SECONDS: Final = 5.0
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_WITH_BODY: Final = frozenset(METHODS) - {"GET", "HEAD"}

logger = structlog.get_logger(__name__)


class OutgoingClient:
    """A client for one event loop. Certificates are checked against the system's authorities, unless told otherwise."""

    def __init__(
        self, rules: Rules, *, resolver: Resolver | None = None, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self.rules = rules
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context or _system_authorities(),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=GuardedBackend(rules, resolver or SystemNames()),
        )

    async def send(self, request: Request) -> Answer:
        """The answer to a request; raises `TargetRefused` and `TargetFailed`. A status of 500 is an answer too."""
        target = check_request(request, self.rules)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.rules.total_timeout):
                return await self._follow(request, target, started)
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise _failed(target, Failure.TIMEOUT, "took too long", error) from error
        except (httpcore2.ConnectError, ssl.SSLError) as error:
            raise _failed(target, Failure.CONNECT, "takes no connection, or has no valid certificate", error) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise _failed(target, Failure.PROTOCOL, "did not answer as HTTP does", error) from error

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def _follow(self, request: Request, target: Target, started: float) -> Answer:
        while True:
            answer = await self._exchange(request, target, started)
            location = answer.header("location")
            if answer.status not in _REDIRECTS or location is None or request.redirects <= 0:
                return answer
            request, target = redirected(request, target, answer.status, location, self.rules)

    async def _exchange(self, request: Request, target: Target, started: float) -> Answer:
        timeouts = {
            "connect": self.rules.connect_timeout,
            "read": self.rules.read_timeout,
            "write": self.rules.read_timeout,
            "pool": self.rules.total_timeout,
        }
        url = httpcore2.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path
        )
        content = request.body if request.body or request.method in _WITH_BODY else None
        async with self._pool.stream(
            request.method, url, headers=_headers(request), content=content, extensions={"timeout": timeouts}
        ) as response:
            body, is_cut = await self._body(response)
            seconds = time.monotonic() - started
            return Answer(response.status, kept_headers(response.headers), body, is_cut, target.url, seconds)

    async def _body(self, response: httpcore2.Response) -> tuple[bytes, bool]:
        """The first bytes of a body as they come, and whether there are more. Leaving then closes the connection."""
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk[: self.rules.max_bytes + 1 - len(body)]
            if len(body) > self.rules.max_bytes:
                return bytes(body[: self.rules.max_bytes]), True
        return bytes(body), False


@cache
def _system_authorities() -> ssl.SSLContext:
    """Trusts whom the system trusts, for every client of the process: to read the certificates takes tens of ms."""
    return httpcore2.default_ssl_context()


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    given = {name.lower() for name in request.headers}
    ours = {"User-Agent": AGENT, "Accept": "*/*"}
    added = {name: value for name, value in ours.items() if name.lower() not in given}
    every = {**added, **request.headers, "Accept-Encoding": "identity"}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in every.items()]


def _failed(target: Target, failure: Failure, what: str, error: Exception) -> TargetFailed:
    logger.info("outgoing request failed", host=target.host, failure=failure.value, error=repr(error))
    return TargetFailed(f"{target.host} {what}.", failure)
