"""What templates have made, as the values that an action needs; what does not fit fails the step."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from domain.automations.faults import StepFailed
from domain.automations.step import RecordJson
from domain.automations.templates.texts import text_of
from domain.ids import parse_id

SHOWN: Final = 100
"""Characters of a value that a message has."""


def id_in(value: object, name: str) -> UUID:
    """An id; a record stands for its own."""
    given = value.get("id") if isinstance(value, Mapping) else value
    id = parse_id(str(given) if isinstance(given, UUID) else given)
    if id is None:
        raise StepFailed(f"{name}: {_shown(value)} is no id.", field=name)
    return id


def ids_in(value: object, name: str) -> list[UUID]:
    """Ids, each once: of a list, of one record, or with commas between them."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(id_in(each, name) for each in items))


def object_in(value: object, name: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise StepFailed(f"{name}: {_shown(value)} is no object.", field=name)
    return value


def texts_in(value: object) -> list[str]:
    """Texts: of a list, or of a text with commas between them."""
    items = value if isinstance(value, list) else str(value or "").split(",")
    return [text for each in items for text in [text_of(each).strip()] if text]


def number_in(value: object, name: str) -> float:
    """A number that is not negative, or the text of one."""
    try:
        number = float(Decimal(text_of(value))) if not isinstance(value, bool) else math.nan
    except (ArithmeticError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise StepFailed(f"{name}: {_shown(value)} is no number that is not negative.", field=name)
    return number


def moment_in(value: object, name: str) -> datetime:
    """A moment; without an offset it is one of UTC."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(text_of(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise StepFailed(f"{name}: {_shown(value)} is no moment (ISO 8601).", field=name) from None


def written(id: UUID, record: RecordJson) -> dict[str, Any]:
    """The output of an action that writes a record; a field may be called `id`, so that stands beside it."""
    return {"record_id": str(id), "record": record}


def _shown(value: object) -> str:
    text = repr(text_of(value))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
