"""Runs of automations: what state they and their steps are in, and what bounds them."""

from enum import StrEnum


class RunStatus(StrEnum):
    """The state of a run, or of a step of one."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)
