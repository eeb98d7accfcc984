"""What values of instance settings do while the server runs."""

import dataclasses
from typing import Any

import pytest

from adapters.mail.local import ConsoleMailer
from domain.instance.settings import INSTANCE_SETTINGS
from resolvers.instance.applying import read_values
from tests.graph.instance.documents import INFO, REGISTER, put, reset
from tests.support.api import PASSWORD, Api, Person
from tests.support.catalog import mutate
from tests.support.tables import make_table
from tests.support.views import make_view

OTHER: dict[str, Any] = {
    "instance_name": "Workshop",
    "time_zone": "Europe/Berlin",
    "registration": "CLOSED",
    "require_verified_email": True,
    "add_members_by_email": False,
    "max_guess_delay": "PT1M",
    "max_requests_per_minute": 77,
    "max_anonymous_requests_per_minute": 78,
}
"""Values that are not those of the environment; of all others their least ones."""


async def register(api: Api, password: str = PASSWORD) -> list[str]:
    """Try to make an account."""
    return (await api.execute(REGISTER, {"input": {"email": "new@example.com", "password": password}})).codes


@pytest.mark.parametrize("name", INSTANCE_SETTINGS)
async def test_every_setting_reaches_the_process_and_goes_back(api: Api, root: Person, name: str) -> None:
    services, setting = api.services, INSTANCE_SETTINGS[name]
    services.mailer = ConsoleMailer()
    async with services.database.unit() as unit:
        await unit.connection.execute("UPDATE users SET is_verified = true")
    services.authenticator.forget()
    before = read_values(services)
    value = OTHER.get(name, setting.value.bounds[0])

    assert (await put(api, root, **{name: value})).codes == []

    assert read_values(services) == {**before, name: setting.value.read(value)}
    assert value != setting.value.plain(before[name]) or name in ("min_password_length",)

    assert (await reset(api, root, name)).codes == []
    assert read_values(services) == before


@pytest.mark.parametrize(("mode", "codes"), [("OPEN", []), ("INVITE", ["FORBIDDEN"]), ("CLOSED", ["FORBIDDEN"])])
async def test_the_mode_says_who_registers(api: Api, root: Person, mode: str, codes: list[str]) -> None:
    await put(api, root, registration=mode)

    assert await register(api) == codes
    assert (await api.execute(INFO)).ok["instanceInfo"]["registration"] == mode
    assert api.services.limits.registration_by_invitation == (mode != "CLOSED")


async def test_new_passwords_are_as_long_as_it_says(api: Api, root: Person) -> None:
    await put(api, root, min_password_length=40)

    assert await register(api) == ["VALIDATION_ERROR"]
    assert (await api.execute(INFO)).ok["instanceInfo"]["minPasswordLength"] == 40
    assert await register(api, PASSWORD * 2) == []


async def test_the_cost_of_an_operation_is_bounded_as_it_says(api: Api, root: Person) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    document = "query ($t: ID!) { records(tableId: $t, first: 1000) { nodes { id revision createdAt } } }"
    assert (await api.execute(document, {"t": table.id}, as_=table.owner)).codes == []

    await put(api, root, max_query_cost=1_000)

    refused = await api.execute(document, {"t": table.id}, as_=table.owner)
    assert refused.codes == ["QUERY_TOO_COMPLEX"]
    assert refused.errors[0]["extensions"]["most"] == 1_000


async def test_requests_are_counted_as_it_says(api: Api, root: Person) -> None:
    person = await api.register()
    await put(api, root, max_requests_per_minute=60)

    statuses = [(await api.execute("{ me { id } }", as_=person)).status for _ in range(61)]

    assert statuses == [200] * 60 + [429]


async def test_submissions_are_counted_as_it_says(api: Api, root: Person) -> None:
    before = api.services.submissions

    await put(api, root, instance_name="Another")
    assert api.services.submissions is before  # what was counted is not forgotten without need

    await put(api, root, max_form_submissions_per_minute=1)
    assert api.services.submissions is not before


async def test_fields_and_groups_are_in_the_zone_of_the_server(api: Api, root: Person) -> None:
    await put(api, root, time_zone="Asia/Tokyo")
    moment = {"name": "At", "type": "DATETIME"}
    day = {"name": "Day", "type": "FORMULA", "options": {"formula": "DAY({At})"}}
    own = {"name": "Own", "type": "FORMULA", "options": {"formula": "DAY({At})", "timezone": "UTC"}}
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, moment, day, own])
    given = {"tableId": table.id, "records": [{"At": "2026-01-31T20:00:00Z"}, {"At": "2026-02-01 05:00"}]}

    made = await mutate(api, "createRecords", "records { fields }", given, as_=table.owner)

    rows = [each["fields"] for each in made.ok["createRecords"]["records"]]
    assert [(row["At"], row["Day"], row["Own"]) for row in rows] == [("2026-01-31T20:00:00Z", 1, 31)] * 2
    groups = """
        query ($t: ID!) { aggregate(tableId: $t, groupBy: [{field: "At", bucket: DAY, as: "day"}]) { nodes { key } } }
    """
    found = (await api.execute(groups, {"t": table.id}, as_=table.owner)).ok["aggregate"]["nodes"]
    assert found == [{"key": {"day": "2026-02-01"}}]


async def test_days_of_views_are_in_the_zone_of_the_server(api: Api, root: Person) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "At", "type": "DATETIME"}])
    given = {"tableId": table.id, "records": [{"At": "2026-01-31T20:00:00Z"}]}
    await mutate(api, "createRecords", "records { id }", given, as_=table.owner)
    made = (await make_view(api, table, "Days", "CALENDAR", config={"date_field_id": table.fields["At"]}))["id"]
    document = """
        query ($t: ID!, $v: ID!) {
          records(tableId: $t, viewId: $v, days: {from: "2026-02-01", to: "2026-02-02"}) { totalCount }
        }
    """

    async def count() -> int:
        found = await api.execute(document, {"t": table.id, "v": made}, as_=table.owner)
        return found.ok["records"]["totalCount"]

    assert await count() == 0
    await put(api, root, time_zone="Asia/Tokyo")
    assert await count() == 1


async def test_confirmed_addresses_are_asked_for_only_by_who_has_one(api: Api, root: Person) -> None:
    api.services.mailer = ConsoleMailer()

    refused = await put(api, root, require_verified_email=True)

    assert refused.codes == ["VALIDATION_ERROR"]
    assert "locked out" in refused.errors[0]["message"]
    assert (await api.execute("{ me { id } }", as_=root)).codes == []


async def test_what_a_test_or_a_part_changed_besides_stays(api: Api, root: Person) -> None:
    api.services.limits = dataclasses.replace(api.services.limits, max_roles=3)

    await put(api, root, mail_attempts=2)

    assert (api.services.limits.max_roles, api.services.limits.mail_attempts) == (3, 2)
