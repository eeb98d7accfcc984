"""Columns of which `tablegraph import` is told the types: `--type NAME=TYPE`, with options as `NAME=TYPE{JSON}`."""

import re

import orjson
import typer

from domain.fields.registry import field_types
from domain.imports.options import StatedColumn
from domain.nearness import did_you_mean

_STATED = re.compile(r"(?P<name>.+?)\s*=\s*(?P<type>[A-Za-z_]+)\s*(?P<options>\{.*\})?", re.S)


def read_stated(text: str) -> StatedColumn:
    """What one flag says; raises `BadParameter`."""
    found = _STATED.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is not NAME=TYPE, such as Price=CURRENCY or 'Price=NUMBER{{\"precision\": 2}}'."
        )
    known = [key.upper() for key in field_types()]
    key = found["type"].upper()
    if key not in known:
        raise typer.BadParameter(f"There is no type {key!r}.{did_you_mean(key, known)} There are: {', '.join(known)}.")
    try:
        options = None if found["options"] is None else orjson.loads(found["options"])
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"The options of {found['name']!r} are not JSON: {error}.") from error
    return StatedColumn(found["name"], key.lower(), options)
