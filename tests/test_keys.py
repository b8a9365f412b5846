from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fresh import FreshAssistant
from starlette.datastructures import Headers
from test_app import problem_of
from typer.testing import CliRunner, Result

from assistant.cli import app as command_line
from assistant.errors import SettingsError
from assistant.service.app import create_app
from assistant.service.guards import SECURITY_HEADERS
from assistant.service.keys import RULES, from_page, rule_of
from assistant.serving import is_loopback, listen
from assistant.settings import Settings
from assistant.store.database import Store, open_store
from assistant.store.keys import KeyScope, create_key, find_key, revoke_key

QUESTION = {"question": "When does the garden open?"}
PAGE = {"sec-fetch-site": "same-origin"}
PUBLIC = Settings(require_keys=True, key_limit="20/minute", anonymous_limit="5/minute")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    """A client of an app that asks for keys."""
    with TestClient(create_app(PUBLIC, FreshAssistant, store=store)) as opened:
        yield opened


def bearer(store: Store, *scopes: KeyScope) -> dict[str, str]:
    return {"authorization": f"Bearer {create_key(store, 'test', frozenset(scopes)).secret}"}


# --- who may come in ---


def test_without_a_key_programs_are_refused_and_told_how(client: TestClient) -> None:
    response = client.post("/v1/answers", json=QUESTION)
    assert problem_of(response, 401)["detail"] == "an API key is needed; send it as Authorization: Bearer KEY"
    assert response.headers["www-authenticate"] == "Bearer"
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()
    assert "x-request-id" in response.headers


@pytest.mark.parametrize("path", ["/v1/answers", "/v1/batches", "/v1/models", "/v1/chat/completions", "/mcp", "/mcp/x"])
def test_every_door_is_closed_to_who_has_no_key(client: TestClient, path: str) -> None:
    assert client.post(path, json={}).status_code == 401
    problem_of(client.get("/metrics"), 401)


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("ask", "POST", "/v1/answers", 200),
        ("batch", "POST", "/v1/answers", 403),
        ("admin", "POST", "/v1/answers", 403),
        ("batch", "POST", "/v1/batches", 200),
        ("ask", "POST", "/v1/batches", 403),
        ("admin", "GET", "/metrics", 200),
        ("ask", "GET", "/metrics", 403),
        ("admin", "GET", "/v1/documents", 200),
        ("admin", "GET", "/healthz", 200),
    ],
)
def test_a_key_opens_what_its_scope_says(
    client: TestClient, store: Store, scope: KeyScope, method: str, path: str, status: int
) -> None:
    body: dict[str, Any] = {"json": QUESTION if path == "/v1/answers" else [QUESTION]} if method == "POST" else {}
    response = client.request(method, path, headers=bearer(store, scope), **body)
    assert response.status_code == status
    if status == 403:
        assert "has no scope" in problem_of(response, 403)["detail"]
        assert 'error="insufficient_scope"' in response.headers["www-authenticate"]


def test_a_key_may_have_several_scopes(client: TestClient, store: Store) -> None:
    headers = bearer(store, "ask", "batch")
    assert client.post("/v1/answers", json=QUESTION, headers=headers).status_code == 200
    assert client.post("/v1/batches", json=[QUESTION], headers=headers).status_code == 200


@pytest.mark.parametrize("sent", ["Bearer nonsense", "Bearer cv_000000000000_" + "A" * 43, "bearer  cv_x"])
def test_an_unknown_key_is_refused_even_where_none_is_needed(client: TestClient, sent: str) -> None:
    for path in ("/v1/answers", "/v1/feedback"):
        response = client.post(path, json=QUESTION, headers={"authorization": sent, **PAGE})
        assert problem_of(response, 401)["detail"].startswith("the API key is not known or was revoked")
        assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_revoked_key_is_refused_at_once(client: TestClient, store: Store) -> None:
    headers = bearer(store, "ask")
    key = find_key(store, headers["authorization"].removeprefix("Bearer "))
    assert key is not None
    assert client.post("/v1/answers", json=QUESTION, headers=headers).status_code == 200
    revoke_key(store, key.id)
    problem_of(client.post("/v1/answers", json=QUESTION, headers=headers), 401)


def test_the_page_needs_no_key_to_ask_but_may_not_send_batches(client: TestClient) -> None:
    for path in ("/", "/site.json", "/healthz", "/readyz", "/openapi.json"):
        assert client.get(path).status_code == 200
    for headers in (PAGE, {"origin": "http://testserver"}):
        assert client.post("/v1/answers", json=QUESTION, headers=headers).status_code == 200
    problem_of(client.post("/v1/batches", json=[QUESTION], headers=PAGE), 401)
    problem_of(client.get("/metrics", headers=PAGE), 401)


def test_what_an_unguessable_id_opens_needs_no_key(client: TestClient) -> None:
    asked = client.post("/v1/answers", json=QUESTION, headers=PAGE)
    feedback = {"answer": asked.json()["id"], "rating": "up"}
    assert client.post("/v1/feedback", json=feedback).status_code == 204
    conversation = client.get(f"/v1/conversations/{asked.headers['x-conversation']}").json()
    assert conversation["turns"][0]["feedback"]["rating"] == "up"


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "https://other.example"}, False),
        ({"origin": "https://desk.example:8443"}, True),
        ({"origin": "http://desk.example:8443"}, True),  # TLS may end before us
        ({"origin": "https://desk.example"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_page_of_ours_is_told_by_what_browsers_say(headers: dict[str, str], is_ours: bool) -> None:
    assert from_page(Headers({"host": "desk.example:8443", **headers})) is is_ours


def test_every_rule_holds_for_its_path_and_what_lies_below_it_alone() -> None:
    def rule(method: str, path: str, **scope: str) -> Any:
        return rule_of({"type": "http", "method": method, "path": path, **scope})

    for method, prefix, expected in RULES:
        asked = "GET" if method == "*" else method
        assert rule(asked, prefix) == expected
        assert rule(asked, f"{prefix}/below") == expected
    assert rule("GET", "/v10") is None
    assert rule("GET", "/documents/v1/answers") is None
    assert rule("POST", "/desk/v1/batches", root_path="/desk") == rule("POST", "/v1/batches")
    assert rule("OPTIONS", "/v1/answers") is None


# --- how often ---


def test_an_address_without_a_key_is_limited_and_told_when_to_come_back(client: TestClient) -> None:
    statuses = [client.post("/v1/answers", json=QUESTION, headers=PAGE).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    response = client.get("/v1/documents")
    assert 50 < int(response.headers["retry-after"]) <= 60
    wait = response.headers["retry-after"]
    assert problem_of(response, 429)["detail"] == f"too many requests; try again in {wait} s"
    for path in ("/", "/assets/main.js", "/healthz"):
        assert client.get(path).status_code == 200


def test_each_key_has_its_own_limit(client: TestClient, store: Store) -> None:
    one, other = bearer(store, "ask"), bearer(store, "ask")
    statuses = [client.get("/v1/documents", headers=one).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    assert client.get("/v1/documents", headers=other).status_code == 200
    assert client.get("/v1/documents").status_code == 200


def test_who_tries_keys_is_limited_too(client: TestClient) -> None:
    headers = {"authorization": "Bearer cv_000000000000_" + "A" * 43}
    statuses = [client.post("/v1/answers", json=QUESTION, headers=headers).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


# --- where keys are needed ---


def test_on_loopback_nothing_is_asked_and_nothing_counted(store: Store) -> None:
    settings = Settings(anonymous_limit="1/day", key_limit="1/day")
    with TestClient(create_app(settings, FreshAssistant, store=store)) as client:
        for headers in ({}, {"authorization": "Bearer sk-anything"}):
            assert client.post("/v1/answers", json=QUESTION, headers=headers).status_code == 200
        assert client.get("/metrics").status_code == 200
        assert "security" not in client.get("/openapi.json").json()


def test_the_schema_says_where_keys_are_needed(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert schema["security"] == [{"key": []}, {}]


def test_keys_need_a_store() -> None:
    with pytest.raises(SettingsError, match="setting 'require_keys' is true"):
        create_app(PUBLIC, FreshAssistant)


@pytest.mark.parametrize(("host", "alone"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)])
def test_an_address_says_whether_others_can_call(host: str, alone: bool) -> None:
    with listen(host, 0) as bound:
        assert is_loopback(bound) is alone


# --- the commands ---


def invoke(*words: str) -> Result:
    return CliRunner().invoke(command_line, words, catch_exceptions=False)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'operated.sqlite3'}"
    monkeypatch.setenv("CHAPTERVERSE_DATABASE", url)
    return url


def test_keys_are_made_listed_and_revoked(database: str) -> None:
    made = invoke("keys", "create", "Desk one", "--scope", "ask", "--scope", "batch")
    secret = made.stdout.strip()
    id = secret.split("_")[1]
    assert (made.exit_code, made.stderr) == (0, f"Key {id} for Desk one. Keep it now: only its hash is stored.\n")
    listed = invoke("keys", "list").stdout
    assert listed.startswith(f"{id}  ask,batch ")
    assert "valid" in listed
    assert listed.endswith("Desk one\n")
    assert secret not in listed
    with open_store(database) as store:
        assert find_key(store, secret) is not None
    assert invoke("keys", "revoke", id).stdout == f"Key {id} for Desk one is revoked.\n"
    assert "revoked 2" in invoke("keys", "list").stdout
    with open_store(database) as store:
        assert find_key(store, secret) is None


@pytest.mark.usefixtures("database")
def test_a_key_may_ask_unless_told_otherwise() -> None:
    invoke("keys", "create", "Desk")
    assert "  ask  " in invoke("keys", "list").stdout


@pytest.mark.usefixtures("database")
def test_wrong_use_of_keys_is_one_line_and_status_2() -> None:
    wrong = invoke("keys", "revoke", "none")
    assert (wrong.exit_code, wrong.stderr) == (
        2,
        "chapterverse: there is no key 'none'; `chapterverse keys list` shows them\n",
    )
    assert invoke("keys", "create", "Desk", "--scope", "all").exit_code == 2
