"""The numbers of presence, as its parts take them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresenceLimits:
    """Each is a setting or follows from one; times are in seconds."""

    poll_seconds: float
    """Until the next look at a channel when nothing wakes its reader."""
    pause_seconds: float
    """Between one look at a channel and the next, and while moves of cursors are gathered."""
    most_members: int
    """That are shown of a channel."""
    most_channels: int
    """That a connection may be in."""
    most_waiting: int
    """Events that wait for one subscriber."""
