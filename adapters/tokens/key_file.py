"""The file that names the keys of access tokens, and the PEM files that they are in."""

import tomllib
from datetime import UTC
from pathlib import Path
from typing import Annotated, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from adapters.tokens.keys import Key, Keyring, PrivateKey, PublicKey

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 4096
"""Signatures of longer keys make tokens that are refused for their length."""
MAX_KEYS: Final = 20


class KeysRefused(Exception):
    """The keys of access tokens cannot be used; the message says which one, and what is wrong."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    private_key: Path | None = None
    public_key: Path | None = None
    signs: bool = False
    verify_until: AwareDatetime | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keys: Annotated[list[_Entry], Field(min_length=1, max_length=MAX_KEYS)]


def read_keys(path: Path, algorithm: str) -> Keyring:
    """The keys that a file names, all of one algorithm (`RS256` or `EdDSA`); raises `KeysRefused`.

    Its entries `[[keys]]` have an `id`, `private_key` or `public_key` (a PEM file, next to this one unless the path
    says otherwise), `signs = true` for the one that signs, and `verify_until` for those that did.
    """
    entries = _entries(path)
    signing = [entry for entry in entries if entry.signs]
    if len(signing) != 1 or signing[0].private_key is None or signing[0].verify_until is not None:
        raise KeysRefused(f"{path}: one key, and only one, needs `signs = true`; it has a private_key and no end.")
    if len({entry.id for entry in entries}) < len(entries):
        raise KeysRefused(f"{path}: two keys have the same id.")
    keys = {entry.id: _key(entry, path.parent, algorithm) for entry in entries}
    first = keys.pop(signing[0].id)
    return Keyring(first, keys.values())


def _entries(path: Path) -> list[_Entry]:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).keys
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise KeysRefused(f"{path}: {where}: {error.errors()[0]['msg']}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KeysRefused(f"{path}: {error}") from error


def _key(entry: _Entry, folder: Path, algorithm: str) -> Key:
    signer, verifier = _pair(entry, folder)
    is_rsa = algorithm == "RS256"
    if not isinstance(verifier, RSAPublicKey if is_rsa else Ed25519PublicKey):
        raise KeysRefused(f"The key {entry.id} is not one for {algorithm}.")
    if isinstance(verifier, RSAPublicKey) and not MIN_RSA_BITS <= verifier.key_size <= MAX_RSA_BITS:
        bounds = f"{MIN_RSA_BITS:,} to {MAX_RSA_BITS:,}"
        raise KeysRefused(f"The key {entry.id} has {verifier.key_size:,} bits; it needs {bounds}.")
    end = float("inf") if entry.verify_until is None else entry.verify_until.astimezone(UTC).timestamp()
    return Key(algorithm, verifier, signer, entry.id, end)


def _pair(entry: _Entry, folder: Path) -> tuple[PrivateKey | None, PublicKey]:
    if (entry.private_key is None) == (entry.public_key is None):
        raise KeysRefused(f"The key {entry.id} needs either private_key or public_key.")
    file = folder / (entry.private_key or entry.public_key or "")
    try:
        text = file.read_bytes()
        private = load_pem_private_key(text, password=None) if entry.private_key is not None else None
        public = load_pem_public_key(text) if private is None else private.public_key()
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeysRefused(f"The key {entry.id} cannot be read from {file}: {error}") from error
    if not isinstance(public, RSAPublicKey | Ed25519PublicKey):
        raise KeysRefused(f"The key {entry.id} is neither RSA nor Ed25519.")
    assert private is None or isinstance(private, RSAPrivateKey | Ed25519PrivateKey)
    return private, public
