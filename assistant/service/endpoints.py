"""The endpoints of the API, thin: a validated body in, the assistant asked, its JSON out.

What has to be worked out waits for its turn (work.py); what is only looked up is answered meanwhile.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from assistant.answering import Assistant
from assistant.errors import QuestionError
from assistant.service import models, streaming
from assistant.service.exchange import Exchanged, answered
from assistant.service.guards import json_only
from assistant.service.metrics import Measured
from assistant.service.problems import MEDIA_TYPE
from assistant.service.streaming import Fault, KeptAnswers, Working, stream_answer, wants_events
from assistant.service.work import Worked
from assistant.understanding import Request as Question

PRIVATE = {"cache-control": "no-store"}
AT_A_TURN = 4  # questions of a batch, after which others have their turn


async def opened(request: Request) -> Assistant:
    """The assistant that the lifespan opened; 503 before that."""
    assistant: Assistant | None = getattr(request.app.state, "assistant", None)
    if assistant is None:
        raise HTTPException(503, "the index is not open yet; try again in a moment")
    return assistant


Opened = Annotated[Assistant, Depends(opened)]


async def kept_answers(request: Request) -> KeptAnswers:
    """What came of the questions whose answers were streamed of late."""
    kept: KeptAnswers = request.app.state.kept_answers
    return kept


Kept = Annotated[KeptAnswers, Depends(kept_answers)]
Accepted = Annotated[str, Header(alias="accept", include_in_schema=False)]


def problems(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for these statuses."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


PROBLEMS: dict[int | str, str] = {
    "default": "Any other error.",
    400: "The body is not JSON.",
    404: "There is nothing by this id.",
    413: "The body is too large.",
    415: "The body is not declared to be JSON.",
    422: "The question or the request cannot be used; `detail` says why.",
    500: "A fault of the service.",
    503: "Not ready yet, or too much to do just now; try again after `Retry-After`.",
}
POSTED = problems(400, 413, 415, 422, 500, 503)

router = APIRouter(responses=problems("default"))


@router.post(
    "/v1/answers",
    tags=["answers"],
    summary="Answer one question",
    response_model=models.Answer,
    responses=POSTED | {200: streaming.DESCRIBED},
    dependencies=[Depends(json_only)],
)
async def post_answer(
    body: models.AnswerRequest, assistant: Opened, exchange: Exchanged, kept: Kept, work: Worked, accept: Accepted = ""
) -> Response:
    """Answer a question in the documents' own words, or say that they do not hold the answer.

    With `Accept: text/event-stream` the stages are told as they are known, and `GET /v1/answers/{id}` keeps the answer.
    """
    if wants_events(accept):
        return await stream_answer(assistant, body.request(), exchange=exchange, kept=kept, work=work)
    request = exchange.continued(body.request())
    answer = await work.finished(partial(answered, assistant, request, exchange=exchange))
    return JSONResponse(answer.as_json(), headers={**PRIVATE, **exchange.headers})


@router.get(
    "/v1/answers/{id}",
    tags=["answers"],
    summary="Get an answer whose stream was lost",
    response_model=models.Answer,
    responses=problems(404, 422, 500) | {202: {"model": Working, "description": "Still being worked out; ask again."}},
)
def get_answer(id: str, kept: Kept) -> Response:
    """A streamed answer, for some minutes; while it is worked out, 202; what went wrong with it, as it went wrong."""
    try:
        outcome = kept.find(id)
    except KeyError:
        raise HTTPException(404, f"there is no answer {id!r} (any more); ask the question again") from None
    if outcome is None:
        return JSONResponse(Working(id=id).model_dump(), 202, headers={**PRIVATE, "retry-after": "1"})
    return outcome.response() if isinstance(outcome, Fault) else JSONResponse(outcome.as_json(), headers=PRIVATE)


@router.post(
    "/v1/batches",
    tags=["answers"],
    summary="Answer a list of questions",
    response_model=list[models.Answer | models.BadRow],
    responses=POSTED,
    dependencies=[Depends(json_only)],
)
async def post_batch(rows: list[models.BatchItem], assistant: Opened, metrics: Measured, work: Worked) -> JSONResponse:
    """Answer each row on its own, in order; a row that cannot be used gets an `error` and the others go on."""
    limit = assistant.settings.max_batch_questions
    if len(rows) > limit:
        raise QuestionError(f"the batch has {len(rows)} questions; send {limit} at most")
    good = [row.request() for row in rows if isinstance(row, models.BatchRow)]
    given: list[dict[str, Any]] = []
    for first in range(0, len(good), AT_A_TURN):
        some = partial(_answer_each, assistant, good[first : first + AT_A_TURN])
        given += await work.finished(some, continued=first > 0)
    answers = iter(given)
    results = [next(answers) if isinstance(row, models.BatchRow) else row.model_dump() for row in rows]
    metrics.answered(*(row["status"] for row in results if "status" in row))
    return JSONResponse(results, headers=PRIVATE)


def _answer_each(assistant: Assistant, requests: list[Question]) -> list[dict[str, Any]]:
    """Answers in order, all together when every question can be used, else one by one so that each fault is known."""
    try:
        return [answer.as_json() for answer in assistant.ask_all(requests)]
    except QuestionError as error:
        if len(requests) == 1:
            return [{"id": requests[0].id, "error": str(error)}]
        return [result for request in requests for result in _answer_each(assistant, [request])]


@router.get(
    "/v1/documents",
    tags=["documents"],
    summary="List the documents",
    responses=problems(500, 503),
)
def get_documents(assistant: Opened) -> models.DocumentList:
    """Every document that answers come from, without its text."""
    documents = [models.DocumentSummary.of(document) for document in assistant.index.documents.values()]
    return models.DocumentList(index_version=assistant.index.version, documents=documents)


@router.get(
    "/v1/documents/{id:path}",
    tags=["documents"],
    summary="Read one document",
    responses=problems(404, 500, 503),
)
def get_document(id: str, assistant: Opened) -> models.DocumentText:
    """The canonical text, to which every position refers, with its hash and its section tree."""
    document = assistant.index.documents.get(id)
    if document is None:
        raise HTTPException(404, f"there is no document {id!r}; GET /v1/documents lists them")
    return models.DocumentText.whole(document)


@router.get("/healthz", tags=["operation"], summary="Is the process alive?")
async def get_health() -> models.Health:
    """Always ok while the process answers."""
    return models.Health(status="ok")


@router.get("/readyz", tags=["operation"], summary="Are questions answered?", responses=problems(503))
async def get_readiness(assistant: Opened) -> models.Readiness:
    """Ready once the index is open."""
    return models.Readiness(status="ready", index_version=assistant.index.version)
