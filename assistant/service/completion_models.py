"""What the chat-completions door takes and gives, as pydantic models: OpenAI's shapes, as far as they mean anything.

In: the body of `POST /v1/chat/completions`, made into an `answering.Request`. Out: completions, chunks, models, errors.
Whatever steers a generating model (`temperature`, `tools`, …) is accepted and without effect, so that any client fits.
"""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    model_serializer,
)

from assistant.answering import Answer
from assistant.dialogue.followups import Place, Turn
from assistant.errors import QuestionError
from assistant.service.models import MAX_CITATIONS, MAX_DOCUMENTS, MAX_HISTORY, Citation, HistoryCitation, Text, chosen
from assistant.understanding import Request

MODEL = "chapterverse"


class TextPart(BaseModel):
    """A piece of a message."""

    type: Literal["text"]
    text: str


def _joined(content: Any) -> Any:
    """The words of a message that was sent in parts."""
    if not isinstance(content, list):
        return content
    read = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    texts = [text for text in read if isinstance(text, str)]
    if len(texts) < len(content):
        raise ValueError("only text can be read; send a string, or parts of the type 'text'")
    return "\n".join(texts)


Content = Annotated[Text | None, BeforeValidator(_joined, json_schema_input_type=str | list[TextPart] | None)]


class Message(BaseModel):
    """One message; an assistant's may bring back the `citations` that came with it, of which the places are read."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = None
    citations: Annotated[list[HistoryCitation], Field(max_length=MAX_CITATIONS)] | None = None

    def turn(self) -> Turn:
        """The same as the assistant knows it; only for messages of users and assistants."""
        places = tuple(Place(cited.document, cited.start, cited.end) for cited in self.citations or ())
        return Turn("assistant" if self.role == "assistant" else "user", self.content or "", places)


class StreamOptions(BaseModel):
    """What a stream holds beside the answer."""

    include_usage: StrictBool = False


class CompletionRequest(BaseModel):
    """A conversation whose last message of the user is the question."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": MODEL, "messages": [{"role": "user", "content": "Who may refuse?"}]}]}
    )

    model: Text
    messages: list[Message] = Field(min_length=1)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(default=1, description="there is one answer")
    documents: Annotated[
        list[Text] | None, Field(min_length=1, max_length=MAX_DOCUMENTS, description="answer from these only; our own")
    ] = None

    def request(self) -> Request:
        """The question with what was said before it, as the assistant takes it.

        Messages of neither a user nor an assistant are passed over, and of the rest the last hundred are read. Raises
        `QuestionError` when the user says nothing.
        """
        said = [message for message in self.messages if message.role in ("user", "assistant")]
        while said and said[-1].role != "user":
            said.pop()
        if not said:
            raise QuestionError("messages holds no message of the user; the last one is the question")
        *earlier, question = said
        history = tuple(message.turn() for message in earlier[-MAX_HISTORY:])
        return Request(question.content or "", history, chosen(self.documents))

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with its usage."""
        return self.stream_options is not None and self.stream_options.include_usage


class Usage(BaseModel):
    """Characters (code points), not tokens: no language model runs here, so nothing is made of tokens."""

    prompt_tokens: int = Field(description="characters of the question and of the history that was read")
    completion_tokens: int = Field(description="characters of the content")
    total_tokens: int

    @classmethod
    def of(cls, request: Request, content: str) -> "Usage":
        """Count what was read and what was written."""
        read = len(request.question) + sum(len(turn.content) for turn in request.history)
        return cls(prompt_tokens=read, completion_tokens=len(content), total_tokens=read + len(content))


class CompletionMessage(BaseModel):
    """The answer in Markdown, and as an extra its citations in full, with exact positions."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    citations: list[Citation]


class Choice(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: CompletionMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """A whole completion; `created` is a Unix time in seconds, `system_fingerprint` the index version."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    system_fingerprint: str
    choices: list[Choice]
    usage: Usage


class Delta(BaseModel):
    """What a chunk adds to the message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    citations: list[Citation] | None = None

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        added: dict[str, Any] = handler(self)
        return {name: value for name, value in added.items() if value is not None}


class ChunkChoice(BaseModel):
    """The one choice, in part."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None


class Chunk(BaseModel):
    """A part of a completion; the last that has a choice carries the citations, and one without choices the usage."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChunkChoice]
    usage: Usage | None = None


class Model(BaseModel):
    """A model to choose; there is one, and it quotes."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelList(BaseModel):
    """The models to choose from."""

    object: Literal["list"] = "list"
    data: list[Model]


class ErrorDetail(BaseModel):
    """What was wrong; `param` names the field of the request, where it was one."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """An error as OpenAI's clients read it."""

    error: ErrorDetail


def citations_of(answer: Answer) -> list[Citation]:
    """An answer's citations as the API gives them."""
    return [Citation.model_validate(citation) for citation in answer.as_json()["citations"]]
