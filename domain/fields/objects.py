"""How the types whose values are JSON objects read them: known keys only, each with a parser of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.fields import faults
from domain.fields.contract import Parser
from domain.fields.faults import InvalidValue, shown, wrong_type


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an object: the parser of its value, and whether it must be there."""

    parse: Parser
    is_required: bool = False


def object_parser(what: str, keys: Mapping[str, Key]) -> Callable[[object], dict[str, object]]:
    """A parser of objects with these keys, in this order; `what` names the object in messages, e.g. "a dimension".

    A key whose value is null or parses to None counts as left out.
    """
    required = [name for name, key in keys.items() if key.is_required]

    def parse(value: object) -> dict[str, object]:
        if not isinstance(value, dict):
            raise wrong_type(value, f"{what}, a JSON object")
        for name in value:
            if name not in keys:
                known = ", ".join(keys)
                raise InvalidValue(
                    f"{what.capitalize()} has no key {shown(name)}. It has: {known}.", faults.UNKNOWN_KEY, (name,)
                )
        parsed = {name: _parse_key(name, key, value.get(name)) for name, key in keys.items()}
        for name in required:
            if parsed[name] is None:
                raise InvalidValue(f"{what.capitalize()} needs the key {shown(name)}.", faults.MISSING_KEY, (name,))
        return {name: each for name, each in parsed.items() if each is not None}

    return parse


def _parse_key(name: str, key: Key, value: object) -> object:
    try:
        return key.parse(value)
    except InvalidValue as fault:
        raise fault.inside(name) from None


def one_of(allowed: Mapping[str, str] | frozenset[str], what: str) -> Parser:
    """A parser of texts from a fixed list; a mapping gives other spellings, each with the one that is meant."""
    meanings = allowed if isinstance(allowed, Mapping) else {name: name for name in allowed}
    names = ", ".join(sorted(set(meanings.values())))

    def parse(value: object) -> str | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise wrong_type(value, what)
        meant = meanings.get(value)
        if meant is None:
            raise InvalidValue(f"{shown(value)} is not {what}. Known are: {names}.", faults.CHOICE)
        return meant

    return parse


def parse_flag(value: object) -> bool | None:
    """A JSON boolean."""
    if value is None or isinstance(value, bool):
        return value
    raise wrong_type(value, "true or false")
