"""What other packages bring: objects behind entry points, found by the names that the settings have."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any


class BackendsRefused(Exception):
    """A backend that the settings name cannot be used; the message says which, and why."""


def load_plugins(group: str, kind: str, names: Sequence[str]) -> list[tuple[str, Any]]:
    """What the entry points of these names make when they are called, in this order; raises `BackendsRefused`.

    `kind` is what an error calls them, such as `token backend`.
    """
    found = {entry.name: entry for entry in entry_points(group=group)}
    missing = [name for name in names if name not in found]
    if missing:
        there = ", ".join(sorted(found)) or "none"
        raise BackendsRefused(f"There is no {kind} {missing[0]!r} (entry points of {group}: {there}).")
    return [(name, _made(found[name], kind)) for name in names]


def _made(entry: EntryPoint, kind: str) -> Any:
    try:
        return entry.load()()
    except Exception as error:
        raise BackendsRefused(f"The {kind} {entry.name!r} cannot be made: {error!r}.") from error
