"""Computed fields, whose values are not their own, convert to nothing, not to their own type either."""

import pytest

from tests.graph.relations.conftest import World
from tests.support.refusals import refusal

PREVIEW = """
query ($field: ID!, $type: FieldType!, $options: JSON) {
  previewFieldConversion(fieldId: $field, type: $type, options: $options) { total }
}
"""


@pytest.mark.parametrize("type", ["LOOKUP", "ROLLUP", "FORMULA"])
@pytest.mark.parametrize(("to", "way_out"), [("", "there is nothing to convert"), ("TEXT", "make a new field")])
async def test_its_preview_says_why(world: World, type: str, to: str, way_out: str) -> None:
    link, size = await world.id_of(world.people, "Company"), await world.id_of(world.companies, "Size")
    options = {
        "LOOKUP": {"linked_field_id": link, "lookup_field_id": size},
        "ROLLUP": {"linked_field_id": link, "rollup_field_id": size, "function": "sum"},
        "FORMULA": {"formula": "{Age} + 1"},
    }[type]
    assert (await world.add_field(world.people, "Computed", type, options)).ok
    variables = {"field": await world.id_of(world.people, "Computed"), "type": to or type}
    variables |= {} if to else {"options": options}

    refused = refusal(await world.api.execute(PREVIEW, variables, as_=world.owner), "BAD_REQUEST")

    assert refused["message"] == (
        f"A field of type {type} cannot be converted to {to or type}, since the values of a {type.lower()} field are "
        f"not its own: {way_out}."
    )
