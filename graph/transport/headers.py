"""The headers of a request, as a mapping."""

from collections.abc import Iterable, Mapping

from starlette.types import Scope

Headers = Mapping[bytes, bytes]
"""Names in lower case."""


def request_headers(scope: Scope) -> Headers:
    """Those of a request; the values of one that was sent several times as one list, as RFC 9110, 5.3, has it.

    Of a header that has no lists, such as Authorization, that is a value which is not understood: whichever of its
    values was taken, a proxy might have looked at another.
    """
    sent = scope["headers"]
    headers = dict(sent)
    return headers if len(headers) == len(sent) else _joined(sent)


def _joined(sent: Iterable[tuple[bytes, bytes]]) -> Headers:
    values: dict[bytes, list[bytes]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value)
    return {name: b", ".join(each) for name, each in values.items()}
