"""Enums about schedules, as enums of the API."""

from domain.schedules.missed import MissedRuns
from graph.enums import expose

__all__ = ["MissedRuns"]

expose(
    MissedRuns,
    "What is done about moments of a schedule that passed while nobody worked.",
    {
        MissedRuns.SKIP: "Nothing.",
        MissedRuns.RUN_ONCE: "One run, for the last of them.",
        MissedRuns.RUN_ALL: "A run for each, for the last 100 at most.",
    },
)
