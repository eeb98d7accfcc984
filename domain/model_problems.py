"""What pydantic finds wrong with options and configs, in sentences that say what would be right."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Problem
from domain.nearness import did_you_mean

Place = tuple[str | int, ...]

_NOT_AN_ID: Final = frozenset({"uuid_parsing", "uuid_type"})


def problems_of(error: ValidationError, loc: Place, model: type[BaseModel]) -> list[Problem]:
    """The problems of an object that should be one of the model, and stands at a place of the input."""
    return [Problem((*loc, *each["loc"]), _message(each, model), each["type"]) for each in error.errors()]


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    *outer, name = error["loc"] or ("",)
    keys = _keys(model, outer)
    if error["type"] == "extra_forbidden":
        known = f" There are: {', '.join(map(repr, keys))}." if keys else ""
        return f"There is no {name!r}.{did_you_mean(str(name), keys)}{known}"
    about = f": {keys[str(name)]}" if keys.get(str(name)) else "."
    if error["type"] == "missing":
        return f"It is needed{about}"
    if error["type"] in _NOT_AN_ID:
        return f"It must be an id, a UUID of 36 characters{about}"
    return _sentence(error["msg"])


def _keys(model: type[BaseModel], place: list[str | int]) -> Mapping[str, str]:
    """What the object at a place of the model's has: the names of its keys, each with its description."""
    for step in place:
        field = model.model_fields.get(step) if isinstance(step, str) else None
        if field is not None:
            models = list(_models(field.annotation))
            if len(models) != 1:
                return {}
            [model] = models
    return {field.alias or name: _sentence(field.description or "") for name, field in model.model_fields.items()}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models among what a key may be, also those of the items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith(('.', ')')) or not message else '.'}"
