import asyncio
import csv
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import KINDS, database_url
from fastapi.testclient import TestClient
from fresh import FreshAssistant
from openpyxl import load_workbook
from scripted import GARDEN_ID
from test_app import problem_of
from test_keys import invoke

from assistant.dialogue.followups import Place, Turn
from assistant.service import conversations, models
from assistant.service.app import create_app
from assistant.service.conversations import purging
from assistant.settings import Settings
from assistant.store.conversations import keep_answer, read_conversation
from assistant.store.database import Store, open_store
from assistant.store.feedback import give_feedback
from assistant.store.keys import create_key

SETTINGS = Settings()
QUESTION = "When does the garden open?"
OPENS = "The garden \U0001f338 opens at nine."


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with database_url(request.param, tmp_path_factory.mktemp("database")) as opened:
        yield opened


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def scripted() -> FreshAssistant:
    return FreshAssistant(SETTINGS)


@pytest.fixture(scope="module")
def client(store: Store, scripted: FreshAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, lambda _: scripted, store=store)) as opened:
        yield opened


def ask(client: TestClient, question: str = QUESTION, conversation: str = "", **body: Any) -> Any:
    headers = {"x-conversation": conversation} if conversation else {}
    response = client.post("/v1/answers", json={"question": question, **body}, headers=headers)
    assert response.status_code == 200
    return response


# --- conversations ---


def test_an_answer_begins_a_conversation_and_the_next_continues_it(client: TestClient) -> None:
    first = ask(client)
    id = first.headers["x-conversation"]
    assert models.Answer.model_validate(first.json(), extra="forbid")
    second = ask(client, "What does it cost?", id)
    assert second.headers["x-conversation"] == id
    response = client.get(f"/v1/conversations/{id}")
    assert response.headers["cache-control"] == "no-store"
    kept = conversations.KeptConversation.model_validate(response.json(), extra="forbid")
    assert kept.id == id
    assert [turn["answer"] for turn in response.json()["turns"]] == [first.json(), second.json()]
    assert [turn.feedback for turn in kept.turns] == [None, None]
    assert kept.begun == kept.turns[0].asked <= kept.turns[1].asked
    assert datetime.now(UTC) - kept.begun < timedelta(minutes=5)


def test_two_conversations_know_nothing_of_each_other(client: TestClient) -> None:
    one, other = (ask(client).headers["x-conversation"] for _ in range(2))
    assert one != other
    ask(client, "What does it cost?", one)
    assert len(client.get(f"/v1/conversations/{one}").json()["turns"]) == 2
    assert len(client.get(f"/v1/conversations/{other}").json()["turns"]) == 1


def test_a_kept_conversation_is_the_history_of_what_follows(client: TestClient, scripted: FreshAssistant) -> None:
    id = ask(client).headers["x-conversation"]
    ask(client, "Who is the mayor?", id)
    ask(client, "And then?", id)
    assert scripted.asked[-1].history == (
        Turn("user", QUESTION),
        Turn("assistant", OPENS, (Place(GARDEN_ID, 48, 75),)),
        Turn("user", "Who is the mayor?"),
        Turn("assistant", "These documents do not say."),
    )


def test_a_history_that_is_sent_counts_instead(client: TestClient, scripted: FreshAssistant) -> None:
    id = ask(client).headers["x-conversation"]
    ask(client, "And then?", id, history=[{"role": "user", "content": "Something else?"}])
    assert scripted.asked[-1].history == (Turn("user", "Something else?"),)


def test_only_the_last_answers_of_a_long_conversation_are_read_again(
    client: TestClient, scripted: FreshAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.service.exchange.REMEMBERED", 2)
    id = ask(client, "One?").headers["x-conversation"]
    for question in ("Two?", "Three?", "Four?"):
        ask(client, question, id)
    asked = [turn.content for turn in scripted.asked[-1].history if turn.role == "user"]
    assert asked == ["Two?", "Three?"]


def test_a_deleted_conversation_is_gone_with_its_feedback(client: TestClient, store: Store) -> None:
    asked = ask(client)
    id = asked.headers["x-conversation"]
    assert client.post("/v1/feedback", json={"answer": asked.json()["id"], "rating": "up"}).status_code == 204
    removed = client.delete(f"/v1/conversations/{id}")
    assert (removed.status_code, removed.content) == (204, b"")
    problem_of(client.get(f"/v1/conversations/{id}"), 404)
    problem_of(client.delete(f"/v1/conversations/{id}"), 404)
    problem_of(client.post("/v1/feedback", json={"answer": asked.json()["id"], "rating": "up"}), 404)
    assert read_conversation(store, id) is None


@pytest.mark.parametrize("id", ["x", "A" * 43, "A" * 44, "%00" * 43, "%F0%9F%8C%B8", "' OR 1=1 --", "A" * 5000])
def test_what_was_never_a_conversation_is_not_found(client: TestClient, id: str) -> None:
    problem_of(client.get(f"/v1/conversations/{id}"), 404)
    problem_of(client.delete(f"/v1/conversations/{id}"), 404)
    if "%" not in id:
        response = client.post("/v1/answers", json={"question": QUESTION}, headers={"x-conversation": id})
        assert problem_of(response, 404)["detail"].endswith("leave out X-Conversation to begin one")


def test_a_question_that_cannot_be_used_begins_nothing(client: TestClient) -> None:
    response = client.post("/v1/answers", json={"question": " "})
    problem_of(response, 422)
    assert "x-conversation" not in response.headers


def test_the_schema_describes_what_is_kept(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert {"/v1/conversations/{id}", "/v1/feedback"} <= set(schema["paths"])
    assert [parameter["name"] for parameter in schema["paths"]["/v1/answers"]["post"]["parameters"]].count(
        "x-conversation"
    ) == 1


# --- feedback ---


def test_feedback_stands_beside_its_answer_and_can_be_changed(client: TestClient) -> None:
    asked = ask(client)
    for rating, reason in (("up", ""), ("down", "Not what I\nmeant \U0001f338\u0000")):
        body = {"answer": asked.json()["id"], "rating": rating, "reason": reason}
        assert client.post("/v1/feedback", json=body).status_code == 204
    (turn,) = client.get(f"/v1/conversations/{asked.headers['x-conversation']}").json()["turns"]
    assert turn["feedback"]["rating"] == "down"
    assert turn["feedback"]["reason"] == "Not what I\nmeant \U0001f338 "


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"answer": "unknown", "rating": "up"}, 404),
        ({"answer": "", "rating": "up"}, 422),
        ({"answer": "a\u0000", "rating": "up"}, 422),
        ({"answer": "x", "rating": "sideways"}, 422),
        ({"answer": "x", "rating": "up", "reason": "x" * 2001}, 422),
        ({"answer": "x", "rating": "up", "other": 1}, 422),
    ],
)
def test_feedback_that_cannot_be_used_is_refused(client: TestClient, body: dict[str, str], status: int) -> None:
    problem_of(client.post("/v1/feedback", json=body), status)


def test_feedback_takes_only_json_and_whole_characters(client: TestClient) -> None:
    problem_of(client.post("/v1/feedback", content=b"{}", headers={"content-type": "text/plain"}), 415)
    half = rb'{"answer": "x", "rating": "up", "reason": "\ud800"}'
    problem_of(client.post("/v1/feedback", content=half, headers={"content-type": "application/json"}), 422)


# --- when nothing is kept ---


def test_without_keeping_nothing_is_kept_and_nothing_offered(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        app = create_app(Settings(keep_conversations=False), FreshAssistant, store=store)
        with TestClient(app) as client:
            assert "x-conversation" not in ask(client, QUESTION, "A" * 43).headers
            problem_of(client.post("/v1/feedback", json={"answer": "x", "rating": "up"}), 404)
            assert "/v1/feedback" not in client.get("/openapi.json").json()["paths"]


def test_a_database_that_fails_costs_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        app = create_app(SETTINGS, FreshAssistant, store=store)
        with TestClient(app) as client:
            with store.engine.begin() as connection:
                connection.exec_driver_sql("DROP TABLE answers")
            assert ask(client).json()["answer"] == OPENS
            assert "chapterverse_answers_not_kept_total 1.0" in client.get("/metrics").text
    assert "an answer was given but could not be kept" in caplog.text


def test_a_database_that_fails_is_told_where_it_is_needed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        key = {"authorization": f"Bearer {create_key(store, 'desk', frozenset({'ask'})).secret}"}
        app = create_app(Settings(require_keys=True), FreshAssistant, store=store)
        with TestClient(app) as client:
            for table in ("feedback", "answers", "conversations", "keys"):
                with store.engine.begin() as connection:
                    connection.exec_driver_sql(f"DROP TABLE {table}")
            for refused in (
                client.get(f"/v1/conversations/{'A' * 43}"),
                client.post("/v1/feedback", json={"answer": "x", "rating": "up"}),
                client.post("/v1/batches", json=[], headers=key),
                client.post(
                    "/v1/answers",
                    json={"question": QUESTION},
                    headers={"x-conversation": "A" * 43, "sec-fetch-site": "same-origin"},
                ),
            ):
                detail = problem_of(refused, 503)["detail"]
                assert detail == "the database does not answer just now; try again in a moment"
                assert refused.headers["retry-after"] == "5"
    assert "no such table" in caplog.text


def test_a_conversation_deleted_while_it_is_answered_stays_deleted(tmp_path: Path) -> None:
    class Slow(FreshAssistant):
        def ask_all(self, requests: Any, **telling: Any) -> Any:
            if requests[0].question == "Slow?":
                assert client.delete(f"/v1/conversations/{id}").status_code == 204
            return super().ask_all(requests, **telling)

    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        app = create_app(SETTINGS, Slow, store=store)
        with TestClient(app) as client:
            id = ask(client).headers["x-conversation"]
            ask(client, "Slow?", id)
            problem_of(client.get(f"/v1/conversations/{id}"), 404)


# --- retention ---


def test_what_is_old_is_purged_at_the_start(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        content = FreshAssistant(SETTINGS).ask(QUESTION).as_json()
        now = datetime.now(UTC)
        keep_answer(store, "old", content | {"id": "a"}, begins=True, now=now - timedelta(days=8))
        keep_answer(store, "new", content | {"id": "b"}, begins=True, now=now - timedelta(days=6))
        with TestClient(create_app(Settings(retention_days=7), FreshAssistant, store=store)) as client:
            for _ in range(100):
                if read_conversation(store, "old") is None:
                    break
                client.get("/healthz")
        assert read_conversation(store, "old") is None
        assert read_conversation(store, "new") is not None


def test_purging_goes_on_daily_even_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(conversations, "DAY", 0.01)
    caplog.set_level(logging.INFO)

    failed = "old answers could not be purged; the next attempt is in a day"

    def told() -> list[str]:
        return [record.message for record in caplog.records if record.name == conversations.__name__]

    async def next_told(message: str) -> None:
        before = told().count(message)
        async with asyncio.timeout(20):
            while told().count(message) == before:
                await asyncio.sleep(0.01)

    async def watch(store: Store) -> None:
        async with purging(store, days=30):
            await next_told("purged")
            with store.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE answers RENAME TO away")
            await next_told(failed)
            with store.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE away RENAME TO answers")
            await next_told("purged")

    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        asyncio.run(watch(store))
    assert list(dict.fromkeys(told())) == ["purged", failed]


# --- export ---


@pytest.fixture
def rated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a database that holds two rated answers."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'rated.sqlite3'}"
    monkeypatch.setenv("CHAPTERVERSE_DATABASE", url)
    content = FreshAssistant(SETTINGS).ask(QUESTION).as_json()
    with open_store(url) as store:
        keep_answer(store, "c", content | {"id": "a"}, begins=True)
        keep_answer(store, "c", content | {"id": "b", "question": "=1+1"}, begins=False)
        give_feedback(store, "a", "up", now=datetime(2026, 7, 1, tzinfo=UTC))
        give_feedback(store, "b", "down", '@cmd, "no"\nreally', now=datetime(2026, 7, 2, tzinfo=UTC))
    return tmp_path


@pytest.mark.usefixtures("rated")
def test_feedback_is_exported_as_csv_that_no_spreadsheet_runs() -> None:
    result = invoke("feedback", "export")
    assert result.exit_code == 0
    first, second = csv.DictReader(result.stdout.splitlines(keepends=True))
    assert (first["given"], first["rating"], first["question"]) == ("2026-07-01T00:00:00+00:00", "up", QUESTION)
    assert first["answer"] == OPENS
    assert first["places"] == "/documents/guides/garden%20%F0%9F%8C%B8#char=48,75"
    assert (second["question"], second["reason"]) == ("'=1+1", '\'@cmd, "no"\nreally')


def test_feedback_is_exported_to_files_of_every_format(rated: Path) -> None:
    for name in ("out.csv", "out.jsonl", "out.xlsx"):
        result = invoke("feedback", "export", "-o", name, "--since", "2026-07-02")
        assert (result.exit_code, result.stdout) == (0, f"1 rated answer → {name}\n")
    (row,) = csv.DictReader((rated / "out.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True))
    (record,) = map(json.loads, (rated / "out.jsonl").read_text(encoding="utf-8").splitlines())
    header, cells = load_workbook(rated / "out.xlsx").active.iter_rows(values_only=True)  # type: ignore[union-attr]
    sheet = dict(zip(header, cells, strict=True))
    assert row["id"] == record["id"] == sheet["id"] == "b"
    assert record["question"] == sheet["question"] == "=1+1"
    assert record["places"] == ["/documents/guides/garden%20%F0%9F%8C%B8#char=48,75"]


def test_a_format_that_is_not_known_is_one_line(rated: Path) -> None:
    result = invoke("feedback", "export", "-o", "out.pdf")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("chapterverse: 'out.pdf' is of no known format")
    assert not (rated / "out.pdf").exists()
