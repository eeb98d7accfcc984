"""The settings of passwords and tokens: what does not go together, and what comes of them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.database import Database
from adapters.tokens import KeysRefused
from domain.ids import Kind, new_id
from server.cli.failures import sentence
from server.services import make_services
from server.settings import Settings
from tests.support.keys import new_key, write_keys

USER, SESSION = new_id(Kind.USER), new_id(Kind.SESSION)


def settings_of(**given: Any) -> Settings:
    """Settings with a secret."""
    return Settings(secret_key=SecretStr("a secret for tests only, 32+ letters"), **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password_scheme": "md5"}, "TABLEGRAPH_PASSWORD_SCHEME"),
        ({"argon2_memory_kib": 4}, "TABLEGRAPH_ARGON2_MEMORY_KIB"),
        ({"argon2_memory_kib": 1 << 21}, "TABLEGRAPH_ARGON2_MEMORY_KIB"),
        ({"argon2_memory_kib": 1 << 20, "argon2_passes": 5}, "argon2_memory_kib times argon2_passes may be at most"),
        ({"argon2_memory_kib": 8, "argon2_lanes": 2}, "argon2_memory_kib must be at least 8 times argon2_lanes"),
        ({"token_algorithm": "none"}, "TABLEGRAPH_TOKEN_ALGORITHM"),
        ({"token_algorithm": "RS256"}, "token_keys_path goes with a token_algorithm of RS256 or EdDSA"),
        ({"token_keys_path": "keys.toml"}, "token_keys_path goes with a token_algorithm of RS256 or EdDSA"),
        ({"token_issuer": ""}, "TABLEGRAPH_TOKEN_ISSUER"),
        ({"token_issuer": "x" * 201}, "TABLEGRAPH_TOKEN_ISSUER"),
        ({"token_audience": "x" * 201}, "TABLEGRAPH_TOKEN_AUDIENCE"),
        ({"token_leeway": timedelta(minutes=6)}, "TABLEGRAPH_TOKEN_LEEWAY"),
        ({"refresh_grace": timedelta(seconds=-1)}, "TABLEGRAPH_REFRESH_GRACE"),
        ({"internal_token_lifetime": timedelta(hours=2)}, "TABLEGRAPH_INTERNAL_TOKEN_LIFETIME"),
        ({"session_idle_timeout": timedelta(0)}, "TABLEGRAPH_SESSION_IDLE_TIMEOUT"),
    ],
)
def test_what_cannot_be_is_refused_and_told(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings_of(**given)

    assert said in sentence(caught.value)


async def test_new_hashes_follow_the_settings(database: Database) -> None:
    heads = {
        "argon2id": "$argon2id$v=19$m=64,t=1,p=2$",
        "scrypt": "$scrypt$ln=17,r=8,p=1$",
        "bcrypt": "$bcrypt-sha256$v=2,t=2b,r=12$",
        "pbkdf2": "$pbkdf2-sha256$i=600000,l=32$",
    }
    for scheme, head in heads.items():
        given = settings_of(password_scheme=scheme, argon2_memory_kib=64, argon2_passes=1, argon2_lanes=2)
        passwords = make_services(given, database).passwords
        assert (await passwords.hash("secret")).startswith(head)
        passwords.close()


async def test_access_tokens_follow_the_settings(database: Database, tmp_path: Path) -> None:
    path = write_keys(tmp_path, now={"key": new_key("EdDSA"), "signs": True})
    named = {"token_issuer": "us", "token_audience": "you", "access_token_lifetime": timedelta(minutes=1)}
    services = make_services(settings_of(token_algorithm="EdDSA", token_keys_path=path, **named), database)
    token = services.tokens.issue(USER, SESSION)

    assert token.expires_in == 60
    assert services.tokens.read(token.text).session_id == SESSION
    assert [key["kid"] for key in services.tokens.public_keys()] == ["now"]


async def test_keys_that_cannot_be_used_are_told(database: Database, tmp_path: Path) -> None:
    path = write_keys(tmp_path, now={"key": new_key("RS256"), "signs": True})

    with pytest.raises(KeysRefused, match="not one for EdDSA"):
        make_services(settings_of(token_algorithm="EdDSA", token_keys_path=path), database)
