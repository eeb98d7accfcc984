"""The settings of passwords, tokens and sessions: how they are made, how long they last, who else may make some."""

from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from adapters.passwords.argon2id import MAX_LANES, MAX_MEMORY_KIB, MAX_WORK_KIB, OWASP
from server.settings_section import Section

_SHARED: Final = ("HS256",)
"""Algorithms whose key is secret."""


class Tokens(Section):
    """Passwords, tokens and sessions. See [tokens](tokens.md)."""

    password_scheme: Literal["argon2id", "scrypt", "bcrypt", "pbkdf2"] = Field(
        "argon2id",
        description="How new passwords are hashed. Hashes of every one of these are read, and replaced when their "
        "user signs in.",
    )
    argon2_memory_kib: PositiveInt = Field(
        OWASP[0], ge=8, le=MAX_MEMORY_KIB, description="KiB of memory that Argon2id takes for a password."
    )
    argon2_passes: PositiveInt = Field(OWASP[1], le=100, description="Passes of Argon2id over that memory.")
    argon2_lanes: PositiveInt = Field(OWASP[2], le=MAX_LANES, description="Lanes of Argon2id.")
    token_algorithm: Literal["HS256", "RS256", "EdDSA"] = Field(
        "HS256",
        description="How access tokens are signed: with a key made from `secret_key`, or with the keys of "
        "`token_keys_path`, which others can verify by `/.well-known/jwks.json`.",
    )
    token_keys_path: Path | None = Field(
        None, description="File that names the keys of RS256 or EdDSA, in TOML; see [tokens](tokens.md#keys)."
    )
    token_issuer: str = Field(
        "tablegraph", min_length=1, max_length=200, description="The claim `iss` of access tokens."
    )
    token_audience: str = Field(
        "tablegraph-api", min_length=1, max_length=200, description="The claim `aud` of access tokens."
    )
    token_leeway: timedelta = Field(
        timedelta(seconds=10),
        ge=timedelta(0),
        le=timedelta(minutes=5),
        description="How far the clocks of those who make and read tokens may lie apart (ISO 8601).",
    )
    refresh_grace: timedelta = Field(
        timedelta(seconds=10),
        ge=timedelta(0),
        le=timedelta(minutes=5),
        description="How long a refresh token that was used may come again from the same address and user agent, and "
        "gets the same successor, as long as nobody has used that (ISO 8601); 0 for not at all.",
    )
    internal_token_lifetime: timedelta = Field(
        timedelta(minutes=1),
        gt=timedelta(0),
        le=timedelta(hours=1),
        description="How long a token for calls between the services of an installation is valid (ISO 8601).",
    )
    max_application_tokens: PositiveInt = Field(100, description="Application tokens of a user, and of a workspace.")
    token_backends: str = Field(
        "",
        description="Names of the entry points of the group `tablegraph.token_backends` that may sign callers in, "
        "separated by commas; they are asked in this order.",
    )
    session_idle_timeout: timedelta = Field(
        timedelta(days=30),
        gt=timedelta(0),
        description="How long nobody may use a session until it ends (ISO 8601).",
    )
    session_retention: timedelta = Field(
        timedelta(days=7),
        ge=timedelta(0),
        description="How long a session that has ended is kept, and a refresh token that has expired (ISO 8601).",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """What is made must be something that is read: an account whose hash is refused is locked out."""
        if self.argon2_memory_kib * self.argon2_passes > MAX_WORK_KIB:
            raise ValueError(f"argon2_memory_kib times argon2_passes may be at most {MAX_WORK_KIB}")
        if self.argon2_memory_kib < 8 * self.argon2_lanes:
            raise ValueError("argon2_memory_kib must be at least 8 times argon2_lanes")
        if (self.token_keys_path is None) != (self.token_algorithm in _SHARED):
            raise ValueError("token_keys_path goes with a token_algorithm of RS256 or EdDSA, and they with it")
        return self
