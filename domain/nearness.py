"""Names that were meant: what a message adds when what was asked for is not there."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LIKENESS: Final = 0.6
"""From which ratio of difflib on a name is like another one."""
_MAX_NAMES: Final = 500
"""How many names are compared at most."""


def did_you_mean(wanted: str, names: Iterable[str]) -> str:
    """A sentence, behind a space, that names what is most like what was asked for, in whatever case; or nothing."""
    folded = {name.casefold(): name for name, _ in zip(names, range(_MAX_NAMES), strict=False)}
    close = get_close_matches(wanted[:255].casefold(), folded, 1, _LIKENESS)
    return f" Did you mean {folded[close[0]]!r}?" if close else ""
