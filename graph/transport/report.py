"""What becomes known of a request on its way, for the log, the metrics and the `X-Request-ID` header."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from domain.windows import Balance

HEADER = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_KEY = "tablegraph.report"


@dataclass(slots=True)
class Report:
    """One request. `operation` is `query` or `mutation` once that is known, `code` the first error's code or `OK`.

    `name` is the `operationName` that was sent, which may be anything.
    """

    request_id: str
    operation: str | None = None
    name: str | None = None
    code: str | None = None
    balances: Mapping[str, Balance] = field(default_factory=dict)
    """What the caller has left of its quotas, as far as was counted."""


def report_of(scope: MutableMapping[str, Any]) -> Report:
    """The report of an ASGI request, begun at the first call; a well-formed `X-Request-ID` that was sent is kept."""
    report = scope.get(_KEY)
    if not isinstance(report, Report):
        report = scope[_KEY] = Report(_sent_id(scope) or token_hex(16))
    return report


def _sent_id(scope: MutableMapping[str, Any]) -> str | None:
    for name, value in scope["headers"]:
        if name == HEADER:
            return value.decode("ascii") if _WELL_FORMED.fullmatch(value) else None
    return None
