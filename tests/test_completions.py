"""The official client against a real server on loopback; the shapes that it does not show, by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from browsing import served
from fastapi.testclient import TestClient
from listening import HeldAssistant
from markdown_it import MarkdownIt
from openai import OpenAI
from openai.types.chat import ChatCompletion
from scripted import GARDEN, GARDEN_ID

from assistant.answering import Assistant
from assistant.dialogue.followups import Place, Turn
from assistant.service import streaming
from assistant.service.app import create_app
from assistant.service.completion_markdown import markdown, paragraphs
from assistant.service.completion_models import MODEL
from assistant.service.work import Work
from assistant.settings import Settings
from assistant.store.database import open_store
from assistant.store.keys import SCOPES, create_key

SETTINGS = Settings(contact="Ring *123*.", organisation="City Parks", max_body_bytes=200_000)
QUESTION = "When does the garden open?"
PATH = "/v1/chat/completions"
OPENS = "The garden \U0001f338 opens at nine."
TITLE = "Rules for Visitors \U0001f5fb"
PLACE = "/documents/guides/garden%20%F0%9F%8C%B8#char=48,75"


@pytest.fixture(scope="module")
def held() -> HeldAssistant:
    return HeldAssistant(SETTINGS)


@pytest.fixture(scope="module")
def address(held: HeldAssistant) -> Iterator[str]:
    with served(create_app(SETTINGS, lambda _: held)) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def real_address(assistant: Assistant) -> Iterator[str]:
    with served(create_app(assistant.settings, lambda _: assistant)) as address:
        yield address


@pytest.fixture(scope="module")
def real(real_address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{real_address}/v1", api_key="none", max_retries=0) as client:
        yield client


def said(*words: str, **extra: Any) -> Any:
    """Messages of the user and the assistant in turn, the user first."""
    return [
        {"role": "assistant" if place % 2 else "user", "content": text} | (extra if place % 2 else {})
        for place, text in enumerate(words)
    ]


def completion(client: OpenAI, *words: str) -> ChatCompletion:
    return client.chat.completions.create(model=MODEL, messages=said(*words))


# --- answers ---


def test_an_answer_is_the_documents_words_and_a_numbered_reference(client: OpenAI, address: str) -> None:
    made = completion(client, QUESTION)
    choice = made.choices[0]
    expected = f'{OPENS}\n\n[1] {TITLE}, 1. Opening — "{OPENS}" ({address}{PLACE})'
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", expected, "stop")
    assert made.id.startswith("chatcmpl-")
    assert (made.object, made.model, made.system_fingerprint) == ("chat.completion", MODEL, "scripted")


@pytest.mark.parametrize(
    ("public_url", "host", "base"),
    [
        ("", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("", "localhost", "http://localhost"),
        ("", "[::1]:80", "http://[::1]:80"),
        ("", "evil.example", ""),
        ("", "127.0.0.1.evil.example", ""),
        ("", "127.0.0.1:8000@evil.example", ""),
        ("", "127.0.0.1/)[x](http://evil.example", ""),
        ("https://ask.example.org/desk", "127.0.0.1", "https://ask.example.org/desk"),
        ("https://ask.example.org", "evil.example", "https://ask.example.org"),
    ],
)
def test_references_lead_where_the_operator_says_and_nowhere_else(
    held: HeldAssistant, public_url: str, host: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "settings", Settings(public_url=public_url))
    with TestClient(create_app(held.settings, lambda _: held)) as client:
        body = {"model": MODEL, "messages": said(QUESTION)}
        made = client.post(PATH, json=body, headers={"host": host}).json()
    content = made["choices"][0]["message"]["content"]
    assert content.endswith(f"({base}{PLACE})")
    assert "evil" not in content


def test_the_citations_come_in_full_beside_the_text(client: OpenAI, address: str) -> None:
    citations: Any = getattr(completion(client, QUESTION).choices[0].message, "citations", None)
    answer = httpx.post(f"{address}/v1/answers", json={"question": QUESTION}).json()
    assert citations == answer["citations"]
    assert GARDEN[citations[0]["start"] : citations[0]["end"]] == OPENS


def test_several_quotes_are_numbered_in_order(client: OpenAI) -> None:
    content = completion(client, "What does it cost?").choices[0].message.content or ""
    lines = content.split("\n\n")  # "(1)" begins no list in Markdown
    assert lines[:4] == [
        "(1) Adults pay 500 yen;",
        "(2) Children pay 200 yen;",
        "(3) Residents pay nothing.",
        "Counted: 3",
    ]
    assert [line[:3] for line in lines[4:]] == ["[1]", "[2]", "[3]"]


def test_what_is_not_there_is_a_plain_message(client: OpenAI) -> None:
    choice = completion(client, "Who is the mayor?").choices[0]
    assert (choice.finish_reason, choice.message.refusal) == ("stop", None)
    assert choice.message.content == "These documents do not say.\n\nRing \\*123\\*."
    assert getattr(choice.message, "citations", None) == []


def test_usage_counts_characters(client: OpenAI) -> None:
    made = completion(client, "Hello \U0001f338", "Hi", QUESTION)
    assert made.usage is not None
    written = len(made.choices[0].message.content or "")
    assert (made.usage.prompt_tokens, made.usage.completion_tokens) == (7 + 2 + len(QUESTION), written)
    assert made.usage.total_tokens == made.usage.prompt_tokens + written


def test_earlier_messages_are_the_history_and_bring_their_places_back(client: OpenAI, held: HeldAssistant) -> None:
    first = completion(client, QUESTION).choices[0].message.model_dump()
    system = {"role": "system", "content": "You are a pirate."}
    messages: Any = [
        system,
        {"role": "user", "content": QUESTION},
        first,
        {"role": "user", "content": "And in winter?"},
    ]
    client.chat.completions.create(model=MODEL, messages=messages, temperature=0.3, max_tokens=5, seed=1)
    assert held.asked[-1].question == "And in winter?"
    assert held.asked[-1].history == (
        Turn("user", QUESTION),
        Turn("assistant", first["content"], (Place(GARDEN_ID, 48, 75),)),
    )


def test_text_may_come_in_parts_and_after_the_question_nothing_counts(client: OpenAI, held: HeldAssistant) -> None:
    parts = [{"type": "text", "text": "When does the"}, {"type": "text", "text": "garden open?"}]
    messages: Any = [{"role": "user", "content": parts}, {"role": "assistant", "content": "It op"}]
    made = client.chat.completions.create(model=MODEL, messages=messages)
    assert (held.asked[-1].question, held.asked[-1].history) == ("When does the\ngarden open?", ())
    assert (made.choices[0].message.content or "").startswith(OPENS)


def test_of_a_long_conversation_the_end_is_read(client: OpenAI, held: HeldAssistant) -> None:
    completion(client, *(f"message {number}" for number in range(300)), QUESTION)
    assert [turn.content for turn in held.asked[-1].history] == [f"message {number}" for number in range(200, 300)]


def test_documents_can_be_chosen(client: OpenAI, held: HeldAssistant) -> None:
    client.chat.completions.create(model=MODEL, messages=said(QUESTION), extra_body={"documents": [GARDEN_ID]})
    assert held.asked[-1].documents == frozenset({GARDEN_ID})


# --- streams ---


@pytest.mark.parametrize("question", [QUESTION, "What does it cost?", "Who is the mayor?"])
def test_a_stream_adds_up_to_the_completion(client: OpenAI, question: str) -> None:
    whole = completion(client, question).choices[0].message
    chunks = list(client.chat.completions.create(model=MODEL, messages=said(question), stream=True))
    assert len({chunk.id for chunk in chunks}) == 1
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert getattr(deltas[-1], "citations", None) == getattr(whole, "citations", None)
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_ends_with_its_usage_where_it_is_asked_for(client: OpenAI) -> None:
    options: Any = {"include_usage": True}
    *_, last = client.chat.completions.create(model=MODEL, messages=said(QUESTION), stream=True, stream_options=options)
    assert (last.choices, last.usage) == ([], completion(client, QUESTION).usage)


def test_the_clients_own_collector_understands_the_stream(client: OpenAI) -> None:
    with client.chat.completions.stream(model=MODEL, messages=said(QUESTION)) as stream:
        collected = stream.get_final_completion().choices[0].message
    assert collected.content == completion(client, QUESTION).choices[0].message.content
    assert getattr(collected, "citations", None)[0]["quote"] == OPENS  # type: ignore[index]


def test_who_waits_gets_comments_which_the_client_passes_over(
    client: OpenAI, held: HeldAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.02)
    held.let_go.clear()
    stream = client.chat.completions.create(model=MODEL, messages=said(QUESTION), stream=True)
    try:
        first = next(stream)
        assert (first.choices[0].delta.role, first.choices[0].delta.content) == ("assistant", "")
    finally:
        held.let_go.set()
    assert next(stream).choices[0].delta.content == OPENS
    stream.close()


def test_a_stream_on_the_wire_ends_as_openais_do(address: str) -> None:
    body = {"model": MODEL, "messages": said(QUESTION), "stream": True}
    response = httpx.post(f"{address}/v1/chat/completions", json=body)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    blocks = response.text.split("\n\n")
    assert blocks[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(block.removeprefix("data: ")) for block in blocks[:-2]]
    assert chunks[-1]["choices"][0]["delta"].keys() == {"citations"}
    assert chunks[1]["choices"][0] == {"index": 0, "delta": {"content": OPENS}, "finish_reason": None}


def test_a_fault_in_a_stream_is_an_error_of_the_client(client: OpenAI, caplog: pytest.LogCaptureFixture) -> None:
    stream = client.chat.completions.create(model=MODEL, messages=said("explode"), stream=True)
    with pytest.raises(openai.APIError, match="something went wrong here"):
        list(stream)
    assert "exploded" in caplog.text


# --- models and errors ---


def test_there_is_one_model(client: OpenAI) -> None:
    (model,) = client.models.list().data
    assert (model.id, model.object, model.owned_by) == (MODEL, "model", "City Parks")
    assert client.models.retrieve(MODEL) == model


@pytest.mark.parametrize("stream", [False, True])
def test_another_model_is_not_found(client: OpenAI, stream: bool) -> None:
    for ask in (
        lambda: client.models.retrieve("gpt-4"),
        lambda: client.chat.completions.create(model="gpt-4", messages=said(QUESTION), stream=stream),
    ):
        with pytest.raises(openai.NotFoundError) as raised:
            ask()
        assert raised.value.code == "model_not_found"
        assert raised.value.body == {
            "message": "there is no model 'gpt-4'; the one there is is called 'chapterverse'",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({}, "#/messages: Field required", "messages"),
        ({"messages": []}, "#/messages: List should have at least 1 item after validation, not 0", "messages"),
        ({"messages": said(" ")}, "the question is empty; send 1 character at least", "messages"),
        ({"messages": said("x" * 2001)}, "the question has 2001 characters; send 2000 at most", "messages"),
        (
            {"messages": [{"role": "system", "content": "?"}]},
            "messages holds no message of the user; the last one is the question",
            "messages",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
            "#/messages/0/content: only text can be read; send a string, or parts of the type 'text'",
            "messages",
        ),
        ({"messages": [{"role": "king", "content": "?"}]}, "#/messages/0/role: Input should be 'system', ", "messages"),
        ({"messages": said("?"), "n": 2}, "#/n: Input should be 1", "n"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_used_is_a_bad_request(
    address: str, client: OpenAI, body: Any, message: str, param: str, stream: bool
) -> None:
    whole = {"model": MODEL, "stream": stream} | body
    response = httpx.post(f"{address}/v1/chat/completions", json=whole)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/json")
    error = response.json()["error"]
    assert error["message"].startswith(message)
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, None)
    with pytest.raises(openai.BadRequestError):
        client.post("/chat/completions", body=whole, cast_to=object)


@pytest.mark.parametrize("stream", [False, True])
def test_an_unknown_document_is_told_before_a_stream_begins(client: OpenAI, stream: bool) -> None:
    chosen = {"documents": ["no"]}
    with pytest.raises(openai.BadRequestError, match="no document 'no'"):
        client.chat.completions.create(model=MODEL, messages=said(QUESTION), extra_body=chosen, stream=stream)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"model": "\\ud800"}', "application/json", 400),
    ],
)
def test_what_is_not_json_is_an_error_of_that_shape_too(address: str, content: bytes, kind: str, status: int) -> None:
    response = httpx.post(f"{address}/v1/chat/completions", content=content, headers={"content-type": kind})
    assert response.status_code == status
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_before_the_index_is_open_the_client_may_try_again() -> None:
    unopened = TestClient(create_app(SETTINGS, HeldAssistant))
    response = unopened.get("/v1/models")
    assert (response.status_code, response.json()["error"]["type"]) == (503, "server_error")


def error_of(response: httpx.Response, status: int) -> dict[str, Any]:
    """The error of a response, after checking that it has OpenAI's shape and all that goes with a response of ours."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"]
    (error,) = response.json().values()
    assert error.keys() == {"message", "type", "param", "code"}
    return dict(error)


def test_what_stands_before_the_doors_speaks_as_they_do(address: str) -> None:
    chat = f"{address}/v1/chat/completions"
    refused = error_of(httpx.get(chat), 405)
    assert (refused["message"], refused["type"]) == (f"GET is not allowed at {PATH}", "invalid_request_error")
    assert httpx.get(chat).headers["allow"] == "POST"
    assert error_of(httpx.post(chat, content=b"x" * 200_001), 413)["message"].startswith("the body is too large")
    assert error_of(httpx.get(f"{address}/v1/models/a/b"), 404)["message"] == "there is nothing at /v1/models/a/b"
    explode = {"model": MODEL, "messages": said("explode")}
    failed = error_of(httpx.post(chat, json=explode), 500)
    assert failed["type"] == "server_error"
    assert "exploded" not in failed["message"]
    assert httpx.get(f"{address}/v1/chat").headers["content-type"] == "application/problem+json"


def test_keys_and_limits_speak_as_openai_does(held: HeldAssistant, tmp_path: Path) -> None:
    settings = Settings(require_keys=True, key_limit="2/minute", anonymous_limit="3/minute")
    with (
        open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store,
        TestClient(create_app(settings, lambda _: held, store=store)) as client,
    ):
        ask, batch = (create_key(store, "desk", frozenset({scope})).secret for scope in SCOPES[:2])
        assert error_of(client.get("/v1/models"), 401)["code"] == "invalid_api_key"
        assert client.get("/v1/models").headers["www-authenticate"] == "Bearer"
        assert "not known" in error_of(client.post(PATH, headers={"authorization": "Bearer x"}), 401)["message"]
        forbidden = error_of(client.get("/v1/models", headers={"authorization": f"Bearer {batch}"}), 403)
        assert forbidden["code"] == "insufficient_permissions"
        statuses = [client.get("/v1/models", headers={"authorization": f"Bearer {ask}"}) for _ in range(3)]
        assert [response.status_code for response in statuses] == [200, 200, 429]
        assert error_of(statuses[-1], 429)["code"] == "rate_limit_exceeded"
        assert statuses[-1].headers["retry-after"] == "60"


@pytest.mark.parametrize("stream", [False, True])
def test_who_would_wait_too_long_is_told_before_a_stream_begins(held: HeldAssistant, stream: bool) -> None:
    with TestClient(create_app(Settings(), lambda _: held)) as client:
        client.app.state.work = Work(at_once=0, waiting=0)  # type: ignore[attr-defined]
        response = client.post(PATH, json={"model": MODEL, "messages": said(QUESTION), "stream": stream})
        assert error_of(response, 503)["type"] == "server_error"
        assert response.headers["retry-after"] == "5"


def test_the_schema_tells_of_both_shapes(address: str) -> None:
    schema = httpx.get(f"{address}/openapi.json").json()
    responses = schema["paths"]["/v1/chat/completions"]["post"]["responses"]
    assert set(responses["200"]["content"]) == {"application/json", "text/event-stream"}
    assert responses["400"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}
    assert "HTTPValidationError" not in schema["components"]["schemas"]


# --- Markdown ---


@pytest.mark.parametrize(
    "text",
    [
        "1. One *star* and _two_ [links](x) <b>bold</b> `code` &amp; R&D ~~gone~~ back\\slash",
        "# heading",
        "- item",
        "> quote",
        "2) two",
        "10. Ten",
        "===",
        "+ plus",
        "A_b_c * d",
    ],
)
def test_markdown_shows_the_text_as_it_is(text: str) -> None:
    (_, inline, _) = MarkdownIt("commonmark").enable("strikethrough").parse(markdown(text))
    assert inline.children is not None
    assert "".join(child.content for child in inline.children if child.type.startswith("text")) == text
    assert {child.type for child in inline.children} <= {"text", "text_special"}


def test_what_else_is_to_be_said_stands_between_answer_and_references(held: HeldAssistant) -> None:
    partial = paragraphs(held.ask("When does it open and who is the director?"), base="http://x")
    assert partial[:2] == [OPENS, "Not in these documents: who is the director?"]
    rivals = paragraphs(held.ask("What about payment?"), base="http://x")
    assert rivals[2] == "2 readings:"
    mended = paragraphs(held.ask("When does the gaarden open?"), base="http://x")
    assert mended[0] == "Read as: garden"


# --- the real thing ---


def test_the_official_client_gets_a_real_answer_with_its_citation(real: OpenAI, real_address: str) -> None:
    choice = completion(real, "When was the International Peace Cooperation Act enacted?").choices[0]
    assert (choice.message.content or "").startswith("June 1992\n\n[1] Japan's Contribution to UN Peacekeeping")
    citation = getattr(choice.message, "citations", None)[0]  # type: ignore[index]
    document = httpx.get(f"{real_address}/v1/documents/{citation['document']}").json()
    assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert f"({real_address}{citation['url']})" in (choice.message.content or "")


def test_the_official_client_converses_and_streams(real: OpenAI) -> None:
    first = "When was the International Peace Cooperation Act enacted?"
    messages: Any = [{"role": "user", "content": first}]
    messages.append(completion(real, first).choices[0].message.model_dump())
    messages.append({"role": "user", "content": "And when was it amended?"})
    chunks = list(real.chat.completions.create(model=MODEL, messages=messages, stream=True))
    content = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    whole = real.chat.completions.create(model=MODEL, messages=messages).choices[0].message
    assert content == whole.content
    assert "[1] " in content
    assert "1998" in content or "2001" in content


def test_the_real_assistant_says_when_it_does_not_know(real: OpenAI) -> None:
    choice = completion(real, "What is the recipe for okonomiyaki?").choices[0]
    assert (choice.message.content or "").startswith("These documents do not say.")
    assert getattr(choice.message, "citations", None) == []
