"""The data: records of eight fields, the same at every run, and how they are put into the tables."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

CHOICES = ("Draft", "In review", "Approved", "Ordered", "Received", "Retired")
FIELDS: Sequence[Mapping[str, Any]] = (
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER", "isIndexed": True},
    {"name": "Quantity", "type": "NUMBER"},
    {"name": "In stock", "type": "CHECKBOX"},
    {"name": "Introduced", "type": "DATE"},
    {"name": "Counted at", "type": "DATETIME"},
    {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": [{"name": name} for name in CHOICES]}},
    {"name": "Contact", "type": "EMAIL"},
)
COLUMNS = ("name", "price", "quantity", "in_stock", "introduced", "counted_at", "status", "contact")
"""The columns of the bare endpoint's table, in the order of `FIELDS`."""

_NOUNS = (
    "Bolt",
    "Nut",
    "Washer",
    "Bracket",
    "Bearing",
    "Shaft",
    "Gasket",
    "Housing",
    "Spring",
    "Flange",
    "Gear",
    "Seal",
)
_KINDS = (
    "hexagonal",
    "stainless",
    "forged",
    "zinc-plated",
    "long",
    "short",
    "left-hand",
    "precision",
    "sealed",
    "heavy",
)
_PEOPLE = (
    "ana.silva",
    "ben.okafor",
    "chen.wei",
    "dora.novak",
    "emil.larsen",
    "fatima.haddad",
    "goran.ilic",
    "hana.sato",
)
_FIRST_DAY = date(2015, 1, 1)
_FIRST_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """One record's values, as Python has them."""

    name: str
    price: float
    quantity: int
    in_stock: bool
    introduced: date
    counted_at: datetime
    status: str
    contact: str

    @property
    def fields(self) -> dict[str, Any]:
        """The values as the API takes them."""
        moment = self.counted_at.isoformat().replace("+00:00", "Z")
        values = (self.name, self.price, self.quantity, self.in_stock, self.introduced.isoformat(), moment)
        return dict(zip((field["name"] for field in FIELDS), (*values, self.status, self.contact), strict=True))


def parts(count: int, seed: int = 1) -> Iterator[Part]:
    """So many different parts; prices lie evenly between 1 and 10,000."""
    chance = random.Random(seed)
    for number in range(count):
        yield Part(
            name=f"{chance.choice(_NOUNS)} {chance.choice(_KINDS)} M{chance.randint(2, 48)} no. {number}",
            price=chance.randint(100, 1_000_000) / 100,
            quantity=chance.randint(0, 5_000),
            in_stock=chance.random() < 0.5,
            introduced=_FIRST_DAY + timedelta(days=chance.randrange(4_000)),
            counted_at=_FIRST_MOMENT + timedelta(seconds=chance.randrange(60_000_000)),
            status=chance.choice(CHOICES),
            contact=f"{chance.choice(_PEOPLE)}{chance.randint(1, 999)}@example.com",
        )
