"""The mark of an attribute that an update leaves as it is, where None is a value of its own."""

from enum import Enum
from typing import Final


class Unchanged(Enum):
    """Type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
