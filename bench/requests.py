"""HTTP requests as bytes, for the generator."""

from collections.abc import Mapping
from typing import Any

import orjson

from bench.generator import COUNTER

ANY_NUMBER = int(COUNTER.replace(b"@", b"7"))
"""Stands for `COUNTER` until a request is made."""


def get(path: str) -> bytes:
    """A GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def send(method: str, path: str, body: bytes, headers: str = "") -> bytes:
    """A request with a JSON body; `headers` are lines that end in CRLF."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def graphql(token: str, document: str, variables: Mapping[str, Any]) -> bytes:
    """A GraphQL request of a signed-in user."""
    body = orjson.dumps({"query": document, "variables": variables})
    return send("POST", "/graphql", body, f"Authorization: Bearer {token}\r\n")


def counting(request: bytes) -> bytes:
    """The request with `COUNTER` where `ANY_NUMBER` was."""
    return request.replace(b":%d" % ANY_NUMBER, b":" + COUNTER)
