"""Databases for the tests: a SQLite file, and a real PostgreSQL server of the test's own where one is installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KINDS = ("sqlite", "postgresql")
SERVER_USERS = ("postgres", "nobody")


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, which is gone after the block; skips where no PostgreSQL is installed."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.sqlite3'}"
        return
    with _server(_programs()) as sockets:
        yield f"postgresql://tests@/postgres?host={sockets}"


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    for folder in reversed(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.skip("no PostgreSQL server here; Debian's package `postgresql` has one")


@contextmanager
def _server(programs: Path) -> Iterator[Path]:
    """A server on a socket file in a folder of its own (a socket's path must be short), as a user that is not root."""
    user = _server_user()
    with tempfile.TemporaryDirectory(prefix="cv-") as name:
        folder = Path(name)
        shutil.chown(folder, user=user)
        options = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        initialise = [programs / "initdb", "-D", folder / "data", "-U", "tests", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initialise, "--no-locale", "--no-sync"], check=True, **options)  # type: ignore[call-overload]
        server = [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-F"]
        process = subprocess.Popen(server, **options)  # type: ignore[call-overload]
        try:
            _wait_for(programs / "pg_isready", folder, process)
            yield folder
        finally:
            process.terminate()
            process.wait(30)


def _server_user() -> str | None:
    """Nobody else where we are not root; root is refused by the server."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in SERVER_USERS if name in known), None) or pytest.skip("no user to run a server as")


def _wait_for(is_ready: Path, folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Until the server takes connections; its socket is there before."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if subprocess.run([is_ready, "-q", "-h", folder], check=False).returncode == 0:
            return
        assert process.poll() is None, "the PostgreSQL server ended as it started"
        time.sleep(0.05)
    raise TimeoutError(f"the PostgreSQL server in {folder} takes no connections")
