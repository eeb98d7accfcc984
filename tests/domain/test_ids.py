"""Ids: what is made later sorts later, and an id says what it names."""

import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

import pytest

from domain.ids import (
    FIRST_TABLE_NUMBER,
    MAX_NUMBER,
    Kind,
    counting_ids,
    kind_of,
    least_id_of,
    new_id,
    new_ids,
    number_of,
    parse_id,
    table_number_of,
)


def test_counted_ids_are_of_their_table_and_sort_in_their_order() -> None:
    ids = list(islice(counting_ids(FIRST_TABLE_NUMBER + 7), 1_000))

    assert ids == sorted(set(ids))
    assert {table_number_of(id) for id in ids} == {FIRST_TABLE_NUMBER + 7}
    assert ids[999].int - ids[0].int == 999


def test_ids_that_are_made_later_sort_later() -> None:
    ids = [id for _ in range(3_000) for id in new_ids(FIRST_TABLE_NUMBER, 3)]

    assert ids == sorted(set(ids))


def test_ids_sort_in_their_order_though_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    first = new_id(FIRST_TABLE_NUMBER)
    monkeypatch.setattr(time, "time_ns", lambda: now - 3_600_000_000_000)

    ids = [first, *(new_id(FIRST_TABLE_NUMBER) for _ in range(3_000))]

    assert ids == sorted(set(ids))


@pytest.mark.parametrize("number", [*Kind, FIRST_TABLE_NUMBER, 0xFFFFF, 0x100000, MAX_NUMBER])
def test_an_id_says_what_it_names(number: int) -> None:
    id = new_id(number)

    assert (id.version, number_of(id)) == (8, number)
    assert kind_of(id) == (number if number < FIRST_TABLE_NUMBER else None)
    assert table_number_of(id) == (number if number >= FIRST_TABLE_NUMBER else None)
    assert abs((id.int >> 80) - time.time_ns() // 1_000_000) < 60_000


def test_an_id_of_others_names_nothing() -> None:
    for id in (uuid4(), UUID(int=0), UUID(int=(1 << 128) - 1)):
        assert (number_of(id), kind_of(id), table_number_of(id)) == (None, None, None)


def test_an_id_is_read_from_its_36_characters_alone() -> None:
    id = new_id(Kind.BASE)

    assert (parse_id(str(id)), parse_id(str(id).upper())) == (id, id)
    odd = [
        "0x90f0c8-1b2c-8001-8001-0000000000aa",
        "----0190f0c81b2c800180010000000000aa",
        f"{id}"[:-1] + "_",
        f"{id}\n",
    ]
    for text in (
        *odd,
        f"{id}"[:-1] + "\u0661",
        id,
        id.hex,
        f"{{{id}}}",
        f"urn:uuid:{id}",
        f" {id}",
        str(id)[:-1],
        "x" * 36,
        None,
        7,
    ):
        assert parse_id(text) is None


def test_the_least_id_of_a_moment_lies_before_all_that_are_made_from_then_on() -> None:
    now = datetime.now(UTC)
    made = new_id(Kind.USER)

    assert least_id_of(now) < made < least_id_of(now + timedelta(minutes=1))
