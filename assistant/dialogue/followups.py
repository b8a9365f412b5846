"""A question in a conversation → a question that stands alone.

In: the question and the turns before it, oldest first. Out: the question to search with. A question that carries its
own subject is left alone; one that leans on what was said is searched together with the last question that did not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """Where an earlier answer stood: a document id and code points of its text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation; `citations` are the places an assistant's message quoted."""

    role: Literal["user", "assistant"]
    content: str
    citations: tuple[Place, ...] = ()


_OPENING = re.compile(
    r"^(and|but|or|so|then|also|what about|how about|what for|who else|where else|why so)\b", re.IGNORECASE
)
_POINTER = re.compile(
    r"\b(it|its|they|them|their|this|that|these|those|he|she|his|her|there|then|one|ones|both|earlier|later|before|"
    r"after that|instead|the (same|former|latter|first|last|next|other)( one)?)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_CARRIERS = frozenset(
    (
        "a an and are as at be been but by can could did do does else exactly for from had has have how i if in is it "
        "many much of on or really so that the then there to was were what when where which who whom whose why will "
        "with would you your please tell me about more"
    ).split()
)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked without the conversation."""
    earlier = [turn.content for turn in history if turn.role == "user"]
    if not earlier or not leans(question):
        return question
    subject = next((asked for asked in reversed(earlier) if not leans(asked)), earlier[-1])
    return f"{subject.strip()} {question.strip()}"


def leans(question: str) -> bool:
    """Whether the question needs what was said before: it opens like a continuation, points back, or has no subject."""
    words = [word.lower() for word in _WORD.findall(question)]
    content = [word for word in words if word not in _CARRIERS]
    if _OPENING.match(question.strip()) or len(content) <= 1:
        return True
    return len(content) <= 4 and _POINTER.search(question) is not None
