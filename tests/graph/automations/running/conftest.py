"""The same table and calls as those of the actions."""

from tests.graph.automations.actions.conftest import records, run, table

__all__ = ["records", "run", "table"]
