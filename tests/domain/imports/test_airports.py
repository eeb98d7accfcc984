"""A real public data set: the airports of the vega-datasets package."""

from vega_datasets import data

from domain.fields.registry import field_type
from domain.imports.batches import iter_batches
from domain.imports.plan import plan_import
from domain.imports.source import ImportSource


def test_airports_get_the_types_that_a_user_expects() -> None:
    plan = plan_import(ImportSource.from_path(data.airports.filepath))
    assert {column.name: column.field_type for column in plan.columns} == {
        "iata": "text",  # codes such as 00M
        "name": "text",
        "city": "text",
        "state": "text",  # more than 50 of them
        "country": "single_select",
        "latitude": "number",
        "longitude": "number",
    }
    assert plan.columns[4].options == {
        "choices": [
            {"name": "USA"},
            {"name": "Thailand"},
            {"name": "Palau"},
            {"name": "N Mariana Islands"},
            {"name": "Federated States of Micronesia"},
        ]
    }


def test_airports_are_imported_whole_and_their_fields_take_every_value() -> None:
    plan = plan_import(ImportSource.from_path(data.airports.filepath))
    types = {column.name: (field_type(column.field_type), column.options) for column in plan.columns}
    parsers = {name: type.parser(type.parse_options(options)) for name, (type, options) in types.items()}
    batches = list(iter_batches(plan, 500))
    rows = [row for batch in batches for row in batch.rows]
    assert len(rows) == 3_376
    assert rows[0] == ["00M", "Thigpen", "Bay Springs", "MS", "USA", 31.95376472, -89.23450472]
    assert rows[-1] == ["ZZV", "Zanesville Municipal", "Zanesville", "OH", "USA", 39.94445833, -81.89210528]
    assert [line for batch in batches for line in batch.lines] == list(range(2, 3_378))
    assert [problem for batch in iter_batches(plan, 500, parsers) for problem in batch.problems] == []
