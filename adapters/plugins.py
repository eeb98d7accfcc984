"""What other packages bring: objects behind entry points, found by the names that the settings have."""

import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint, EntryPoints, SelectableGroups, entry_points
from typing import Any


class BackendsRefused(Exception):
    """A backend that the settings name cannot be used; the message says which, and why."""


def installed(group: str) -> EntryPoints:
    """The entry points of this group. Packages are looked for once in a process, and again where `sys.path` changes."""
    return _on_path(tuple(sys.path)).select(group=group)


def load_plugins(group: str, kind: str, names: Sequence[str]) -> list[tuple[str, Any]]:
    """What the entry points of these names make when they are called, in this order; raises `BackendsRefused`.

    `kind` is what an error calls them, such as `token backend`.
    """
    found = {entry.name: entry for entry in installed(group)}
    missing = [name for name in names if name not in found]
    if missing:
        there = ", ".join(sorted(found)) or "none"
        raise BackendsRefused(f"There is no {kind} {missing[0]!r} (entry points of {group}: {there}).")
    return [(name, _made(found[name], kind)) for name in names]


@lru_cache(maxsize=1)
def _on_path(_: tuple[str, ...]) -> EntryPoints | SelectableGroups:
    return entry_points()


def _made(entry: EntryPoint, kind: str) -> Any:
    try:
        return entry.load()()
    except Exception as error:
        raise BackendsRefused(f"The {kind} {entry.name!r} cannot be made: {error!r}.") from error
