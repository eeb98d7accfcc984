"""The parameters of a request by GET, read strictly: each at most once, in UTF-8."""

from typing import Any, Final
from urllib.parse import parse_qsl

from domain.errors import BadRequest
from graph.transport.json_input import JsonLimits, NotJson, read_json

MAX_PARAMETERS: Final = 50
_JSON: Final = ("variables", "extensions")


def read_parameters(query_string: bytes, limits: JsonLimits) -> dict[str, Any]:
    """The parameters, those that hold JSON decoded; raises `BadRequest`."""
    members: dict[str, Any] = {}
    for name, value in _pairs(query_string):
        if name in members:
            raise BadRequest(f"The parameter '{name[:60]}' was sent twice.")
        members[name] = value
    for name in _JSON:
        if name in members:
            members[name] = _decoded(name, members[name], limits)
    return members


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        text = query_string.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeError as error:
        raise BadRequest("The parameters of the URL are not UTF-8, percent-encoded.") from error
    except ValueError as error:
        raise BadRequest(f"The URL has more than {MAX_PARAMETERS} parameters.") from error


def _decoded(name: str, value: str, limits: JsonLimits) -> Any:
    """An empty parameter is one that was left out: forms and `EventSource` users send such."""
    if not value:
        return None
    try:
        return read_json(value.encode(), limits)
    except NotJson as error:
        raise BadRequest(f"The parameter '{name}' {error.message}.") from error
