"""What a server says of itself; each is a setting of the same name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """Its name, and the time zone of days and hours where nobody names one."""

    instance_name: str = "Tablegraph"
    time_zone: str = "UTC"
