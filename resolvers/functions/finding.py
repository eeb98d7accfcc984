"""Which functions a caller may call."""

from domain.errors import NotFound, Unauthenticated
from domain.extensions.functions import AuthLevel, Function
from resolvers.context import RequestContext


def list_functions(context: RequestContext) -> list[Function]:
    """The functions that the caller may call, by name."""
    functions = context.services.extensions.functions
    return [function for _, function in sorted(functions.items()) if may_call(context, function)]


def find_function(context: RequestContext, name: str) -> Function:
    """The function of this name; raises `NotFound` for one that the caller may not call.

    An anonymous caller is told to sign in for any but the public ones, so that nobody learns which there are.
    """
    function = context.services.extensions.functions.get(name)
    if function is None or not may_call(context, function):
        if context.viewer_or_none is None:
            raise Unauthenticated("Sign in to call this function.")
        raise NotFound(f"There is no function {name[:100]!r}.", argument="name")
    return function


def may_call(context: RequestContext, function: Function) -> bool:
    """Whether the caller may call a function; those for superusers want a session, as all that administers does."""
    viewer = context.viewer_or_none
    match function.auth:
        case AuthLevel.PUBLIC:
            return True
        case AuthLevel.USER:
            return viewer is not None
        case AuthLevel.ADMIN:
            return viewer is not None and viewer.is_superuser and viewer.session_id is not None
