"""What a client of the Model Context Protocol can call: `ask`, `search`, `read_document` and `verify_quote`.

In: arguments as a model sends them. Out: results of the shapes that the HTTP API has, or a `ToolError` in one line that
says what to mend. Positions are code points of a document's text, half-open.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field, NonNegativeInt

from assistant.answering import Assistant
from assistant.documents.citations import cite
from assistant.documents.document import Document, Passage
from assistant.documents.sections import section_at
from assistant.errors import QuestionError
from assistant.service import models
from assistant.understanding import Request, clean

MOST_READ = 20_000
MOST_PLACES = 100
MOST_NAMED = 20

DocumentId = Annotated[str, Field(description="a document's id, as in a citation's `document`")]
DocumentIds = Annotated[list[str] | None, Field(min_length=1, description="ids; look in these documents only")]


class Found(models.Citation):
    """A passage that was found, cited; its quote is the whole passage."""

    score: float = Field(description="higher is better; comparable within one search only")


class SearchResult(BaseModel):
    """The passages that a search found, best first."""

    index_version: str
    passages: list[Found]


class Heading(BaseModel):
    """A section that the part of a document touches."""

    label: str
    level: int
    start: NonNegativeInt
    end: NonNegativeInt


class DocumentPart(models.DocumentSummary):
    """A part of a document: `text` is the document's text from `start` to `end`."""

    start: NonNegativeInt
    end: NonNegativeInt
    next_start: int | None = Field(description="where to read on; null at the end")
    text: str
    sections: list[Heading]


class QuoteCheck(BaseModel):
    """Whether a string stands in a document, character by character, and where."""

    verbatim: bool
    count: NonNegativeInt = Field(description="in how many places, overlapping ones too")
    places: list[models.Citation] = Field(description=f"the first {MOST_PLACES}")
    nearly: list[models.Citation] = Field(description="else: where only case or white space differ, as it stands there")


class Tools:
    """What the server offers, over one assistant; the docstrings are what a client's model reads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def ask(
        self,
        question: Annotated[str, Field(description="in words, as to a person")],
        history: Annotated[
            list[models.HistoryItem] | None, Field(description="earlier messages, oldest first, for a follow-up")
        ] = None,
        documents: DocumentIds = None,
    ) -> models.Answer:
        """Answer a question with verbatim quotes from the documents and their exact places, or say that they do not."""
        turns = tuple(item.turn() for item in history or ())
        with _clear_errors():
            (answer,) = self._assistant.ask_all([Request(question, turns, documents)])
        return models.Answer.model_validate(answer.as_json())

    def search(
        self,
        query: Annotated[str, Field(description="a question or a few words")],
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
        documents: DocumentIds = None,
    ) -> SearchResult:
        """Find the passages that are about something, best first, each verbatim with its section and place."""
        with _clear_errors():
            question = clean(query, self._assistant.settings)
            hits = self._assistant.search(question, limit=limit, documents=documents)
        return SearchResult(
            index_version=self._assistant.index.version, passages=[self._found(hit.passage, hit.score) for hit in hits]
        )

    def read_document(
        self,
        document: DocumentId,
        start: Annotated[int, Field(ge=0, description="the first character")] = 0,
        end: Annotated[int | None, Field(ge=0, description=f"{MOST_READ:,} after `start` at most")] = None,
    ) -> DocumentPart:
        """Read a document's own text, whole or in part, with the sections that the part touches."""
        found = self._document(document)
        size = len(found.text)
        if start > size or (end is not None and end < start):
            last = "the end" if end is None else end
            raise ToolError(f"{document!r} has {size} characters; from {start} to {last} there is nothing to read")
        stop = min(size, start + MOST_READ, size if end is None else end)
        headings = [
            Heading(label=one.label, level=one.level, start=one.start, end=one.end)
            for one in found.sections[1:]
            if one.start < stop and start < one.end
        ]
        summary = models.DocumentSummary.of(found).model_dump()
        following = stop if stop < size else None
        return DocumentPart(
            **summary, start=start, end=stop, next_start=following, text=found.text[start:stop], sections=headings
        )

    def verify_quote(
        self, document: DocumentId, quote: Annotated[str, Field(min_length=1, description="the exact characters")]
    ) -> QuoteCheck:
        """Check that a string stands in a document verbatim, and list all its places."""
        found = self._document(document)
        starts = list(_places(found.text, quote))
        exact = [_standing(found, start, start + len(quote)) for start in starts[:MOST_PLACES]]
        nearly = [] if starts else [_standing(found, *span) for span in _nearly(found.text, quote)]
        return QuoteCheck.model_validate(
            {"verbatim": bool(starts), "count": len(starts), "places": exact, "nearly": nearly}
        )

    def _found(self, passage: Passage, score: float) -> Found:
        document = self._assistant.index.documents[passage.document]
        return Found(**asdict(cite(document, passage.section, passage.start, passage.end)), score=score)

    def _document(self, id: str) -> Document:
        documents = self._assistant.index.documents
        if id not in documents:
            raise ToolError(f"there is no document {id!r}; there are {named(documents)}")
        return documents[id]


@contextmanager
def _clear_errors() -> Iterator[None]:
    """What the caller can mend is told in its own words."""
    try:
        yield
    except QuestionError as error:
        raise ToolError(str(error)) from None


def _standing(document: Document, start: int, end: int) -> dict[str, Any]:
    """The citation of any stretch of a document, in the section where it begins."""
    return asdict(cite(document, section_at(document.sections, start), start, end))


def _places(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _nearly(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where the same words stand, whatever their case and the white space between them."""
    words = quote.split()
    if words:
        pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
        for number, found in enumerate(pattern.finditer(text)):
            if number == MOST_PLACES:
                return
            yield found.span()


def named(names: Iterable[str]) -> str:
    """The first names, and how many there are beside them."""
    listed = sorted(names)
    more = len(listed) - MOST_NAMED
    return ", ".join(listed[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
