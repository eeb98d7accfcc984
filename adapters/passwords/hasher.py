"""What every scheme of hashing passwords is to the rest of the code."""

from typing import Protocol


class PasswordHasher(Protocol):
    """One scheme of hashing passwords. Its methods take their time and run on a thread.

    What is stored may come from anywhere: a hash that is damaged, or whose parameters would keep the server busy for
    long, is none of the scheme's, so that it is a password that is wrong and never an error.
    """

    def recognises(self, stored: str) -> bool:
        """Whether this scheme made the stored hash, and can verify it within its bounds."""

    def hash(self, password: str) -> str:
        """A salted hash, with everything in it that is needed to verify it."""

    def verify(self, stored: str, password: str) -> bool:
        """Whether the hash was made from this password; False for one that is not recognised."""

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than a new one would be, or is in another form."""


def password_bytes(password: str) -> bytes:
    """UTF-8; what no text should hold (half of a surrogate pair) is merely a password that is wrong."""
    return password.encode(errors="surrogatepass")
