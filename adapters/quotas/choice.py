"""Where is counted."""

from adapters.quotas.counters import Counters, OwnCounters, SharedCounters
from adapters.quotas.quotas import OwnQuotas, Quotas
from adapters.quotas.shared import SharedQuotas
from adapters.quotas.store import Store


def make_quotas(store: Store | None) -> Quotas:
    """Quotas in a store, or of this process alone."""
    return OwnQuotas() if store is None else SharedQuotas(store)


def make_counters(store: Store | None) -> Counters:
    """Counters in a store, or of this process alone."""
    return OwnCounters() if store is None else SharedCounters(store)
