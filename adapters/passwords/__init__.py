"""Password hashing: one file a scheme, and the threads on which it is done so that nobody else waits for it."""

from adapters.passwords.argon2id import Argon2id
from adapters.passwords.bcrypt import Bcrypt
from adapters.passwords.choice import SCHEMES, make_passwords
from adapters.passwords.hasher import PasswordHasher
from adapters.passwords.passwords import Passwords, Verdict
from adapters.passwords.pbkdf2 import Pbkdf2
from adapters.passwords.scrypt import Scrypt

__all__ = [
    "Argon2id",
    "Bcrypt",
    "PasswordHasher",
    "Passwords",
    "Pbkdf2",
    "SCHEMES",
    "Scrypt",
    "Verdict",
    "make_passwords",
]
