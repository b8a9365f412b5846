"""A request → what it asks for: the question cleaned, mended, standing alone and in its parts, before any search.

In: a question, the conversation before it, and the documents to look in. Out: `Asked`.
"""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from assistant.dialogue.asides import without_asides
from assistant.dialogue.context import Context, context_of
from assistant.dialogue.followups import standalone
from assistant.dialogue.language import foreign, note_for_language
from assistant.dialogue.parts import Part, parts
from assistant.dialogue.pointers import points_back
from assistant.dialogue.smalltalk import note_for, smalltalk, without_courtesies
from assistant.dialogue.spelling import Vocabulary, corrected, expanded
from assistant.dialogue.turns import Structure, Turn
from assistant.errors import QuestionError
from assistant.search.index import Index
from assistant.searching import Sought
from assistant.settings import Settings

NOT_FOUND = "These documents do not say."
RECALLED = 6  # messages before an earlier question that is asked again


@dataclass(frozen=True, slots=True)
class Request:
    """One question on its way in; `documents` limits the search to these ids, `id` is echoed in the answer."""

    question: str
    history: Sequence[Turn] = ()
    documents: Collection[str] | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request understood: the question as typed, as it stands alone, its parts, and what was mended in it.

    Small talk and a question in another language have no parts, but a `note` that replies to them.
    """

    request: Request
    question: str
    alone: str
    parts: tuple[Part, ...]
    corrections: tuple[str, ...] = ()
    note: str = ""
    context: Context | None = None


class Understanding:
    """What is known of an index's words and lists. Safe to share between threads.

    `recall` answers an earlier question again: it gives the message that the assistant would have replied with.
    """

    def __init__(self, index: Index, settings: Settings, *, recall: Callable[[Request], Turn]) -> None:
        self._index = index
        self._settings = settings
        self._recall = recall
        documents = index.documents.values()
        self._vocabulary = Vocabulary.of([text for document in documents for text in (document.title, document.text)])
        outlines = index.outlines
        self._structure = Structure(
            index.documents,
            lists={id: one.lists for id, one in outlines.items()},
            nouns=frozenset(noun for one in outlines.values() for noun in one.nouns),
        )

    def of(self, request: Request) -> Asked:
        """What a request asks for. Raises `QuestionError` when it is empty or too long."""
        question = clean(request.question, self._settings)
        note = self._note_for(question)
        if note:
            return Asked(request, question, question, (), note=note)
        mended = corrected(without_asides(without_courtesies(question)), self._vocabulary)
        history = self._recalled(mended.question, request)
        alone = standalone(mended.question, history, self._structure)
        several = len(self._index.documents if request.documents is None else request.documents) > 1
        context = context_of(mended.question, history) if several else None
        return Asked(request, question, alone, parts(alone), mended.corrections, context=context)

    def sought(self, question: str, documents: Collection[str] | None = None, context: Context | None = None) -> Sought:
        """What to search for a standalone question: acronyms are spelled out beside their short forms."""
        return Sought(expanded(question, self._vocabulary), context, documents)

    def _recalled(self, question: str, request: Request) -> Sequence[Turn]:
        """The history with the places that its last answer quoted: where the caller kept none, it is asked again."""
        history = request.history
        asked = max((place for place, turn in enumerate(history) if turn.role == "user"), default=None)
        if asked is None or any(turn.citations for turn in history[asked:]):
            return history
        said = "\n".join(turn.content for turn in history[asked + 1 :])
        unchanged = standalone(question, history, self._structure) == question
        if NOT_FOUND in said or (unchanged and not points_back(question)):  # nothing to recall, or no need to
            return history
        earlier = Request(history[asked].content, history[max(0, asked - RECALLED) : asked], request.documents)
        try:
            again = self._recall(earlier)
        except QuestionError:  # a message that could not be asked today tells nothing, but spoils nothing either
            return history
        return [*history[: asked + 1], Turn("assistant", said or again.content, again.citations)]

    def _note_for(self, question: str) -> str:
        """What small talk or a language that no document is in is told; empty for a question to search for."""
        documents = self._index.documents.values()
        if talk := smalltalk(question):
            return note_for(talk, [document.title for document in documents], self._settings.sample_questions)
        languages = {document.source.language for document in documents}
        language = foreign(question, languages)
        return note_for_language(language, sorted(languages)) if language else ""


def clean(question: str, settings: Settings) -> str:
    """The question without control characters and outer space, in Unicode's composed form (NFC).

    Raises `QuestionError` when nothing is left, when it is too long, or when it is not text (a lone surrogate).
    """
    if any(0xD800 <= ord(character) <= 0xDFFF for character in question):
        raise QuestionError("the question holds half a character (a lone surrogate); send valid Unicode")
    spaced = "".join(" " if unicodedata.category(character) == "Cc" else character for character in question)
    cleaned = unicodedata.normalize("NFC", spaced).strip()
    if not cleaned:
        raise QuestionError("the question is empty; send 1 character at least")
    longest = settings.max_question_characters
    if len(cleaned) > longest:
        raise QuestionError(f"the question has {len(cleaned)} characters; send {longest} at most")
    return cleaned
