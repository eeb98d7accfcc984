"""Which rows of the log are new to a snapshot, as SQL.

What is new since a snapshot is what the snapshot does not see, whatever its number: numbers commit out of order. A
statement's own snapshot is where the next one begins. So nothing is lost and nothing comes twice, and a transaction
that takes long delays no change but its own.

A snapshot that is kept is cut behind the last transaction that it sees in the log. Those after it have changed nothing
there, and when the database crashes before it has written that they were, it gives their numbers to others, whose
changes would then count as seen. What was committed is written: its number never comes again.
"""

from typing import Final

CURRENT: Final = "(SELECT log_snapshot()::text)"
"""The statement's own snapshot, as it is kept, found once for all rows; see migrations/versions/0002_change_log.py."""

OF_RECORDS: Final = "c.kind = 'record'"
OF_SCHEMAS: Final = "c.kind <> 'record'"
"""Whether a row `c` of the log is of a record, or of a base, a table or a field; the indexes are made for these."""


def new_since(since: str, xid: str = "c.xid") -> str:
    """The condition that the snapshot `since`, an expression of type pg_snapshot, does not see a row of the log.

    That the row is below the end of the present snapshot goes without saying. Said, it makes a range, of which the
    planner expects little, so that it keeps its plan; of all from somewhere on it expects a third of the log.
    """
    return (
        f"{xid} >= pg_snapshot_xmin({since}) AND {xid} < pg_snapshot_xmax(pg_current_snapshot())"
        f" AND NOT pg_visible_in_snapshot({xid}, {since})"
    )


def seen_by(until: str, xid: str = "c.xid") -> str:
    """The condition that the snapshot `until`, an expression of type pg_snapshot, sees a row of the log."""
    return f"pg_visible_in_snapshot({xid}, {until})"


def is_known(snapshot: str) -> str:
    """Whether a snapshot can be one of this database: it is not from the future."""
    return f"pg_snapshot_xmax({snapshot}) <= pg_snapshot_xmax(pg_current_snapshot())"
