"""Enums about extensions and their functions, as enums of the API."""

from adapters.extensions import ExtensionState
from domain.extensions.functions import AuthLevel
from graph.enums import expose
from resolvers.functions.recording import FunctionCallMode, FunctionCallStatus

__all__ = ["AuthLevel", "ExtensionState", "FunctionCallMode", "FunctionCallStatus"]

expose(
    AuthLevel,
    "Who may call a function.",
    {
        AuthLevel.PUBLIC: "Everybody.",
        AuthLevel.USER: "Everybody who is signed in, by API keys and tokens too.",
        AuthLevel.ADMIN: "Superusers, with a session.",
    },
)
expose(
    FunctionCallMode,
    "Whether the caller of a function waits for it.",
    {
        FunctionCallMode.SYNC: "The answer comes when the call has ended.",
        FunctionCallMode.QUEUED: "The call waits in the queue, and a worker makes it; ask for it with `functionCall`.",
    },
)
expose(
    FunctionCallStatus,
    "How far a call of a function is.",
    {
        FunctionCallStatus.QUEUED: "It waits for a worker.",
        FunctionCallStatus.RUNNING: "It is under way.",
        FunctionCallStatus.SUCCEEDED: "It has an output.",
        FunctionCallStatus.FAILED: "It has an error.",
        FunctionCallStatus.CANCELLED: "Its caller cancelled it.",
    },
)
expose(
    ExtensionState,
    "What became of an extension.",
    {
        ExtensionState.ACTIVE: "Its functions and hooks are used.",
        ExtensionState.FAILED: "It failed to load or to start, and is left out.",
        ExtensionState.DISABLED: "The settings disable it.",
    },
)
