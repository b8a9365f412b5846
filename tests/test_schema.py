"""The app against its own OpenAPI schema: whatever is sent, no fault of ours, and nothing that the schema does not say.

Schemathesis makes the requests from the schema: its examples, the bounds of every field, random values, and chains of
requests. The same ones in every run.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from fastapi.testclient import TestClient
from fresh import FreshAssistant

from assistant.service.app import create_app
from assistant.settings import Settings
from assistant.store.database import open_store

COMMAND = (
    "--config-file=rules.toml run --max-examples=8 --seed=7 --generation-deterministic --no-color --max-failures=5"
)
RULES = """
[phases.stateful]
# So many that conversations are begun, read and deleted, and answers rated.
generation.max-examples = 20

[checks]
# A question can be refused for what it says, which no schema tells: an unknown document, a message without words.
positive_data_acceptance.enabled = false

[[operations]]
# A row that does not fit is answered with its error, so that the others go on.
include-name = "POST /v1/batches"
checks.negative_data_rejection.enabled = false
"""


@pytest.mark.slow
def test_every_response_is_what_the_schema_says(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    tool = Path(sys.executable).parent / "schemathesis"
    with (
        open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store,
        served(create_app(Settings(), FreshAssistant, store=store)) as address,
    ):
        command = [tool, *COMMAND.split(), f"{address}/openapi.json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "13 selected / 13 total" in done.stdout


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A client of an app that keeps conversations."""
    with (
        open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store,
        TestClient(create_app(Settings(), FreshAssistant, store=store)) as opened,
    ):
        yield opened


def test_what_can_be_done_with_a_kept_answer_is_said_where_it_is_kept(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    answered = schema["paths"]["/v1/answers"]["post"]["responses"]["200"]
    assert set(answered["links"]) == {"conversation", "deletion", "feedback"}
    for link in answered["links"].values():
        path, method = link["operationRef"].removeprefix("#/paths/").split("/")
        assert method in schema["paths"][path.replace("~1", "/")]
    assert "X-Conversation" in client.post("/v1/answers", json={"question": "When?"}).headers
    assert "X-Conversation" in answered["headers"]
    forgetful = TestClient(create_app(Settings(), FreshAssistant)).get("/openapi.json").json()
    assert {"links", "headers"}.isdisjoint(forgetful["paths"]["/v1/answers"]["post"]["responses"]["200"])


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "/v1/conversations/x", "GET, DELETE, HEAD"),
        ("POST", "/v1/documents/x", "GET, HEAD"),
        ("HEAD", "/v1/answers", "POST"),
        ("DELETE", "/v1/chat/completions", "POST"),
        ("POST", "/assets/main.js", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("extra", [{"stream": "yes"}, {"stream": 0}, {"stream_options": {"include_usage": 1}}])
def test_what_should_be_true_or_false_is_nothing_else(client: TestClient, extra: dict[str, Any]) -> None:
    messages = [{"role": "user", "content": "When does the garden open?"}]
    response = client.post("/v1/chat/completions", json={"model": "chapterverse", "messages": messages, **extra})
    assert (response.status_code, response.json()["error"]["param"]) == (400, next(iter(extra)))
    assert response.json()["error"]["message"].endswith("Input should be a valid boolean")
