"""What states a unique constraint can be in."""

from enum import Enum


class ConstraintStatus(Enum):
    """The value is what the catalog says."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    PENDING = "PENDING"
