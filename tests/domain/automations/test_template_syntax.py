"""What is no template, and where; found before anything runs."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.automations.templates.check import check
from domain.automations.templates.faults import InvalidTemplate, TemplateFailed
from domain.automations.templates.grammar import MAX_EXPRESSIONS, MAX_FILTERS, MAX_LENGTH, MAX_NAMES, parse
from domain.automations.templates.render import render
from domain.automations.templates.texts import Escape

ROOTS = ("trigger", "now", "steps", "item")
RECORDS = {"record": {"Name", "x}}y", "id", "revision"}, "previous_record": {"Name", "id"}}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{", "The template that begins here has no end. (line 1, column 1)"),
        ('a {{now["}}', "The template that begins here has no end. (line 1, column 3)"),
        ("{{}}", "The template ends where a name or a text in quotes was expected. (line 1, column 3)"),
        ("{{now.}}", "The template ends where a name was expected. (line 1, column 7)"),
        ("{{now..x}}", "'.' stands where a name was expected. (line 1, column 7)"),
        ("{{now[x]}}", "'x' stands where a number or a text in quotes was expected. (line 1, column 7)"),
        ("{{now | | upper}}", "'|' stands where the name of a filter was expected. (line 1, column 9)"),
        ("a\nb {{now | Upper}}", "'Upper' stands where the name of a filter was expected. (line 2, column 11)"),
        ("{{now | upper lower}}", "'lower' stands where '(' or '|' or '}}' was expected. (line 1, column 15)"),
        ("{{now | shout}}", "There is no filter 'shout'; there are default, json, upper, lower, trim"),
        ("{{now | round(1, 2)}}", "The filter round takes no more than 1 arguments. (line 1, column 1)"),
        ("{{now | format}}", "The filter format needs the argument pattern. (line 1, column 1)"),
        ("{{now | format(1)}}", "The argument pattern of the filter format must be a text. (line 1, column 1)"),
        ("{{now | round(1.5)}}", "The argument digits of the filter round must be a whole number. (line 1, column 1)"),
        ("{{now | round(true)}}", "The argument digits of the filter round must be a whole number. (line 1, column 1)"),
        ('{{now["\\x"]}}', '"\\x" is no text of JSON\'s'),
        ("{{today}}", "{{today}} begins with none of item, now, steps, trigger. (line 1, column 1)"),
        ("{{now" + " | upper" * (MAX_FILTERS + 1) + "}}", "A template has at most 16 filters. (line 1, column 1)"),
        ("{{now" + ".x" * MAX_NAMES + "}}", "A template has at most 32 names in a path. (line 1, column 1)"),
        ("{{now}}" * (MAX_EXPRESSIONS + 1), "A text has at most 1,000 templates."),
        ("x" * (MAX_LENGTH + 1), "A text with templates has at most 100,000 characters."),
    ],
)
def test_what_is_no_template_is_refused_with_its_place(template: str, message: str) -> None:
    with pytest.raises(InvalidTemplate) as refused:
        check({"to": "{{now}}", "body": {"parts": ["fine", template]}}, ROOTS, RECORDS)

    assert refused.value.message.startswith(f"config.body.parts.1: {message}")
    assert refused.value.code == "VALIDATION_ERROR"


def test_a_refusal_has_line_and_column_as_data() -> None:
    with pytest.raises(InvalidTemplate) as refused:
        check("one\ntwo {{now |}}", ROOTS, RECORDS, "script")

    assert refused.value.location == {"line": 2, "column": 12}
    assert refused.value.message.startswith("script: ")


def test_a_config_that_is_too_deep_is_refused() -> None:
    config: object = "x"
    for _ in range(33):
        config = {"a": config}
    with pytest.raises(InvalidTemplate, match="at most 32 levels"):
        check(config, ROOTS, RECORDS)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("record.Nmae", "names no field of the table, nor what every record has. Did you mean 'Name'?"),
        ("previous_record.revision", "names no field of the table, nor what every record has."),
        ('record["x y"].0', "names no field of the table, nor what every record has."),
    ],
)
def test_a_record_of_the_trigger_has_no_other_fields_than_the_table(path: str, message: str) -> None:
    with pytest.raises(InvalidTemplate) as refused:
        check({"to": f'{{{{trigger.{path} | default("nobody")}}}}'}, ROOTS, RECORDS)

    assert refused.value.message.startswith("config.to: ")
    assert f"}}}} {message}" in refused.value.message
    assert refused.value.location == {"line": 1, "column": 1}


def test_what_is_in_order_is_passed() -> None:
    check(
        {
            "a": ["{{now}}", 1, None, True],
            "b": '{{trigger.record["x}}y"] | default(null) | truncate(5, "")}}',
            "c": '{{"x"}}',
            "d": "{{trigger.record.revision}} {{trigger.record.Name.0.value}} {{trigger.form.Nmae}}",
            "f": "{{steps.1.record.Nmae}}",
            "e": ["{{trigger.record}}", "{{trigger.previous_record.id}}", "{{item.Nmae}}"],
        },
        ROOTS,
        RECORDS,
    )


@settings(deadline=None)
@given(st.text(alphabet='{}|."[]()\\ nowax1,-\n', max_size=40))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    with suppress(InvalidTemplate, TemplateFailed):
        render(text, {"now": {"a": [1, "x"]}, "x": None}, Escape.PLAIN)


@pytest.mark.parametrize(
    "text", ["{{" + '"' * 99_998, "{{" * 50_000, "{{" + "a " * 49_998, "{{" + "}x" * 49_998, "{{a" + "\\" * 99_000]
)
def test_long_texts_without_an_end_are_refused_at_once(text: str) -> None:
    with pytest.raises(InvalidTemplate):
        parse(text)
