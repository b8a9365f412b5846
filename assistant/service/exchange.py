"""One question and its answer, whichever door it came through: continued, then kept, counted and logged.

In: the secret id of a conversation in the header `X-Conversation`, or none to begin one. Out: the same header, and the
conversation's earlier answers as the history of a question that brings none. A door uses it so:

    def door(exchange: Exchanged, …):
        answer = answered(assistant, exchange.continued(request), exchange=exchange)
        return JSONResponse(answer.as_json(), headers=exchange.headers)
"""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.exceptions import HTTPException

from assistant.answering import Answer, Assistant, Told, untold
from assistant.dialogue.followups import Place, Turn
from assistant.service.metrics import Metrics
from assistant.store.conversations import KeptAnswer, keep_answer, new_conversation_id, read_conversation
from assistant.store.database import Store, StoreError
from assistant.understanding import Request as Question

LOG = logging.getLogger(__name__)
HEADER = "x-conversation"
CONVERSATION_ID = re.compile(r"[A-Za-z0-9_-]{43}")
REMEMBERED = 50  # earlier answers that a question is read after


class Exchange:
    """A question that is being answered. Without a store nothing is remembered, and `headers` is empty."""

    def __init__(self, *, metrics: Metrics, store: Store | None, id: str = "", log_questions: bool = False) -> None:
        self._metrics = metrics
        self._store = store
        self._log_questions = log_questions
        self._earlier: Sequence[KeptAnswer] = _answers_of(store, id) if store and id else ()
        self._begins = not id
        self._id = (id or new_conversation_id()) if store else ""
        self._begun = time.perf_counter()

    @property
    def headers(self) -> Mapping[str, str]:
        """What the response carries; known before the answer is, so that a stream can begin with it."""
        return {HEADER: self._id} if self._id else {}

    def continued(self, request: Question) -> Question:
        """The request with the conversation so far, unless it brings a history of its own."""
        if request.history or not self._earlier:
            return request
        return replace(request, history=tuple(turn for kept in self._earlier for turn in turns_in(kept.content)))

    def done(self, answer: Answer) -> None:
        """Keep, count and log the answer. A database that fails costs the memory of it, never the answer itself."""
        self._metrics.answered(answer.status)
        self._metrics.stage("whole", time.perf_counter() - self._begun)
        self._log(answer)
        if self._store:
            self._keep(self._store, answer)

    def _log(self, answer: Answer) -> None:
        fields: dict[str, Any] = {
            "status": answer.status,
            "confidence": answer.confidence,
            "index_version": answer.index_version,
        }
        if self._log_questions:
            fields |= {"question": answer.question, "standalone_question": answer.standalone_question}
        LOG.info("question", extra={"fields": fields})

    def _keep(self, store: Store, answer: Answer) -> None:
        try:
            keep_answer(store, self._id, answer.as_json(), begins=self._begins)
        except StoreError:
            self._metrics.not_kept()
            LOG.exception("an answer was given but could not be kept")


def exchanged(
    request: Request,
    x_conversation: Annotated[
        str | None, Header(description="continues a conversation; without it one begins, and the response names it")
    ] = None,
) -> Exchange:
    """The exchange that this request begins; 404 when it names a conversation that is not kept."""
    state = request.app.state
    settings = state.settings
    store = state.store if settings.keep_conversations else None
    return Exchange(metrics=state.metrics, store=store, id=x_conversation or "", log_questions=settings.log_questions)


Exchanged = Annotated[Exchange, Depends(exchanged)]


def answered(assistant: Assistant, request: Question, *, exchange: Exchange, tell: Told = untold) -> Answer:
    """The answer to one question, kept, counted and logged. Raises `QuestionError` when it cannot be answered."""
    answer = assistant.ask_all([request], tell=tell)[0]
    exchange.done(answer)
    return answer


def turns_in(content: Mapping[str, Any]) -> tuple[Turn, Turn]:
    """An answer's public JSON as the two turns that it is in the history of what follows."""
    places = tuple(Place(cited["document"], cited["start"], cited["end"]) for cited in content["citations"])
    return (
        Turn("user", content["question"]),
        Turn("assistant", content["answer"] or content["note"] or "", places),
    )


def _answers_of(store: Store, id: str) -> Sequence[KeptAnswer]:
    conversation = read_conversation(store, id) if CONVERSATION_ID.fullmatch(id) else None
    if conversation is None:
        raise HTTPException(404, "there is no such conversation (any more); leave out X-Conversation to begin one")
    return conversation.answers[-REMEMBERED:]
