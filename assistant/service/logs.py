"""Logs as JSON, one object a line on stderr, and the id that ties a request's lines together.

In: log records, their extra values in `fields`. Out: `{"time", "level", "logger", "message", "request", …}`.
Nothing personal: no address, no path (it may hold the id of a conversation), and, unless setting `log_questions` asks
for it, no question; an exception is told by its type and its place, since its words may quote what was sent.
"""

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from assistant.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
_FIT_FOR_LOGS = re.compile(r"[A-Za-z0-9._-]{1,64}")


def id_for(sent: str) -> str:
    """The id that the caller sent in `X-Request-ID` where it is fit for logs, else a new one."""
    return sent if _FIT_FOR_LOGS.fullmatch(sent) else uuid4().hex


class JsonFormatter(logging.Formatter):
    """One JSON object a record, without a line break inside."""

    def __init__(self, *, questions: bool = False) -> None:
        super().__init__()
        self._questions = questions

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        values: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get() or None,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            values["exception"] = described(record.exc_info[1], words=self._questions)
            values["message"] = values["message"].splitlines()[0]
        return json.dumps({name: value for name, value in values.items() if value is not None}, default=str)


def described(error: BaseException, *, words: bool) -> list[str]:
    """An exception and what caused it: type (and words), then `file:line function` from the innermost outwards."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    told = [f"{type(error).__name__}: {error}" if words else type(error).__name__, *reversed(places)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told if cause is None else [*told, "caused by", *described(cause, words=words)]


def log_config(settings: Settings) -> dict[str, Any]:
    """Python's logging (and uvicorn's) as `logging.config.dictConfig` takes it."""
    level = settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter, "questions": settings.log_questions}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": sys.stderr}},
        "loggers": {
            name: {"handlers": ["stderr"], "level": level, "propagate": False} for name in ("assistant", "uvicorn")
        },
    }
