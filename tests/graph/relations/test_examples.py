"""Every example of the types that refer to other fields or tables, as docs/field-types.md has it."""

from typing import Any

import orjson
import pytest

from domain.fields.contract import RelatedExample
from domain.fields.registry import field_types
from tests.graph.relations.conftest import World

EXAMPLES = [(type.key, example) for type in field_types().values() for example in type.related_examples]


def test_every_type_has_examples() -> None:
    for type in field_types().values():
        assert bool(type.examples) != bool(type.related_examples), type.key


@pytest.mark.parametrize(("key", "example"), EXAMPLES, ids=lambda each: each if isinstance(each, str) else "")
async def test_the_example_is_true(many: World, key: str, example: RelatedExample) -> None:
    acme, best = await many.add(
        many.companies, {"Name": "Acme", "City": "Rome", "Size": 7}, {"Name": "Best", "City": "Oslo", "Size": 3}
    )
    [ann] = await many.add(many.people, {"Name": "Ann", "Age": 30, "Company": [acme, best]})
    known = {"<Companies>": str(many.companies.table.id), "<Acme>": acme, "<Best>": best}
    known["<Company>"] = await many.id_of(many.people, "Company")
    known |= {f"<Companies.{name}>": await many.id_of(many.companies, name) for name in ("Name", "City", "Size")}

    def with_ids(value: object) -> Any:
        text = orjson.dumps(value).decode()
        for name, id in known.items():
            text = text.replace(name, id)
        return orjson.loads(text)

    assert (await many.add_field(many.people, "Example", key.upper(), with_ids(dict(example.options)))).ok
    if example.value is not None:
        assert (await many.people.update(ann, {"Example": with_ids(example.value)})).ok
    assert await many.values(many.people, "Example") == {"Ann": with_ids(example.output)}
