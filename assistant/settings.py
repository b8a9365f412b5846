"""All settings, read once by an entry point and passed down.

In: `chapterverse.toml` in the working folder (or the file named by CHAPTERVERSE_SETTINGS), then environment variables
CHAPTERVERSE_<NAME>, which win. Out: one frozen `Settings`. An unknown key is an error that names it.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError

PREFIX = "CHAPTERVERSE_"
FILE_VARIABLE = PREFIX + "SETTINGS"
DEFAULT_FILE = Path("chapterverse.toml")
DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_DATABASE = "sqlite:///data/chapterverse.sqlite3"
# RFC 6454: scheme, host and port, without the slash that would begin a path.
ORIGIN = r"^https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?$"
PUBLIC_URL = rf"^({ORIGIN[1:-1]}(/[A-Za-z0-9._~-]+)*)?$"
RATE = r"^[1-9][0-9]{0,5}/(second|minute|hour|day)$"


class Settings(BaseModel):
    """Every setting with its default; docs/settings.md explains each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    encoder: str = Field(default=DEFAULT_ENCODER, description="this, or any sentence-transformers model")
    max_file_bytes: int = Field(default=20_000_000, gt=0, description="a larger document is refused")
    candidates: int = Field(default=20, ge=1, le=200, description="passages read for an answer")
    threshold: float = Field(default=0.45, ge=0, le=1, description="confidence below which the answer is not_found")
    organisation: str = Field(default="Help desk", description="shown in the page's header")
    contact: str = Field(default="", description="one line shown when nothing was found")
    accent: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$", description="the page's colour, like #1d4f91")
    widget_origins: tuple[Annotated[str, Field(pattern=ORIGIN)], ...] = Field(
        default=(), description="sites that may show the widget, like https://www.example.org"
    )
    public_url: str = Field(
        default="", pattern=PUBLIC_URL, description="where people reach the page, like https://ask.example.org"
    )
    sample_questions: tuple[str, ...] = Field(default=(), description="questions that the page suggests")
    max_question_characters: int = Field(default=2000, ge=1)
    max_body_bytes: int = Field(default=1_000_000, ge=1)
    max_batch_questions: int = Field(default=100, ge=1, description="questions in one POST /v1/batches")
    max_waiting_questions: int = Field(default=100, ge=1, description="questions that wait for their turn")
    offline: bool = Field(default=True, description="never touch the network; false lets a model be downloaded")
    # Left out of dumps, and so of reports: it may hold a password.
    database: str = Field(default=DEFAULT_DATABASE, exclude=True, description="URL: conversations, feedback and keys")
    keep_conversations: bool = Field(default=True, description="false keeps no question and no answer")
    retention_days: int = Field(default=30, ge=1, description="age at which a kept answer is deleted")
    require_keys: bool | None = Field(default=None, description="unset: unless only this machine can call")
    key_limit: str = Field(default="600/minute", pattern=RATE, description="requests of one API key")
    anonymous_limit: str = Field(default="60/minute", pattern=RATE, description="requests of one address without a key")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="info: each request")
    log_questions: bool = Field(default=False, description="let questions stand in the log")
    shutdown_seconds: int = Field(default=30, ge=1, description="how long a stop waits for answers under way")


def read_settings(**overrides: Any) -> Settings:
    """Read file and environment; `overrides` that are not None (command-line options) win over both.

    Raises `SettingsError` with the key, the value and where it was read.
    """
    values = _from_file() | _from_environment() | {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            raise SettingsError(f"unknown setting {key!r}; the settings are {known}") from None
        raise SettingsError(f"setting {key!r} is {first['input']!r}: {first['msg']}") from None


def _from_file() -> dict[str, Any]:
    named = os.environ.get(FILE_VARIABLE)
    path = Path(named) if named else DEFAULT_FILE
    if not named and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"settings file {str(path)!r} cannot be read: {error}") from None


def _from_environment() -> dict[str, Any]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name != FILE_VARIABLE
    }
