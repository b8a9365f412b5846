import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import KINDS, database_url
from sqlalchemy import create_engine, inspect, text

from assistant.errors import SettingsError
from assistant.store import database, feedback
from assistant.store.conversations import (
    delete_conversation,
    keep_answer,
    new_conversation_id,
    purge,
    read_answer,
    read_conversation,
)
from assistant.store.database import BUSY_MS, Store, StoreError, alembic_config, migrate, open_store
from assistant.store.feedback import RatedAnswer, give_feedback, rated_answers
from assistant.store.keys import create_key, find_key, list_keys, revoke_key
from assistant.store.tables import Base

TABLES = {"alembic_version", "answers", "conversations", "feedback", "keys"}
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with database_url(request.param, tmp_path_factory.mktemp("database")) as opened:
        yield opened


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An opened store with nothing in it."""
    with open_store(url) as opened:
        yield opened
        with opened.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())


def answer(id: str, question: str = "When?", **values: Any) -> dict[str, Any]:
    """As much of an answer's JSON as the store reads, with text that databases like to stumble over."""
    content = {
        "id": id,
        "question": question,
        "standalone_question": question,
        "status": "answered",
        "answer": "at nine \U0001f338 'quoted' \\ %s",
        "confidence": 0.97,
        "citations": [{"url": "/documents/garden#char=48,75"}, {"url": "/documents/garden#char=80,90"}],
        "index_version": "abc",
    }
    return content | values


def keep(store: Store, conversation: str, content: dict[str, Any], now: datetime | None = None) -> None:
    """Keep an answer in a conversation that may be new."""
    begins = read_conversation(store, conversation) is None
    assert keep_answer(store, conversation, content, begins=begins, now=now)


# --- conversations ---


def test_a_conversation_is_read_as_it_was_kept_in_order(store: Store) -> None:
    id = new_conversation_id()
    first, second = answer("b"), answer("a", "And then \u0000?")
    keep(store, id, first, now=NOON)
    keep(store, id, second, now=NOON)
    kept = read_conversation(store, id)
    assert kept is not None
    assert (kept.id, kept.begun) == (id, NOON)
    assert [(one.asked, one.content, one.feedback) for one in kept.answers] == [
        (NOON, first, None),
        (NOON, second, None),
    ]
    found = read_answer(store, "a")
    assert found is not None
    assert found.content == second
    assert read_answer(store, "c") is None


def test_a_conversation_id_is_unguessable() -> None:
    made = {new_conversation_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(id) for id in made} == {43}


def test_moments_come_back_in_utc_and_need_a_zone(store: Store) -> None:
    tokyo = datetime.fromisoformat("2026-07-01T21:00:00+09:00")
    keep(store, "c", answer("a"), now=tokyo)
    kept = read_conversation(store, "c")
    assert kept is not None
    assert (kept.begun, kept.begun.utcoffset()) == (NOON, timedelta(0))
    with pytest.raises(StoreError, match="the database failed"):
        keep(store, "c", answer("b"), now=datetime(2026, 7, 1))


def test_a_deleted_conversation_takes_answers_and_feedback_along(store: Store) -> None:
    keep(store, "gone", answer("a"))
    keep(store, "stays", answer("b"))
    assert give_feedback(store, "a", "up")
    assert delete_conversation(store, "gone")
    assert not delete_conversation(store, "gone")
    assert read_conversation(store, "gone") is None
    assert read_answer(store, "a") is None
    assert list(rated_answers(store)) == []
    assert read_conversation(store, "stays") is not None


def test_each_answer_goes_at_its_age_and_an_empty_conversation_with_it(store: Store) -> None:
    for days, id in ((40, "a"), (31, "b"), (29, "c")):
        keep(store, "long", answer(id), now=NOON - timedelta(days=days))
    keep(store, "old", answer("d"), now=NOON - timedelta(days=30, seconds=1))
    give_feedback(store, "d", "down")
    assert purge(store, days=30, now=NOON) == 3
    assert purge(store, days=30, now=NOON) == 0
    kept = read_conversation(store, "long")
    assert kept is not None
    assert [one.content["id"] for one in kept.answers] == ["c"]
    assert read_conversation(store, "old") is None
    assert list(rated_answers(store)) == []


def test_one_id_is_one_answer(store: Store) -> None:
    keep(store, "c", answer("a"))
    with pytest.raises(StoreError, match=r"the database failed: .*(UNIQUE|unique)") as failed:
        keep(store, "c", answer("a", "a secret question"))
    assert "secret" not in f"{failed.value} {failed.value.__cause__}"
    kept = read_conversation(store, "c")
    assert kept is not None
    assert len(kept.answers) == 1


def test_many_write_at_once_and_none_is_lost(store: Store) -> None:
    ids = [f"{number}" for number in range(120)]
    for number in range(7):
        keep(store, f"c{number}", answer(f"first {number}"))
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda id: keep(store, f"c{int(id) % 7}", answer(id)), ids))
    kept = [read_conversation(store, f"c{number}") for number in range(7)]
    found = {one.content["id"] for conversation in kept if conversation for one in conversation.answers[1:]}
    assert found == set(ids)


def test_what_was_deleted_meanwhile_stays_deleted(store: Store) -> None:
    assert not keep_answer(store, "gone", answer("a"), begins=False)
    assert (read_conversation(store, "gone"), read_answer(store, "a")) == (None, None)


# --- feedback ---


def test_the_latest_word_on_an_answer_counts(store: Store) -> None:
    keep(store, "c", answer("a"), now=NOON)
    assert give_feedback(store, "a", "up", now=NOON)
    assert give_feedback(store, "a", "down", "It is \U0001f338 wrong;\n=1+1", now=NOON + timedelta(hours=1))
    assert not give_feedback(store, "no such answer", "up")
    assert list(rated_answers(store)) == [
        RatedAnswer(
            given=NOON + timedelta(hours=1),
            rating="down",
            reason="It is \U0001f338 wrong;\n=1+1",
            question="When?",
            standalone_question="When?",
            status="answered",
            answer="at nine \U0001f338 'quoted' \\ %s",
            confidence=0.97,
            places=("/documents/garden#char=48,75", "/documents/garden#char=80,90"),
            index_version="abc",
            id="a",
        )
    ]
    kept = read_answer(store, "a")
    assert kept is not None
    assert kept.feedback is not None
    assert (kept.feedback.rating, kept.feedback.given) == ("down", NOON + timedelta(hours=1))


def test_an_export_can_begin_at_a_day(store: Store) -> None:
    for number in range(3):
        keep(store, "c", answer(str(number)))
        give_feedback(store, str(number), "up", now=NOON + timedelta(days=number))
    assert [rated.id for rated in rated_answers(store, since=NOON + timedelta(days=1))] == ["1", "2"]


def test_an_export_reads_portions_and_what_is_rated_at_one_moment_comes_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "PORTION", 2)
    for number in range(5):
        keep(store, "c", answer(str(number)))
        give_feedback(store, str(number), "up", now=NOON + timedelta(days=number // 3))
    assert [rated.id for rated in rated_answers(store)] == ["0", "1", "2", "3", "4"]


def test_who_reads_slowly_holds_up_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "PORTION", 1)
    for number in range(3):
        keep(store, "c", answer(str(number)))
        give_feedback(store, str(number), "up", now=NOON)
    export = rated_answers(store)
    assert next(export).id == "0"
    begun = time.monotonic()
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM answers")).scalar_one() == 3
        keep(store, "c", answer("meanwhile"))
        assert give_feedback(store, "0", "down", now=NOON + timedelta(days=1))
    assert time.monotonic() - begun < BUSY_MS / 2000
    assert [(rated.id, rated.rating) for rated in export] == [("1", "up"), ("2", "up"), ("0", "down")]


def test_who_reads_waits_for_no_writer(store: Store) -> None:
    keep(store, "c", answer("a"))
    with store.transaction() as session, ThreadPoolExecutor(1) as other:
        session.execute(text("INSERT INTO conversations (id, begun) VALUES ('new', '2026-07-01')"))
        assert other.submit(read_conversation, store, "new").result(BUSY_MS / 2000) is None
        assert other.submit(list_keys, store).result(BUSY_MS / 2000) == []
        assert other.submit(read_answer, store, "a").result(BUSY_MS / 2000) is not None


# --- keys ---


def test_a_key_is_found_by_its_secret_until_it_is_revoked(store: Store) -> None:
    made = create_key(store, "Desk \U0001f338", frozenset({"ask", "batch"}))
    assert find_key(store, made.secret) == made.key
    assert (made.key.name, made.key.scopes, made.key.revoked) == ("Desk \U0001f338", {"ask", "batch"}, None)
    revoked = revoke_key(store, made.key.id)
    assert revoked.revoked is not None
    assert revoke_key(store, made.key.id) == revoked
    assert find_key(store, made.secret) is None
    assert list_keys(store) == [revoked]
    with pytest.raises(SettingsError, match="there is no key 'none'; `chapterverse keys list` shows them"):
        revoke_key(store, "none")


def test_nearly_a_key_is_none(store: Store) -> None:
    secret = create_key(store, "a", frozenset({"ask"})).secret
    other = create_key(store, "b", frozenset({"ask"})).secret
    last = "A" if secret[-1] != "A" else "B"
    mixed = secret[:16] + other[16:]
    for wrong in ("", "cv_", secret[:-1], secret[:-1] + last, secret + "A", mixed, secret.upper(), secret + "\n", "é"):
        assert find_key(store, wrong) is None


def test_the_secret_of_a_key_is_nowhere_in_the_database(store: Store) -> None:
    made = create_key(store, "a", frozenset({"ask"}))
    with store.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM keys")).one()
    assert made.secret[16:] not in str(row)
    assert made.key.id in str(row)


# --- the database itself ---


def test_the_migrations_make_the_tables_that_are_mapped_and_unmake_them(store: Store) -> None:
    with store.engine.begin() as connection:
        assert set(inspect(connection).get_table_names()) == TABLES
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        command.downgrade(alembic_config(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        migrate(connection)
        assert set(inspect(connection).get_table_names()) == TABLES


def test_what_was_kept_is_there_when_the_store_is_opened_again(url: str, store: Store) -> None:
    keep(store, "c", answer("a"))
    with open_store(url) as again:
        assert read_conversation(again, "c") is not None


def test_several_processes_may_open_a_new_database_at_once(url: str, store: Store) -> None:
    with store.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")

    def use(number: int) -> None:
        with open_store(url) as own:
            keep(own, f"c{number}", answer(f"{number}"))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))
    assert all(read_conversation(store, f"c{number}") for number in range(4))


def test_a_database_of_a_newer_version_is_left_alone(url: str, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(SettingsError, match="was written by a newer chapterverse"), open_store(url):
            pass
    finally:
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def test_a_failure_in_the_middle_keeps_nothing(store: Store) -> None:
    def half() -> None:
        with store.transaction() as session:
            session.execute(text("INSERT INTO conversations (id, begun) VALUES ('half', '2026-07-01')"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        half()
    assert read_conversation(store, "half") is None


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("nonsense", "setting 'database' is 'nonsense'; give sqlite:///"),
        ("mysql://me:secret@host/db", r"setting 'database' is 'mysql://me:\*\*\*@host/db'; give sqlite:///"),
        ("sqlite+nothing:///x", "setting 'database' is"),
        (
            "postgresql://me:secret@127.0.0.1:1/x",
            r"database 'postgresql://me:\*\*\*@127.0.0.1:1/x' cannot be opened \(",
        ),
    ],
)
def test_a_database_that_cannot_be_had_is_one_line_without_its_password(url: str, line: str) -> None:
    with pytest.raises(SettingsError, match=line) as failed, open_store(url):
        pass
    assert "\n" not in str(failed.value)
    assert "secret" not in str(failed.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no database, but long enough to be taken for one" * 100, encoding="utf-8")
    with (
        pytest.raises(SettingsError, match=r"cannot be opened \(file is not a database\)"),
        open_store(f"sqlite:///{tmp_path / 'x'}"),
    ):
        pass


def files_of(folder: Path) -> bytes:
    """All that SQLite keeps in a folder: the database and its write-ahead log."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_sqlite_makes_its_folder_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'made' / 'store.sqlite3'}") as store:
        keep(store, "c", answer("a", "a question to be forgotten"))
        keep(store, "old", answer("b", "an old one to be forgotten"), now=NOON)
        keep(store, "d", answer("c", "a question to be kept"))
        assert files_of(tmp_path / "made").count(b"to be forgotten") >= 2
        assert delete_conversation(store, "c")
        assert b"a question to be forgotten" not in files_of(tmp_path / "made")
        assert purge(store, days=1) == 1
        assert b"to be forgotten" not in files_of(tmp_path / "made")
        assert b"to be kept" in files_of(tmp_path / "made")


def test_what_a_reader_still_needs_is_forgotten_with_the_next_deletion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "FORGET_MS", 10)
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        keep(store, "c", answer("a", "a question to be forgotten"))
        with store.reading() as session:
            assert session.execute(text("SELECT count(*) FROM answers")).scalar_one() == 1
            assert delete_conversation(store, "c")
        assert "it is in use" in caplog.text
        assert b"to be forgotten" in files_of(tmp_path)
        assert purge(store, days=1) == 0
        assert b"to be forgotten" not in files_of(tmp_path)


def test_a_database_that_goes_away_is_an_error_of_its_own(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        engine = create_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE answers"))
        engine.dispose()
        with pytest.raises(StoreError, match="the database failed: no such table: answers"):
            read_answer(store, "a")
