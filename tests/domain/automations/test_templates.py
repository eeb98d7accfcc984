"""What templates become: values by their names, texts of them, and nothing that was not put there."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.automations.templates.faults import MissingName, TooMuch
from domain.automations.templates.render import render
from domain.automations.templates.texts import Escape, text_of

NAMES = {
    "trigger": {
        "record": {
            "Full name": "Ada <Lovelace>",
            "Price (EUR)": Decimal("2.50"),
            "a.b": {"{x}|": [1, {"y": "deep"}]},
            "Tags": ["new", "old"],
            "Done": True,
            "Empty": None,
        },
        "previous_record": None,
        "user": {"name": 'O"Neill & Sons', "items": "keys"},
    },
    "now": datetime(2026, 1, 31, 12, tzinfo=UTC),
    "steps": {"1": {"records": [{"Name": "first"}, {"Name": "second"}]}},
}


def plain(config: object) -> object:
    """A config rendered for a text of its own."""
    return render(config, NAMES, Escape.PLAIN)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{trigger.record.Full name}}", "Ada <Lovelace>"),
        ("{{ trigger . record . Full name }}", "Ada <Lovelace>"),
        ("{{trigger.record.Price (EUR)}}", Decimal("2.50")),
        ('{{trigger.record["a.b"]["{x}|"].1.y}}', "deep"),
        ('{{trigger.record["a.b"]["{x}|"][0]}}', 1),
        ("{{trigger.record.Tags}}", ["new", "old"]),
        ("{{trigger.record.Done}}", True),
        ("{{trigger.record.Empty}}", None),
        ("{{trigger.previous_record}}", None),
        ("{{now}}", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("{{steps.1.records.1.Name}}", "second"),
        ("{{steps.1.records[0]}}", {"Name": "first"}),
        ("{{trigger.user.items}}", "keys"),
        ('{{"{{"}}', "{{"),
        ("no template", "no template"),
        ("}} { {x} {", "}} { {x} {"),
        ("", ""),
    ],
)
def test_a_template_alone_is_its_value(template: str, value: object) -> None:
    assert plain(template) == value
    assert type(plain(template)) is type(value)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hello {{trigger.record.Full name}}!", "Hello Ada <Lovelace>!"),
        ("{{steps.1.records[0].Name}}{{steps.1.records[1].Name}}", "firstsecond"),
        (" {{trigger.record.Price (EUR)}}", " 2.5"),
        ("{{trigger.record.Done}}.", "true."),
        ("[{{trigger.record.Empty}}]", "[]"),
        ("{{trigger.record.Tags}}.", "new, old."),
        ('{{trigger.record["a.b"]}}.', '{"{x}|":[1,{"y":"deep"}]}.'),
        ("at {{now}}", "at 2026-01-31T12:00:00Z"),
        ('{{"{{"}}name}}', "{{name}}"),
        ("{{trigger.user.name}}\n{{now}}", 'O"Neill & Sons\n2026-01-31T12:00:00Z'),
    ],
)
def test_within_a_text_a_value_is_written_as_text(template: str, text: str) -> None:
    assert plain(template) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_200, "1200"),
        (1e21, "1000000000000000000000"),
        (2.0, "2"),
        (-0.35, "-0.35"),
        (1e-7, "0.0000001"),
        (Decimal("1E+3"), "1000"),
        (False, "false"),
        (date(2026, 1, 31), "2026-01-31"),
        (timedelta(hours=1, milliseconds=500), "3600.5"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([1, None, ["a", True]], "1, , a, true"),
        ({"at": date(2026, 1, 31), "n": Decimal("0.5"), "whole": Decimal(3)}, '{"at":"2026-01-31","n":0.5,"whole":3}'),
        ({"ä": timedelta(seconds=2)}, '{"ä":2.0}'),
    ],
)
def test_each_kind_of_value_has_its_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_objects_and_lists_are_rendered_all_the_way_down() -> None:
    config = {"{{now}}": ["{{trigger.record.Tags}}", {"n": "{{steps.1.records}}", "fix": 3}], "on": False, "none": None}

    assert plain(config) == {
        "{{now}}": [["new", "old"], {"n": [{"Name": "first"}, {"Name": "second"}], "fix": 3}],
        "on": False,
        "none": None,
    }


@pytest.mark.parametrize(
    ("escape", "text"),
    [
        (Escape.HTML, "<p>O&quot;Neill &amp; Sons</p>"),
        (Escape.SLACK, '<p>O"Neill &amp; Sons</p>'),
        (Escape.JSON, '<p>O\\"Neill & Sons</p>'),
        (Escape.URL, "<p>O%22Neill%20%26%20Sons</p>"),
        (Escape.PLAIN, '<p>O"Neill & Sons</p>'),
    ],
)
def test_what_is_put_in_is_escaped_for_what_is_around_it(escape: Escape, text: str) -> None:
    assert render("<p>{{trigger.user.name}}</p>", NAMES, escape) == text


@pytest.mark.parametrize(
    ("escape", "value"),
    [
        (Escape.HTML, "Ada &lt;Lovelace&gt;"),
        (Escape.URL, "Ada%20%3CLovelace%3E"),
        (Escape.SLACK, "Ada &lt;Lovelace&gt;"),
        (Escape.JSON, "Ada <Lovelace>"),
    ],
)
def test_a_template_alone_is_escaped_too(escape: Escape, value: str) -> None:
    assert render("{{trigger.record.Full name}}", NAMES, escape) == value
    assert render(["{{trigger.record.Done}}"], NAMES, escape) == ["true"]


def test_json_is_a_value_of_a_json_document_and_a_text_elsewhere() -> None:
    body = '{"tags": {{trigger.record.Tags | json}}, "user": "{{trigger.user.name}}", '
    body += '"up": "{{trigger.user.name | json | upper}}"}'

    assert json.loads(str(render(body, NAMES, Escape.JSON))) == {
        "tags": ["new", "old"],
        "user": 'O"Neill & Sons',
        "up": '"O\\"NEILL & SONS"',
    }
    assert render("{{trigger.user.name | json}}", NAMES, Escape.HTML) == "&quot;O\\&quot;Neill &amp; Sons&quot;"


@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_text_stays_one_text_of_a_json_document(text: str) -> None:
    rendered = render('{"a": "{{x}}", "b": {{x | json}}}', {"x": text}, Escape.JSON)

    assert json.loads(str(rendered)) == {"a": text, "b": text}


@settings(deadline=None)
@given(st.text(max_size=50))
def test_what_is_put_in_is_not_read_as_a_template(text: str) -> None:
    assert render("<{{x}}>", {"x": f"{{{{y}}}}{text}"}, Escape.PLAIN) == f"<{{{{y}}}}{text}>"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{trigger.recrod.x}}", "there is no 'recrod' in trigger; there is record, previous_record, user."),
        ("{{nobody}}", "there is no 'nobody'; there is trigger, now, steps."),
        ("{{trigger.record.full name}}", "there is no 'full name' in trigger.record; there is Full name, Price (EUR)"),
        ("{{trigger.previous_record.Name}}", "trigger.previous_record is null, and has no 'Name'."),
        ("{{steps.1.records.2}}", "steps.1.records is a list of 2, without an item 2 (they count from 0)."),
        ("{{steps.1.records.Name}}", "steps.1.records is a list, whose items have numbers from 0, and 'Name' is none."),
        ("{{steps.1.records[-1]}}", "steps.1.records is a list, whose items have numbers from 0, and '-1' is none."),
        ("{{now.year}}", "now is a single value, and has no 'year'."),
        ("{{trigger.user.name.__class__}}", "trigger.user.name is a single value, and has no '__class__'."),
        ("{{trigger.user.__class__}}", "there is no '__class__' in trigger.user; there is name, items."),
        ("{{trigger.user.keys}}", "there is no 'keys' in trigger.user; there is name, items."),
    ],
)
def test_a_name_that_is_not_there_is_told_with_its_place(template: str, reason: str) -> None:
    with pytest.raises(MissingName) as failed:
        plain({"body": ["x", f"Dear {template}"]})

    assert failed.value.message.startswith(f"config.body.1: {template}: {reason}")
    assert failed.value.location == {"field": "config.body.1"}
    assert failed.value.code == "VALIDATION_ERROR"


def test_the_names_of_a_message_are_bounded() -> None:
    with pytest.raises(MissingName) as failed:
        render("{{x." + "y" * 5_000 + "}}", {"x": {"n" * 5_000 + str(index): 1 for index in range(500)}}, Escape.PLAIN)

    assert len(failed.value.message) < 1_000
    assert failed.value.message.endswith("… and 490 more.")


def test_what_comes_of_a_config_is_bounded() -> None:
    names = {"x": "y" * 100}

    assert render("{{x}}{{x}}", names, Escape.PLAIN, most=200) == "y" * 200
    for config in ("{{x}}{{x}}.", ["{{x}}", "{{x}}", "."], {"a": ["{{x}}"] * 3}, "." * 201):
        with pytest.raises(TooMuch, match="more than 200 characters"):
            render(config, names, Escape.PLAIN, most=200)


def test_values_that_are_no_texts_count_too() -> None:
    names = {"x": [[1] * 10] * 10}

    with pytest.raises(TooMuch, match="more than 800 characters"):
        render("{{x}}", names, Escape.PLAIN, most=800)
    assert render("{{x | count}}", names, Escape.PLAIN, most=800) == 10


def test_escaping_counts() -> None:
    with pytest.raises(TooMuch):
        render("{{x}}", {"x": "<" * 100}, Escape.HTML, most=399)
    assert render("{{x}}", {"x": "<" * 100}, Escape.HTML, most=400) == "&lt;" * 100


def test_levels_are_bounded() -> None:
    config: object = "{{x}}"
    for _ in range(32):
        config = [config]
    assert plain(json.loads(json.dumps(config).replace("{{x}}", "x"))) is not None
    with pytest.raises(TooMuch, match="at most 32 levels"):
        plain([config])

    deep: object = "x"
    for _ in range(5_000):
        deep = [deep]
    for template in ("{{x}}", "{{x}}.", "{{x | json}}", "{{x | upper}}", "{{x | join}}"):
        with pytest.raises(TooMuch, match="too many levels"):
            render(template, {"x": deep}, Escape.PLAIN)
