"""The bus: wakes whoever waits for changes of a topic, in this process and in the others of the same database."""

from adapters.bus.bus import Bus
from adapters.bus.carrier import APPLICATION
from adapters.bus.choice import make_bus

__all__ = ["APPLICATION", "Bus", "make_bus"]
