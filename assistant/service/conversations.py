"""Conversations and feedback over HTTP: read, deleted and rated by who knows their unguessable ids; purged by age.

In: the secret id of a conversation, or the id of an answer. Out: what was kept of it, or a problem (404).
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.service import models
from assistant.service.endpoints import POSTED, PRIVATE, problems
from assistant.service.exchange import CONVERSATION_ID
from assistant.service.guards import json_only
from assistant.store.conversations import Conversation, delete_conversation, purge, read_conversation
from assistant.store.database import Store, StoreError
from assistant.store.feedback import Feedback, Rating, give_feedback

LOG = logging.getLogger(__name__)
DAY = 24 * 60 * 60
MAX_REASON = 2000

# What OpenAPI says of the response to a question.
NAMED = {"description": "the secret id of the conversation", "schema": {"type": "string"}}
_CONVERSATION = {"id": "$response.header.X-Conversation"}
LINKS = {
    "conversation": {"operationRef": "#/paths/~1v1~1conversations~1{id}/get", "parameters": _CONVERSATION},
    "deletion": {"operationRef": "#/paths/~1v1~1conversations~1{id}/delete", "parameters": _CONVERSATION},
    "feedback": {
        "operationRef": "#/paths/~1v1~1feedback/post",
        "requestBody": {"answer": "$response.body#/id", "rating": "up"},
    },
}


def opened_store(request: Request) -> Store:
    """The store that the app was made with."""
    store: Store = request.app.state.store
    return store


Opened = Annotated[Store, Depends(opened_store)]
ConversationId = Annotated[str, Path(description="the secret id that came back in `X-Conversation`")]
# PostgreSQL keeps every character but this one.
Reason = Annotated[models.Text, AfterValidator(lambda text: text.replace("\0", " "))]


class FeedbackRequest(BaseModel):
    """What a person thinks of an answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"answer": "0d3f8f4c5c0e4d1c8d7f0a2b9b1e6a35", "rating": "down"}]},
    )

    answer: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="the answer's `id`")
    rating: Rating
    reason: Reason = Field(default="", max_length=MAX_REASON, description="in the person's own words")


class GivenFeedback(BaseModel):
    """What was thought of an answer."""

    rating: Rating
    reason: str
    given: datetime


class KeptTurn(BaseModel):
    """A question with its answer, when it was asked, and what was thought of it."""

    asked: datetime
    answer: models.Answer
    feedback: GivenFeedback | None


class KeptConversation(BaseModel):
    """A conversation, oldest turn first."""

    id: str
    begun: datetime
    turns: list[KeptTurn]


router = APIRouter(tags=["conversations"], responses=problems("default"))


@router.get(
    "/v1/conversations/{id}",
    summary="Read one conversation",
    response_model=KeptConversation,
    responses=problems(404, 500),
)
def get_conversation(id: ConversationId, store: Opened) -> JSONResponse:
    """The questions asked and the answers given, as they were given, to who knows the conversation's secret id."""
    conversation = read_conversation(store, id) if CONVERSATION_ID.fullmatch(id) else None
    if conversation is None:
        raise _not_kept()
    return JSONResponse(as_json(conversation), headers=PRIVATE)


@router.delete(
    "/v1/conversations/{id}", summary="Delete one conversation", status_code=204, responses=problems(404, 500)
)
def remove_conversation(id: ConversationId, store: Opened) -> Response:
    """Delete a conversation at once, with its answers and the feedback on them."""
    if not CONVERSATION_ID.fullmatch(id) or not delete_conversation(store, id):
        raise _not_kept()
    return Response(status_code=204)


@router.post(
    "/v1/feedback",
    summary="Rate an answer",
    status_code=204,
    responses=POSTED | problems(404),
    dependencies=[Depends(json_only)],
)
def post_feedback(body: FeedbackRequest, store: Opened) -> Response:
    """Say whether an answer helped, and why; a later word on the same answer takes the earlier one's place."""
    if not give_feedback(store, body.answer, body.rating, body.reason):
        raise HTTPException(404, "there is no such answer (any more); only an answer that is kept can be rated")
    return Response(status_code=204)


def describe(schema: dict[str, Any]) -> None:
    """Say in an OpenAPI schema what comes back of a question that is kept, and what can be done with it."""
    for door in ("/v1/answers", "/v1/chat/completions"):
        schema["paths"][door]["post"]["responses"]["200"]["headers"] = {"X-Conversation": NAMED}
    schema["paths"]["/v1/answers"]["post"]["responses"]["200"]["links"] = LINKS


def as_json(conversation: Conversation) -> dict[str, object]:
    """A conversation as JSON-ready values."""
    turns = [
        {"asked": kept.asked.isoformat(), "answer": kept.content, "feedback": _feedback_json(kept.feedback)}
        for kept in conversation.answers
    ]
    return {"id": conversation.id, "begun": conversation.begun.isoformat(), "turns": turns}


@asynccontextmanager
async def purging(store: Store | None, *, days: int) -> AsyncIterator[None]:
    """Purge a store, if there is one, at once and daily, as long as the block runs."""
    task = asyncio.create_task(purge_daily(store, days=days)) if store else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            await asyncio.wait([task])


async def purge_daily(store: Store, *, days: int) -> None:
    """Delete what is older than `days` days, now and once a day, until cancelled."""
    while True:
        try:
            gone = await run_in_threadpool(purge, store, days=days)
            LOG.info("purged", extra={"fields": {"answers": gone, "older_than_days": days}})
        except StoreError:
            LOG.exception("old answers could not be purged; the next attempt is in a day")
        await asyncio.sleep(DAY)


def _feedback_json(feedback: Feedback | None) -> dict[str, str] | None:
    if feedback is None:
        return None
    return {"rating": feedback.rating, "reason": feedback.reason, "given": feedback.given.isoformat()}


def _not_kept() -> HTTPException:
    return HTTPException(404, "there is no such conversation (any more)")
