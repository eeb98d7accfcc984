"""What is noted of one step of a run."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from domain.automations.faults import StepFailed
from domain.automations.runs import RunStatus
from domain.automations.templates.texts import json_of
from domain.storable import storable

KEPT: Final = "kept"
"""Under this name a step that goes on later has in its output what it has settled."""


@dataclass(slots=True)
class Entry:
    """A step as the history of runs shows it. `position` counts the steps as they began, from 0."""

    path: str
    position: int
    action_id: str | None
    type: str
    status: RunStatus = RunStatus.RUNNING
    input: dict[str, Any] | None = None
    output: Any = None
    error: str | None = None
    mutation_id: UUID | None = None
    attempt: int = 1
    started_at: datetime | None = None
    finished_at: datetime | None = None

    def end(self, status: RunStatus, output: Any = None, error: str | None = None) -> None:
        """Note how it ended."""
        self.status, self.output, self.error = status, output, storable(error)
        self.finished_at = datetime.now(UTC)

    def row(self) -> dict[str, Any]:
        """The columns of its row, but for the run's id."""
        return {
            "path": self.path,
            "position": self.position,
            "action_id": self.action_id,
            "type": self.type,
            "status": self.status,
            "input": self.input,
            "output": self.output,
            "error": self.error,
            "mutation_id": self.mutation_id,
            "attempt": self.attempt,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
        }


def plain(value: object) -> Any:
    """A value of a template as JSON that a database takes: moments and the like become texts."""
    return storable(orjson.loads(json_of(value).encode("utf-8", "replace")))


def bounded(output: object, most: int) -> object:
    """The output of a step, as JSON that a database takes; raises `StepFailed` where there are more bytes than that."""
    try:
        size = len(orjson.dumps(output))
    except (TypeError, ValueError) as error:
        raise StepFailed(f"What it answers is no JSON: {error}.") from None
    if size > most:
        raise StepFailed(f"It answers {size:,} bytes; {most:,} are kept at most.")
    return storable(output)
