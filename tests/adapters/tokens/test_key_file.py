"""The file of keys, and what is wrong with one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.tokens import KeysRefused, read_keys
from tests.support.keys import new_key, write_keys

SIGNS = {"signs": True}


def refusal(path: Path, algorithm: str = "EdDSA") -> str:
    """What is said of a file."""
    with pytest.raises(KeysRefused) as caught:
        read_keys(path, algorithm)
    return str(caught.value).replace(str(path), "FILE")


def test_keys_lie_next_to_the_file_or_where_it_says(tmp_path: Path) -> None:
    path = write_keys(tmp_path, now={"key": new_key("EdDSA"), **SIGNS})
    moved = tmp_path / "elsewhere" / "keys.toml"
    moved.parent.mkdir()
    moved.write_text(path.read_text().replace('"now.pem"', f'"{tmp_path}/now.pem"'))

    assert read_keys(path, "EdDSA").public(0) == read_keys(moved, "EdDSA").public(0)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"now": {}}, "FILE: one key, and only one, needs `signs = true`; it has a private_key and no end."),
        (
            {"a": SIGNS, "b": SIGNS},
            "FILE: one key, and only one, needs `signs = true`; it has a private_key and no end.",
        ),
        (
            {"a": {**SIGNS, "is_public": True}},
            "FILE: one key, and only one, needs `signs = true`; it has a private_key and no end.",
        ),
        (
            {"a": {**SIGNS, "verify_until": datetime(2030, 1, 1, tzinfo=UTC)}},
            "FILE: one key, and only one, needs `signs = true`; it has a private_key and no end.",
        ),
        ({"a": {**SIGNS, "id": "b"}, "b": {}}, "FILE: two keys have the same id."),
        ({"a": {**SIGNS, "id": "b c"}}, "FILE: keys.0.id: String should match pattern '^[A-Za-z0-9._-]{1,64}$'."),
        ({"a": {**SIGNS, "expires": "never"}}, "FILE: keys.0.expires: Extra inputs are not permitted."),
        ({"a": {**SIGNS, "public_key": "a.pem"}}, "The key a needs either private_key or public_key."),
        (
            {"a": SIGNS, "b": {"verify_until": datetime(2030, 1, 1)}},
            "FILE: keys.1.verify_until: Input should have timezone info.",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(entries: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = write_keys(tmp_path, **{id: {"key": new_key("EdDSA"), **entry} for id, entry in entries.items()})

    assert refusal(path) == said


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = write_keys(tmp_path, now={"key": new_key("EdDSA"), **SIGNS})
    assert refusal(path, "RS256") == "The key now is not one for RS256."

    path = write_keys(tmp_path, now={"key": new_key("RS256"), **SIGNS})
    assert refusal(path) == "The key now is not one for EdDSA."

    path = write_keys(tmp_path, now={"key": new_key("ES256"), **SIGNS})
    assert refusal(path) == "The key now is neither RSA nor Ed25519."


def test_a_short_and_a_very_long_rsa_key_are_refused(tmp_path: Path) -> None:
    path = write_keys(tmp_path, now={"key": new_key("RS256", bits=1024), **SIGNS})
    assert refusal(path, "RS256") == "The key now has 1,024 bits; it needs 2,048 to 4,096."

    long = (
        RSAPublicNumbers(65537, 2**8191 + 1).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    write_keys(tmp_path, now={"key": new_key("RS256"), **SIGNS}, old={"key": new_key("RS256"), "is_public": True})
    (tmp_path / "old.pem").write_bytes(long)
    assert refusal(path, "RS256") == "The key old has 8,192 bits; it needs 2,048 to 4,096."


def test_files_that_are_not_there_or_no_keys_are_refused(tmp_path: Path) -> None:
    path = write_keys(tmp_path, now={"key": new_key("EdDSA"), **SIGNS})
    (tmp_path / "now.pem").write_text("no key")
    assert refusal(path).startswith(f"The key now cannot be read from {tmp_path}/now.pem: ")
    (tmp_path / "now.pem").unlink()
    assert "No such file" in refusal(path)
    path.write_text("keys = 'none'")
    assert refusal(path) == "FILE: keys: Input should be a valid list."
    path.write_text("[[keys")
    assert refusal(path).startswith("FILE: ")
    path.unlink()
    assert "No such file" in refusal(path)
