"""What a mutation did to records of several tables, and to the links between them, is undone and done again exactly."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.graph.history.conftest import Trash
from tests.graph.relations.conftest import World, make_world
from tests.graph.transact.conftest import Calls, Operation, create, delete, temp, update
from tests.support.api import Api
from tests.support.records import Records

State = Mapping[str, Mapping[str, Sequence[str]]]


class Office:
    """Companies A to D, the people Ann (of B, D, A), Bob (of B) and Cy (of nobody), each people's boss, and undoing."""

    def __init__(self, world: World, companies: Sequence[str], people: Sequence[str]) -> None:
        self.world = world
        self.calls = Calls(world)
        self.a, self.b, self.c, self.d = companies
        self.ann, self.bob, self.cy = people

    async def links(self) -> State:
        """Names of the linked records: in the order that was given to them, by their names where none was."""
        companies = {row["Name"]: row for row in await self.world.companies.all()}
        people = {row["Name"]: row for row in await self.world.people.all()}
        return {
            "Company": {name: _names(row["Company"]) for name, row in people.items()},
            "Boss": {name: _names(row["Boss"]) for name, row in people.items()},
            "People": {name: sorted(_names(row["Companies"])) for name, row in companies.items()},
            "Reports": {name: sorted(_names(row["Reports"])) for name, row in people.items()},
            "Size": {name: [row["Size"]] for name, row in companies.items()},
        }

    async def undo(self, mutation: str) -> str:
        """Undo a mutation; the id of the undoing."""
        trash = Trash(self.world.api, self.world.people.table)
        id: str = (await trash.undo(mutation)).ok["undo"]["mutationId"]
        return id

    async def mutate(self, *operations: Operation) -> str:
        """Calls of `transact`, all in one mutation; its id."""
        names = [f"$i{n}: TransactInput!" for n in range(len(operations))]
        fields = [f"m{n}: transact(input: $i{n}) {{ mutationId }}" for n in range(len(operations))]
        given = {f"i{n}": {"operations": [each]} for n, each in enumerate(operations)}
        document = f"mutation ({', '.join(names)}) {{ {' '.join(fields)} }}"
        done = (await self.world.api.execute(document, given, as_=self.world.owner)).ok
        id: str = done["m0"]["mutationId"]
        return id

    async def require_both_ways(self, before: State, mutation: str) -> None:
        """What was done since `before` is undone, done again, and both once more.

        Then without the order: links that end as an undoing deletes a record come last when they come back.
        """
        after = await self.links()
        assert after != before
        for expected in (before, after):
            mutation = await self.undo(mutation)
            assert await self.links() == expected
        for expected in (before, after):
            mutation = await self.undo(mutation)
            assert unordered(await self.links()) == unordered(expected)


def unordered(state: State) -> State:
    """The state without the order of links."""
    return {field: {name: sorted(values) for name, values in of.items()} for field, of in state.items()}


def _names(links: Sequence[Mapping[str, Any]]) -> list[str]:
    return [each["value"] for each in links]


@pytest.fixture
async def office(api: Api) -> Office:
    """The office."""
    world = await make_world(api, allow_multiple=True)
    boss = {"linked_table_id": str(world.people.table.id), "allow_multiple": True}
    assert (await world.add_field(world.people, "Boss", "LINKED_RECORD", boss)).ok
    fields = await world.fields(world.people)
    renames = {
        fields["Boss"]["options"]["symmetric_field_id"]: "Reports",
        fields["Company"]["options"]["symmetric_field_id"]: "Companies",
    }
    rename = "mutation ($id: ID!, $name: String!) { updateField(input: {id: $id, name: $name}) { field { id } } }"
    for id, name in renames.items():
        assert (await api.execute(rename, {"id": id, "name": name}, as_=world.owner)).ok
    a, b, c, d = await world.add(world.companies, *({"Name": name, "Size": 1} for name in "ABCD"))
    people = [{"Name": "Ann", "Company": [b, d, a]}, {"Name": "Bob", "Company": [b]}, {"Name": "Cy"}]
    return Office(world, (a, b, c, d), await world.add(world.people, *people))


async def test_an_update_and_then_the_deletion_of_what_it_unlinked(office: Office) -> None:
    world, before = office.world, await office.links()
    mutation = await office.mutate(
        update(world.people, office.ann, {"Company": [office.c]}), delete(world.companies, office.b, office.d)
    )

    await office.require_both_ways(before, mutation)


async def test_an_update_from_the_other_side_and_then_a_deletion(office: Office) -> None:
    world = office.world
    await office.mutate(update(world.people, office.ann, {"Company": [office.d, office.a, office.b]}))
    before = await office.links()
    mutation = await office.mutate(
        update(world.companies, office.b, {"Companies": [office.cy], "Size": 3}), delete(world.people, office.bob)
    )

    await office.require_both_ways(before, mutation)


async def test_a_call_that_creates_changes_and_deletes_linked_records(office: Office) -> None:
    world, before = office.world, await office.links()
    done = await office.calls.done(
        update(world.people, office.bob, {"Company": [temp("new"), office.c], "Boss": [temp("eve"), office.bob]}),
        update(world.companies, office.c, {"Size": 9}),
        create(world.companies, {"Name": "New", "Companies": [temp("eve"), office.ann], "$": "new"}),
        create(world.people, {"Name": "Eve", "Company": [office.a, temp("new")], "Boss": [temp("eve")], "$": "eve"}),
        delete(world.companies, office.b),
    )

    undoing = await office.undo(done["mutationId"])
    found = await office.links()
    assert found == {**before, "Company": {**before["Company"], "Ann": ["D", "A", "B"]}}
    await office.undo(undoing)
    again = await office.links()
    assert again["Company"] == {"Ann": ["D", "A", "New"], "Bob": ["C", "New"], "Cy": [], "Eve": ["A", "New"]}
    assert again["Boss"] == {"Ann": [], "Bob": ["Bob", "Eve"], "Cy": [], "Eve": ["Eve"]}
    assert again["People"] == {"A": ["Ann", "Eve"], "C": ["Bob"], "D": ["Ann"], "New": ["Ann", "Bob", "Eve"]}


async def test_a_link_that_was_lost_before_the_other_record_was_changed_comes_last(office: Office) -> None:
    world = office.world
    mutation = (
        await office.calls.done(
            delete(world.companies, office.b), update(world.people, office.ann, {"Company": [office.c]})
        )
    )["mutationId"]
    after = await office.links()

    for expected in (["D", "A", "B"], ["C"], ["D", "A", "B"], ["C"]):
        mutation = await office.undo(mutation)
        assert (await office.links())["Company"]["Ann"] == expected
    assert await office.links() == after


async def test_records_of_both_tables_come_back_with_their_links_in_order(office: Office) -> None:
    world, before = office.world, await office.links()
    mutation = await office.mutate(
        delete(world.people, office.ann, office.bob), delete(world.companies, office.b, office.a)
    )

    await office.require_both_ways(before, mutation)


async def test_both_sides_of_a_link_are_changed_in_one_mutation(office: Office) -> None:
    world, before = office.world, await office.links()
    mutation = await office.mutate(
        update(world.people, office.ann, {"Company": [office.c, office.b, office.a]}),
        update(world.people, office.cy, {"Company": [office.d]}),
        update(world.companies, office.c, {"Companies": [office.cy, office.bob]}),
        update(world.companies, office.d, {"Companies": [office.bob]}),
    )

    await office.require_both_ways(before, mutation)


async def test_both_sides_of_a_table_that_is_linked_to_itself(office: Office) -> None:
    world = office.world
    await office.mutate(update(world.people, office.ann, {"Boss": [office.cy, office.ann, office.bob]}))
    before = await office.links()
    mutation = await office.mutate(
        update(world.people, office.ann, {"Boss": [office.bob]}),
        update(world.people, office.bob, {"Reports": [office.bob, office.ann]}),
        update(world.people, office.bob, {"Boss": [office.ann]}),
        delete(world.people, office.cy),
    )

    await office.require_both_ways(before, mutation)


async def test_a_value_and_a_single_link_are_free_before_they_are_taken_back(office: Office, api: Api) -> None:
    world = office.world
    single = {"id": await world.id_of(world.companies, "Companies"), "options": {"allow_multiple": False}}
    single["options"]["linked_table_id"] = str(world.people.table.id)
    await office.mutate(update(world.people, office.bob, {"Company": [office.c]}))
    document = "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { field { id } } }"
    assert (await api.execute(document, {"input": single}, as_=world.owner)).ok
    before = await _companies(world.people)
    mutation = await office.mutate(
        delete(world.people, office.ann), update(world.people, office.cy, {"Company": [office.d, office.b]})
    )
    after = await _companies(world.people)

    for expected in (before, after, before):
        mutation = await office.undo(mutation)
        assert await _companies(world.people) == expected


async def _companies(people: Records) -> Mapping[str, list[str]]:
    return {row["Name"]: _names(row["Company"]) for row in await people.all()}


async def test_what_others_link_from_the_other_side_is_in_the_way(office: Office) -> None:
    world = office.world
    mutation = await office.mutate(
        update(world.people, office.ann, {"Company": [office.c]}), delete(world.companies, office.b)
    )
    await office.mutate(update(world.companies, office.a, {"Companies": [office.ann]}))
    before = await office.links()

    result = await Trash(world.api, world.people.table).undo(mutation)

    assert result.codes == ["CONFLICT"]
    assert result.errors[0]["extensions"]["conflicts"] == [{"recordId": office.ann, "fields": ["Company"]}]
    assert await office.links() == before
