"""Quotas and counters of failures: in this process, or shared by all processes that have one Redis or Valkey."""

from adapters.quotas.choice import make_counters, make_quotas
from adapters.quotas.counters import Counters
from adapters.quotas.quotas import Quotas

__all__ = ["Counters", "Quotas", "make_counters", "make_quotas"]
