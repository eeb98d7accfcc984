"""The body of a request: its declared type and encoding, and its bytes, as many as are taken."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.types import Receive

from domain.errors import BadRequest, PayloadTooLarge, Unavailable
from graph.transport.accept import JSON
from graph.transport.intake import TOO_MUCH, Intake, Part
from graph.transport.refusals import UnsupportedEncoding, UnsupportedMediaType

_CHARSET: Final = re.compile(r';\s*charset\s*=\s*"?([^\s;"]*)', re.IGNORECASE)


def require_json(headers: Mapping[bytes, bytes]) -> None:
    """Raise `UnsupportedMediaType` or `UnsupportedEncoding` for a body that is declared as anything but plain JSON.

    No type that a browser sends without asking first (forms, plain text) is taken, so no page of another site can
    have it send a request.
    """
    given = headers.get(b"content-type", b"")
    if given != JSON:
        _require_type(given.decode("latin-1"))
    require_no_encoding(headers)


def require_no_encoding(headers: Mapping[bytes, bytes]) -> None:
    """Raise `UnsupportedEncoding` for a body that would have to be unpacked."""
    encoding = headers.get(b"content-encoding")
    if encoding is not None and encoding.strip().lower() not in (b"", b"identity"):
        raise UnsupportedEncoding("Send the request body as it is, without a Content-Encoding.")


def _require_type(given: str) -> None:
    media_type = given.partition(";")[0].strip().lower()
    if media_type != JSON.decode():
        raise UnsupportedMediaType(f"Send the request as {JSON.decode()}, not as {media_type or 'an unnamed type'}.")
    charset = _CHARSET.search(given)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"Send the request in UTF-8, not in {charset[1] or 'an unnamed charset'}.")


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], most: int, intake: Intake) -> bytes:
    """The body; raises `PayloadTooLarge` as soon as it is certain that it has more than `most` bytes.

    That is before any of it is read where its length is declared. Raises `Unavailable` where too much of other bodies
    waits for its rest.
    """
    declared = headers.get(b"content-length", b"")
    if declared.isdigit():
        _check_size(int(declared), most)
    message = await receive()
    body: bytes = message.get("body", b"")
    _check_size(len(body), most)
    if message["type"] == "http.request" and not message.get("more_body"):
        return body
    with intake.begin() as part:
        return await _rest(receive, bytearray(body), most, part)


async def _rest(receive: Receive, body: bytearray, most: int, part: Part) -> bytes:
    while True:
        if not part.holds(len(body)):
            raise Unavailable(TOO_MUCH)
        message = await receive()
        if message["type"] != "http.request":
            raise BadRequest("The client went away before the request was complete.")
        body += message.get("body", b"")
        _check_size(len(body), most)
        if not message.get("more_body"):
            return bytes(body)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise PayloadTooLarge(f"The request body has {size} bytes or more; at most {most} are taken.")
