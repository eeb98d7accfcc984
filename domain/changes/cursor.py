"""Event cursors: PostgreSQL snapshots, so that no change is missed however out of order transactions commit.

A snapshot's text is `xmin:xmax:xip,…`: transactions below xmin are visible, from xmax on they are not, and between
the two those in the list are not. `RecordConnection.eventCursor` is the snapshot that a read was made in.
"""


def cursor_after_own(snapshot: str, transaction: str | None) -> str:
    """The cursor behind everything the snapshot sees and its own transaction: the same snapshot with that one visible.

    Transactions that began between the snapshot and its own are listed as still running, which is what they were.
    """
    if transaction is None:
        return encode_cursor(snapshot)
    xmin, xmax, running = snapshot.split(":")
    own, next_unseen = int(transaction), int(xmax)
    listed = [int(each) for each in running.split(",") if each and int(each) != own]
    if own >= next_unseen:
        listed += range(next_unseen, own)
        next_unseen = own + 1
    lowest = min([next_unseen, *listed])
    return encode_cursor(f"{max(lowest, int(xmin))}:{next_unseen}:{','.join(map(str, listed))}")


def encode_cursor(snapshot: str) -> str:
    """The opaque form of a snapshot."""
    return snapshot.encode().hex()
