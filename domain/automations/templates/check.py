"""Whether the templates of a config can be read, for when it is saved."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from domain.automations.templates.faults import InvalidTemplate, shown
from domain.automations.templates.grammar import parse
from domain.automations.templates.tree import Expression, Path, Template
from domain.nearness import did_you_mean

TRIGGER: Final = "trigger"
FIELD: Final = 2
"""Where in the names of a path that of a field is, behind the trigger and its record."""
MAX_LEVELS: Final = 32
"""Objects and lists in each other, in a config."""


def check(
    config: object, roots: Collection[str], records: Mapping[str, Collection[str]], place: str = "config"
) -> None:
    """Raise `InvalidTemplate` for a template that cannot be read, or that never has a value.

    Its first name must be one of `roots`; `records` are those of the trigger, with what is in each. `place` is how
    messages call the config.
    """
    for where, text in _texts(config, place, 0):
        for part in parsed(text, where):
            if isinstance(part, Expression) and isinstance(part.head, Path):
                fault = _fault(part.head.names, roots, records)
                if fault is not None:
                    raise InvalidTemplate(f"{where}: {shown(part.source)} {fault}", part.place)


def _fault(names: Sequence[str], roots: Collection[str], records: Mapping[str, Collection[str]]) -> str | None:
    if names[0] not in roots:
        return f"begins with none of {', '.join(sorted(roots))}."
    if names[0] != TRIGGER or len(names) <= FIELD or names[FIELD] in (known := records.get(names[1], (names[FIELD],))):
        return None
    return f"names no field of the table, nor what every record has.{did_you_mean(names[FIELD], known)}"


def parsed(text: str, place: str) -> Template:
    """The template of a text that stands somewhere in a config; raises `InvalidTemplate`, which tells where."""
    try:
        return parse(text)
    except InvalidTemplate as error:
        raise InvalidTemplate(f"{place}: {error.reason}", error.place) from None


def _texts(config: object, place: str, level: int) -> Iterator[tuple[str, str]]:
    if level > MAX_LEVELS:
        raise InvalidTemplate(f"{place}: a config has at most {MAX_LEVELS} levels.")
    if isinstance(config, str):
        yield place, config
    elif isinstance(config, Mapping):
        for key, value in config.items():
            yield from _texts(value, f"{place}.{key}", level + 1)
    elif isinstance(config, (list, tuple)):
        for index, value in enumerate(config):
            yield from _texts(value, f"{place}.{index}", level + 1)
