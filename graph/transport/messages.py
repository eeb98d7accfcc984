"""The messages of the graphql-transport-ws protocol: what a client may send, and what the server answers.

The protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from domain.errors import BadRequest
from graph.execution.engine import Request
from graph.transport.json_input import JsonLimits, NotJson, read_json
from graph.trusted.reference import Reference, reference_of

PROTOCOL: Final = "graphql-transport-ws"
TOO_SLOW: Final = 4410
"""The code of the close when a client has stopped reading."""
ACKNOWLEDGED: Final = '{"type":"connection_ack"}'


class Malformed(Exception):
    """A message that the protocol does not have; the text says what is wrong, for the reason of the close."""


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """The first message: who is calling, as far as that stands in its payload."""

    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    """Wants a pong with the same payload."""

    payload: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """Says that the client is there."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Begins an operation, of any kind."""

    id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Complete:
    """Ends an operation."""

    id: str


ClientMessage = ConnectionInit | Ping | Pong | Subscribe | Complete


def read_message(text: bytes, limits: JsonLimits) -> ClientMessage:
    """A message of a client; raises `Malformed`."""
    try:
        message = read_json(text, limits)
    except NotJson as error:
        raise Malformed(f"the message {error.message}") from error
    if not isinstance(message, dict):
        raise Malformed("the message is not a JSON object")
    type = message.get("type")
    if not isinstance(type, str) or type not in _READERS:
        raise Malformed("the message has no type of the protocol")
    return _READERS[type](message)


def _init(message: dict[str, Any]) -> ConnectionInit:
    return ConnectionInit(_object(message, "payload") or {})


def _ping(message: dict[str, Any]) -> Ping:
    return Ping(_object(message, "payload"))


def _pong(message: dict[str, Any]) -> Pong:
    _object(message, "payload")
    return Pong()


def _complete(message: dict[str, Any]) -> Complete:
    return Complete(_id(message))


def _subscribe(message: dict[str, Any]) -> Subscribe:
    id, payload = _id(message), _object(message, "payload")
    if payload is None:
        raise Malformed("'payload' is missing")
    name = payload.get("operationName")
    if not isinstance(name, str | None):
        raise Malformed("'payload.operationName' is not a string")
    variables = _object(payload, "variables", "payload.variables")
    _object(payload, "extensions", "payload.extensions")
    query, reference = _document(payload)
    return Subscribe(id, Request(query, variables or {}, name or None, reference=reference))


def _document(payload: Mapping[str, Any]) -> tuple[str, Reference | None]:
    try:
        reference = reference_of(payload)
    except BadRequest as error:
        raise Malformed(error.message) from error
    query = payload.get("query")
    if query is None and reference is not None:
        return "", reference
    if not isinstance(query, str):
        raise Malformed("'payload.query' is not a string")
    return query, reference


_READERS: Final[Mapping[str, Callable[[dict[str, Any]], ClientMessage]]] = {
    "connection_init": _init,
    "ping": _ping,
    "pong": _pong,
    "subscribe": _subscribe,
    "complete": _complete,
}


def _id(message: Mapping[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not id:
        raise Malformed("'id' is not a non-empty string")
    return id


def _object(message: Mapping[str, Any], key: str, path: str | None = None) -> dict[str, Any] | None:
    value = message.get(key)
    if not isinstance(value, dict | None):
        raise Malformed(f"'{path or key}' is not a JSON object")
    return value


def next_head(id: str) -> str:
    """What a message with a result begins with; the JSON of the response and a brace end it."""
    return f'{{"id":{_json(id)},"type":"next","payload":'


def error_message(id: str, body: bytes) -> str:
    """The message that ends an operation with the errors of a response, which was not executed."""
    return _json({"id": id, "type": "error", "payload": orjson.loads(body)["errors"]})


def first_error(body: bytes) -> str:
    """The message of the first error of a response that has one."""
    message: str = orjson.loads(body)["errors"][0]["message"]
    return message


def complete_message(id: str) -> str:
    """The message that ends an operation whose results were all sent."""
    return _json({"id": id, "type": "complete"})


def pong_message(payload: Mapping[str, Any] | None) -> str:
    """The answer to a ping."""
    return _json({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
