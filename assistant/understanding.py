"""A request → what it asks for: the question cleaned, mended, standing alone and in its parts, before any search.

In: a question, the conversation before it, and the documents to look in. Out: `Asked`.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from assistant.dialogue.asides import without_asides
from assistant.dialogue.context import Context, context_of
from assistant.dialogue.followups import REACH, standalone
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
MOST_PARTS = 8  # each is searched for and read on its own, and costs as much as a question
MOST_RECALLED_PARTS = 2
# Characters of a conversation by which a question is understood, so that no history, however long, takes long.
SAID = 3000
REPLIED = 40_000
# By a search in C: what is sent may be as long as a body can be.
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Request:
    """One question on its way in; `documents` limits the search to these ids, `id` is echoed in the answer.

    `again` is true for an earlier question of a conversation, which is asked for the places that it was answered from.
    """

    question: str
    history: Sequence[Turn] = ()
    documents: Collection[str] | None = None
    id: str = ""
    again: bool = False


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
        """What a request asks for. Raises `QuestionError` when it is empty, too long or asks too much at once."""
        question = clean(request.question, self._settings)
        note = self._note_for(question)
        if note:
            return Asked(request, question, question, (), note=note)
        mended = corrected(without_asides(without_courtesies(question)), self._vocabulary)
        known = within_reach(request.history)
        alone = standalone(mended.question, known, self._structure)
        history = self._recalled(mended.question, alone, replace(request, history=known))
        if history is not known:
            alone = standalone(mended.question, history, self._structure)
        several = len(self._index.documents if request.documents is None else request.documents) > 1
        context = context_of(mended.question, history) if several else None
        asked = _parts(mended.question, alone, most=MOST_RECALLED_PARTS if request.again else MOST_PARTS)
        return Asked(request, question, alone, asked, mended.corrections, context=context)

    def sought(self, question: str, documents: Collection[str] | None = None, context: Context | None = None) -> Sought:
        """What to search for a standalone question: acronyms are spelled out beside their short forms."""
        return Sought(expanded(question, self._vocabulary), context, documents)

    def _recalled(self, question: str, alone: str, request: Request) -> Sequence[Turn]:
        """The history with the places that its last answer quoted: where the caller kept none, it is asked again."""
        history = request.history
        asked = max((place for place, turn in enumerate(history) if turn.role == "user"), default=None)
        if asked is None or any(turn.citations for turn in history[asked:]):
            return history
        said = "\n".join(turn.content for turn in history[asked + 1 :])
        if NOT_FOUND in said or (alone == question and not points_back(question)):  # nothing to recall, or no need to
            return history
        before = history[max(0, asked - RECALLED) : asked]
        earlier = Request(history[asked].content, before, request.documents, again=True)
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


def within_reach(history: Sequence[Turn]) -> Sequence[Turn]:
    """As much of a conversation as a question is understood by: its last exchanges, as far as `SAID` and `REPLIED` go.

    What does not fit is left out from the oldest on, and of the message that fits in part its beginning is kept.
    """
    asked = [place for place, turn in enumerate(history) if turn.role == "user"]
    kept: list[Turn] = []
    left = {"user": SAID, "assistant": REPLIED}
    for turn in reversed(history[asked[-REACH] :] if len(asked) > REACH else history):
        if turn.role == "user" and not left["user"]:
            break
        content = turn.content[: left[turn.role]]
        left[turn.role] -= len(content)
        kept.append(replace(turn, content=content))
    return tuple(reversed(kept))


def _parts(question: str, alone: str, *, most: int) -> tuple[Part, ...]:
    """The parts of a question; it is one whole where only the conversation makes it ask for more than `most` things.

    Raises `QuestionError` when the question does so itself.
    """
    found = parts(alone)
    if len(found) <= most:
        return found
    asked = len(parts(question))
    if asked > most:
        raise QuestionError(f"the question asks {asked} things at once; ask {most} at most, the others after them")
    return (Part(alone),)


def clean(question: str, settings: Settings) -> str:
    """The question without control characters and outer space, in Unicode's composed form (NFC).

    Raises `QuestionError` when nothing is left, when it is too long, or when it is not text (a lone surrogate).
    """
    if _HALF.search(question):
        raise QuestionError("the question holds half a character (a lone surrogate); send valid Unicode")
    cleaned = unicodedata.normalize("NFC", _CONTROL.sub(" ", question)).strip()
    if not cleaned:
        raise QuestionError("the question is empty; send 1 character at least")
    longest = settings.max_question_characters
    if len(cleaned) > longest:
        raise QuestionError(f"the question has {len(cleaned)} characters; send {longest} at most")
    return cleaned
