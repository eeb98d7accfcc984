"""DateTime, as every argument of the schema takes it."""

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError, GraphQLScalarType

from graph.schema import build_schema
from tests.support.api import Api

OUTSIDE = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]
AT_THE_ENDS = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59+00:01"]


@pytest.fixture(scope="module")
def moment() -> GraphQLScalarType:
    """The one scalar of moments."""
    scalar = build_schema()._schema.type_map["DateTime"]
    assert isinstance(scalar, GraphQLScalarType)
    return scalar


def test_a_moment_is_read_in_utc(moment: GraphQLScalarType) -> None:
    read = moment.parse_value("2026-05-01T14:00:00+02:00")

    assert (read, read.tzinfo) == (datetime(2026, 5, 1, 12, tzinfo=UTC), UTC)
    assert moment.serialize(read) == "2026-05-01T12:00:00Z"


@pytest.mark.parametrize("text", AT_THE_ENDS)
def test_the_first_and_the_last_moments_are_read(moment: GraphQLScalarType, text: str) -> None:
    assert moment.parse_value(text).utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        *((text, "between the years 1 and 9999 in UTC") for text in OUTSIDE),
        ("2026-05-01T14:00:00", "needs an offset"),
        ("yesterday", "must be in ISO 8601"),
        ("2026-02-30T00:00:00Z", "must be in ISO 8601"),
        (1, "must be a string"),
        (None, "must be a string"),
    ],
)
def test_what_is_no_moment_is_refused(moment: GraphQLScalarType, value: object, message: str) -> None:
    with pytest.raises(GraphQLError, match=message):
        moment.parse_value(value)


@pytest.mark.parametrize("text", OUTSIDE)
async def test_a_moment_outside_the_calendar_is_a_fault_of_the_request(api: Api, text: str) -> None:
    person = await api.register()
    document = "{ functionCalls(filter: {since: SINCE}) { nodes { id } } }"
    with_variable = "query ($since: DateTime) " + document.replace("SINCE", "$since")
    by_variable = await api.execute(with_variable, {"since": text}, as_=person)
    in_place = await api.execute(document.replace("SINCE", f'"{text}"'), as_=person)

    assert [by_variable.codes, in_place.codes] == [["BAD_REQUEST"], ["BAD_REQUEST"]]
