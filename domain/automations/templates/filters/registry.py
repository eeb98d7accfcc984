"""All filters by name, and whether a use of one is right."""

from typing import Final

from domain.automations.templates.filters import formats, lists, moments, numbers, values, words
from domain.automations.templates.filters.contract import REQUIRED, Filter
from domain.automations.templates.tree import Literal, Use

FILTERS: Final[dict[str, Filter]] = {
    each.name: each for module in (values, words, numbers, moments, formats, lists) for each in module.FILTERS
}


def check_use(use: Use) -> str | None:
    """What is wrong with a filter as it stands in a template; None where nothing is."""
    known = FILTERS.get(use.name)
    if known is None:
        return f"There is no filter {use.name!r}; there are {', '.join(FILTERS)}."
    if len(use.arguments) > len(known.parameters):
        return f"The filter {use.name} takes no more than {len(known.parameters)} arguments."
    for parameter, argument in zip(known.parameters, arguments_of(use), strict=True):
        if argument is REQUIRED:
            return f"The filter {use.name} needs the argument {parameter.name}."
        if not parameter.takes(argument):
            return f"The argument {parameter.name} of the filter {use.name} must be a {parameter.kind}."
    return None


def arguments_of(use: Use) -> tuple[Literal, ...]:
    """The arguments, with the defaults of those that are left out."""
    left_out = FILTERS[use.name].parameters[len(use.arguments) :]
    return use.arguments + tuple(parameter.default for parameter in left_out)
