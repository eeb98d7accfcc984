"""Every trigger is found, and its config is read as it declares it."""

from uuid import UUID, uuid4

import pytest

from domain.automations.conditions import FilterLimits
from domain.automations.configs import read_config, renamed_config
from domain.automations.contract import Reading
from domain.automations.registry import trigger_type, trigger_types
from domain.bases.catalog import FieldMeta
from domain.fields.registry import field_type
from tests.domain.formulas.running import table_of

PLACE = ("triggerConfig",)


@pytest.fixture
def reading() -> Reading:
    """Over a table with a Name and a Count."""
    fields = [(field_type("text"), "Name"), (field_type("number"), "Count")]
    metas = [
        FieldMeta(uuid4(), number, name, type, type.parse_options({}), False, None, None)
        for number, (type, name) in enumerate(fields, start=1)
    ]
    return Reading(table_of(*metas), FilterLimits(depth=3, conditions=5))


def test_there_are_the_triggers_of_the_contract() -> None:
    assert [key.upper() for key in trigger_types()] == [
        "RECORD_CREATED",
        "RECORD_UPDATED",
        "RECORD_DELETED",
        "RECORD_MATCHES_CONDITIONS",
        "FIELD_CHANGED",
        "FORM_SUBMITTED",
        "SCHEDULED",
        "AT_SCHEDULED_TIME",
        "WEBHOOK_RECEIVED",
        "BUTTON_CLICKED",
    ]


def test_fields_are_kept_by_id_whatever_way_they_are_named(reading: Reading) -> None:
    id = str(reading.table.field("Name").id)
    for raw in ({"fieldIds": ["Name"]}, {"field_ids": [id]}, {"fieldIds": [id, "Name"]}):
        assert read_config(trigger_type("record_updated"), raw, PLACE, reading) == {"fieldIds": [id]}
    assert reading.problems == []


def test_all_that_is_wrong_is_told_with_its_place(reading: Reading) -> None:
    read_config(trigger_type("field_changed"), {"colour": 1}, PLACE, reading)
    assert [(each.loc, each.type) for each in reading.problems] == [
        (("triggerConfig", "fieldId"), "value_error.missing"),
        (("triggerConfig", "colour"), "value_error.extra"),
    ]


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ([], "A filter must be a JSON object."),
        ({"field": "Name"}, "A filter needs 'field' and 'operator' together, as texts."),
        ({"field": "Name", "operator": "NEAR", "value": 1}, "There is no operator 'NEAR'."),
        ({"any": []}, "A filter has no 'any'."),
        ({"not": {"not": {"not": {}}}}, "The filter is nested deeper than 3 levels."),
        ({"or": [{}] * 6}, "The filter has more than 5 conditions."),
    ],
)
def test_conditions_that_are_none_are_refused(reading: Reading, conditions: object, message: str) -> None:
    read_config(trigger_type("record_matches_conditions"), {"conditions": conditions}, PLACE, reading)
    assert [each.message for each in reading.problems] == [message]


def test_conditions_are_kept_by_the_ids_of_fields(reading: Reading) -> None:
    given = {"and": [{"field": "Count", "operator": "GT", "value": 3}]}
    config = read_config(trigger_type("record_matches_conditions"), {"conditions": given}, PLACE, reading)
    id = str(reading.table.field("Count").id)
    assert config == {"conditions": {"and": [{"field": id, "operator": "GT", "value": 3}]}}
    assert read_config(trigger_type("record_matches_conditions"), config, PLACE, reading) == config


def test_a_schedule_that_cannot_be_is_refused_in_words(reading: Reading) -> None:
    read_config(trigger_type("scheduled"), {"cron": "* *", "timezone": "UTC"}, PLACE, reading)
    [problem] = reading.problems
    assert problem.loc == ("triggerConfig", "cron")
    assert problem.message.startswith("The cron expression '* *' needs five fields")


def test_a_copy_names_what_was_copied() -> None:
    old, new = str(UUID(int=1)), str(UUID(int=2))
    assert renamed_config({"a": [old, "x"], "b": {"c": old}}, {old: new}) == {"a": [new, "x"], "b": {"c": new}}
