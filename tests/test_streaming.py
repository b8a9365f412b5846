import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import served
from fastapi.testclient import TestClient
from listening import HeldAssistant, Told, told
from scripted import GARDEN_ID

from assistant.answering import Answer, Assistant
from assistant.service import models, streaming
from assistant.service.app import create_app
from assistant.service.streaming import Fault, KeptAnswers, wants_events
from assistant.service.work import cores
from assistant.settings import Settings
from assistant.store.database import open_store

SETTINGS = Settings()
QUESTION = "When does the garden open?"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
def held() -> HeldAssistant:
    return HeldAssistant(SETTINGS)


@pytest.fixture
def client(held: HeldAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, lambda _: held), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def address(held: HeldAssistant) -> Iterator[str]:
    with served(create_app(SETTINGS, lambda _: held)) as address:
        yield address


def streamed(client: TestClient, **body: Any) -> list[Told]:
    response = client.post("/v1/answers", json=body, headers=EVENTS)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    return told(response.text.split("\n"))


def finished(url: str) -> httpx.Response:
    """What is kept at a URL once the work is done."""
    for _ in range(200):
        response = httpx.get(url)
        if response.status_code != 202:
            return response
        time.sleep(0.02)
    raise AssertionError("the answer was never finished")


# --- the stream ---


def test_the_stages_come_in_order_and_the_answer_is_the_contracts_json(client: TestClient) -> None:
    question, reading, answer, done = streamed(client, question=f" {QUESTION}\n")
    assert [one.name for one in (question, reading, answer, done)] == ["question", "reading", "answer", "done"]
    id = question.data["id"]
    assert question.data == {"id": id, "question": QUESTION, "standalone_question": QUESTION}
    assert done.data == {"id": id}
    assert answer.data == client.post("/v1/answers", json={"question": QUESTION}).json() | {"id": id}
    assert models.Answer.model_validate(answer.data, extra="forbid").answered


def test_sections_are_named_once_the_best_first(client: TestClient) -> None:
    reading = streamed(client, question=QUESTION)[1].data
    title = "Rules for Visitors \U0001f5fb"
    assert reading == {
        "sections": [
            {"document": GARDEN_ID, "title": title, "section_path": ["2. Fees"]},
            {"document": GARDEN_ID, "title": title, "section_path": ["1. Opening"]},
        ]
    }


def test_history_is_understood_in_the_stream(client: TestClient, held: HeldAssistant) -> None:
    history = [{"role": "user", "content": "What does it cost?"}]
    question, _, answer, _ = streamed(client, question="And before that?", history=history, documents=[GARDEN_ID])
    assert question.data["standalone_question"] == answer.data["standalone_question"] != "And before that?"
    assert held.asked[-1].id == question.data["id"]


def test_ids_cannot_be_guessed(client: TestClient) -> None:
    ids = {streamed(client, question=QUESTION)[0].data["id"] for _ in range(20)}
    assert len(ids) == 20
    assert all(len(id) == 32 and int(id, 16) >= 0 for id in ids)


def test_nothing_between_keeps_or_collects_the_events(client: TestClient) -> None:
    headers = client.post("/v1/answers", json={"question": QUESTION}, headers=EVENTS).headers
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert client.get(headers["content-location"]).json()["question"] == QUESTION


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": "x" * 2001}, 422),
        ({"question": " "}, 422),
        ({"question": "?", "documents": ["no"]}, 422),
        ({}, 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem_and_no_stream(client: TestClient, body: Any, status: int) -> None:
    response = client.post("/v1/answers", json=body, headers=EVENTS)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_a_fault_of_ours_ends_the_stream_as_a_problem(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    question, _, error = streamed(client, question="explode")
    assert (error.name, error.data["status"]) == ("error", 500)
    assert "exploded" not in json.dumps(error.data)
    assert "exploded" in caplog.text
    kept = client.get(f"/v1/answers/{question.data['id']}")
    assert (kept.status_code, kept.headers["content-type"]) == (500, "application/problem+json")
    assert kept.json() == error.data


@pytest.mark.parametrize(
    ("accept", "events"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("text/event-stream, application/json;q=0.9", True),
        ("text/event-stream, */*;q=0.1", True),
        ("application/json, text/event-stream", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=much", False),
        ("text/*", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_only_who_asks_for_events_gets_them(client: TestClient, accept: str, events: bool) -> None:
    assert wants_events(accept) is events
    response = client.post("/v1/answers", json={"question": QUESTION}, headers={"accept": accept})
    assert response.headers["content-type"].startswith("text/event-stream" if events else "application/json")


def test_the_stream_continues_and_keeps_conversations(held: HeldAssistant, tmp_path: Path) -> None:
    with (
        open_store(f"sqlite:///{tmp_path / 'kept.sqlite3'}") as store,
        TestClient(create_app(SETTINGS, lambda _: held, store=store)) as client,
    ):
        first = client.post("/v1/answers", json={"question": "What does it cost?"}, headers=EVENTS)
        secret = {"x-conversation": first.headers["x-conversation"]}
        client.post("/v1/answers", json={"question": QUESTION}, headers=EVENTS | secret)
        turns = client.get(f"/v1/conversations/{secret['x-conversation']}").json()["turns"]
    assert [turn["answer"]["question"] for turn in turns] == ["What does it cost?", QUESTION]
    assert [turn.content for turn in held.asked[-1].history if turn.role == "user"] == ["What does it cost?"]


# --- on a real connection ---


def test_the_first_events_come_before_the_answer_and_comments_while_it_is_awaited(
    address: str, held: HeldAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.02)
    held.let_go.clear()
    seen: list[str] = []
    with httpx.stream("POST", f"{address}/v1/answers", json={"question": QUESTION}, headers=EVENTS) as response:
        for line in response.iter_lines():
            seen.append(line)
            if sum(one.startswith(":") for one in seen) == 3:
                held.let_go.set()
    names = [one.name for one in told(seen)]
    assert names[:5] == ["question", "reading", "", "", ""]
    assert names[-2:] == ["answer", "done"]


def test_who_waits_for_a_turn_is_told_that_the_question_came(
    address: str, held: HeldAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.02)
    held.let_go.clear()
    with ThreadPoolExecutor(cores()) as busy:
        others = [busy.submit(httpx.post, f"{address}/v1/answers", json={"question": QUESTION}) for _ in range(cores())]
        while len(held.held) < cores():
            time.sleep(0.01)
        with httpx.stream("POST", f"{address}/v1/answers", json={"question": QUESTION}, headers=EVENTS) as response:
            lines = response.iter_lines()
            assert [next(lines), next(lines), next(lines)] == [": still at work", "", ": still at work"]
            assert httpx.get(f"{address}{response.headers['content-location']}").status_code == 202
            held.let_go.set()
            names = [one.name for one in told(lines) if one.name]
    assert names == ["question", "reading", "answer", "done"]
    assert [other.result().status_code for other in others] == [200] * cores()


def test_a_batch_leaves_turns_to_others(address: str, held: HeldAssistant) -> None:
    held.let_go.clear()
    rows = [{"id": str(number), "question": QUESTION} for number in range(40)]
    with ThreadPoolExecutor(2 * cores()) as busy:
        batches = [busy.submit(httpx.post, f"{address}/v1/batches", json=rows) for _ in range(cores())]
        while len(held.held) < cores():
            time.sleep(0.01)
        alone = busy.submit(httpx.post, f"{address}/v1/answers", json={"question": "What does it cost?"})
        time.sleep(1)  # until it is there, on a busy machine too
        held.let_go.set()
        assert alone.result().status_code == 200
        assert [[row["id"] for row in batch.result().json()] for batch in batches] == [
            [row["id"] for row in rows]
        ] * cores()
    order = [request.question for request in held.asked]
    assert order.index("What does it cost?") < len(order) / 2


def test_who_hangs_up_finds_the_answer_by_its_id(address: str, held: HeldAssistant) -> None:
    held.let_go.clear()
    with httpx.stream("POST", f"{address}/v1/answers", json={"question": QUESTION}, headers=EVENTS) as response:
        lines = response.iter_lines()
        question = told([next(lines), next(lines)])[0]
    url = f"{address}/v1/answers/{question.data['id']}"
    working = httpx.get(url)
    assert (working.status_code, working.headers["retry-after"]) == (202, "1")
    assert working.json() == {"id": question.data["id"], "status": "working"}
    held.let_go.set()
    kept = finished(url)
    assert (kept.status_code, kept.headers["cache-control"]) == (200, "no-store")
    assert (kept.json()["id"], kept.json()["answer"]) == (question.data["id"], "The garden \U0001f338 opens at nine.")


def test_streams_leave_the_loop_to_others(address: str, held: HeldAssistant) -> None:
    held.let_go.clear()
    answers: list[list[Told]] = []

    def listen() -> None:
        response = httpx.post(f"{address}/v1/answers", json={"question": QUESTION}, headers=EVENTS, timeout=30)
        answers.append(told(response.text.split("\n")))

    threads = [threading.Thread(target=listen) for _ in range(12)]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    assert all(httpx.get(f"{address}/healthz").status_code == 200 for _ in range(5))
    assert time.monotonic() - begun < 5
    held.let_go.set()
    for thread in threads:
        thread.join()
    assert [[one.name for one in answer] for answer in answers] == [["question", "reading", "answer", "done"]] * 12
    assert len({answer[0].data["id"] for answer in answers}) == 12
    assert all(answer[0].data["id"] == answer[2].data["id"] for answer in answers)


# --- what is kept ---


def test_what_is_not_kept_is_a_problem(client: TestClient) -> None:
    response = client.get("/v1/answers/0d3f8f4c5c0e4d1c8d7f0a2b9b1e6a35")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert response.json()["detail"].endswith("ask the question again")


def test_answers_are_kept_for_a_time_and_in_a_number(held: HeldAssistant) -> None:
    now = 0.0
    kept = KeptAnswers(most=2, seconds=60, clock=lambda: now)
    answer: Answer = held.ask(QUESTION)
    kept.begin("a")
    assert kept.find("a") is None
    now = 50.0
    assert kept.finish("a", answer) is answer
    kept.finish("b", Fault(422, "no"))
    now = 109.9
    assert (kept.find("a"), kept.find("b")) == (answer, Fault(422, "no"))
    kept.begin("c")
    with pytest.raises(KeyError):
        kept.find("a")
    now = 110.0
    with pytest.raises(KeyError):
        kept.find("b")
    assert kept.find("c") is None


# --- HEAD, and the real thing ---


@pytest.mark.parametrize("path", ["/healthz", "/v1/documents", "/v1/documents/no", "/", "/site.json", "/openapi.json"])
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == get.headers["content-type"]


def test_head_on_a_real_connection_leaves_it_usable(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        head, get = client.head("/v1/documents"), client.get("/v1/documents")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(get.content)))
    assert httpx.head(f"{address}/v1/answers").status_code == 405


def test_the_real_assistant_streams_what_it_answers(assistant: Assistant) -> None:
    question = "When was the International Peace Cooperation Act enacted?"
    with TestClient(create_app(assistant.settings, lambda _: assistant)) as client:
        asked, reading, answer, _ = streamed(client, question=question)
        plain = client.post("/v1/answers", json={"question": question}).json()
    assert answer.data == plain | {"id": asked.data["id"]}
    read = [section["section_path"] for section in reading.data["sections"]]
    assert answer.data["citations"][0]["section_path"] in read
    assert asked.data["standalone_question"] == plain["standalone_question"]


@pytest.mark.parametrize("headers", [{}, EVENTS])
def test_who_would_wait_behind_too_many_is_told_when_to_come_again(
    held: HeldAssistant, headers: dict[str, str]
) -> None:
    held.let_go.clear()
    most = cores() + 1
    with (
        TestClient(create_app(Settings(max_waiting_questions=1), lambda _: held)) as client,
        ThreadPoolExecutor(most) as busy,
    ):
        work = client.app.state.work  # type: ignore[attr-defined]
        others = [busy.submit(client.post, "/v1/answers", json={"question": QUESTION}) for _ in range(most)]
        while work.taken < most:
            time.sleep(0.01)
        response = client.post("/v1/answers", json={"question": QUESTION}, headers=headers)
        assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
        assert (response.headers["retry-after"], response.json()["title"]) == ("5", "Service Unavailable")
        assert response.json()["detail"] == f"{most} questions are being answered or waiting; try again in 5 s"
        held.let_go.set()
        assert [other.result().status_code for other in others] == [200] * most
