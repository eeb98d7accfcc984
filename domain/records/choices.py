"""Choices that the values of records name and their fields lack: found among the problems of a batch, and made up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import Problem
from domain.fields import faults
from domain.fields.choices import ChoiceOptions, check_new_name, require_room
from domain.fields.contract import FieldType, InvalidValue


class MissingChoices(Exception):
    """What is wrong with a batch is that choices are missing, and they are wanted: make them and begin anew."""

    def __init__(self, problems: Mapping[FieldMeta, Sequence[Problem]], bases: Sequence[UUID] = ()) -> None:
        super().__init__()
        self.problems = problems
        """Those of each field, in the order of the records."""
        self.bases = bases
        """All that the batch writes to, where they may be several."""


def set_missing_apart(table: TableMeta, problems: list[Problem]) -> Mapping[FieldMeta, Sequence[Problem]]:
    """Take what choices that are yet to be made would mend out of the problems of a batch."""
    found: dict[FieldMeta, list[Problem]] = {}
    for problem in problems:
        field = table.find_field(str(problem.loc[0])) if problem.type == faults.CHOICE else None
        if field is not None and isinstance(field.options, ChoiceOptions):
            found.setdefault(field, []).append(problem)
    missing = {id(problem) for each in found.values() for problem in each}
    problems[:] = [problem for problem in problems if id(problem) not in missing]
    return found


def new_choices(
    type: FieldType[Any], options: ChoiceOptions, problems: Sequence[Problem], refused: list[Problem]
) -> Sequence[str]:
    """The names that are to become choices for values that name missing ones, in the order of the records.

    They are compared as `typecast` does. A value with a name that can be none, or for which there is no room, is added
    to `refused`.
    """
    known = set(options.id_by_folded_name)
    read, names = type.choice_names(options), list[str]()
    for problem in problems:
        try:
            for name in read(problem.value):
                if name and name not in options.id_by_key and name.lower() not in known:
                    check_new_name(name)
                    require_room(options, len(names) + 1)
                    known.add(name.lower())
                    names.append(name)
        except InvalidValue as invalid:
            refused.append(replace(problem, message=invalid.message, type=invalid.type))
    return names
