"""Secrets that are shown once."""

import re
from hashlib import sha256

import pytest

from domain.accounts.secrets import api_key_digest, new_api_key, new_bare_secret, refresh_token_digest


def test_an_api_key_has_a_prefix_256_random_bits_and_a_digest() -> None:
    made = new_api_key()

    assert re.fullmatch(r"tg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", made.text)
    assert made.prefix == made.text[:11]
    assert made.digest == sha256(made.text.encode()).digest() == api_key_digest(made.text)
    assert made.text not in repr(made)


def test_a_refresh_token_has_256_random_bits_and_a_digest() -> None:
    made = new_bare_secret()

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made.text)
    assert made.digest == sha256(made.text.encode()).digest() == refresh_token_digest(made.text)
    assert made.text not in repr(made)


def test_no_two_secrets_are_alike() -> None:
    assert len({new_api_key().text for _ in range(100)} | {new_bare_secret().text for _ in range(100)}) == 200


@pytest.mark.parametrize("text", ["", "tg_", "tg_00000000_short", "tg_0000000G_" + "a" * 43, "x" * 10_000, "tg_é"])
def test_what_cannot_be_an_api_key_has_no_digest(text: str) -> None:
    assert api_key_digest(text) is None


@pytest.mark.parametrize("text", ["", "a" * 42, "a" * 44, "é" * 43, "\ud800" * 43, "a" * 42 + "\n"])
def test_what_cannot_be_a_refresh_token_has_no_digest(text: str) -> None:
    assert refresh_token_digest(text) is None
