"""Functions of extensions: what they take, what they answer, and who may call them."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, get_type_hints

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic_core import PydanticSerializationError

from domain.errors import Problem, ValidationFailed, invalid_input
from domain.extensions.calls import Call
from domain.extensions.faults import ExtensionFault
from domain.fields.storage import encode_json

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


class AuthLevel(Enum):
    """Who may call a function: everybody, who is signed in, or superusers with a session."""

    PUBLIC = "public"
    USER = "user"
    ADMIN = "admin"


PUBLIC, USER, ADMIN = AuthLevel


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Function:
    """A function of an extension, as `Extension.function` registers it; `seconds` None leaves it to the server."""

    name: str
    extension: str
    auth: AuthLevel
    description: str
    body: Callable[..., Any] = field(repr=False)
    input: type[BaseModel] = field(repr=False)
    output: TypeAdapter[Any] = field(repr=False)
    takes_model: bool = False
    """Whether the body takes the model as a whole, not its members."""
    seconds: float | None = None

    @cached_property
    def input_schema(self) -> Mapping[str, Any]:
        """JSON Schema of the arguments."""
        return self.input.model_json_schema()

    @cached_property
    def output_schema(self) -> Mapping[str, Any]:
        """JSON Schema of what is answered."""
        return self.output.json_schema(mode="serialization")

    @property
    def is_async(self) -> bool:
        """Whether the body is awaited; else it runs in a thread."""
        return inspect.iscoroutinefunction(self.body)

    def read(self, arguments: object) -> BaseModel:
        """The arguments as they were declared; raises `ValidationFailed` with every place that does not fit."""
        try:
            return self.input.model_validate_json(encode_json(arguments))
        except ValidationError as error:
            raise _invalid(error) from None
        except (TypeError, orjson.JSONEncodeError):
            message = "It is no JSON, or nested too deeply."
            raise invalid_input([Problem(("arguments",), message, "value_error.json")]) from None

    def arguments_of(self, call: Call, given: BaseModel) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the body is called with."""
        if self.takes_model:
            return (call, given), {}
        return (call,), {name: getattr(given, name) for name in type(given).model_fields}

    def answer_of(self, returned: object) -> str:
        """The JSON text of what the body returned; raises `ExtensionFault` where that is not what it declares."""
        try:
            return self.output.dump_json(self.output.validate_python(returned)).decode()
        except (ValidationError, PydanticSerializationError) as error:
            raise ExtensionFault(f"{self.name} returned what it does not declare: {error}") from error


def make_function(
    extension: str, body: Callable[..., Any], name: str, auth: AuthLevel, description: str | None, seconds: float | None
) -> Function:
    """The function of a body; raises `ExtensionFault` for one whose types cannot be told."""
    if not _NAME.fullmatch(name):
        raise ExtensionFault(f"{name!r} cannot be the name of a function: 1 to 100 letters, digits, '_', '-' and '.'.")
    if seconds is not None and seconds <= 0:
        raise ExtensionFault(f"The function {name!r} has no time: {seconds} s.")
    parameters, hints = _signature(name, body)
    whole = [hints[each.name] for each in parameters if _is_model(hints[each.name])]
    takes_model = len(parameters) == 1 and len(whole) == 1
    return Function(
        name=name,
        extension=extension,
        auth=auth,
        description=inspect.cleandoc(description or body.__doc__ or ""),
        body=body,
        input=whole[0] if takes_model else _model_of(name, parameters, hints),
        output=TypeAdapter(hints["return"]),
        takes_model=takes_model,
        seconds=seconds,
    )


def _signature(name: str, body: Callable[..., Any]) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    """The parameters behind the call, and the types of all."""
    try:
        hints = get_type_hints(body, include_extras=True)
    except NameError as error:
        raise ExtensionFault(f"The types of the function {name!r} cannot be told: {error}.") from error
    given = list(inspect.signature(body).parameters.values())
    kinds = {each.kind for each in given}
    if not given or kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        raise ExtensionFault(f"The function {name!r} must take the call first, and arguments that have names.")
    untyped = [each.name for each in given[1:] if each.name not in hints]
    if untyped or "return" not in hints:
        raise ExtensionFault(f"The function {name!r} lacks the type of {untyped[0] if untyped else 'its answer'}.")
    return given[1:], hints


def _model_of(name: str, parameters: list[inspect.Parameter], hints: Mapping[str, Any]) -> type[BaseModel]:
    members: dict[str, Any] = {
        each.name: (hints[each.name], ... if each.default is inspect.Parameter.empty else each.default)
        for each in parameters
    }
    try:
        return create_model(name, __base__=_Arguments, **members)
    except (NameError, TypeError, ValueError) as error:
        raise ExtensionFault(f"The arguments of the function {name!r} cannot be read: {error}.") from error


def _is_model(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _invalid(error: ValidationError) -> ValidationFailed:
    """Without what was sent: it may be secret."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return invalid_input([Problem(("arguments", *each["loc"]), each["msg"], each["type"]) for each in faults])
