"""What passkeys need of the process."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PasskeySetup:
    """For which site passkeys are. `domain` is the relying party's id: passkeys of another one are good for nothing."""

    domain: str
    origins: Sequence[str]
    """Of the pages that may ask for them; on the domain, or on one below it."""
    title: str = "Tablegraph"
