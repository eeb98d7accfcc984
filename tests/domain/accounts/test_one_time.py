"""Tokens of mails: what they look like, and how their lifetime is said."""

from datetime import timedelta
from hashlib import sha256

import pytest

from domain.accounts.one_time import in_words, one_time_digest
from domain.accounts.secrets import new_bare_secret


def test_a_token_is_256_random_bits_and_kept_as_its_hash() -> None:
    made = [new_bare_secret() for _ in range(100)]

    assert len({each.text for each in made}) == 100
    assert all(len(each.text) == 43 for each in made)
    assert one_time_digest(made[0].text) == made[0].digest == sha256(made[0].text.encode()).digest()


@pytest.mark.parametrize("text", ["", "x", "A" * 42, "A" * 44, "A" * 42 + "\n", "ä" * 43, "A" * 43 + "\n"])
def test_other_texts_are_none(text: str) -> None:
    assert one_time_digest(text) is None


@pytest.mark.parametrize(
    ("lifetime", "words"),
    [
        (timedelta(days=1), "1 day"),
        (timedelta(days=30), "30 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=61), "61 seconds"),
        (timedelta(milliseconds=1), "1 second"),
    ],
)
def test_a_lifetime_in_words(lifetime: timedelta, words: str) -> None:
    assert in_words(lifetime) == words
