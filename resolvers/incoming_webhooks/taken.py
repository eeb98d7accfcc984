"""A request that an incoming webhook has taken, as those see it who are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from resolvers.automations.returning import RUN

_HIDDEN: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "host", "content-length", "connection", RUN}
)


@dataclass(frozen=True, slots=True)
class TakenRequest:
    """`document` is its body as JSON, `headers` are in small letters; `record_id` names the record that came of it."""

    id: UUID
    webhook_id: UUID
    table_id: UUID
    document: Any
    headers: Mapping[str, str]
    record_id: UUID | None

    @property
    def shown_headers(self) -> dict[str, str]:
        """Those that are about the message, without credentials."""
        return {name: value for name, value in self.headers.items() if name not in _HIDDEN}
