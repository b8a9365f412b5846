"""What the API takes and gives, as pydantic models; OpenAPI is made from them.

In: JSON bodies, made into `answering.Request`s. Out: the JSON of an `Answer` and of documents.
Positions are code points of a document's text, half-open.
"""

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PlainValidator,
    StrictInt,
    ValidationError,
)

from assistant.dialogue.followups import Place, Turn
from assistant.documents.document import Document, Format, format_of
from assistant.service import examples
from assistant.service.problems import describe
from assistant.understanding import Request

MAX_HISTORY = 100
MAX_DOCUMENTS = 1000
MAX_CITATIONS = 1000
# By a search in C: a body may hold a million characters.
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def _whole(text: str) -> str:
    if _HALF.search(text):
        raise ValueError("the text holds half a character (a lone surrogate); send valid Unicode")
    return text


def _without_controls(text: str) -> str:
    return _CONTROL.sub(" ", text)


# JSON can spell half a character ("\ud800"), and pydantic lets it pass where nothing else is asked of a text.
Text = Annotated[str, AfterValidator(_whole)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HistoryCitation(BaseModel):
    """Where an earlier answer stood: a citation as it came back, of which only the place is read."""

    model_config = ConfigDict(extra="ignore")

    document: Text
    start: Annotated[StrictInt, Field(ge=0)]
    end: Annotated[StrictInt, Field(ge=0)]


class HistoryItem(_In):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[Text, AfterValidator(_without_controls)]
    citations: list[HistoryCitation] = Field(default=[], max_length=MAX_CITATIONS)

    def turn(self) -> Turn:
        """The same as the assistant knows it."""
        places = tuple(Place(cited.document, cited.start, cited.end) for cited in self.citations)
        return Turn(self.role, self.content, places)


def chosen(documents: list[str] | None) -> frozenset[str] | None:
    """The documents to look in, as a set: every passage of the index is looked up in it."""
    return None if documents is None else frozenset(documents)


class AnswerRequest(_In):
    """A question, alone or in a conversation."""

    model_config = ConfigDict(json_schema_extra={"examples": examples.REQUESTS})

    # How long it may be the assistant says, who knows what counts; so one fault has one wording, whatever finds it.
    question: Text = Field(
        description="1 to 2,000 characters (a setting), outer space apart", json_schema_extra={"minLength": 1}
    )
    history: list[HistoryItem] = Field(
        default=[],
        max_length=MAX_HISTORY,
        description="earlier messages, oldest first; without them it stands alone. The last exchanges are read",
    )
    documents: list[Text] | None = Field(
        default=None, min_length=1, max_length=MAX_DOCUMENTS, description="answer from these documents only"
    )

    def request(self) -> Request:
        """The same as the assistant takes it."""
        return Request(self.question, tuple(item.turn() for item in self.history), chosen(self.documents))


class BatchRow(AnswerRequest):
    """One question of a batch; its `id` comes back with the answer."""

    model_config = ConfigDict(json_schema_extra={"examples": examples.ROWS})

    id: Text = Field(default="", max_length=200, coerce_numbers_to_str=True)

    def request(self) -> Request:
        """The same as the assistant takes it."""
        return replace(super().request(), id=self.id)


class BadRow(BaseModel):
    """A row of a batch that could not be answered, and why."""

    id: str
    error: str


def _read_row(row: Any) -> BatchRow | BadRow:
    try:
        return BatchRow.model_validate(row)
    except ValidationError as error:
        fault = describe(error.errors())[0]
        return BadRow(id=_id_of(row), error=f"{fault['pointer']}: {fault['detail']}")


def _id_of(row: Any) -> str:
    named = row.get("id", "") if isinstance(row, dict) else ""
    text = str(named) if isinstance(named, str | int) else ""
    return text[:200].encode("utf-8", "replace").decode("utf-8")


# A row that does not validate is kept as its error, so that the others go on.
BatchItem = Annotated[BatchRow | BadRow, PlainValidator(_read_row, json_schema_input_type=BatchRow)]


class Highlight(BaseModel):
    """The answering words inside a quote."""

    start: NonNegativeInt
    end: NonNegativeInt


class Citation(BaseModel):
    """A verbatim quote in its place: `text[start:end]` of the document is the quote."""

    document: str
    title: str
    date: str
    section: str
    section_path: list[str]
    quote: str
    start: NonNegativeInt
    end: NonNegativeInt
    highlights: list[Highlight]
    sha256: str = Field(description="of the document's text in UTF-8")
    url: str
    source_url: str


class Answer(BaseModel):
    """The answer: words of the documents and where they stand, or that nothing was found."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ANSWER]})

    id: str
    question: str
    standalone_question: str
    status: Literal["answered", "partial", "not_found"]
    answered: bool
    answer: str
    confidence: float = Field(ge=0, le=1, description="calibrated probability that the best candidate is right")
    citations: list[Citation]
    closest: list[Citation] = Field(description="related or nearest passages; not an answer")
    index_version: str
    note: str | None
    unanswered: list[str]
    derived: str | None
    ambiguous: bool
    corrections: list[str]


class Section(BaseModel):
    """A node of the section tree; `parent` and `children` are positions in the list of sections."""

    number: str
    heading: str
    label: str
    level: int
    start: int
    end: int
    heading_start: int
    heading_end: int
    parent: int | None
    children: list[int]


class DocumentSummary(BaseModel):
    """A document as the catalogue describes it."""

    id: str
    title: str
    publisher: str
    date: str
    url: str
    licence: str
    language: str
    sha256: str
    format: Format = Field(description="how its text is written")
    characters: int = Field(description="code points of the text")

    @classmethod
    def of(cls, document: Document) -> "DocumentSummary":
        """Summarise a document."""
        return cls(**_summary(document))


class DocumentList(BaseModel):
    """Every document that answers come from."""

    index_version: str
    documents: list[DocumentSummary]


class DocumentText(DocumentSummary):
    """A document with its canonical text and its section tree, the root first."""

    text: str
    sections: list[Section]

    @classmethod
    def whole(cls, document: Document) -> "DocumentText":
        """The document in full."""
        sections = [
            Section(
                number=section.number,
                heading=section.heading,
                label=section.label,
                level=section.level,
                start=section.start,
                end=section.end,
                heading_start=section.heading_start,
                heading_end=section.heading_end,
                parent=section.parent,
                children=list(section.children),
            )
            for section in document.sections
        ]
        return cls(**_summary(document), text=document.text, sections=sections)


def _summary(document: Document) -> dict[str, Any]:
    source = document.source
    return {
        "id": document.id,
        "title": document.title,
        "publisher": source.publisher,
        "date": source.date,
        "url": source.url,
        "licence": source.licence,
        "language": source.language,
        "sha256": document.sha256,
        "format": format_of(source.path),
        "characters": len(document.text),
    }


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """The index is open and questions are answered."""

    status: Literal["ready"]
    index_version: str


class Fault(BaseModel):
    """One thing wrong with a request."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """Problem details, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None
