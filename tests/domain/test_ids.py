"""Ids that are counted up: those of an import's records."""

from itertools import islice

from domain.ids import FIRST_TABLE_NUMBER, counting_ids, table_number_of


def test_counted_ids_are_of_their_table_and_sort_in_their_order() -> None:
    ids = list(islice(counting_ids(FIRST_TABLE_NUMBER + 7), 1_000))

    assert ids == sorted(set(ids))
    assert {table_number_of(id) for id in ids} == {FIRST_TABLE_NUMBER + 7}
    assert ids[999].int - ids[0].int == 999
