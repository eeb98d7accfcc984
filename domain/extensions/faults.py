"""What goes wrong with extensions: in what they are made of, and in what they do.

ExtensionFault            the package itself: an extension that cannot be used
DomainError
    Refused               raised by an extension, with a message for the caller
        GraphQLFailed     (calls.py) an operation that a function had run
    FunctionFailed        a function or a hook came to no end that its author meant
"""

from uuid import UUID

from domain.errors import DomainError


class ExtensionFault(Exception):
    """An extension cannot be used; the message says why, for those who run the server."""


class Refused(DomainError):
    """An extension refuses what the caller wants; the message is shown to the caller.

    A hook names the record by its place in the write: `Refused("…", record=draft.index)`.
    """

    code = "REFUSED"

    def __init__(self, message: str, *, record: int | None = None, **location: object) -> None:
        super().__init__(message, recordIndex=record, **location)


class FunctionFailed(DomainError):
    """A function or a hook of an extension failed; why is in the server's log, unless it was `Refused`."""

    code = "FUNCTION_FAILED"

    @classmethod
    def of_call(cls, name: str, call_id: UUID, public: str | None) -> "FunctionFailed":
        """The error of a call; `public` is what the function itself had to say."""
        message = public or f"The function {name!r} failed. Report it with the id of its call, {call_id}."
        return cls(message, functionCallId=call_id)

    @classmethod
    def of_hook(cls, extension: str, moment: str) -> "FunctionFailed":
        """The error of a write whose hook failed."""
        message = f"The extension {extension!r} failed in its hook {moment}, and nothing was written."
        return cls(message, extension=extension)
