"""An earlier question and a piece of a new one → the whole new question.

In: the earlier question as a frame, and "Why?", "in the annex" or "the pool on Sundays". Out: the frame with its
question word or its matching phrase exchanged; None where the frame cannot carry the piece.
"""

import re
from dataclasses import dataclass

from assistant.dialogue.phrases import (
    AUXILIARIES,
    PREPOSITIONS,
    QUESTION_WORDS,
    Phrase,
    Word,
    carries,
    is_content,
    phrases_of,
    stem,
    words_of,
)
from assistant.documents.document import Span

_BARE = re.compile(
    r"(?P<ask>what for|why not|why|how come|how often|how long|how many times|how|since when|until when|from when|when|"
    r"where to|where from|where|by whom|for whom|with whom|to whom|who|how many|how much|which)( exactly)?"
    r"( (is|was|were|has|did|does) (that|this|it)( been)?( happen(ed)?| so| the case| decided)?)?",
    re.IGNORECASE,
)
_EVENT = re.compile(r"(that|this)( been)?( happen(ed)?| so| the case| decided)?$", re.IGNORECASE)
_MEASURES = frozenset("times time year month day date extent".split())
_TIMES = frozenset("since before after until during from".split())
_PLACES = frozenset("in at to for from on".split())
_SIDES = {"earlier": "before", "before": "before", "previously": "before", "later": "after", "after": "after"}
_FITS = 0.9  # a lesser likeness is chance: the piece is added instead


@dataclass(frozen=True, slots=True)
class Frame:
    """A question that later pieces are put into; `slot` is where the last noun phrase was put."""

    text: str
    slot: Span | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """ "To how many pools | has the city | …": preposition and noun of the question phrase, and what follows."""

    preposition: str
    noun: str
    rest: str
    is_equation: bool


def asking_word(question: str) -> str | None:
    """The question word of "Why?", "Since when?" or "When was that?"; None for anything that says more."""
    bare = question.strip(" ?!.")
    match = _BARE.fullmatch(bare)
    if match is None or (match[3] and not _EVENT.search(bare)):
        return None
    return match["ask"].lower()


def asked_anew(frame: str, ask: str) -> str | None:
    """The frame with another question word: "When was the hall built?", "why" → "Why was the hall built?"."""
    parts = _parts(frame)
    if (
        parts is None
        or ask == "why not"
        or (parts.is_equation and ask not in ("when", "where", "since when", "until when"))
    ):
        return None
    if ask in ("how many", "how much", "which"):
        return _sentence(f"{parts.preposition} {ask} {parts.noun} {parts.rest}") if parts.noun else None
    opening, closing = ("what", "for") if ask == "what for" else (ask, "")
    kept = "" if parts.noun.lower() in _MEASURES else f"{parts.preposition} {parts.noun}" if parts.noun else ""
    return _sentence(f"{opening} {parts.rest} {kept} {closing}")


def with_piece(frame: Frame, piece: str) -> Frame:
    """The frame with a phrase exchanged for the piece, or the piece added where none is like it."""
    words = words_of(piece)
    turned = _turned(frame, piece)
    if turned:
        return turned
    is_noun = words[0].lower not in PREPOSITIONS
    span = _noun_slot(frame, piece) if is_noun else _prepositional_slot(frame, words)
    if span is None:
        whole = frame.text.rstrip(" ?!.")
        return Frame(f"{whole} {piece}?", Span(len(whole) + 1, len(whole) + 1 + len(piece)) if is_noun else None)
    text = f"{frame.text[: span.start]}{piece}{frame.text[span.end :]}"
    return Frame(text[0].upper() + text[1:], Span(span.start, span.start + len(piece)) if is_noun else None)


def is_whole(question: str) -> bool:
    """Whether it has a verb that a question or a command can be built on."""
    words = words_of(question)
    return any(word.lower in AUXILIARIES or (carries(word) and not is_content(word)) for word in words)


def _parts(frame: str) -> _Parts | None:
    text = frame.strip(" ?!.")
    words = words_of(text)
    verb = next((place for place, word in enumerate(words) if word.lower in AUXILIARIES), None)
    if verb is None or not words:
        return None
    opening = words[:verb]
    asks = next((place for place, word in enumerate(opening) if word.lower in QUESTION_WORDS), None)
    if opening and (asks is None or asks > 1):
        return None
    noun = _noun_of(opening[(asks or 0) + 1 :], text) if opening else ""
    rest = text[words[verb].start :]
    return _Parts(
        preposition=opening[0].lower if asks == 1 else "",
        noun=noun,
        rest=rest[0].lower() + rest[1:],
        is_equation=_is_equation(opening, words[verb:]),
    )


def _noun_of(words: tuple[Word, ...], text: str) -> str:
    named = [word for word in words if word.lower not in ("many", "much", "long", "often", "far", "kind", "of")]
    return text[named[0].start : named[-1].end] if named else ""


def _is_equation(opening: tuple[Word, ...], rest: tuple[Word, ...]) -> bool:
    """Whether nothing but "is" joins question word and phrase: "What is the fee?", "Who are the trustees?"."""
    asks_what = bool(opening) and opening[-1].lower in ("what", "who", "which")
    is_be = rest[0].lower in ("is", "are", "was", "were")
    return asks_what and is_be and all(is_content(word) or not carries(word) for word in rest)


def _turned(frame: Frame, piece: str) -> Frame | None:
    """ "And earlier?" after a question about "since the repair": about "before the repair"."""
    wanted = _SIDES.get(piece.lower())
    found = [(word, span) for word, span, _ in _prepositional(frame.text) if word in _TIMES] if wanted else []
    if not found or not wanted:
        return None
    word, span = found[-1]
    return Frame(f"{frame.text[: span.start]}{wanted}{frame.text[span.start + len(word) :]}")


def _prepositional_slot(frame: Frame, piece: tuple[Word, ...]) -> Span | None:
    """The phrase of the frame with the same preposition, or one that names a time or place as the piece does."""
    preposition = piece[0].lower
    found = _prepositional(frame.text)
    same = [span for word, span, _ in found if word == preposition]
    if same:
        return same[-1]
    if preposition in _TIMES:
        times = [span for word, span, _ in found if word in _TIMES]
        return times[-1] if times else None
    names = [span for word, span, phrase in found if word in _PLACES and phrase.is_name]
    is_named = piece[-1].text[:1].isupper()
    return names[-1] if names and is_named and preposition in _PLACES else None


def _prepositional(text: str) -> list[tuple[str, Span, Phrase]]:
    """Prepositions that stand right before a noun phrase, with the span of both."""
    words = words_of(text)
    before = {word.start: words[place - 1] for place, word in enumerate(words) if place}
    found = []
    for phrase in phrases_of(text):
        leading = before.get(phrase.start)
        if leading and leading.lower in PREPOSITIONS and leading.start > 0:
            found.append((leading.lower, Span(leading.start, phrase.end), phrase))
    return found


def _noun_slot(frame: Frame, piece: str) -> Span | None:
    """The phrase that is most like the piece; where the last piece was put, if that is as like."""
    offered = phrases_of(piece)
    if not offered:
        return None
    scored = [(_likeness(offered[0], phrase, frame), -phrase.start, phrase) for phrase in phrases_of(frame.text)]
    if not scored:
        return None
    likeness, _, phrase = max(scored, key=lambda entry: entry[:2])
    if likeness < _FITS:
        return None
    slot = frame.slot
    return slot if slot and slot.start <= phrase.start < slot.end else Span(phrase.start, phrase.end)


def _likeness(piece: Phrase, phrase: Phrase, frame: Frame) -> float:
    """How well a phrase of the frame makes room for the piece: by head, kind, number and where it stands."""
    before = words_of(frame.text[: phrase.start])
    score = 4.0 * (piece.head == phrase.head)
    score += 1.0 * (stem(piece.words[-1].lower) in {stem(word.lower) for word in phrase.words})
    score += 2.0 * (piece.is_name and phrase.is_name) + 1.5 * (piece.is_definite and phrase.is_definite)
    score += 1.0 if piece.is_plural == phrase.is_plural else -1.0
    score += 0.6 * bool(before and before[-1].lower in AUXILIARIES)
    score += 0.7 * bool(before and before[-1].lower in ("which", "what", "many", "much"))
    return score + 2.0 * bool(frame.slot and frame.slot.start <= phrase.start < frame.slot.end)


def _sentence(text: str) -> str:
    joined = " ".join(text.split())
    return f"{joined[0].upper()}{joined[1:]}?"
