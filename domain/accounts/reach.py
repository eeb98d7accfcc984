"""How far an API key reaches: everywhere that its user does, or only into workspaces and bases that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import Problem, ValidationFailed


@dataclass(frozen=True, slots=True)
class Reach:
    """The workspaces, with all of their bases, and the bases that a limited key reaches; nothing else exists for it.

    The workspace of a base that is named by itself stays out of reach: its name, its members, its other bases.
    """

    workspace_ids: frozenset[UUID]
    base_ids: frozenset[UUID]

    def has_base(self, workspace_id: UUID, base_id: UUID) -> bool:
        """Whether a base of a workspace is within it."""
        return base_id in self.base_ids or workspace_id in self.workspace_ids


def clean_reach(
    workspace_ids: Sequence[UUID] | None, base_ids: Sequence[UUID] | None, *, most: int
) -> tuple[list[UUID], list[UUID]] | None:
    """Both without repetition, in order; None for a key without limits: where both are None.

    Raises `ValidationFailed` where the two come to nothing at all, or one to more than `most`.
    """
    if workspace_ids is None and base_ids is None:
        return None
    workspaces, bases = sorted(set(workspace_ids or ())), sorted(set(base_ids or ()))
    for loc, ids in (("workspaceIds", workspaces), ("baseIds", bases)):
        if len(ids) > most:
            message = f"An API key can be limited to at most {most} of each; {loc} has {len(ids)}."
            raise ValidationFailed([Problem((loc,), message, "value_error.too_many")])
    if not workspaces and not bases:
        message = "A limited API key reaches at least one workspace or base; both must be null for one without limits."
        raise ValidationFailed([Problem(("workspaceIds",), message, "value_error.null")])
    return workspaces, bases
