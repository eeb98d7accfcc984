"""The settings of what the server shows to whom."""

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, PositiveInt, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from server.settings_section import Section, listed

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s,*]+", re.IGNORECASE)


class Surface(Section):
    """What the server shows, to which web pages, and which documents it runs."""

    graphiql: bool | None = Field(
        None, description="Whether browsers get GraphiQL at /graphql. Unless set: in development only."
    )
    introspection: bool | None = Field(
        None,
        description="Whether the schema can be asked for, by introspection and by the suggestions in error messages. "
        "Unless set: in development only.",
    )
    cors_origins: str = Field(
        "",
        description="Origins of web pages that may use the API from a browser, separated by commas: "
        "`https://app.example.com,http://localhost:5173`; `*` for all. They may open WebSockets, "
        "too. Without it none but the server's own.",
    )
    documents: Literal["any", "registered"] = Field(
        "any",
        description="`registered` runs the documents of `documents_path` and no others; `any` runs those that are sent "
        "as well, and persists them by their hash where a client asks for it (automatic persisted queries).",
    )
    documents_path: Path | None = Field(
        None,
        validate_default=True,
        description="File, or folder of files, of registered documents: JSON objects from ids to documents, as "
        "`@graphql-codegen` and `relay-compiler` write them, or Apollo's manifest.",
    )
    max_persisted_bytes: PositiveInt = Field(
        4 << 20, description="Bytes of the documents that clients persisted, in each worker; the oldest make room."
    )

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        wrong = [each for each in listed(text) if each != "*" and not _ORIGIN.fullmatch(each)]
        if wrong:
            reason = f"{wrong[0]!r} is no origin: a scheme, a host and perhaps a port, and nothing behind them"
            raise PydanticCustomError("cors_origins", "{reason}", {"reason": reason})
        return text

    @field_validator("documents_path")
    @classmethod
    def _has_documents_to_run(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is None and info.data.get("documents") == "registered":
            reason = "must say where the registered documents are, since no others run"
            raise PydanticCustomError("documents_path", "{reason}", {"reason": reason})
        return path
