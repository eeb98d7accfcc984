"""A formula as the primary field: who sees a record may read all that its name is made of."""

from typing import Any

import pytest

from tests.graph.data_permissions.conftest import Office
from tests.graph.relations.conftest import World
from tests.support.api import Result
from tests.support.catalog import mutate
from tests.support.refusals import done, refusal


async def add(world: World, name: str, formula: str) -> str:
    """The id of a new formula of companies."""
    made = done(await world.add_field(world.companies, name, "FORMULA", {"formula": formula}))
    return str(made["createField"]["field"]["id"])


async def name_by(world: World, field: str) -> Result:
    """Make a field of companies, by its id, the primary one."""
    given = {"id": world.companies.table.id, "primaryFieldId": field}
    return await mutate(world.api, "updateTable", "table { id }", given, as_=world.owner)


async def change(world: World, field: str, **changes: Any) -> Result:
    """updateField of a field of companies."""
    given = {"id": await world.id_of(world.companies, field), **changes}
    return await mutate(world.api, "updateField", "field { id }", given, as_=world.owner)


@pytest.fixture
async def label(office: Office) -> str:
    """The id of `Label`, which names companies after their `Place`, which is made of `City`."""
    await add(office.world, "Place", "UPPER({City})")
    label = await add(office.world, "Label", "{Name} & ' in ' & {Place}")
    done(await name_by(office.world, label))
    return label


async def test_what_a_name_is_made_of_is_read_by_all(office: Office, label: str) -> None:
    fields = office.world.companies.table.fields
    for field in (label, str(fields["City"]), await office.world.id_of(office.world.companies, "Place")):
        assert (
            "names the records of 'Companies'"
            in refusal(await office.limit(field, read="ADMIN"), "BAD_REQUEST")["message"]
        )
        done(await office.limit(field, write="ADMIN"))
    done(await office.limit(str(fields["Size"]), read="ADMIN"))

    shown = done(await office.ask("record(id: $id) { fields }", id=office.ann))["record"]["fields"]
    assert shown["Company"] == {"id": office.acme, "value": "Acme in ROME"}


async def test_nothing_hidden_comes_into_a_name(office: Office, label: str) -> None:
    world = office.world
    done(await office.limit(str(world.companies.table.fields["Size"]), read="ADMIN"))
    sized = await add(world, "Sized", "{Name} & {Size}")

    refusals = [
        await name_by(world, sized),
        await change(world, "Label", options={"formula": "{Name} & {Size}"}),
        await change(world, "Place", options={"formula": "{City} & {Size}"}),
    ]

    assert [refusal(each, "BAD_REQUEST")["field"] for each in refusals] == ["Size"] * 3
    shown = done(await office.ask("record(id: $id) { fields }", id=office.ann))["record"]["fields"]
    assert shown["Company"]["value"] == "Acme in ROME"


async def test_a_hidden_field_does_not_take_a_name_that_was_lost(office: Office, label: str) -> None:
    world = office.world
    done(await office.limit(str(world.companies.table.fields["Size"]), read="ADMIN"))
    city = {"id": str(world.companies.table.fields["City"])}
    done(await mutate(world.api, "deleteField", "deletedId", city, as_=world.owner))

    assert refusal(await change(world, "Size", name="City"), "BAD_REQUEST")["field"] == "City"
    assert (await world.fields(world.companies))["Size"]["type"] == "NUMBER"


async def test_a_name_that_is_lost_is_an_error_for_all(office: Office, label: str) -> None:
    world = office.world
    done(await office.limit(str(world.companies.table.fields["Size"]), read="ADMIN"))
    city = {"id": str(world.companies.table.fields["City"])}
    done(await mutate(world.api, "deleteField", "deletedId", city, as_=world.owner))

    table = done(await office.ask("table(id: $id) { primaryField { name error } }", id=office.companies))["table"]
    company = done(await office.ask("record(id: $id) { fields }", id=office.ann))["record"]["fields"]["Company"]
    assert table["primaryField"]["name"] == "Label"
    assert "There is no field 'City'" in table["primaryField"]["error"]
    assert (company["id"], company["value"]["error"]) == (office.acme, "INVALID_FORMULA")
