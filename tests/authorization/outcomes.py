"""What each caller gets from a root field: an error's code, or None for an answer. One function a kind of rule."""

from collections.abc import Mapping

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import KEYS, MEMBERS, Caller

Outcomes = Mapping[Caller, str | None]
"""For every caller the code of the one error that it gets, or None when it is answered."""

ANSWERED = None


def everybody(operation: str) -> Outcomes:
    """Open to all, the anonymous included; `operation` is `Query` or `Mutation`, whose scope a key must have."""
    return _with_keys(operation, dict.fromkeys(Caller, ANSWERED))


def signed_in(operation: str) -> Outcomes:
    """Open to all who have an account, by session or by API key."""
    return _with_keys(operation, {**dict.fromkeys(Caller, ANSWERED), Caller.ANONYMOUS: "UNAUTHENTICATED"})


def sessions_only() -> Outcomes:
    """Open to all who have an account, but never to an API key."""
    outcomes: dict[Caller, str | None] = dict.fromkeys(Caller, ANSWERED)
    return {**outcomes, Caller.ANONYMOUS: "UNAUTHENTICATED", **dict.fromkeys(KEYS, "FORBIDDEN")}


def members(operation: str, least: WorkspaceRole, *, superuser: str | None = "NOT_FOUND") -> Outcomes:
    """Open to members from a role on; weaker ones are forbidden, outsiders do not learn that the thing exists."""
    outcomes: dict[Caller, str | None] = dict.fromkeys(Caller, "NOT_FOUND")
    outcomes |= {Caller.ANONYMOUS: "UNAUTHENTICATED", Caller.SUPERUSER: superuser}
    lowest = MEMBERS.index(Caller[least.name])
    for rank, caller in enumerate(MEMBERS):
        outcomes[caller] = ANSWERED if rank >= lowest else "FORBIDDEN"
    return _with_keys(operation, outcomes)


def nobody_but_its_user(*users: Caller) -> Outcomes:
    """Open to some sessions alone; to all others the thing does not exist, and keys are refused as such."""
    outcomes = {**sessions_only(), **dict.fromkeys(set(Caller) - set(KEYS) - {Caller.ANONYMOUS}, "NOT_FOUND")}
    return {**outcomes, **dict.fromkeys(users, ANSWERED)}


def its_user(operation: str, user: Caller) -> Outcomes:
    """Open to one user, by session or by API key; to all others the thing does not exist."""
    outcomes = {**dict.fromkeys(Caller, "NOT_FOUND"), Caller.ANONYMOUS: "UNAUTHENTICATED", user: ANSWERED}
    return _with_keys(operation, outcomes)


def _with_keys(operation: str, outcomes: Mapping[Caller, str | None]) -> Outcomes:
    """A key gets what its user gets, unless it lacks the operation's scope: then it is forbidden before all else."""
    scope = {"Query": "read", "Mutation": "write", "Subscription": "read"}[operation]
    keys = {key: outcomes[user] if scope in scopes else "FORBIDDEN" for key, (user, scopes) in KEYS.items()}
    return {**outcomes, **keys}
