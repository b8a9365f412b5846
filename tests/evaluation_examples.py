"""Small documents, cases and answers that the tests of the evaluation share; nothing here asks a model."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering import Answer, Status
from assistant.dialogue.followups import Turn
from assistant.documents.citations import Citation, cite
from assistant.documents.document import Document, Passage, Section, Source
from assistant.evaluation.cases import Case, Rival, Split
from assistant.search.retrieve import Hit

RULES = "The office opens at nine. It closes at five.\n\n(1) Dogs stay outside.\n(2) Bicycles go to the yard."
TWIN = "Notice. The office\nopens at nine. Cats are welcome."


def document(name: str, text: str) -> Document:
    """A document without sections but its root."""
    root = Section("", name, 0, 0, len(text), 0, 0, None)
    return Document(name, name.title(), text, hashlib.sha256(text.encode()).hexdigest(), Source(f"{name}.txt"), (root,))


DOCUMENTS: Mapping[str, Document] = {
    name: document(name, text) for name, text in {"rules": RULES, "twin": TWIN}.items()
}


def case(
    name: str = "one",
    *,
    question: str = "When does it open?",
    gold: Sequence[str] = (),
    evidence: Sequence[str] = (),
    forbidden: Sequence[str] = (),
    answer: str = "",
    form: str = "plain",
    split: Split = "",
    follows: bool = False,
) -> Case:
    """A case with one rival, or none: unanswerable."""
    rivals = (Rival(tuple(gold), tuple(evidence or gold)),) if gold else ()
    return Case(name, question, form, "", rivals, tuple(forbidden), answer, split, follows=follows)


def citation(quote: str, name: str = "rules") -> Citation:
    """A true citation of the first place of a quote."""
    start = DOCUMENTS[name].text.index(quote)
    return cite(DOCUMENTS[name], 0, start, start + len(quote))


def answer(
    *citations: Citation, confidence: float = 0.9, closest: Sequence[Citation] = (), question: str = ""
) -> Answer:
    """An answer of these citations; of none it is a refusal."""
    status: Status = "answered" if citations else "not_found"
    said = "\n".join(one.quote for one in citations)
    return Answer("", question, question, status, said, confidence, citations, tuple(closest), "version")


def passage(text: str, name: str = "rules") -> Passage:
    """The passage of these words."""
    start = DOCUMENTS[name].text.index(text)
    return Passage(name, 0, "paragraph", "", start, start + len(text))


class FakeIndex:
    """Documents and a version, which is all that an evaluation wants of an index."""

    documents = DOCUMENTS
    version = "version"


class FakeAssistant:
    """Says what it was given for each question, finds the same passages for all, and remembers each history."""

    index = FakeIndex()

    def __init__(self, answers: Mapping[str, Answer], found: Sequence[Passage] = ()) -> None:
        self.answers = answers
        self.found = found
        self.histories: list[Sequence[Turn]] = []

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The prepared answer."""
        self.histories.append(history)
        return replace(self.answers[question], question=question)

    def search(self, question: str, *, limit: int) -> list[Hit]:  # noqa: ARG002 - the real one depends on it
        """The prepared passages."""
        return [Hit(one, number, 1.0, 1.0, 1.0) for number, one in enumerate(self.found[:limit])]
