"""Limited API keys, and ways to use them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.graph.accounts.documents import make_key, with_key
from tests.support.api import Api, Person, Result
from tests.support.tables import MadeTable


@dataclass(frozen=True, slots=True)
class Key:
    """An API key in a program's hands."""

    api: Api
    id: str
    secret: str

    async def run(self, document: str, variables: Mapping[str, Any] | None = None) -> Result:
        """Run a document with the key."""
        return await self.api.execute(document, variables, headers=with_key(self.secret))

    async def mutate(self, mutation: str, selection: str, given: Mapping[str, Any]) -> Result:
        """Run a mutation that takes an input."""
        type = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation ($input: {type}!) {{ {mutation}(input: $input) {{ {selection} }} }}"
        return await self.run(document, {"input": given})


async def key_of(api: Api, person: Person, **input: Any) -> Key:
    """A new key of a person."""
    made = await make_key(api, person, **input)
    return Key(api, made["apiKey"]["id"], made["secret"])


async def key_for_base(api: Api, table: MadeTable, **input: Any) -> Key:
    """A key that is limited to a table's base."""
    return await key_of(api, table.owner, baseIds=[table.base_id], **input)
