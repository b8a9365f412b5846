"""Words that point at a neighbour or a place in a row: "the one after that", "the last", "the next article".

In: a question. Out: what it points at, as patterns and small readings of them; nothing is looked up here.
"""

import re

from assistant.dialogue.phrases import stem, words_of

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
ORDINAL = rf"(?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th)|last)"
_NOUN = r"(?:\s+(?P<noun>\w+))?"
_FORWARD, _BACK = r"(?:next|following)", r"(?:previous|preceding|prior)"
_ANCHOR = (
    r"(?:\s+(?P<anchor>it|that|this|that one|this one|(?:the\s+)?(?:first|last)(?:\s+(?!i\b|we\b|that\b)\w+)?"
    r"(?:\s+(?:that\s+)?(?:I|we)\s+asked(?:\s+about)?)?))"
)
NEIGHBOUR = re.compile(
    rf"\bthe\s+(?P<forward>{_FORWARD})\b{_NOUN}|\bthe\s+(?P<back>{_BACK})\b{_NOUN.replace('noun', 'noun_back')}|"
    rf"\b(?:comes?|is|stands?|follows?|one|item|task|what|\w+)\s+(?:just\s+|right\s+|directly\s+|immediately\s+)?"
    rf"(?P<side>after|before|following|preceding){_ANCHOR}|"
    r"\b(?:comes?|is)\s+(?P<then>next)\b|\bthe\s+one\s+(?P<bare_side>after|before)(?=\W*$)",
    re.IGNORECASE,
)
PLACED = re.compile(
    rf"\b(?:the\s+)?{ORDINAL}(?:\s+(?:ones?|item|point|entry))?(?P<of>\s+of\s+(?:them|these|those))?\b", re.IGNORECASE
)
_CARRIERS = frozenset(
    "and but or so then also what which who is are was does do did how about tell me us explain describe give show say "
    "says name read quote please the a an of in on it that this them these those one ones item items point points "
    "entry number no list just right directly immediately comes come stands follows follow i we asked there to now "
    "next following previous preceding prior after before".split()
)


def ordinal_of(word: str) -> int | None:
    """What an ordinal says, from 1; -1 for "last"; None for other words."""
    lower = word.lower()
    if lower == "last":
        return -1
    if lower in _ORDINALS:
        return _ORDINALS.index(lower) + 1
    digits = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", lower)
    return int(digits[1]) if digits else None


def step_of(match: re.Match[str]) -> int:
    """1 for what comes after, -1 for what comes before; `match` is one of `NEIGHBOUR`."""
    side = (match["side"] or match["bare_side"] or "").lower()
    return 1 if match["forward"] or match["then"] or side in ("after", "following") else -1


def only_points(question: str, section: str) -> bool:
    """Whether nothing is named but the list's own noun, as its section calls it."""
    own = {stem(word.lower) for word in words_of(section)}
    words = [word for word in words_of(question) if word.lower not in _CARRIERS and not ordinal_of(word.lower)]
    return all(stem(word.lower) in own for word in words)


def points_back(question: str) -> bool:
    """Whether it may point into a list that was quoted before: "the next task", "read me the third"."""
    return bool(NEIGHBOUR.search(question) or PLACED.search(question))
