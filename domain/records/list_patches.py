"""What turns a list of records into a newer one: removals, moves, insertions and updates, to be made in that order.

Records that keep their order among each other stay where they are: those of a longest increasing subsequence of the
old places, found by patience sorting (Fredman 1975). So a record that is sorted to another place is one move.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class RecordListPatchType(Enum):
    """What happens to a record of a list."""

    INSERTED = "INSERTED"
    UPDATED = "UPDATED"
    REMOVED = "REMOVED"
    MOVED = "MOVED"


@dataclass(frozen=True, slots=True)
class ListPatch:
    """One step. `index` is the record's place after it, None when it is removed; `previous_index` the one before."""

    type: RecordListPatchType
    id: str
    index: int | None = None
    previous_index: int | None = None


def list_patches(before: Mapping[str, object], after: Mapping[str, object]) -> list[ListPatch]:
    """The steps from one list to another; both map the ids, in their order, to what is shown of each record."""
    ids = list(before)
    removals = [
        ListPatch(RecordListPatchType.REMOVED, id, previous_index=i)
        for i, id in reversed(list(enumerate(ids)))
        if id not in after
    ]
    kept = [id for id in ids if id in after]
    arrivals = list(_arrivals(kept, list(after)))
    updates = [
        ListPatch(RecordListPatchType.UPDATED, id, index=i, previous_index=i)
        for i, (id, shown) in enumerate(after.items())
        if id in before and before[id] != shown
    ]
    return [*removals, *arrivals, *updates]


def _arrivals(present: list[str], wanted: list[str]) -> Iterator[ListPatch]:
    """The moves and insertions that make `present` the `wanted` list; each comes right behind its predecessor there."""
    place = {id: i for i, id in enumerate(present)}
    staying = _longest_increasing([place[id] for id in wanted if id in place])
    stays = {present[i] for i in staying}
    for n, id in enumerate(wanted):
        if id in stays:
            continue
        previous_index = present.index(id) if id in place else None
        if previous_index is not None:
            present.pop(previous_index)
        index = present.index(wanted[n - 1]) + 1 if n else 0
        present.insert(index, id)
        if index != previous_index:
            type = RecordListPatchType.INSERTED if previous_index is None else RecordListPatchType.MOVED
            yield ListPatch(type, id, index, previous_index)


def _longest_increasing(numbers: Sequence[int]) -> list[int]:
    """A longest subsequence of these different numbers that increases."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int | None] = []
    for i, number in enumerate(numbers):
        at = bisect_left(ends, number)
        ends[at:] = [number, *ends[at + 1 :]]
        places[at:] = [i, *places[at + 1 :]]
        before.append(places[at - 1] if at else None)
    found: list[int] = []
    last = places[-1] if places else None
    while last is not None:
        found.append(numbers[last])
        last = before[last]
    return found[::-1]
