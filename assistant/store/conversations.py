"""Conversations: an answer is kept in one, read again, deleted, or purged when it is old.

In: a secret conversation id and the answer as its public JSON. Out: frozen records, oldest answer first.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select

from assistant.store.database import Store
from assistant.store.feedback import Feedback, feedback_of
from assistant.store.tables import AnswerRow, ConversationRow, FeedbackRow


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given (`content`, its public JSON), when, and what was thought of it."""

    asked: datetime
    content: Mapping[str, Any]
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its answers, oldest first."""

    id: str
    begun: datetime
    answers: tuple[KeptAnswer, ...]


def new_conversation_id() -> str:
    """43 characters for 256 random bits: who was not told it cannot find it."""
    return secrets.token_urlsafe(32)


def keep_answer(
    store: Store, conversation: str, content: Mapping[str, Any], *, begins: bool, now: datetime | None = None
) -> bool:
    """Append an answer (its public JSON) to a conversation, or begin a new one with it.

    False when the conversation is no longer there: what was deleted while the answer was on its way stays deleted.
    """
    moment = now or datetime.now(UTC)
    with store.transaction() as session:
        if begins:
            session.add(ConversationRow(id=conversation, begun=moment))
            session.flush()
        elif session.get(ConversationRow, conversation, with_for_update={"read": True}) is None:
            return False
        session.add(AnswerRow(id=content["id"], conversation=conversation, asked=moment, content=dict(content)))
        return True


def read_conversation(store: Store, id: str) -> Conversation | None:
    """The conversation, or None when it was never kept, deleted or purged."""
    with store.reading() as session:
        row = session.get(ConversationRow, id)
        if row is None:
            return None
        found = session.execute(
            select(AnswerRow, FeedbackRow)
            .outerjoin(FeedbackRow, FeedbackRow.answer == AnswerRow.id)
            .where(AnswerRow.conversation == id)
            .order_by(AnswerRow.number)
        )
        answers = tuple(_kept(answer, feedback) for answer, feedback in found)
        return Conversation(row.id, row.begun, answers)


def read_answer(store: Store, id: str) -> KeptAnswer | None:
    """One answer by its id, or None."""
    with store.reading() as session:
        row = session.scalar(select(AnswerRow).where(AnswerRow.id == id))
        return None if row is None else _kept(row, session.get(FeedbackRow, id))


def delete_conversation(store: Store, id: str) -> bool:
    """Remove a conversation with its answers and the feedback on them; False when there was none."""
    with store.transaction() as session:
        row = session.get(ConversationRow, id)
        if row is None:
            return False
        session.delete(row)
    store.forget()
    return True


def purge(store: Store, *, days: int, now: datetime | None = None) -> int:
    """Remove every answer older than `days` days, and conversations left empty; how many answers went."""
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    with store.transaction() as session:
        old = session.scalars(delete(AnswerRow).where(AnswerRow.asked < before).returning(AnswerRow.number)).all()
        kept = exists().where(AnswerRow.conversation == ConversationRow.id)
        session.execute(delete(ConversationRow).where(ConversationRow.begun < before, ~kept))
    store.forget()
    return len(old)


def _kept(row: AnswerRow, feedback: FeedbackRow | None) -> KeptAnswer:
    return KeptAnswer(row.asked, row.content, None if feedback is None else feedback_of(feedback))
