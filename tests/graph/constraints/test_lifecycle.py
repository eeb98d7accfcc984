"""Making, disabling, enabling and deleting unique constraints, on values that are there."""

from typing import Any

import pytest

from domain.fields.registry import field_types
from tests.support.api import Api
from tests.support.catalog import add_field, mutate
from tests.support.constraints import constraints, delete, disable, enable, make_unique, the_constraint
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table


async def refusal(api: Api, table: MadeTable, mutation: str, **given: Any) -> tuple[str, str]:
    """Code and message of a mutation of constraints that is refused."""
    selection = "deletedId" if mutation.startswith("delete") else "uniqueConstraint { id }"
    result = await mutate(api, mutation, selection, given, as_=table.owner)
    (code,) = result.codes
    return code, result.errors[0]["message"]


async def test_a_constraint_is_active_at_once_on_a_small_table(api: Api, table: MadeTable) -> None:
    await create_records(api, table, [{"Name": "a"}, {"Name": "b"}, {}, {}])

    made = await make_unique(api, table, "Name", errorMessage="Taken.")

    assert made == {
        "id": made["id"],
        "status": "ACTIVE",
        "problem": None,
        "caseSensitive": True,
        "errorMessage": "Taken.",
        "field": {"name": "Name"},
        "table": {"name": "Parts"},
        "offendingRecords": [],
    }
    assert await constraints(api, table) == [made]


async def test_it_is_found_by_its_field_its_table_and_its_id(api: Api, table: MadeTable) -> None:
    made = await make_unique(api, table, "Mail", caseSensitive=False)
    document = """
        query ($id: ID!, $table: ID!) {
          uniqueConstraint(id: $id) { caseSensitive }
          node(id: $id) { ... on UniqueConstraint { status } }
          table(id: $table) { uniqueConstraints { id } fields { name uniqueConstraint { id } } }
        }
    """

    found = (await api.execute(document, {"id": made["id"], "table": table.id}, as_=table.owner)).ok

    assert found["uniqueConstraint"] == {"caseSensitive": False}
    assert found["node"] == {"status": "ACTIVE"}
    assert found["table"]["uniqueConstraints"] == [{"id": made["id"]}]
    of_fields = {field["name"]: field["uniqueConstraint"] for field in found["table"]["fields"]}
    assert of_fields == {"Name": None, "Mail": {"id": made["id"]}, "Price": None, "Main": None, "Tags": None}


async def test_values_that_are_there_twice_are_named(api: Api, table: MadeTable, records: Records) -> None:
    given = [{"Name": name} for name in ("a", "b", "A", "c", "b", "b", "a")]
    a, b, _, _, b_2, b_3, a_2 = await create_records(api, table, given)

    made = await make_unique(api, table, "Name")

    assert (made["status"], made["problem"]) == ("PENDING", "2 values are in more than one record.")
    assert made["offendingRecords"] == [
        {"value": "a", "recordCount": 2, "recordIds": [a, a_2]},
        {"value": "b", "recordCount": 3, "recordIds": [b, b_2, b_3]},
    ]
    assert await the_constraint(api, table) == made
    assert (await records.create({"Name": "a"})).errors == []


async def test_case_decides_what_is_there_twice(api: Api, table: MadeTable) -> None:
    first, second = await create_records(api, table, [{"Name": "Bolt"}, {"Name": "bOLT"}])

    made = await make_unique(api, table, "Name", caseSensitive=False)

    assert made["offendingRecords"] == [{"value": "Bolt", "recordCount": 2, "recordIds": [first, second]}]


async def test_it_is_enabled_once_the_values_are_mended(api: Api, table: MadeTable, records: Records) -> None:
    first, second = await create_records(api, table, [{"Name": "a"}, {"Name": "a"}])
    made = await make_unique(api, table, "Name")
    still = await enable(api, table, made["id"])
    await records.update(second, {"Name": "b"})

    mended = await enable(api, table, made["id"])

    assert (still["status"], still["offendingRecords"][0]["recordIds"]) == ("PENDING", [first, second])
    assert (mended["status"], mended["problem"], mended["offendingRecords"]) == ("ACTIVE", None, [])
    assert (await records.create({"Name": "b"})).codes == ["DUPLICATE_VALUE"]


async def test_at_most_20_values_and_10_records_of_each_are_named(api: Api, table: MadeTable) -> None:
    many = [{"Name": f"{number}"} for number in range(25)]
    await create_records(api, table, [*many, *many, *[{"Name": "0"}] * 20, *[{"Name": "x" * 500}] * 2])

    made = await make_unique(api, table, "Name")

    assert made["problem"] == "26 values are in more than one record."
    assert [each["value"] for each in made["offendingRecords"]] == [f"{number}" for number in range(20)]
    assert [each["recordCount"] for each in made["offendingRecords"]] == [22, *[2] * 19]
    assert [len(each["recordIds"]) for each in made["offendingRecords"]] == [10, *[2] * 19]


async def test_a_long_value_is_not_shown(api: Api, table: MadeTable) -> None:
    await create_records(api, table, [{"Name": "x" * 500}] * 2)

    made = await make_unique(api, table, "Name")

    assert [each["value"] for each in made["offendingRecords"]] == [None]


async def test_a_disabled_one_holds_no_longer_and_is_kept(api: Api, table: MadeTable, records: Records) -> None:
    made = await make_unique(api, table, "Name", errorMessage="Taken.")
    await create_records(api, table, [{"Name": "a"}])

    disabled = await disable(api, table, made["id"])
    assert (await records.create({"Name": "a"})).errors == []
    again = await enable(api, table, made["id"])

    assert disabled == {**made, "status": "DISABLED"}
    assert (again["status"], again["errorMessage"]) == ("PENDING", "Taken.")
    assert again["offendingRecords"][0]["recordCount"] == 2


async def test_a_deleted_one_leaves_nothing(api: Api, table: MadeTable, records: Records) -> None:
    made = await make_unique(api, table, "Name")
    await create_records(api, table, [{"Name": "a"}])

    await delete(api, table, made["id"])

    assert await constraints(api, table) == []
    assert (await records.create({"Name": "a"})).errors == []
    assert (await make_unique(api, table, "Name"))["status"] == "PENDING"


async def test_what_is_already_so_is_told(api: Api, table: MadeTable) -> None:
    made = await make_unique(api, table, "Name")
    given = {"fieldId": table.fields["Name"]}

    assert await enable(api, table, made["id"]) == made
    assert await refusal(api, table, "createUniqueConstraint", **given) == (
        "CONFLICT",
        "The field 'Name' has a unique constraint already.",
    )
    await disable(api, table, made["id"])
    assert await refusal(api, table, "disableUniqueConstraint", id=made["id"]) == (
        "CONSTRAINT_DISABLED",
        "The constraint of 'Name' is disabled already.",
    )


async def test_case_is_for_texts(api: Api, table: MadeTable) -> None:
    given = {"fieldId": table.fields["Price"], "caseSensitive": False}

    code, message = await refusal(api, table, "createUniqueConstraint", **given)

    assert code == "BAD_REQUEST"
    assert message == "The values of 'Price' (type NUMBER) have no case: leave caseSensitive out."
    assert await constraints(api, table) == []


async def test_the_message_is_bounded(api: Api, table: MadeTable) -> None:
    given = {"fieldId": table.fields["Name"], "errorMessage": "x" * 256}

    code, _ = await refusal(api, table, "createUniqueConstraint", **given)

    assert code == "VALIDATION_ERROR"
    assert await constraints(api, table) == []


async def test_values_that_are_too_long_are_refused(api: Api, table: MadeTable) -> None:
    text = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(2_000))
    await create_records(api, table, [{"Name": text}])

    code, message = await refusal(api, table, "createUniqueConstraint", fieldId=table.fields["Name"])

    assert code == "BAD_REQUEST"
    assert message == (
        "The values of 'Name' cannot be unique. A value is too long for an index, which takes about 2,700 bytes."
    )
    assert await constraints(api, table) == []


NOT_UNIQUE = {"MULTI_SELECT", "ATTACHMENT", "GDT", "MATERIAL"}
"""Types whose values are lists or documents."""


@pytest.mark.parametrize("type", [type for type in field_types().values() if not type.is_bound], ids=lambda t: t.key)
async def test_each_type_can_be_unique_or_says_that_it_cannot(api: Api, type: Any) -> None:
    example = next((each for each in type.examples if each.value and not each.typecast), None)
    options = {} if example is None else example.options
    field = {"name": "F", "type": type.key.upper(), "options": dict(options)}
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, field])
    if type.key.upper() in NOT_UNIQUE:
        code, message = await refusal(api, table, "createUniqueConstraint", fieldId=table.fields["F"])
        assert code == "BAD_REQUEST"
        assert message == f"The values of 'F' cannot be unique: it is of type {type.key.upper()}."
        return

    made = await make_unique(api, table, "F")

    assert made["status"] == "ACTIVE"
    if type.is_writable and example is not None and type.references is None:
        records = Records(api, table)
        assert (await records.create({"F": example.value})).errors == []
        assert (await records.create({"F": example.value})).codes == ["DUPLICATE_VALUE"]
        assert (await records.create_all([{}, {}])).errors == []


async def test_links_and_what_is_computed_cannot_be_unique(api: Api, table: MadeTable) -> None:
    link = await add_field(api, table, name="Other", type="LINKED_RECORD", options={"linked_table_id": str(table.id)})
    options = {"linked_field_id": link, "lookup_field_id": table.fields["Price"]}
    lookup = await add_field(api, table, name="Prices", type="LOOKUP", options=options)

    refused = [await refusal(api, table, "createUniqueConstraint", fieldId=field) for field in (link, lookup)]

    assert refused == [
        ("BAD_REQUEST", "The values of 'Other' cannot be unique: it is of type LINKED_RECORD."),
        ("BAD_REQUEST", "The values of 'Prices' cannot be unique: it is of type LOOKUP."),
    ]
