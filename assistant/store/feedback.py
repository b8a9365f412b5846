"""What people thought of answers: given one by one, exported all together with the questions that they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, or_, select

from assistant.store.database import Store
from assistant.store.tables import AnswerRow, FeedbackRow

Rating = Literal["up", "down"]
PORTION = 500  # rated answers that an export reads at once


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's word on one answer."""

    rating: Rating
    reason: str
    given: datetime


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """Feedback beside what it is about, for an export; `places` are the citations' URLs."""

    given: datetime
    rating: Rating
    reason: str
    question: str
    standalone_question: str
    status: str
    answer: str
    confidence: float
    places: tuple[str, ...]
    index_version: str
    id: str


def give_feedback(store: Store, answer: str, rating: Rating, reason: str = "", *, now: datetime | None = None) -> bool:
    """Keep what was thought of an answer, in place of anything earlier; False when no such answer is kept."""
    with store.transaction() as session:
        if session.scalar(select(AnswerRow.number).where(AnswerRow.id == answer)) is None:
            return False
        session.merge(FeedbackRow(answer=answer, rating=rating, reason=reason, given=now or datetime.now(UTC)))
        return True


def rated_answers(store: Store, *, since: datetime | None = None) -> Iterator[RatedAnswer]:
    """Every rated answer, oldest feedback first; read in portions, so that any number fits in memory.

    Nothing is held in the database between them, however slowly they are taken; what is rated anew meanwhile comes
    again, at the end.
    """
    query = select(FeedbackRow, AnswerRow.content).join(AnswerRow, AnswerRow.id == FeedbackRow.answer)
    if since is not None:
        query = query.where(FeedbackRow.given >= since)
    portion = _portion(store, query)
    while portion:
        yield from portion
        portion = _portion(store, query.where(_after(portion[-1])))


def _portion(store: Store, query: Select[tuple[FeedbackRow, dict[str, Any]]]) -> list[RatedAnswer]:
    with store.reading() as session:
        found = session.execute(query.order_by(FeedbackRow.given, FeedbackRow.answer).limit(PORTION))
        return [_rated(row, content) for row, content in found]


def _after(last: RatedAnswer) -> ColumnElement[bool]:
    same = and_(FeedbackRow.given == last.given, FeedbackRow.answer > last.id)
    return or_(FeedbackRow.given > last.given, same)


def _rated(row: FeedbackRow, content: Mapping[str, Any]) -> RatedAnswer:
    return RatedAnswer(
        given=row.given,
        rating=feedback_of(row).rating,
        reason=row.reason,
        question=content["question"],
        standalone_question=content["standalone_question"],
        status=content["status"],
        answer=content["answer"],
        confidence=content["confidence"],
        places=tuple(citation["url"] for citation in content["citations"]),
        index_version=content["index_version"],
        id=row.answer,
    )


def feedback_of(row: FeedbackRow) -> Feedback:
    """The row as a record."""
    return Feedback("up" if row.rating == "up" else "down", row.reason, row.given)
