"""A database URL → an opened `Store`, its tables brought up to date.

SQLite (`sqlite:///data/chapterverse.sqlite3`) needs nothing; PostgreSQL (`postgresql://user@host/name`) needs the
extra `chapterverse[postgres]`.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.errors import ChapterVerseError, SettingsError

LOG = logging.getLogger(__name__)
BUSY_MS = 10_000
FORGET_MS = 1000
READING = {"assistant_reading": True}  # an option that SQLAlchemy hands on, and does not know
MIGRATION_LOCK = 0x43_26_56  # any number that no other program on the server locks: "C&V"


class StoreError(ChapterVerseError):
    """The operator can mend it: the database went away, is full, or refuses what is written."""


class Store:
    """An opened database. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is kept as a whole, or not at all when the block raises.

        Raises `StoreError` when the database fails.
        """
        with _session(self.engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: it waits for no writer, and none waits for it. Raises `StoreError`."""
        with _session(self.engine.execution_options(**READING)) as session:
            yield session

    def forget(self) -> None:
        """Overwrite what was deleted: SQLite keeps old pages in its write-ahead log until that is written back.

        Raises `StoreError`. Where a reader still needs the log, it goes with the next call or as the store closes.
        """
        if self.engine.dialect.name != "sqlite":
            return
        try:
            with closing(self.engine.raw_connection()) as connection:
                _truncate_log(connection.cursor())
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"the database failed: {_reason(error)}") from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    try:
        with Session(engine) as session, session.begin():
            yield session
    except SQLAlchemyError as error:
        raise StoreError(f"the database failed: {_reason(error)}") from error


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """Open a database and bring its tables up to date; a SQLite file and its folder are made where missing.

    Raises `SettingsError` when it cannot be reached, read or written, or when a newer version has been at it.
    """
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            migrate(connection)
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise SettingsError(
            f"database {_shown(engine)!r} cannot be opened ({_reason(error)}); mend setting 'database'"
        ) from None
    except CommandError as error:
        engine.dispose()
        raise SettingsError(
            f"database {_shown(engine)!r} was written by a newer chapterverse ({error}); install that version"
        ) from None
    store = Store(engine)
    try:
        yield store
    finally:
        store.close()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Upgrade the tables to a revision, inside the connection's transaction; of several processes one at a time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for the packaged migrations on an open connection."""
    config = Config()
    config.set_main_option("script_location", "assistant.store:migrations")
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    wanted = f"setting 'database' is {_masked(url)!r}; give sqlite:///data/chapterverse.sqlite3 or postgresql://…"
    if url.partition(":")[0].partition("+")[0] not in ("sqlite", "postgresql"):
        raise SettingsError(wanted)
    try:
        # An error's text never holds the values of a statement: they are what people asked.
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    except (ArgumentError, NoSuchModuleError):
        raise SettingsError(wanted) from None
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"setting 'database' asks for {error.name!r}, which is not installed; "
            "run `pip install 'chapterverse[postgres]'`"
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite keep foreign keys, wait for its one writer, and begin transactions where SQLAlchemy does."""
    file = engine.url.database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin too late, and not at all before DDL
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # what retention removes is overwritten, not only unlinked

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A transaction that reads first and writes later would fail, not wait, when another has written in between. One
        # that never writes need not take the lock of the one writer.
        reads = READING.items() <= connection.get_execution_options().items()
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _truncate_log(cursor: DBAPICursor) -> None:
    # Writers wait as long as this does, so it does not wait as they would.
    cursor.execute(f"PRAGMA busy_timeout = {FORGET_MS}")
    try:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if cursor.fetchall()[0][0]:
            LOG.warning("what was deleted is in the database's write-ahead log until the next deletion: it is in use")
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def _reason(error: Exception) -> str:
    """The driver's own words, without the statement."""
    return str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _masked(url: str) -> str:
    """The URL without what may be a password, also when it cannot be parsed."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.split(":", 1)[0] + ":…" if ":" in url else url
