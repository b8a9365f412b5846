import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fresh import FreshAssistant
from prometheus_client.parser import text_string_to_metric_families
from test_app import problem_of

from assistant.answering import Assistant
from assistant.service.app import create_app
from assistant.service.guards import SECURITY_HEADERS
from assistant.service.logs import JsonFormatter, id_for, log_config, request_id
from assistant.service.metrics import Metrics
from assistant.settings import Settings
from assistant.store.database import Store, open_store

QUESTION = "When does the garden open?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    app = create_app(Settings(), FreshAssistant, store=store)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def measured(client: TestClient) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus reads them."""
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=1.0.0")
    return {
        " ".join([sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


# --- metrics ---


def test_questions_are_counted_by_status(client: TestClient) -> None:
    before = measured(client)
    assert before["chapterverse_questions_total status=answered"] == 0
    for question in (QUESTION, QUESTION, "When does it open and who is the director?"):
        client.post("/v1/answers", json={"question": question})
    client.post("/v1/batches", json=[{"question": QUESTION}, {"question": "Why?"}, {"question": " "}, {}])
    client.post("/v1/answers", json={"question": " "})
    after = measured(client)
    statuses = ("answered", "partial", "not_found")
    assert [after[f"chapterverse_questions_total status={status}"] for status in statuses] == [3, 1, 1]
    assert after["chapterverse_stage_seconds_count stage=whole"] == 3


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/answers", {"question": "When was the International Peace Cooperation Act enacted?"}),
        ("POST", "/v1/batches", [{"question": "What is assignment (17)?"}]),
    ],
)
def test_each_stage_of_a_real_answer_is_timed(assistant: Assistant, method: str, path: str, body: Any) -> None:
    with TestClient(create_app(assistant.settings, lambda _: assistant)) as client:
        client.request(method, path, json=body).raise_for_status()
        values = measured(client)
    stages = ("understand", "search", "read", "compose")
    assert [values[f"chapterverse_stage_seconds_count stage={stage}"] for stage in stages] == [1, 1, 1, 1]
    assert all(values[f"chapterverse_stage_seconds_sum stage={stage}"] > 0 for stage in stages)
    if path == "/v1/answers":
        parts = sum(values[f"chapterverse_stage_seconds_sum stage={stage}"] for stage in stages)
        assert parts <= values["chapterverse_stage_seconds_sum stage=whole"]


def test_requests_are_timed_by_route_never_by_path(client: TestClient) -> None:
    client.get("/v1/documents")
    client.get("/v1/documents/guides/garden%20%F0%9F%8C%B8")
    client.get("/v1/documents/none")
    client.get(f"/v1/conversations/{'A' * 43}")
    client.get("/nothing/here")
    client.get("/assets/main.js")
    client.request("BREW", "/v1/answers")
    client.post("/v1/answers", json={"question": "explode"})
    counts = {
        name.removeprefix("chapterverse_request_seconds_count "): value
        for name, value in measured(client).items()
        if name.startswith("chapterverse_request_seconds_count ")
    }
    assert counts == {
        "method=GET route=/v1/documents status=200": 1,
        "method=GET route=/v1/documents/{id:path} status=200": 1,
        "method=GET route=/v1/documents/{id:path} status=404": 1,
        "method=GET route=/v1/conversations/{id} status=404": 1,
        "method=GET route=none status=404": 1,
        "method=GET route=/assets status=200": 1,
        "method=other route=/v1/answers status=405": 1,
        "method=POST route=/v1/answers status=500": 1,
    }


def test_the_index_that_answers_is_named(client: TestClient) -> None:
    values = measured(client)
    assert values["chapterverse_index_info version=scripted"] == 1
    assert values["chapterverse_documents"] == 1
    assert values["chapterverse_requests_under_way"] == 1
    if sys.platform == "linux":
        assert values["process_resident_memory_bytes"] > 0


def test_another_index_takes_the_place_of_the_first() -> None:
    metrics = Metrics()
    metrics.index_opened("one", 1)
    metrics.index_opened("two", 3)
    assert metrics.registry.get_sample_value("chapterverse_index_info", {"version": "one"}) is None
    assert metrics.registry.get_sample_value("chapterverse_index_info", {"version": "two"}) == 1
    assert metrics.registry.get_sample_value("chapterverse_documents") == 3


def test_a_stage_is_timed_as_long_as_it_runs() -> None:
    metrics = Metrics()
    with metrics.timed("retrieve"):
        pass
    metrics.stage("retrieve", 2.0)
    labels = {"stage": "retrieve"}
    assert metrics.registry.get_sample_value("chapterverse_stage_seconds_count", labels) == 2
    assert 2.0 <= (metrics.registry.get_sample_value("chapterverse_stage_seconds_sum", labels) or 0) < 2.1


# --- request ids ---


def test_an_id_comes_back_and_a_new_one_is_made_where_none_is_fit(client: TestClient) -> None:
    assert client.get("/healthz", headers={"x-request-id": "desk-7.A_b"}).headers["x-request-id"] == "desk-7.A_b"
    made = {
        client.get("/healthz", headers=headers).headers["x-request-id"] for headers in ({}, {"x-request-id": "a b"})
    }
    assert len(made) == 2
    assert all(len(id) == 32 for id in made)


@pytest.mark.parametrize("sent", ["", "a b", "a\nb", 'a"', "x" * 65, "é"])
def test_what_could_forge_a_log_line_is_no_id(sent: str) -> None:
    assert id_for(sent) != sent


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("GET", "/"), ("GET", "/assets/main.js"), ("DELETE", "/")]
)
def test_every_response_carries_an_id(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).headers["x-request-id"]


def test_a_fault_of_ours_names_the_id_and_gives_nothing_away(client: TestClient) -> None:
    response = client.post("/v1/answers", json={"question": "explode"}, headers={"x-request-id": "mine"})
    assert "X-Request-ID" in problem_of(response, 500)["detail"]
    assert "exploded" not in response.text
    assert response.headers["x-request-id"] == "mine"
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()


# --- logs ---


def formatted(record: logging.LogRecord, *, questions: bool = False) -> dict[str, Any]:
    line = JsonFormatter(questions=questions).format(record)
    assert "\n" not in line
    read: dict[str, Any] = json.loads(line)
    return read


def lines_of(caplog: pytest.LogCaptureFixture, *, questions: bool = False) -> list[dict[str, Any]]:
    records = [record for record in caplog.records if record.name.startswith("assistant.")]
    return [formatted(record, questions=questions) for record in records]


def test_a_request_is_one_line_without_anything_personal(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    asked = client.post("/v1/answers", json={"question": QUESTION}, headers={"x-forwarded-for": "192.0.2.7"})
    conversation = asked.headers["x-conversation"]
    client.get(f"/v1/conversations/{conversation}")
    client.get("/healthz")
    lines = lines_of(caplog)
    assert [line["message"] for line in lines if line["message"] != "purged"] == ["question", "request", "request"]
    question, request, _ = (line for line in lines if line["message"] != "purged")
    assert (question["status"], question["confidence"], question["index_version"]) == ("answered", 0.97, "scripted")
    assert (request["method"], request["route"], request["status"]) == ("POST", "/v1/answers", 200)
    assert request["milliseconds"] > 0
    assert (request["level"], request["logger"]) == ("info", "assistant.service.watch")
    whole = json.dumps(lines)
    for secret in (QUESTION, "garden", conversation, asked.json()["id"], "192.0.2.7", "testclient"):
        assert secret not in whole


def test_questions_stand_in_the_log_only_when_they_shall(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with TestClient(create_app(Settings(log_questions=True), FreshAssistant, store=store)) as client:
        client.post("/v1/answers", json={"question": QUESTION})
    (line,) = (line for line in lines_of(caplog) if line["message"] == "question")
    assert (line["question"], line["standalone_question"]) == (QUESTION, QUESTION)


def failing(words: str) -> logging.LogRecord:
    try:
        try:
            raise KeyError("a cause")
        except KeyError as error:
            raise RuntimeError(words) from error
    except RuntimeError:
        return logging.LogRecord("x", logging.ERROR, "", 0, "it failed\nand more", (), sys.exc_info())


def test_an_exception_is_told_by_type_and_place_without_its_words() -> None:
    told = formatted(failing("what a person asked"))
    assert "asked" not in json.dumps(told)
    assert told["message"] == "it failed"
    kind, place, *cause = told["exception"]
    assert (kind, place.rsplit(" ", 1)[1], cause[:2]) == ("RuntimeError", "failing", ["caused by", "KeyError"])
    assert __file__ in place
    assert (
        formatted(failing("what a person asked"), questions=True)["exception"][0] == "RuntimeError: what a person asked"
    )


def test_lines_of_one_request_share_its_id() -> None:
    token = request_id.set("r1")
    try:
        record = logging.LogRecord("x", logging.INFO, "", 0, "said %s", ("so",), None)
        assert formatted(record) | {"time": ""} == {
            "time": "",
            "level": "info",
            "logger": "x",
            "message": "said so",
            "request": "r1",
        }
    finally:
        request_id.reset(token)


def test_the_servers_own_lines_are_json_too() -> None:
    config = log_config(Settings(log_level="info"))
    assert set(config["loggers"]) == {"assistant", "uvicorn"}
    assert {logger["level"] for logger in config["loggers"].values()} == {"INFO"}
