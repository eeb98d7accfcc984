"""The settings of extensions and of the functions that they bring."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from server.settings_section import Section


class ExtensionSettings(Section):
    """Extensions of installed packages, and their functions. See [extensions](extensions.md)."""

    disabled_extensions: str = Field(
        "", description="Extensions that are installed and not used, by the names of their entry points, by commas."
    )
    required_extensions: str = Field(
        "", description="Extensions that the server does not start without, likewise; others may require themselves."
    )
    extension_timeout: timedelta = Field(
        timedelta(seconds=30),
        gt=timedelta(0),
        description="How long each extension may take to start, and each of its functions to stop (ISO 8601).",
    )
    extension_threads: PositiveInt = Field(
        8, description="Threads of each process for what extensions bring that is not async."
    )
    function_timeout: timedelta = Field(
        timedelta(seconds=10),
        gt=timedelta(0),
        description="How long a call of a function may take that does not say it itself (ISO 8601).",
    )
    max_function_depth: PositiveInt = Field(5, description="How deep functions may call each other.")
    max_function_record_bytes: PositiveInt = Field(
        1 << 16,
        description="Bytes of what went into a call, and of what came out, that are kept; what is longer is not.",
    )
    max_queued_argument_bytes: PositiveInt = Field(1 << 20, description="Bytes of the arguments of a queued call.")
    max_queued_calls_per_user: PositiveInt = Field(1_000, description="Calls of one user that wait in the queue.")
    function_call_retention: timedelta = Field(
        timedelta(days=30), gt=timedelta(0), description="How long the records of calls are kept (ISO 8601)."
    )
