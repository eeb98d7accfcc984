"""Messages of the bus: what is written is read, in as few messages as have room for it."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bus.messages import DIGITS, messages, read_message
from adapters.bus.postgres import PostgresCarrier
from adapters.bus.redis import RedisCarrier


@given(origin=st.uuids(), topics=st.lists(st.uuids(), max_size=30), room=st.integers(2, 12))
def test_what_is_written_is_read(origin: UUID, topics: list[UUID], room: int) -> None:
    written = list(messages(origin, topics, room * DIGITS + 5))

    assert [read_message(message)[0] for message in written] == [origin] * max(1, -(-len(topics) // (room - 1)))
    assert [topic for message in written for topic in read_message(message)[1]] == topics
    assert all(len(message) <= room * DIGITS for message in written)


@pytest.mark.parametrize(("carrier", "expected"), [(PostgresCarrier, 5), (RedisCarrier, 1)])
def test_a_thousand_topics_take_few_messages(carrier: type[PostgresCarrier | RedisCarrier], expected: int) -> None:
    assert len(list(messages(uuid4(), [uuid4() for _ in range(1_000)], carrier.max_length))) == expected


@pytest.mark.parametrize("text", ["", "abc", "g" * 32, "6f1c0a52-4b6f-4f0e-9d5c-0d1f3b1a7c11"])
def test_other_texts_are_no_messages(text: str) -> None:
    with pytest.raises(ValueError, match=r"base 16|not a message"):
        read_message(text)
