"""What is said of options and configs that do not fit."""

from typing import Annotated
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.model_problems import problems_of


class Item(BaseModel):
    """One of several."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, Field(description="what it is called")]


class Config(BaseModel):
    """Something with items."""

    model_config = ConfigDict(extra="forbid")
    table: Annotated[UUID, Field(description="Id of the table.")]
    precision: int = 0
    items: list[Item] = []


TABLE = "01a2191e-530e-8000-8000-1d34ba15bcdf"


@pytest.mark.parametrize(
    ("given", "loc", "message"),
    [
        ({}, ("table",), "It is needed: Id of the table."),
        ({"table": "Parts"}, ("table",), "It must be an id, a UUID of 36 characters: Id of the table."),
        (
            {"table": TABLE, "precison": 2},
            ("precison",),
            "There is no 'precison'. Did you mean 'precision'? There are: 'table', 'precision', 'items'.",
        ),
        ({"table": TABLE, "items": [{}]}, ("items", 0, "title"), "It is needed: What it is called."),
        (
            {"table": TABLE, "items": [{"title": "a", "size": 1}]},
            ("items", 0, "size"),
            "There is no 'size'. There are: 'title'.",
        ),
        (
            {"table": TABLE, "precision": "x"},
            ("precision",),
            "Input should be a valid integer, unable to parse string as an integer.",
        ),
    ],
)
def test_a_problem_says_what_would_be_right(given: dict[str, object], loc: tuple[str | int, ...], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Config.model_validate(given)

    [problem] = problems_of(caught.value, ("options",), Config)

    assert (problem.loc, problem.message) == (("options", *loc), message)
