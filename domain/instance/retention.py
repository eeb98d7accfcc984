"""How long what tasks look after is kept; each is a setting of the same name."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long the audit log is kept."""

    audit_retention: timedelta = timedelta(days=365)
