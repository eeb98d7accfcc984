"""How the server logs: structlog and the standard library through the same processors, to standard error."""

import logging
import sys
from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

from server.settings import Logs, Settings

_QUIET = ("uvicorn.access", "uvicorn.sockets", "asyncio", "alembic", "sqlalchemy")
"""Loggers of others that say on `info` what we log ourselves, or nothing worth a line."""


def configure_logs(settings: Settings) -> None:
    """Set logging up for this process; each process of the server calls it once."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    renderer = _renderer(is_json=writes_json(settings, settings.environment))
    structlog.configure(
        processors=[*_common(), *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    if settings.debug:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
        logging.getLogger("asyncio").setLevel(logging.DEBUG)


def writes_json(logs: Logs, environment: str) -> bool:
    """Whether lines are JSON objects, rather than text for people."""
    return logs.log_format == "json" or (logs.log_format == "auto" and environment == "production")


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


_TRACEBACKS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Tracebacks without local variables: those hold passwords and tokens. The console's are plain for the same reason."""


def _renderer(*, is_json: bool) -> Sequence[Processor]:
    if is_json:
        return (
            structlog.processors.ExceptionRenderer(_TRACEBACKS),
            structlog.processors.JSONRenderer(serializer=_dumps),
        )
    return (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        ),
    )


def _dumps(event: Any, **_options: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
