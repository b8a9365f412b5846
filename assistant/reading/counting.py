"""What a question wants counted, and what a text counts: "How many officers serve?" is not answered by 13 operations.

In: a question or a text. Out: the noun after "how many"; the words that stand just behind the numbers of a text.
"""

import re
from collections.abc import Sequence

from assistant.search.terms import words_of

REACH = 5  # words behind a number of which one may be what it counts: "13 United Nations peacekeeping operations"
_HOW_MANY = re.compile(r"\bhow\s+many\s+(?P<what>.*)", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_MANY = frozenset({"people", "men", "women", "children", "police", "personnel", "staff"})  # plurals without an s
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen".split()
)


def wanted_noun(question: str) -> str:
    """What is to be counted, in lower case: the last plural before the first small word; empty where nothing is."""
    asked = _HOW_MANY.search(question)
    phrase: list[str] = []
    for word in _WORD.findall(asked["what"].lower()) if asked else ():
        if not words_of(word):  # "how many officers | are there"
            break
        phrase.append(word)
    plurals = [word for word in phrase if word.endswith("s") or word in _MANY]
    return (plurals or phrase[:1] or [""])[-1]


def counted_words(words: Sequence[str]) -> list[str]:
    """Of the words of a text, those that a number may count; a year counts nothing."""
    places = (place for place, word in enumerate(words) if _is_number(word))
    return [word for place in places for word in words[place + 1 : place + 1 + REACH]]


def _is_number(word: str) -> bool:
    return word in _NUMBERS or (word[0].isdigit() and not _YEAR.fullmatch(word))
