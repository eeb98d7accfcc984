"""Keys of access tokens as an operator makes them: PEM files, and the file that names them."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

AnyKey = RSAPrivateKey | Ed25519PrivateKey | EllipticCurvePrivateKey


@cache
def new_key(algorithm: str, number: int = 0, bits: int = 2048) -> AnyKey:
    """A private key for an algorithm; the same for the same number."""
    if algorithm == "RS256":
        return generate_private_key(65537, bits)
    return Ed25519PrivateKey.generate() if algorithm == "EdDSA" else generate_ec(SECP256R1())


def private_pem(key: AnyKey) -> bytes:
    """The key as `openssl genpkey` writes it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: AnyKey) -> bytes:
    """Its public half as `openssl pkey -pubout` writes it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_keys(folder: Path, **entries: dict[str, Any]) -> Path:
    """A file of keys; `entries` are by id, `key` is the private key, `is_public` writes its other half."""
    lines = []
    for id, entry in entries.items():
        key, is_public = entry.pop("key"), entry.pop("is_public", False)
        (folder / f"{id}.pem").write_bytes(public_pem(key) if is_public else private_pem(key))
        named = {"id": id, "public_key" if is_public else "private_key": f"{id}.pem", **entry}
        lines += ["[[keys]]", *(f"{name} = {_toml(value)}" for name, value in named.items())]
    path = folder / "keys.toml"
    path.write_text("\n".join(lines))
    return path


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else f'"{value}"'
