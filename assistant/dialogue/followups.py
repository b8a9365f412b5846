"""A question in a conversation → a question that stands alone.

In: the question, the turns before it, oldest first, and the documents with their lists. Out: the question as it would
be asked without the conversation. One that carries its own subject is left alone. Of the others, "the one after that?"
becomes the item of the list that was quoted, "Why?" and "And in the annex?" are put into the earlier question, and a
pronoun gives way to what it stands for. Earlier turns are read in this way first, so that a subject is carried on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.dialogue.ellipsis import Frame, asked_anew, asking_word, is_whole, with_piece
from assistant.dialogue.navigation import Standing, enumerated, lookup, ordinal_of, standing_at
from assistant.dialogue.phrases import (
    AUXILIARIES,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    carries,
    is_content,
    words_of,
)
from assistant.dialogue.pronouns import Said, needs_past, resolved, same_things, topic
from assistant.dialogue.turns import Place, Structure, Turn
from assistant.documents.addresses import singular

__all__ = ["Place", "Structure", "Turn", "standalone"]

REACH = 12  # exchanges that are looked back on
_NO_STRUCTURE = Structure({}, {})
_OPENING = re.compile(
    r"^(?:(?:and|but|or|so|then|also|ok|okay|well|now|yes|thanks|thank you)\b[\s,.!]*)+", re.IGNORECASE
)
_ABOUT = re.compile(r"^(?:what|how) about\s+", re.IGNORECASE)
_SOURCE = re.compile(
    r"^(says who|(who|what|which(\s+\w+)?|where)\b(?=.*\b(so|that|this|it)\b).{0,20}"
    r"\b(says?|said|states?|stated|written|stands?)\b.{0,10})$",
    re.IGNORECASE,
)
_HOW_MANY_THERE = re.compile(r"^how (many|much)\b.*\b((is|are|was|were) there|there been)\??$", re.IGNORECASE)
_REPLY = re.compile(r"^(yes|no|yeah|yep|nope|sure|correct|right|i do|i don'?t|not yet|neither|both)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(hi|hello|hey|good (morning|afternoon|evening))\b|\b(i|we) (need|want|would like|'d like|am looking|wish)\b|"
    r"\b(tell|help|show|give|explain|let) (me|us)\b|^(what|who|which|when|where|why|how|can|could|is|are|do|does)\b",
    re.IGNORECASE,
)
_REPLY_WORDS = 12
_EVENT = re.compile(
    r"^(who|what|why|how|when|where)\b.*[a-z]{3}(ed|d) (that|this)\W*$", re.IGNORECASE
)  # "Who decided that?"
_QUOTE_WORDS = 20  # of an earlier quote, when it is asked for its source


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A question and what was answered; `places` are what the answer quoted."""

    question: str
    answer: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Talk:
    """What is known of a conversation so far; `said` is newest first."""

    said: tuple[Said, ...] = ()
    frame: Frame | None = None
    standing: Standing | None = None
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A question as it is understood; `frame` is the one that later pieces are put into."""

    text: str
    frame: Frame


def standalone(question: str, history: Sequence[Turn], structure: Structure | None = None) -> str:
    """The question as it would be asked without the conversation.

    For a pointer into a list it is `item LABEL of "SECTION LABEL"`, with the label that would come next where the list
    has no such item. Without `structure`, lists are unknown and such a question is understood by its words alone.
    """
    known = structure or _NO_STRUCTURE
    talk = _Talk()
    for exchange in _exchanges(history)[-REACH:]:
        talk = _heard(talk, exchange, _read(exchange.question, talk, known), known)
    return _read(question, talk, known).text.strip()


def _exchanges(history: Sequence[Turn]) -> list[_Exchange]:
    """Questions with the answers that followed them."""
    exchanges: list[_Exchange] = []
    for turn in history:
        if turn.role == "user":
            exchanges.append(_Exchange(turn.content.strip()))
        elif exchanges:
            last = exchanges[-1]
            answer = f"{last.answer}\n{turn.content}".strip()
            exchanges[-1] = replace(last, answer=answer, places=(*last.places, *turn.citations))
    return exchanges


def _heard(talk: _Talk, exchange: _Exchange, read: _Read, structure: Structure) -> _Talk:
    """The conversation with one more exchange."""
    return _Talk(
        said=(Said(read.text, exchange.answer), *talk.said),
        frame=read.frame if is_whole(read.text) or talk.frame is None else talk.frame,
        standing=standing_at(read.text, exchange.places, structure, talk.standing),
        quoted=_quote(exchange, structure),
    )


def _quote(exchange: _Exchange, structure: Structure) -> str:
    """The words of the last quote: from the document if it is known, else from the answer, if that quoted at all."""
    for place in exchange.places[:1]:
        document = structure.documents.get(place.document)
        return document.text[place.start : place.end] if document else exchange.answer
    return ""


def _read(question: str, talk: _Talk, structure: Structure) -> _Read:
    """Understand one question after what was said."""
    if talk.frame is None or not question.strip():
        return _Read(question, Frame(question))
    item = lookup(question, talk.standing, structure)
    if item:
        return _Read(item, talk.frame)
    bare = _OPENING.sub("", question.strip()) or question.strip()
    source = _source(bare, talk)
    if source:
        return _Read(source, talk.frame)
    text = _reasked(bare, talk) or _counted(bare, talk, structure)
    if text:
        return _Read(text, Frame(text))
    if _is_reply(question, talk):
        return _Read(f"{_last_words(talk)} {question}", talk.frame)
    return _piece(question, bare, talk) or _pronouns(bare, talk) or _Read(question, Frame(question))


def _source(question: str, talk: _Talk) -> str | None:
    """ "Who says so?", "Which article says that?" with the quote, or with the question that was answered."""
    if not _SOURCE.match(question.strip(" ?!.")) or sum(is_content(word) for word in words_of(question)) > 1:
        return None
    told = talk.quoted or ""
    if not told:
        return f"{talk.said[0].question} {question}"
    words = told.split()
    short = " ".join(words[:_QUOTE_WORDS]) + (" …" if len(words) > _QUOTE_WORDS else "")
    quoted = f"“{short.rstrip(' .;')}”"
    asks = "who says so" if question.lower().startswith("says who") else question.strip(" ?!.")
    pointers = list(re.finditer(r"\b(so|that|this)\b", asks)) or list(re.finditer(r"\bit\b", asks))
    told_of = f"{asks[: pointers[-1].start()]}{quoted}{asks[pointers[-1].end() :]}"
    return f"{told_of[0].upper()}{told_of[1:]}?"


def _reasked(question: str, talk: _Talk) -> str | None:
    """ "Why?", "Since when?", "When was that?": the earlier question with this question word."""
    ask = asking_word(question)
    if ask is None or talk.frame is None:
        return None
    return asked_anew(talk.frame.text, ask) or f"{talk.frame.text} {question[0].upper()}{question[1:]}"


def _counted(question: str, talk: _Talk, structure: Structure) -> str | None:
    """ "How many desks were there?" with what the talk is about; what a list is called stands alone."""
    named = any(singular(word.lower) in structure.nouns for word in words_of(question))
    if named or not _HOW_MANY_THERE.match(question) or needs_past(question):
        return None
    about = topic(talk.said)
    return f"{question.rstrip(' ?')} for {about}?" if about else None


def _is_reply(question: str, talk: _Talk) -> bool:
    """Whether it answers a question that the assistant asked back."""
    asked_back = talk.said[0].answer.rstrip().endswith("?")
    length = len(words_of(question))
    starts_so = bool(_REPLY.match(question.strip()))
    if question.rstrip().endswith("?") or _REQUEST.search(question):
        return False
    return (starts_so and length <= 3) or (asked_back and (starts_so or length <= _REPLY_WORDS))


def _last_words(talk: _Talk) -> str:
    """What a reply is a reply to: the question that is being talked about, and what the assistant asked back."""
    back = talk.said[0].answer.rstrip()
    asked = re.split(r"(?<=[.!?])\s+|\n", back)[-1] if back.endswith("?") else ""
    return f"{talk.frame.text if talk.frame else ''} {asked}".strip()


def _piece(question: str, bare: str, talk: _Talk) -> _Read | None:
    """A piece of a question, put into the earlier one."""
    piece = _ABOUT.sub("", bare).strip(" ?!.")
    words = words_of(piece)
    opened = piece != question.strip(" ?!.")
    asks = opened or question.rstrip().endswith("?")
    if not asks or not words or talk.frame is None or not _is_piece(piece, opened=opened):
        return None
    whole = resolved(piece, talk.said) or piece
    if needs_past(whole) or all(not carries(word) and word.lower not in _WHEN for word in words_of(whole)):
        text = _swapped_ordinal(talk.frame.text, whole)
        text = text or f"{talk.frame.text} {question.strip()}"
        return _Read(text, talk.frame)
    swapped = _swapped_ordinal(talk.frame.text, whole)
    small = whole if is_content(words_of(whole)[0]) else whole[0].lower() + whole[1:]
    frame = Frame(swapped) if swapped else with_piece(talk.frame, small)
    return _Read(frame.text, frame)


_WHEN = frozenset("earlier later before after now today yesterday tomorrow previously recently then".split())


def _is_piece(piece: str, *, opened: bool) -> bool:
    """Whether it is no question of its own: no verb, and either opened by "and", a preposition, or a word or two."""
    words = words_of(piece)
    first = words[0].lower
    nominal = first in PREPOSITIONS or first in DETERMINERS
    has_verb = any(word.lower in AUXILIARIES for word in words) if nominal else is_whole(piece)
    if has_verb or len(words) > 12 or first in QUESTION_WORDS:
        return False
    return opened or len(words) == 1 or any(first in group for group in (PREPOSITIONS, DETERMINERS, _WHEN, PRONOUNS))


def _swapped_ordinal(frame: str, piece: str) -> str | None:
    """ "What is the first rule?" and "the last one" → "What is the last rule?"."""
    wanted = [word for word in words_of(piece) if ordinal_of(word.lower)]
    rest = {word.lower for word in words_of(piece) if not ordinal_of(word.lower)} - {"the", "one", "ones", "of", "them"}
    had = [word for word in words_of(frame) if ordinal_of(word.lower)]
    if len(wanted) != 1 or rest or len(had) != 1:
        return None
    return f"{frame[: had[0].start]}{wanted[0].lower}{frame[had[0].end :]}"


def _pronouns(bare: str, talk: _Talk) -> _Read | None:
    """A whole question with what its pronouns stand for."""
    capital = bare[0].upper() + bare[1:]
    member = enumerated(capital, talk.said[0].answer, talk.quoted)
    whole_event = f"{talk.said[0].question} {capital}" if _EVENT.search(capital) else None
    text = member or whole_event or resolved(capital, talk.said) or same_things(capital, talk.said)
    return _Read(text, Frame(text)) if text else None
