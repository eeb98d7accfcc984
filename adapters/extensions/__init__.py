"""The extensions of other packages that are installed."""

from adapters.extensions.loading import load_extensions
from adapters.extensions.registry import Extensions, ExtensionsRefused, ExtensionState, Installed

__all__ = ["ExtensionState", "Extensions", "ExtensionsRefused", "Installed", "load_extensions"]
