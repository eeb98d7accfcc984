"""Finds the extensions of installed packages by their entry points, and loads each apart from the others."""

import logging
from collections.abc import Collection
from importlib.metadata import EntryPoint

from adapters.extensions.registry import ExtensionsRefused, ExtensionState, Installed
from adapters.plugins import installed as installed_entries
from domain.extensions.extension import GROUP, Extension

logger = logging.getLogger(__name__)


def load_extensions(disabled: Collection[str], required: Collection[str]) -> list[Installed]:
    """Every installed extension; one that cannot be loaded is named in the log, and failed.

    Raises `ExtensionsRefused` for one that is required, by itself or here, and fails, is disabled or not installed.
    """
    entries = sorted(installed_entries(GROUP), key=lambda entry: entry.name)
    installed = {entry.name: _loaded(entry, entry.name in disabled, entry.name in required) for entry in entries}
    for name in sorted(required):
        if name not in installed:
            there = ", ".join(installed) or "none"
            raise ExtensionsRefused(f"The extension {name!r} is required, and not installed (entry points: {there}).")
        if installed[name].state is ExtensionState.DISABLED:
            raise ExtensionsRefused(f"The extension {name!r} is both required and disabled.")
    for name in sorted(disabled):
        if name not in installed:
            logger.warning("there is no extension %s that could be disabled", name)
    return list(installed.values())


def _loaded(entry: EntryPoint, is_disabled: bool, is_required: bool) -> Installed:
    version = None if entry.dist is None else entry.dist.version
    each = Installed(entry.name, version, is_required=is_required)
    if is_disabled:
        each.state = ExtensionState.DISABLED
        return each
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # it is not ours: whatever it raises, the server goes on without it
        logger.error("the extension %s cannot be loaded", entry.name, exc_info=error)
        each.fail(f"It cannot be loaded: {error!r}")
    else:
        _take(each, found)
    return each


def _take(each: Installed, found: object) -> None:
    if not isinstance(found, Extension):
        each.fail(f"Its entry point leads to a {type(found).__name__}, not to an Extension.")
        return
    each.is_required = each.is_required or found.required
    each.version = found.version or each.version
    if found.name == each.name:
        each.extension = found
    else:
        each.fail(f"It calls itself {found.name!r}.")
