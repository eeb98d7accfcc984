"""Marks the use cases by which somebody could guess credentials, one line each: `@guess_of("email")`.

And what has mails sent to somebody, which is not to be asked for often: `await require_patience(context, …)`.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from domain.accounts.logins import normal_login
from domain.errors import Unauthenticated
from resolvers.context import RequestContext
from resolvers.guesses import Attempt, Errors, Rules
from resolvers.services import Limits

P = ParamSpec("P")
T = TypeVar("T")
UseCase = Callable[Concatenate[RequestContext, P], Coroutine[Any, Any, T]]


def guess_of(
    account: str | None = None, *, wrong: Errors = (Unauthenticated,)
) -> Callable[[UseCase[P, T]], UseCase[P, T]]:
    """Make attempts wait after failures: calls that raise one of `wrong`; see `resolvers.guesses`.

    `account` is the name of the argument that says whose credentials are tried; case and spelling do not count.
    Without it they are the caller's own, or of an anonymous one nobody's in particular. Do not mark what cannot fail: a
    call that succeeds clears the account's record.
    """

    def marked(use_case: UseCase[P, T]) -> UseCase[P, T]:
        parameters = signature(use_case)

        @wraps(use_case)
        async def guarded(context: RequestContext, /, *args: P.args, **kwargs: P.kwargs) -> T:
            given = parameters.bind(context, *args, **kwargs).arguments
            whose = _caller(context) if account is None else _spelled(str(given[account]))
            attempt = Attempt(use_case.__name__, whose, context.client.network)
            async with context.services.guesses.attempt(attempt, _rules(context.services.limits), wrong):
                return await use_case(context, *args, **kwargs)

        return guarded

    return marked


async def require_patience(context: RequestContext, what: str, email: str) -> None:
    """Have each call about an address wait longer than the one before; raises `RateLimited`.

    That tells nobody whether there is an account: of every address it is counted how often it was named.
    """
    attempt = Attempt(what, _spelled(email), context.client.network)
    await context.services.guesses.ask(attempt, _rules(context.services.limits))


def _spelled(text: str) -> str:
    """One spelling for what a directory may take for the same name: another one is no new attempt."""
    return (normal_login(text) or text.strip()).casefold()


def _caller(context: RequestContext) -> str | None:
    viewer = context.viewer_or_none
    return None if viewer is None else str(viewer.user_id)


def _rules(limits: Limits) -> Rules:
    return Rules(
        seconds=int(limits.max_guess_delay.total_seconds()),
        free_of_account=limits.free_guesses_per_account,
        free_of_address=limits.free_guesses_per_address,
        memory=int(limits.guess_memory.total_seconds()),
    )
