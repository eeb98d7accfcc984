"""Which form of an answer a client wants: its Accept header, read by quality and specificity (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graph.transport.event_stream import EventStream
from graph.transport.forms import StreamForm
from graph.transport.multipart import IncrementalParts, SubscriptionParts

GRAPHQL_RESPONSE: Final = b"application/graphql-response+json"
JSON: Final = b"application/json"

MAX_KEPT_BYTES: Final = 300
"""Of a header whose reading is kept for the next request; those of browsers have half as many."""

_RANGES: Final = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*"?)+')
_PARAMETERS: Final = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:\\.|[^"\\])*"|[^\s;]*)')
_QUALITY: Final = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")

_STREAMS: Final[tuple[type[StreamForm], ...]] = (EventStream, SubscriptionParts, IncrementalParts)
"""Those that this server has, the preferred ones first."""


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of the header, in lower case."""

    media_type: str
    parameters: Mapping[str, str]
    quality: float


def choose_json(accept: bytes) -> bytes | None:
    """The media type of a plain answer, the one of GraphQL before the older one; None where neither is acceptable.

    A client that takes anything (`*/*`), or does not say what, gets the older one: it may know no other.
    """
    return _kept_choice(accept) if len(accept) <= MAX_KEPT_BYTES else _choose_json(accept)


def _choose_json(accept: bytes) -> bytes | None:
    if not accept.strip():
        return JSON
    ranges = list(_ranges(accept.decode("latin-1").lower()))
    modern = _quality_of(GRAPHQL_RESPONSE.decode(), ranges)
    older = _quality_of(JSON.decode(), ranges)
    is_named = any(each.media_type == GRAPHQL_RESPONSE.decode() for each in ranges)
    if modern and (modern > older or (modern == older and is_named)):
        return GRAPHQL_RESPONSE
    return JSON if older else None


_kept_choice = lru_cache(256)(_choose_json)


def may_stream(accept: bytes) -> bool:
    """Whether it is worth while to read the header closely; nearly all requests want one answer and say so."""
    lower = accept.lower()
    return b"text/" in lower or b"multipart/" in lower


def choose_form(accept: bytes, *, is_subscription: bool) -> StreamForm | None:
    """The form of a streamed response; None for a plain one.

    Only a subscription is streamed where a plain answer is wanted as much. A client that takes anything (`*/*`) does
    not expect a stream: to get one it has to name its type, or at least `text/*` or `multipart/*`.
    """
    ranges = list(_ranges(accept.decode("latin-1").lower()))
    best, form = 0.0, None
    for each in _STREAMS:
        quality = _quality_of_stream(each, ranges)
        if quality > best:
            best, form = quality, each
    if form is None or (not is_subscription and _quality_of_json(ranges) >= best):
        return None
    return form()


def _ranges(accept: str) -> Iterator[_Range]:
    for found in _RANGES.findall(accept):
        media_type = found.partition(";")[0].strip()
        parameters = {name: value.strip('"') for name, value in _PARAMETERS.findall(found)}
        quality = parameters.pop("q", "1")
        yield _Range(media_type, parameters, float(quality) if _QUALITY.fullmatch(quality) else 1.0)


def _quality_of_stream(form: type[StreamForm], ranges: list[_Range]) -> float:
    any_of_kind = form.media_type.partition("/")[0] + "/*"
    exact = [each for each in ranges if each.media_type == form.media_type and form.is_meant_by(each.parameters)]
    return _first(exact, [each for each in ranges if each.media_type == any_of_kind and form.is_meant_by({})])


def _quality_of_json(ranges: list[_Range]) -> float:
    return max(_quality_of(name.decode(), ranges) for name in (GRAPHQL_RESPONSE, JSON))


def _quality_of(name: str, ranges: list[_Range]) -> float:
    return _first(*([each for each in ranges if each.media_type == kind] for kind in (name, "application/*", "*/*")))


def _first(*by_specificity: list[_Range]) -> float:
    """The best quality of the most specific ranges that there are."""
    return next((max(each.quality for each in found) for found in by_specificity if found), 0.0)
