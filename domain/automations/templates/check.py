"""Whether the templates of a config can be read, for when it is saved."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from domain.automations.templates.faults import InvalidTemplate, shown
from domain.automations.templates.grammar import parse
from domain.automations.templates.tree import Expression, Path, Template

MAX_LEVELS: Final = 32
"""Objects and lists in each other, in a config."""


def check(config: object, roots: Collection[str], place: str = "config") -> None:
    """Raise `InvalidTemplate` for a template that cannot be read, or whose first name is none of `roots`.

    `place` is how messages call the config.
    """
    for where, text in _texts(config, place, 0):
        for part in parsed(text, where):
            if isinstance(part, Expression) and isinstance(part.head, Path) and part.head.names[0] not in roots:
                raise InvalidTemplate(
                    f"{where}: {shown(part.source)} begins with none of {', '.join(sorted(roots))}.", part.place
                )


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
