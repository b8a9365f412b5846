"""An assistant that answers by a script, for what a page and an API must show but a real corpus rarely brings up.

Its document is a real `Document` and its citations are made by `cite` and checked, so every position is true. The text
holds characters outside the BMP before everything that is quoted.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from assistant.answering import Answer, Assistant, Told, untold
from assistant.dialogue.followups import standalone
from assistant.dialogue.parts import Part
from assistant.documents.citations import Citation, Highlight, check, cite
from assistant.documents.document import Document, Section, Source
from assistant.errors import QuestionError
from assistant.search.index import Index
from assistant.search.retrieve import Hit
from assistant.settings import Settings
from assistant.understanding import NOT_FOUND, Asked, Request, clean

GARDEN = """Rules for Visitors \U0001f5fb

1 April 2026

1. Opening

The garden \U0001f338 opens at nine. It closes at five in winter.

2. Fees

Fees are due at the gate, in cash \U0001f4b4 or by card.

  • (1) Adults pay 500 yen;
  • (2) Children pay 200 yen;
  • (3) Residents pay nothing.

(1) Refunds

A ticket is refunded <b>only</b> on a day of rain.
"""
GARDEN_ID = "guides/garden \U0001f338"


def garden() -> Document:
    """A short document with a tree of sections; its id holds a slash, a space and a character outside the BMP."""
    titles = ["1. Opening", "2. Fees", "(1) Refunds"]
    opening, fees, refunds = (GARDEN.index(f"\n{title}\n") + 1 for title in titles)
    end = len(GARDEN)
    sections = (
        Section("", "", 0, 0, end, 0, 0, None, (1, 2)),
        Section("1", "Opening", 1, opening, fees, opening, opening + len(titles[0]), 0),
        Section("2", "Fees", 1, fees, end, fees, fees + len(titles[1]), 0, (3,)),
        Section("(1)", "Refunds", 2, refunds, end, refunds, refunds + len(titles[2]), 2),
    )
    return Document(
        id=GARDEN_ID,
        title="Rules for Visitors \U0001f5fb",
        text=GARDEN,
        sha256=hashlib.sha256(GARDEN.encode()).hexdigest(),
        source=Source("garden.txt", "City Parks", "2026-04-01", "https://parks.example/rules", "CC BY 4.0"),
        sections=sections,
    )


def quoted(document: Document, quote: str, *words: str) -> Citation:
    """Cite the first place where a quote stands, with these words marked."""
    start = document.text.index(quote)
    end = start + len(quote)
    marks = tuple(_mark(document.text, word, start) for word in words)
    section = max(
        (number for number, node in enumerate(document.sections) if node.start <= start and end <= node.end),
        key=lambda number: document.sections[number].level,
    )
    citation = cite(document, section, start, end, highlights=marks)
    check(citation, document)
    return citation


def _mark(text: str, word: str, start: int) -> Highlight:
    at = text.index(word, start)
    return Highlight(at, at + len(word))


@dataclass(frozen=True)
class ScriptedIndex:
    """As much of an index as the service reads."""

    documents: dict[str, Document]
    version: str = "scripted"


class ScriptedAssistant(Assistant):
    """Knows a few questions by heart, finds nothing for all others, and keeps what it was asked."""

    def __init__(self, settings: Settings) -> None:
        document = garden()
        self.index = cast(Index, ScriptedIndex({document.id: document}))
        self.settings = settings
        self.asked: list[Request] = []
        self._script = script(document)

    def search(self, *_: Any, **__: Any) -> list[Hit]:
        """Nothing is found."""
        return []

    def ask_all(self, requests: Sequence[Request], *, tell: Told = untold) -> list[Answer]:
        """The scripted answers; "explode" fails as nothing should."""
        for request in requests:
            question = clean(request.question, self.settings)
            alone = standalone(question, request.history)
            hits = self.search(alone, limit=self.settings.candidates, documents=request.documents)
            tell(Asked(request, question, alone, (Part(alone),)), [hits])
        return [self._answer_to(request) for request in requests]

    def _answer_to(self, request: Request) -> Answer:
        question = clean(request.question, self.settings)
        for wanted in request.documents or ():
            if wanted not in self.index.documents:
                raise QuestionError(f"there is no document {wanted!r}")
        if question == "explode":
            raise RuntimeError("exploded")
        self.asked.append(request)
        known: dict[str, Any] = self._script.get(question, {})
        values: dict[str, Any] = {
            "id": request.id or "made",
            "question": question,
            "standalone_question": standalone(question, request.history),
            "status": "answered" if known else "not_found",
            "confidence": 0.97 if known else 0.12,
            "citations": (),
            "closest": () if known else (quoted(self.index.documents[GARDEN_ID], "A ticket is refunded <b>only</b>"),),
            "index_version": self.index.version,
            "note": None if known else NOT_FOUND,
        } | known
        values["answer"] = "\n".join(citation.quote for citation in values["citations"])
        return Answer(**values)


def script(document: Document) -> dict[str, dict[str, Any]]:
    """Questions and what is special about their answers."""
    opening = quoted(document, "The garden \U0001f338 opens at nine.", "at nine")
    adults, children, residents = (
        quoted(document, "(1) Adults pay 500 yen;", "500 yen"),
        quoted(document, "(2) Children pay 200 yen;", "200 yen"),
        quoted(document, "(3) Residents pay nothing.", "nothing"),
    )
    refund = GARDEN[GARDEN.index("A ticket") :].rstrip()
    whole_list = GARDEN[GARDEN.index("(1) Adults") : GARDEN.index("nothing.") + len("nothing.")]
    fees = quoted(document, "Fees are due at the gate, in cash \U0001f4b4 or by card.", "in cash \U0001f4b4 or by card")
    return {
        "When does the garden open?": {"citations": (opening,), "closest": (fees, adults)},
        "What does it cost?": {"citations": (adults, children, residents), "confidence": 0.8, "derived": "3"},
        "How many fees are there?": {"citations": (adults, residents), "derived": "3"},
        "When does it open and who is the director?": {
            "status": "partial",
            "citations": (opening,),
            "unanswered": ("who is the director?",),
            "confidence": 0.6,
        },
        "What about payment?": {"citations": (fees, adults), "ambiguous": True},
        "When does the gaarden open?": {"citations": (opening,), "corrections": ("garden",)},
        "Everything about refunds?": {"citations": (quoted(document, refund, refund),)},
        "All fees in one piece?": {"citations": (quoted(document, whole_list, "500 yen"),)},
    }
