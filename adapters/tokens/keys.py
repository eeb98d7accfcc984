"""The keys of tokens: one signs, and those that did so before, or soon will, verify."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

PublicKey: TypeAlias = RSAPublicKey | Ed25519PublicKey
PrivateKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey
SHARED_ALGORITHM: Final = "HS256"


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the one algorithm that it is for; `id` is the token header's `kid`, None where there is but one key.

    It verifies until `good_until`, in seconds since 1970. `signer` is missing where it only verifies; the key of an
    HMAC is both.
    """

    algorithm: str
    verifier: PublicKey | bytes = field(repr=False)
    signer: PrivateKey | bytes | None = field(default=None, repr=False)
    id: str | None = None
    good_until: float = float("inf")

    def public(self) -> dict[str, Any] | None:
        """The public key as a JSON Web Key (RFC 7517); None for a key that is secret."""
        if isinstance(self.verifier, bytes):
            return None
        if isinstance(self.verifier, RSAPublicKey):
            found = RSAAlgorithm.to_jwk(self.verifier, as_dict=True)
        else:
            found = OKPAlgorithm.to_jwk(self.verifier, as_dict=True)
        found.pop("key_ops", None)  # RFC 7517 has either these or `use`
        return {**found, "kid": self.id, "use": "sig", "alg": self.algorithm}


class Keyring:
    """The keys that count. A token names its key by `kid`, and the key, never the token, says by which algorithm."""

    def __init__(self, signing: Key, others: Iterable[Key] = ()) -> None:
        assert signing.signer is not None
        self.signing = signing
        self.signer: PrivateKey | bytes = signing.signer
        self._keys = {key.id: key for key in (signing, *others)}

    def find(self, id: str | None, now: float) -> Key | None:
        """The key of this id, while it is good."""
        key = self._keys.get(id)
        return key if key is not None and now < key.good_until else None

    def public(self, now: float) -> list[dict[str, Any]]:
        """The public keys that verify now, as JSON Web Keys; none of them for keys that are secret."""
        keys = (key.public() for key in self._keys.values() if now < key.good_until)
        return [key for key in keys if key is not None]


def derived_key(secret_key: str, purpose: str) -> bytes:
    """A key for one purpose: the server's secret serves several, and none of their keys tells of another."""
    return hmac.digest(secret_key.encode(), purpose.encode(), hashlib.sha256)


def shared_keyring(secret_key: str, purpose: str) -> Keyring:
    """One key for HMAC, derived from the server's secret."""
    key = derived_key(secret_key, purpose)
    return Keyring(Key(SHARED_ALGORITHM, key, key))
