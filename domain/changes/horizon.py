"""How far back the log reaches: behind which cursors changes may be missing that were dropped since."""


def is_lost(snapshot: str) -> str:
    """The condition that a snapshot, an expression of type pg_snapshot, does not see all that was dropped.

    A dropped change is below the horizon. A snapshot sees all below its xmin; what else it sees of them is not asked:
    it is too old by then in any case.
    """
    return f"EXISTS (SELECT FROM change_horizon h WHERE h.xid >= pg_snapshot_xmin({snapshot}))"
