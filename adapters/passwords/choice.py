"""Which scheme makes new hashes; all of them are read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.passwords.argon2id import Argon2id
from adapters.passwords.bcrypt import Bcrypt
from adapters.passwords.hasher import PasswordHasher
from adapters.passwords.passwords import Passwords
from adapters.passwords.pbkdf2 import Pbkdf2
from adapters.passwords.scrypt import Scrypt

SCHEMES: Final[Mapping[str, Callable[[], PasswordHasher]]] = MappingProxyType(
    {"argon2id": Argon2id, "scrypt": Scrypt, "bcrypt": Bcrypt, "pbkdf2": Pbkdf2}
)
"""Every scheme by its name, with the parameters that new hashes get."""


def make_passwords(scheme: str, argon2id: PasswordHasher) -> Passwords:
    """New hashes by the scheme of this name (those of Argon2id by the one given), and old ones of every scheme."""
    made = {name: argon2id if name == "argon2id" else make() for name, make in SCHEMES.items()}
    chosen = made.pop(scheme)
    return Passwords([chosen, *made.values()])
