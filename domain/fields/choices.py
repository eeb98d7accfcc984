"""What the selects share: the choices of a field, their ids and colors, and how names become ids."""

import re
import secrets
import string
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, model_validator

from domain.fields import faults
from domain.fields.contract import Options
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.storage import encode_json
from domain.fields.texts import check_storable
from domain.fields.widening import Widening
from domain.sql import Parameters

MAX_CHOICES: Final = 1_000
MAX_NAME_LENGTH: Final = 255
COLORS: Final = ("blue", "cyan", "teal", "green", "yellow", "orange", "red", "pink", "purple", "gray")
"""The named colors; new choices take them in turn."""

_HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_ID_CHARACTERS = string.ascii_letters + string.digits
_ID = re.compile(r"[A-Za-z0-9_-]{1,36}", re.ASCII)
_NAMES_IN_A_MESSAGE = 10


def new_choice_id() -> str:
    """A short random id; it only has to be unique among the choices of one field."""
    return "cho" + "".join(secrets.choice(_ID_CHARACTERS) for _ in range(8))


def _check_name(name: str) -> str:
    check_storable(name)
    if not name.strip():
        raise ValueError("the name of a choice may not be empty")
    return name


def check_color(color: str) -> str:
    """The color; raises `ValueError` for what is none."""
    if color not in COLORS and not _HEX_COLOR.fullmatch(color):
        raise ValueError(f"{shown(color)} is neither a color such as #1283da nor one of {', '.join(COLORS)}")
    return color


def _check_id(id: str) -> str:
    if not _ID.fullmatch(id):
        raise ValueError("the id of a choice has 1 to 36 letters, digits, '-' or '_'; leave it out for a new choice")
    return id


class Choice(Options):
    """One choice of a select. The id is what records store, so a new name rewrites no record."""

    id: Annotated[str, AfterValidator(_check_id), Field(description="Made by the server where it is left out.")]
    name: Annotated[str, Field(max_length=MAX_NAME_LENGTH), AfterValidator(_check_name)]
    color: Annotated[str, AfterValidator(check_color), Field(description="A named color, or #rrggbb.")]


_CHOICES: Final = (
    "Names, or objects {id, name, color} of which the name is needed, in the order in which records sort. Names are "
    f"unique, whatever their case. A color is #rrggbb or one of {', '.join(COLORS)}."
)


class ChoiceOptions(Options):
    """Options of a select: its choices in the order in which records sort."""

    choices: Annotated[
        tuple[Choice, ...],
        Field(strict=False, max_length=MAX_CHOICES, description=_CHOICES),
        Widening(lambda new, old: {choice.id for choice in new} >= {choice.id for choice in old}),
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        """Give new choices an id and a color, and let a plain name stand for a choice."""
        if not isinstance(data, Mapping) or not isinstance(data.get("choices"), list | tuple):
            return data
        return {**data, "choices": [_completed(index, choice) for index, choice in enumerate(data["choices"])]}

    @model_validator(mode="after")
    def _check_unique(self) -> Self:
        _refuse_repeated("name", (choice.name.lower() for choice in self.choices))
        _refuse_repeated("id", (choice.id for choice in self.choices))
        return self

    @cached_property
    def ids(self) -> list[str]:
        """The ids in the order of the choices."""
        return [choice.id for choice in self.choices]

    @cached_property
    def id_by_key(self) -> Mapping[str, str]:
        """The id for each name and for each id; where a name reads like an id, the name counts."""
        return {choice.id: choice.id for choice in self.choices} | {choice.name: choice.id for choice in self.choices}

    @cached_property
    def id_by_folded_name(self) -> Mapping[str, str]:
        """The id for each name without its case and without blanks around it."""
        return {choice.name.strip().lower(): choice.id for choice in self.choices}

    @cached_property
    def names_json(self) -> str:
        """JSON object from id to name, for statements."""
        return encode_json({choice.id: choice.name for choice in self.choices})

    def merged_into(self, old: "ChoiceOptions") -> Self:
        """These options, where a choice that came without an id keeps that of the old choice of the same name."""
        old_ids = {choice.id for choice in old.choices}
        taken = {choice.id for choice in self.choices} & old_ids
        by_name = {choice.name.lower(): choice for choice in old.choices if choice.id not in taken}
        return self.model_copy(update={"choices": tuple(_kept(choice, old_ids, by_name) for choice in self.choices)})

    def widened(self, names: Iterable[object]) -> Self:
        """These options with a choice for each name that is new, as long as there is room and the name fits."""
        known = {choice.name.strip().lower() for choice in self.choices}
        choices = list(self.choices)
        for name in names:
            if not isinstance(name, str) or len(choices) >= MAX_CHOICES:
                continue
            name = name.strip()
            if name and len(name) <= MAX_NAME_LENGTH and name.lower() not in known:
                known.add(name.lower())
                choices.append(Choice(id=new_choice_id(), name=name, color=COLORS[len(choices) % len(COLORS)]))
        return self.model_copy(update={"choices": tuple(choices)})


def _completed(index: int, choice: object) -> object:
    if isinstance(choice, str):
        choice = {"name": choice}
    if not isinstance(choice, Mapping):
        return choice
    given = {key: value for key, value in choice.items() if value is not None}
    return {"id": new_choice_id(), "color": COLORS[index % len(COLORS)], **given}


def _refuse_repeated(what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"two choices have the {what} {shown(key)}")
        seen.add(key)


def _kept(choice: Choice, old_ids: set[str], by_name: Mapping[str, Choice]) -> Choice:
    old = by_name.get(choice.name.lower())
    if choice.id in old_ids or old is None:
        return choice
    return choice.model_copy(update={"id": old.id})


def choice_id(value: object, options: ChoiceOptions) -> str | None:
    """The id of the choice with this exact name or id; None for the empty text."""
    if not isinstance(value, str):
        raise wrong_type(value, "the name of a choice")
    found = options.id_by_key.get(value)
    if found is None and value:
        raise unknown_choice(value, options)
    return found


def find_choice_id(text: str, options: ChoiceOptions) -> str | None:
    """Like `choice_id`, but neither case nor blanks around the name count."""
    found = options.id_by_key.get(text)
    if found is None:
        bare = text.strip()
        found = options.id_by_folded_name.get(bare.lower())
        if found is None and bare:
            raise unknown_choice(bare, options)
    return found


def unknown_choice(value: str, options: ChoiceOptions) -> InvalidValue:
    """The fault of a name that no choice has; the message lists the first choices that there are."""
    if not options.choices:
        return InvalidValue(f"{shown(value)} is not a choice: the field has no choices.", faults.CHOICE)
    names = ", ".join(shown(choice.name) for choice in options.choices[:_NAMES_IN_A_MESSAGE])
    more = len(options.choices) - _NAMES_IN_A_MESSAGE
    and_more = f" and {more} more" if more > 0 else ""
    return InvalidValue(f"{shown(value)} is not a choice. The choices are {names}{and_more}.", faults.CHOICE)


def check_new_name(name: str) -> None:
    """Raise `InvalidValue` for what cannot be the name of a choice."""
    if len(name) > MAX_NAME_LENGTH:
        message = f"The name of a choice has at most {MAX_NAME_LENGTH} characters; {shown(name)} has {len(name):,}."
        raise InvalidValue(message, faults.MAX_LENGTH)
    check_storable(name)


def require_room(options: ChoiceOptions, count: int) -> None:
    """Raise `InvalidValue` where there is no room for so many choices more."""
    if len(options.choices) + count > MAX_CHOICES:
        message = f"A field has at most {MAX_CHOICES:,} choices; this one has {len(options.choices):,} already."
        raise InvalidValue(message, faults.RANGE)


def names_constant(options: ChoiceOptions, parameters: Parameters) -> str:
    """A placeholder for the JSON object from choice id to name."""
    return parameters.constant(options.names_json, "jsonb")


def ids_constant(options: ChoiceOptions, parameters: Parameters) -> str:
    """A placeholder for the array of the choice ids in their order."""
    return parameters.constant(options.ids, "text[]")
