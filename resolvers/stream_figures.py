"""What the streams of this process count about themselves, for whoever watches over it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class StreamFigures:
    """Numbers that whoever delivers adds to, which is all that they cost; they are read when somebody asks."""

    subscribers: Counter[str] = field(default_factory=Counter)
    """How many follow now, by stream (the name of the subscription's field)."""
    deliveries: Counter[str] = field(default_factory=Counter)
    """Events that were handed to a subscriber, by stream."""
    drops: int = 0
    """How often the queue of a subscriber was full, so that it went back to the log."""
    closed_slow: int = 0
    """WebSockets that were closed because their client had stopped reading."""
    resyncs: int = 0
    """Subscribers that were told to read again, since the log no longer reaches back to their cursor."""
    evaluations: int = 0
    """How often changes were evaluated for all the subscribers that share it."""
    lag_observers: list[Callable[[float], None]] = field(default_factory=list)
    """Who is told each lag."""

    def observe_lag(self, seconds: float) -> None:
        """Note the seconds from a change until it was handed to its subscribers; never below 0, whatever clocks say."""
        for observe in self.lag_observers:
            observe(max(0.0, seconds))
