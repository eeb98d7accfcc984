"""What is counted while connections stay open: subscriptions, the bus, and the WebSockets themselves.

Those who count know nothing of Prometheus and add to plain numbers; `refresh` carries them over.
"""

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from adapters.bus import Bus
from graph.execution.admission import Admission
from resolvers.stream_figures import StreamFigures
from server.operation_metrics import BUCKETS

LAG_BUCKETS: Final = (*BUCKETS, 30.0)
"""Seconds."""

_STREAM_COUNTS: Final = {
    "drops": "Times that a subscriber's queue was full, so that it went back to the log.",
    "closed_slow": "WebSockets that were closed because their client had stopped reading.",
    "resyncs": "Subscribers whose cursor the log no longer reaches back to.",
    "evaluations": "Evaluations of changes, each for all subscribers that share it.",
}


class LiveMetrics:
    """The numbers of one process."""

    def __init__(self, registry: CollectorRegistry, figures: StreamFigures, bus: Bus) -> None:
        self._figures = figures
        self._bus = bus
        self.sockets = 0
        """WebSockets that are open."""
        self.admission: Admission | None = None
        self._refused = _count(registry, "tablegraph_operations_refused", "Operations refused under too much load.")
        self._sockets = _gauge(registry, "tablegraph_websocket_connections", "WebSockets that are open.")
        self._subscribers = _gauge(registry, "tablegraph_stream_subscribers", "Subscriptions that run.", "stream")
        self._deliveries = _Labelled(registry, "tablegraph_stream_deliveries", "Events handed to a subscriber.")
        self._streams = {
            name: _count(registry, f"tablegraph_stream_{name}", text) for name, text in _STREAM_COUNTS.items()
        }
        lag = Histogram(
            "tablegraph_stream_lag_seconds",
            "Seconds from a change until it was handed to its subscribers.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        figures.lag_observers.append(lag.observe)
        self._connected = _gauge(registry, "tablegraph_bus_connected", "Processes that the bus connects to the others.")
        self._sent = _count(registry, "tablegraph_bus_wakeups_sent", "Wake-ups sent to other processes.")
        self._received = _count(registry, "tablegraph_bus_wakeups_received", "Wake-ups that other processes sent.")
        self._reconnects = _count(registry, "tablegraph_bus_reconnects", "Connections of the bus after the first one.")

    def refresh(self) -> None:
        """Carry over what was counted until now."""
        figures, bus = self._figures, self._bus
        self._sockets.set(self.sockets)
        self._refused.follow(self.admission.refused if self.admission else 0)
        for stream, count in figures.subscribers.items():
            self._subscribers.labels(stream).set(count)
        self._deliveries.follow(figures.deliveries)
        for name, following in self._streams.items():
            following.follow(getattr(figures, name))
        self._connected.set(bus.is_connected)
        self._sent.follow(bus.sent)
        self._received.follow(bus.received)
        self._reconnects.follow(max(0, bus.connections - 1))


class _Following:
    """A counter that follows a number which only grows."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._seen = 0

    def follow(self, number: int) -> None:
        self._counter.inc(number - self._seen)
        self._seen = number


class _Labelled:
    """A counter for each stream."""

    def __init__(self, registry: CollectorRegistry, name: str, text: str) -> None:
        self._counter = Counter(name, text, ["stream"], registry=registry)
        self._followings: dict[str, _Following] = {}

    def follow(self, numbers: Mapping[str, int]) -> None:
        for stream, number in numbers.items():
            following = self._followings.get(stream)
            if following is None:
                following = self._followings[stream] = _Following(self._counter.labels(stream))
            following.follow(number)


def _count(registry: CollectorRegistry, name: str, text: str) -> _Following:
    return _Following(Counter(name, text, registry=registry))


def _gauge(registry: CollectorRegistry, name: str, text: str, *labels: str) -> Gauge:
    return Gauge(name, text, labels, multiprocess_mode="livesum", registry=registry)
