"""From a config with templates to one without: what stands in it is looked up by name and put in its place.

Nothing is executed: a path leads through objects by their keys and through lists by numbers, never to what a value of
Python has besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.automations.templates.check import MAX_LEVELS, parsed
from domain.automations.templates.faults import MissingName, TemplateFailed, TooMuch, Unfit, shown
from domain.automations.templates.filters.registry import FILTERS, arguments_of
from domain.automations.templates.filters.values import DEFAULT
from domain.automations.templates.lookup import Absent, look_up
from domain.automations.templates.sizes import WORTH, size_of
from domain.automations.templates.texts import Escape, escaped
from domain.automations.templates.tree import Expression, Template

MAX_OUTPUT: Final = 1 << 20
"""Characters of a rendered config, unless told otherwise."""


def render(
    config: object, names: Mapping[str, object], escape: Escape, *, place: str = "config", most: int = MAX_OUTPUT
) -> object:
    """A config with its templates rendered; keys stay as they are.

    A text that is one template and nothing else becomes the value itself where nothing is to be escaped, and its text
    elsewhere. `names` leads to the values, of JSON's kinds and dates, moments, decimals and UUIDs; `place` is how
    messages call the config; `most` is how many characters may come of it. Raises `InvalidTemplate` and
    `TemplateFailed`.
    """
    return _Rendering(names, escape, most, most).of(config, place, 0)


@dataclass(slots=True)
class _Rendering:
    """One rendering of one config, and the characters that are left for it."""

    names: Mapping[str, object]
    escape: Escape
    most: int
    left: int

    def of(self, config: object, place: str, level: int) -> object:
        if level > MAX_LEVELS:
            raise TooMuch(f"{place}: a config has at most {MAX_LEVELS} levels.", field=place)
        if isinstance(config, str):
            return self._text(parsed(config, place), place)
        if isinstance(config, Mapping):
            return {key: self.of(value, f"{place}.{key}", level + 1) for key, value in config.items()}
        if isinstance(config, (list, tuple)):
            return [self.of(value, f"{place}.{index}", level + 1) for index, value in enumerate(config)]
        self._spend(WORTH, place)
        return config

    def _text(self, template: Template, place: str) -> object:
        if len(template) == 1 and isinstance(template[0], Expression) and self.escape is Escape.PLAIN:
            value = self._value(template[0], place)
            self._spend(size_of(value, self.left), place)
            return str(value) if isinstance(value, str) else value
        return "".join(self._part(part, place) for part in template)

    def _part(self, part: str | Expression, place: str) -> str:
        text = part if isinstance(part, str) else escaped(self._value(part, place), self.escape)
        self._spend(len(text), place)
        return text

    def _value(self, part: Expression, place: str) -> object:
        where = f"{place}: {shown(part.source)}"
        try:
            value = self._head(part)
            for use in part.filters:
                known = FILTERS[use.name]
                if value is not None or known.takes_null:
                    value = self._filtered(known.name, value, arguments_of(use))
            if size_of(value, self.left) > self.left:
                raise self._too_much(place)
        except Unfit as error:
            raise TemplateFailed(f"{where}: {error}.", field=place) from None
        except Absent as error:
            raise MissingName(f"{where}: {error}", field=place) from None
        except RecursionError:
            raise TooMuch(f"{where}: the value has too many levels.", field=place) from None
        return value

    def _head(self, part: Expression) -> object:
        """Where the path leads; behind a null that is null too, if the first filter has something in its place."""
        if isinstance(part.head, str):
            return part.head
        try:
            return look_up(part.head, self.names)
        except Absent as error:
            if error.is_behind_null and part.filters and part.filters[0].name == DEFAULT:
                return None
            raise

    def _filtered(self, name: str, value: object, arguments: tuple[object, ...]) -> object:
        try:
            made = FILTERS[name].run(value, *arguments)
        except Unfit as error:
            raise Unfit(f"{name} cannot be applied: {error}") from None
        if isinstance(made, str) and len(made) > self.most:  # json of json of json … grows fast
            raise Unfit(f"what {name} makes has more than {self.most:,} characters")
        return made

    def _spend(self, size: int, place: str) -> None:
        self.left -= size
        if self.left < 0:
            raise self._too_much(place)

    def _too_much(self, place: str) -> TooMuch:
        return TooMuch(f"{place}: more than {self.most:,} characters come of the templates.", field=place)
