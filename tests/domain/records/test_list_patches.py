"""The patches of a list, made one after the other, make the newer list; and they are few."""

from hypothesis import given
from hypothesis import strategies as st

from domain.records.list_patches import ListPatch, RecordListPatchType, list_patches

INSERTED, UPDATED, REMOVED, MOVED = (
    RecordListPatchType.INSERTED,
    RecordListPatchType.UPDATED,
    RecordListPatchType.REMOVED,
    RecordListPatchType.MOVED,
)
lists = st.lists(st.sampled_from("abcdefghij"), unique=True).flatmap(
    lambda ids: st.tuples(*[st.integers(0, 1)] * len(ids)).map(lambda values: dict(zip(ids, values, strict=True)))
)


def apply(before: dict[str, int], after: dict[str, int], patches: list[ListPatch]) -> list[tuple[str, int]]:
    """As a client does it, which knows the values of the patches only."""
    rows = list(before.items())
    for patch in patches:
        if patch.type in (REMOVED, MOVED):
            assert patch.previous_index is not None
            moved = rows.pop(patch.previous_index)
            assert moved[0] == patch.id
        if patch.type is MOVED:
            assert patch.index is not None
            rows.insert(patch.index, moved)
        elif patch.type is INSERTED:
            assert patch.index is not None
            rows.insert(patch.index, (patch.id, after[patch.id]))
        elif patch.type is UPDATED:
            assert patch.index is not None
            assert rows[patch.index][0] == patch.id
            rows[patch.index] = (patch.id, after[patch.id])
    return rows


@given(before=lists, after=lists)
def test_patches_make_the_newer_list(before: dict[str, int], after: dict[str, int]) -> None:
    assert apply(before, after, list_patches(before, after)) == list(after.items())


@given(rows=lists)
def test_nothing_makes_the_same_list(rows: dict[str, int]) -> None:
    assert list_patches(rows, rows) == []


def of(ids: str) -> dict[str, int]:
    return dict.fromkeys(ids, 0)


def test_one_record_that_is_sorted_elsewhere_is_one_move() -> None:
    assert list_patches(of("abcdef"), of("bcdefa")) == [ListPatch(MOVED, "a", 5, 0)]
    assert list_patches(of("abcdef"), of("fabcde")) == [ListPatch(MOVED, "f", 0, 5)]


def test_a_page_that_slides_removes_and_inserts_one() -> None:
    assert list_patches(of("bcd"), of("abc")) == [ListPatch(REMOVED, "d", None, 2), ListPatch(INSERTED, "a", 0)]


def test_a_record_that_moves_and_changes_is_both() -> None:
    assert list_patches(of("abc"), {"b": 0, "c": 0, "a": 1}) == [
        ListPatch(MOVED, "a", 2, 0),
        ListPatch(UPDATED, "a", 2, 2),
    ]
