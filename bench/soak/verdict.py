"""Whether a soak went well: what each writer and each reader knows is held against the log."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from bench.soak.history import Change, History
from bench.soak.operations import Operation, Outcome
from bench.soak.readers import Reader, Seen, State

VALUES = ("Name", "Count", "Key")


def misjudged(operations: Sequence[Operation], history: History, known: frozenset[str]) -> Iterator[str]:
    """Operations of which the log says something else than their answers, and changes that nobody made.

    `history` is that of all tables together; `known` are names that were given outside of the operations.
    """
    changes = [change for each in history.values() for change in each]
    written = {change.after["Name"]: change for change in changes if "Name" in change.after}
    counts = Counter(change.after["Name"] for change in changes if "Name" in change.after)
    deleted = {change.record_id: change for change in changes if change.type == "DELETED"}
    yield from (f"the name {name} was written {count} times" for name, count in counts.items() if count > 1)
    for operation in operations:
        yield from _misjudged(operation, written, deleted)
    explained = known.union(*(operation.names for operation in operations))
    yield from (f"nobody has written {change}" for name, change in written.items() if name not in explained)
    gone = frozenset[str]().union(
        *(operation.deleted for operation in operations if operation.outcome is not Outcome.ROLLED_BACK)
    )
    yield from (f"nobody has deleted {change}" for id, change in deleted.items() if id not in gone)


def _misjudged(operation: Operation, written: Mapping[str, Change], deleted: Mapping[str, Change]) -> Iterator[str]:
    found = [written[name] for name in operation.names if name in written]
    if operation.outcome is not Outcome.ROLLED_BACK:  # otherwise another one may have deleted them later
        found += [deleted[id] for id in operation.deleted if id in deleted]
    expected = len(operation.names) + len(operation.deleted)
    allowed = {
        Outcome.COMMITTED: {expected},
        Outcome.ROLLED_BACK: {0},
        Outcome.UNKNOWN: {0} if operation.is_meant_to_fail else {0, expected},
    }[operation.outcome]
    if len(found) not in allowed:
        yield f"{len(found)} of {expected} changes are in the log of an operation that was {operation.outcome.value}"
    if len({(change.xid, change.mutation_id) for change in found}) > 1:
        yield f"an operation has several transactions or ids: {operation.document} {operation.variables}"


def missed(
    reader: Reader, history: History, before: frozenset[int], after: frozenset[int], end: State
) -> Iterator[str]:
    """In what a reader's events differ from the log, and its state from the table.

    `before` and `after` are the changes that were seen right before and after the page that it began with.
    """
    if reader.start is None:
        yield f"{reader.name} did not begin"
        return
    yield from (f"{reader.name} got events of {id}, which the log does not know" for id in reader.seen.keys() - history)
    expected = {id: _expected(id, changes, reader, before, after) for id, changes in history.items()}
    wrong = [id for id, possible in expected.items() if reader.seen.get(id, []) not in possible]
    if wrong:
        first = wrong[0]
        yield (
            f"{reader.name} ({reader.filter.name}, {', '.join(reader.types or ['all types'])}) got"
            f" wrong events of {len(wrong)} records,"
            f" first {first}: {_difference(reader.seen.get(first, []), expected[first][0])}"
        )
    if reader.types is None and reader.state != end:
        others = sorted(id for id in {*reader.state, *end} if reader.state.get(id) != end.get(id))
        first = others[0]
        yield (
            f"{reader.name}: page and events differ from the page fetched again in {len(others)} records,"
            f" first {first}: {reader.state.get(first)}, not {end.get(first)}"
        )


def _expected(
    id: str, changes: Sequence[Change], reader: Reader, before: frozenset[int], after: frozenset[int]
) -> list[list[Seen]]:
    """What a reader may have seen of a record.

    It is exactly one thing where the record stood on the page that it began with, for names tell versions apart. One
    that did not stand there was gone already or not yet made; in between lies the moment of the page itself.
    """
    assert reader.start is not None
    start = reader.start.state.get(id)
    if start is not None:
        versions = [change.after.get("Name") for change in changes]
        name = start["fields"]["Name"]
        behind = versions.index(name) + 1 if name in versions else 0
        return [_events(reader, changes, behind)]
    if changes[0].seq not in after:
        return [_events(reader, changes)]
    if changes[-1].seq in before:
        return [[]]
    return [_events(reader, changes), []]


def _events(reader: Reader, changes: Sequence[Change], behind: int = 0) -> list[Seen]:
    """The events of the changes behind the first so many, as the reader's filter makes them out."""
    events, values, matched = [], dict[str, object](), False
    for number, change in enumerate(changes):
        values = {**values, **dict.fromkeys(change.before), **change.after}
        matches = change.type != "DELETED" and reader.filter.matches(values)
        type = _type(matched, matches)
        if number >= behind and type is not None and (reader.types is None or type in reader.types):
            events.append(_seen(change, type))
        matched = matches
    return events


def _type(matched: bool, matches: bool) -> str | None:
    """What a change is to a stream whose filter let the record through before, or does so now."""
    if matched:
        return "UPDATED" if matches else "DELETED"
    return "CREATED" if matches else None


def _seen(change: Change, type: str) -> Seen:
    return Seen(
        type, type != change.type, _previous(change), change.changed_fields, change.actor_id, change.mutation_id
    )


def _previous(change: Change) -> Mapping[str, object] | None:
    if change.type == "CREATED":
        return None
    return {name: change.before.get(name) for name in VALUES if name in change.changed_fields}


def _difference(got: Sequence[Seen], expected: Sequence[Seen]) -> str:
    """Where two lists of events part, in words."""
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(got, expected, strict=False))))
    wrong, right = (next(map(str, events[same:]), "nothing") for events in (got, expected))
    return f"after {same} right ones {wrong}, not {right}; {len(got)} in all, not {len(expected)}"
