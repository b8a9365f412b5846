import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from scripted import GARDEN, GARDEN_ID, ScriptedAssistant, garden

from assistant.answering import Assistant
from assistant.dialogue.followups import Place, Turn
from assistant.service import models
from assistant.service.app import create_app
from assistant.service.guards import SECURITY_HEADERS
from assistant.settings import Settings

SETTINGS = Settings(max_body_bytes=5000, max_batch_questions=3, contact="Ring 123.", organisation='Parks & "Gardens"')
QUESTION = "When does the garden open?"


@pytest.fixture(scope="module")
def scripted() -> ScriptedAssistant:
    return ScriptedAssistant(SETTINGS)


@pytest.fixture(scope="module")
def client(scripted: ScriptedAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, lambda _: scripted), raise_server_exceptions=False) as opened:
        yield opened


def problem_of(response: Any, status: int) -> dict[str, Any]:
    """The body of a problem, after checking that it is one as RFC 9457 wants it."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert models.Problem.model_validate(body).title
    return body


# --- answers ---


def test_an_answer_is_the_contracts_json(client: TestClient, scripted: ScriptedAssistant) -> None:
    response = client.post("/v1/answers", json={"question": f"  {QUESTION}\n"})
    assert response.status_code == 200
    expected = scripted.ask(QUESTION).as_json()
    assert response.json() == json.loads(json.dumps(expected))
    answer = models.Answer.model_validate(response.json(), extra="forbid")
    assert answer.answer == "The garden \U0001f338 opens at nine."
    citation = response.json()["citations"][0]
    assert GARDEN[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["url"] == "/documents/guides/garden%20%F0%9F%8C%B8#char=48,75"
    assert response.headers["cache-control"] == "no-store"


def test_history_and_documents_reach_the_assistant(client: TestClient, scripted: ScriptedAssistant) -> None:
    whole = client.post("/v1/answers", json={"question": QUESTION}).json()["citations"]
    history = [
        {"role": "user", "content": "What\u0000 does it cost?"},
        {"role": "assistant", "content": "500 yen", "citations": whole},
    ]
    body = {"question": "And before that?", "history": history, "documents": [GARDEN_ID]}
    answer = client.post("/v1/answers", json=body).json()
    assert answer["standalone_question"] == "What  does it cost before 500 yen?"
    asked = scripted.asked[-1]
    assert asked.history == (
        Turn("user", "What  does it cost?"),
        Turn("assistant", "500 yen", (Place(GARDEN_ID, 48, 75),)),
    )
    assert asked.documents == frozenset({GARDEN_ID})


@pytest.mark.parametrize("question", ["x" * 2000, "1", "  \U0001f338  ", "a\x00b\x1b[31m", "日本\u3000語"])
def test_odd_questions_are_questions(client: TestClient, question: str) -> None:
    response = client.post("/v1/answers", json={"question": question})
    assert (response.status_code, response.json()["status"]) == (200, "not_found")
    assert not any(ord(character) < 32 for character in response.json()["question"])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "#/question: Field required"),
        ({"question": ""}, "the question is empty; send 1 character at least"),
        ({"question": " \t\r\n\u3000"}, "the question is empty; send 1 character at least"),
        ({"question": "\x00\x07"}, "the question is empty; send 1 character at least"),
        ({"question": "x" * 2001}, "the question has 2001 characters; send 2000 at most"),
        ({"question": 5}, "#/question: Input should be a valid string"),
        ({"question": "?", "documnets": []}, "#/documnets: Extra inputs are not permitted"),
        ({"question": "?", "a/b~\u00e9": 1}, "#/a~1b~0%C3%A9: Extra inputs are not permitted"),
        ({"question": "?", "documents": []}, "#/documents: List should have at least 1 item after validation, not 0"),
        ({"question": "?", "documents": ["no"]}, "there is no document 'no'"),
        ({"question": "?", "history": [{"role": "system", "content": ""}]}, "#/history/0/role: Input should be"),
        ({"question": "?", "history": [{"role": "user", "content": ""}] * 101}, "#/history: List should have at most"),
        ([], "#: Input should be a valid dictionary"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(client: TestClient, body: Any, detail: str) -> None:
    found = problem_of(client.post("/v1/answers", json=body), 422)["detail"]
    assert found.startswith(detail)


def test_every_fault_is_pointed_at(client: TestClient) -> None:
    body = {"history": [{"role": "user"}, {"role": "assistant", "content": "", "citations": [{"document": "a"}]}]}
    errors = problem_of(client.post("/v1/answers", json=body), 422)["errors"]
    assert [error["pointer"] for error in errors] == [
        "#/question",
        "#/history/0/content",
        "#/history/1/citations/0/start",
        "#/history/1/citations/0/end",
    ]


@pytest.mark.parametrize(
    "body",
    [
        rb'{"question": "half \ud800 a character"}',
        rb'{"question": "?", "history": [{"role": "user", "content": "\udfff"}]}',
        rb'{"question": "?", "documents": ["\ud800"]}',
        rb'{"question": "?", "\ud800": 1}',
    ],
)
def test_lone_surrogates_are_a_problem_of_the_request(client: TestClient, body: bytes) -> None:
    problem_of(client.post("/v1/answers", content=body, headers={"content-type": "application/json"}), 422)


@pytest.mark.parametrize(("body", "detail"), [(b"", "#: Field required"), (b"null", "#: Input should be a valid dict")])
def test_nothing_is_no_request(client: TestClient, body: bytes, detail: str) -> None:
    response = client.post("/v1/answers", content=body, headers={"content-type": "application/json"})
    assert problem_of(response, 422)["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "the body is not JSON: Expecting property name enclosed in double quotes"),
        (b"\xff\xfe\xff", "the body is not UTF-8 (byte 2); send JSON in UTF-8"),
        (b'{"question": "\xe3\x81"}', "the body is not UTF-8 (byte 14); send JSON in UTF-8"),
        (b"[" * 4000, "the body cannot be read: a number or the nesting in it is too large; send smaller ones"),
        (
            b'{"question": ' + b"9" * 4500 + b"}",
            "the body cannot be read: a number or the nesting in it is too large; send smaller ones",
        ),
    ],
)
def test_what_is_not_json_is_a_bad_request(client: TestClient, body: bytes, detail: str) -> None:
    response = client.post("/v1/answers", content=body, headers={"content-type": "application/json"})
    assert problem_of(response, 400)["detail"] == detail


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(client: TestClient, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    body = b'{"question": "?"}'
    detail = problem_of(client.post("/v1/answers", content=body, headers=headers), 415)["detail"]
    assert detail == "send JSON, with the header Content-Type: application/json"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.desk+json"])
def test_every_kind_of_json_is_taken(client: TestClient, kind: str) -> None:
    response = client.post("/v1/answers", content=b'{"question": "?"}', headers={"content-type": kind})
    assert response.status_code == 200


def test_an_announced_body_over_the_limit_is_refused(client: TestClient) -> None:
    detail = problem_of(client.post("/v1/answers", json={"question": "x" * 5000}), 413)["detail"]
    assert detail == "the body is too large; send 5000 bytes at most"


def test_a_chunked_body_over_the_limit_is_refused(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(60):
            yield b"x" * 100
        yield b'"}'

    response = client.post("/v1/answers", content=chunks(), headers={"content-type": "application/json"})
    assert "content-length" not in response.request.headers
    problem_of(response, 413)


def test_a_body_at_the_limit_is_taken(client: TestClient) -> None:
    body = json.dumps({"question": "?"}).encode().ljust(SETTINGS.max_body_bytes)
    assert client.post("/v1/answers", content=body, headers={"content-type": "application/json"}).status_code == 200
    body += b" "
    problem_of(client.post("/v1/answers", content=body, headers={"content-type": "application/json"}), 413)


def test_a_fault_of_ours_is_a_problem_that_gives_nothing_away(client: TestClient) -> None:
    response = client.post("/v1/answers", json={"question": "explode"})
    assert "exploded" not in response.text
    assert problem_of(response, 500)["title"] == "Internal Server Error"
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()


# --- batches ---


def test_a_batch_is_answered_in_order_and_bad_rows_tell_why(client: TestClient) -> None:
    rows = [{"id": "a", "question": QUESTION}, {"id": 7, "question": " "}, {"id": "c"}]
    first, second, third = client.post("/v1/batches", json=rows).json()
    assert (first["id"], first["status"], first["answer"]) == ("a", "answered", "The garden \U0001f338 opens at nine.")
    assert second == {"id": "7", "error": "the question is empty; send 1 character at least"}
    assert third == {"id": "c", "error": "#/question: Field required"}


def test_a_batch_answers_as_single_questions_do(client: TestClient) -> None:
    rows = [{"id": "made", "question": question} for question in (QUESTION, "What does it cost?", "Nothing known?")]
    singles = [client.post("/v1/answers", json={"question": row["question"]}).json() for row in rows]
    assert client.post("/v1/batches", json=rows).json() == singles


def test_rows_that_are_no_rows_are_errors_too(client: TestClient) -> None:
    body = rb'[null, "text", {"id": "\ud800", "question": "?"}]'
    rows = client.post("/v1/batches", content=body, headers={"content-type": "application/json"}).json()
    assert [row["id"] for row in rows] == ["", "", "?"]
    assert all(row["error"].startswith("#") for row in rows)


def test_the_size_of_a_batch_is_limited(client: TestClient) -> None:
    rows = [{"question": "?"}] * 4
    detail = problem_of(client.post("/v1/batches", json=rows), 422)["detail"]
    assert detail == "the batch has 4 questions; send 3 at most"
    assert client.post("/v1/batches", json=[]).json() == []
    problem_of(client.post("/v1/batches", json={"question": "?"}), 422)


# --- documents and operation ---


def test_documents_are_listed_without_their_text(client: TestClient) -> None:
    listed = client.get("/v1/documents").json()
    assert listed["index_version"] == "scripted"
    assert listed["documents"] == [
        {
            "id": GARDEN_ID,
            "title": "Rules for Visitors \U0001f5fb",
            "publisher": "City Parks",
            "date": "2026-04-01",
            "url": "https://parks.example/rules",
            "licence": "CC BY 4.0",
            "language": "en",
            "sha256": garden().sha256,
            "format": "text",
            "characters": len(GARDEN),
        }
    ]


def test_a_document_comes_with_text_hash_and_section_tree(client: TestClient) -> None:
    document = client.get("/v1/documents/guides/garden%20%F0%9F%8C%B8").json()
    assert (document["text"], document["sha256"]) == (GARDEN, garden().sha256)
    fees = document["sections"][2]
    assert (fees["label"], fees["parent"], fees["children"]) == ("2. Fees", 0, [3])
    assert document["text"][fees["heading_start"] : fees["heading_end"]] == "2. Fees"


@pytest.mark.parametrize("path", ["/v1/documents/no/such", "/v1/documents/", "/v1/nothing", "/docs", "/assets/no.js"])
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    assert problem_of(client.get(path), 404)["title"] == "Not Found"


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    response = client.get("/v1/answers")
    assert problem_of(response, 405)["detail"] == "GET is not allowed at /v1/answers"
    assert response.headers["allow"] == "POST"


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "index_version": "scripted"}


def test_before_the_index_is_open_the_service_is_alive_but_not_ready() -> None:
    unopened = TestClient(create_app(SETTINGS, ScriptedAssistant))
    assert unopened.get("/healthz").status_code == 200
    problem_of(unopened.get("/readyz"), 503)
    problem_of(unopened.post("/v1/answers", json={"question": "?"}), 503)


# --- pages, headers, schema ---


def test_the_page_names_the_organisation_safely(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Parks &amp; &quot;Gardens&quot;</title>" in page.text
    assert client.get("/site.json").json() == {
        "organisation": 'Parks & "Gardens"',
        "contact": "Ring 123.",
        "accent": "",
        "sample_questions": [],
        "max_question_characters": 2000,
        "feedback": False,
    }


def test_a_link_into_a_document_opens_the_page(client: TestClient) -> None:
    page = client.get("/").text
    known, unknown = client.get("/documents/guides/garden%20%F0%9F%8C%B8"), client.get("/documents/no")
    assert (known.status_code, known.text, unknown.status_code, unknown.text) == (200, page, 404, page)


@pytest.mark.parametrize("path", ["/", "/assets/main.js", "/v1/documents", "/nothing"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    assert SECURITY_HEADERS.items() <= dict(client.get(path).headers).items()


def test_the_schema_describes_requests_answers_and_problems(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/v1/answers",
        "/v1/answers/{id}",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/chat/completions",
        "/v1/batches",
        "/v1/documents",
        "/v1/documents/{id}",
        "/healthz",
        "/readyz",
    }
    answers = schema["paths"]["/v1/answers"]["post"]["responses"]
    assert set(answers) == {"200", "400", "413", "415", "422", "500", "503", "default"}
    problem = answers["422"]["content"]
    assert problem == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert {"Problem", "Fault", "BatchRow", "BadRow"} <= set(schema["components"]["schemas"])
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    batch = schema["paths"]["/v1/batches"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert batch["items"] == {"$ref": "#/components/schemas/BatchRow"}


def test_the_examples_of_the_schema_are_true(assistant: Assistant) -> None:
    with TestClient(create_app(assistant.settings, lambda _: assistant)) as client:
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
        for example in schemas["AnswerRequest"]["examples"]:
            assert client.post("/v1/answers", json=example).status_code == 200
        shown = schemas["Answer"]["examples"][0]
        answer = client.post("/v1/answers", json={"question": shown["question"]}).json()
        citation, real = shown["citations"][0], answer["citations"][0]
        text = client.get(f"/v1/documents/{citation['document']}").json()["text"]
    assert {key for key, value in answer.items() if value is not None} == shown.keys()
    assert citation.keys() == real.keys()
    assert text[citation["start"] : citation["end"]] == citation["quote"] == real["quote"]
    assert citation["sha256"] == real["sha256"]
    marked = [text[mark["start"] : mark["end"]] for mark in citation["highlights"]]
    assert "\n".join(marked) == shown["answer"]
