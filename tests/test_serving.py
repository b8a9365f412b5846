import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.store.conversations import read_conversation
from assistant.store.database import open_store

TESTS = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"}
SLOW_SERVER = """
import sys, time
from fresh import FreshAssistant
from assistant.serving import listen, serve
from assistant.settings import read_settings

class Slow(FreshAssistant):
    def ask_all(self, requests, **telling):
        if requests[0].question == "Slow?":
            print("asked", flush=True)
            time.sleep(float(sys.argv[1]))
        return super().ask_all(requests, **telling)

settings = read_settings()
with listen(sys.argv[2], 0) as listener:
    serve(settings, Slow(settings), listener, ready=lambda url: print(url, flush=True))
"""


@contextmanager
def serving(folder: Path, *, slow: float = 0.0, host: str = "127.0.0.1", **settings: str) -> Iterator[Any]:
    """A server in a process of its own; what it prints first is its address."""
    named = {f"CHAPTERVERSE_{name.upper()}": value for name, value in settings.items()}
    named["CHAPTERVERSE_DATABASE"] = f"sqlite:///{folder / 'store.sqlite3'}"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_SERVER, str(slow), host],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=ENVIRONMENT | named,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(process: Any) -> str:
    return str(process.stdout.readline().strip())


def test_a_stop_waits_for_the_answer_under_way(tmp_path: Path) -> None:
    answered: list[httpx.Response] = []
    with serving(tmp_path, slow=1.0) as process:
        url = address_of(process)
        body = {"question": "Slow?"}
        asking = threading.Thread(
            target=lambda: answered.append(httpx.post(f"{url}/v1/answers", json=body, timeout=30))
        )
        asking.start()
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        asking.join(30)
        assert process.wait(30) == -signal.SIGTERM
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/healthz")
        assert process.stderr.read() == ""
    (response,) = answered
    assert (response.status_code, response.json()["status"]) == (200, "not_found")
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        kept = read_conversation(store, response.headers["x-conversation"])
    assert kept is not None
    assert kept.answers[0].content == response.json()


@pytest.mark.slow
def test_a_stop_does_not_wait_for_ever(tmp_path: Path) -> None:
    with serving(tmp_path, slow=6.0, shutdown_seconds="1") as process:
        url = address_of(process)
        asking = threading.Thread(target=lambda: _ask_in_vain(url))
        asking.start()
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        asking.join(5)
        assert not asking.is_alive()


def _ask_in_vain(url: str) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"{url}/v1/answers", json={"question": "Slow?"}, timeout=30).raise_for_status()


def test_where_others_can_call_programs_need_a_key_and_the_operator_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, host="0.0.0.0") as process:
        port = address_of(process).rsplit(":", 1)[1]
        told = json.loads(process.stderr.readline())
        assert told["message"].startswith("programs need an API key here and none exists")
        asked = {"question": "When does the garden open?"}
        url = f"http://127.0.0.1:{port}"
        assert httpx.post(f"{url}/v1/answers", json=asked).status_code == 401
        assert httpx.post(f"{url}/v1/answers", json=asked, headers={"origin": url}).status_code == 200


def test_logs_are_json_lines_with_the_requests_id(tmp_path: Path) -> None:
    with serving(tmp_path, log_level="info") as process:
        url = address_of(process)
        asked = {"question": "explode"}
        response = httpx.post(f"{url}/v1/answers", json=asked, headers={"x-request-id": "r-1"})
        assert (response.status_code, response.headers["x-request-id"]) == (500, "r-1")
        process.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in process.communicate(timeout=30)[1].splitlines()]
    mine = [line for line in lines if line.get("request") == "r-1"]
    assert [(line["logger"], line["message"]) for line in mine] == [
        ("assistant.service.watch", "request"),
        ("uvicorn.error", "Exception in ASGI application"),
    ]
    assert mine[1]["exception"][0] == "RuntimeError"
    assert "exploded" not in json.dumps(lines)
    assert {"Application startup complete.", "purged"} <= {line["message"] for line in lines}
