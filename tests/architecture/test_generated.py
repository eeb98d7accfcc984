"""Files that are generated from the code are what the code would generate now."""

from dataclasses import fields
from pathlib import Path

from graph.schema import build_schema
from resolvers.services import Limits
from server.automations_page import automations_page
from server.field_types_page import field_types_page
from server.formula_page import formula_page
from server.settings import Settings
from server.settings_page import settings_page

ROOT = Path(__file__).parents[2]


def test_schema_file_is_current() -> None:
    """Else: `tablegraph schema --write`."""
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == build_schema().as_str() + "\n"


def test_settings_page_is_current() -> None:
    """Else: `tablegraph settings-docs --write`."""
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page()


def test_field_types_page_is_current() -> None:
    """Else: `tablegraph field-docs --write`."""
    assert (ROOT / "docs" / "field-types.md").read_text(encoding="utf-8") == field_types_page()


def test_automations_page_is_current() -> None:
    """Else: `tablegraph automation-docs --write`."""
    assert (ROOT / "docs" / "automation-parts.md").read_text(encoding="utf-8") == automations_page()


def test_formula_page_is_current() -> None:
    """Else: `tablegraph formula-docs --write`."""
    assert (ROOT / "docs" / "formula-functions.md").read_text(encoding="utf-8") == formula_page()


def test_each_limit_is_a_setting_with_the_same_default() -> None:
    limits = {field.name: field.default for field in fields(Limits)}

    assert limits == {name: Settings.model_fields[name].default for name in limits if name in Settings.model_fields}


def test_each_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
