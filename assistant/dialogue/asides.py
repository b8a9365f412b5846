"""A question in a letter → the question: without what its writer says of himself before it, and the name below it.

In: a message without greeting and thanks. Out: the words that ask, unchanged, or the message where nothing is surely
an aside. "I teach civics and my class came up with this: which tasks concern mines? Kind regards, Ann" asks which tasks
concern mines. What comes before the question is left out only where the writer speaks of himself and gives no number,
for "I am 67: what does a ticket cost?" asks something else than "What does a ticket cost?"; and only where the question
needs nothing of it, as "what I can do" and "how long it takes" would.
"""

import re

from assistant.dialogue.phrases import is_content, words_of

ENOUGH = 2  # words with a content that a question must have to be understood without what stands before it
LETTER = 12  # words before a question in a sentence of its own: "My husband was a veteran and died." is a condition
LONG = 5  # words before a question from which on they are an aside: "can you tell me" stays

_POINTING = frozenset("it its they them their theirs he him his she her hers".split())
_OF_WHAT = r"(?:(?:about|at|by|for|from|in|of|on|since|to|under|until|with)\s+)?"
_ASKING = rf"{_OF_WHAT}(?:what|when|where|who|whom|whose|which|why|how)\b"
_VERB = r"(?:is|are|was|were|do|does|did|can|could|may|must|shall|should|will|would|has|have|had)\b"
_WRITER = re.compile(r"\b(?:I|we|my|our|me|us|you)\b", re.IGNORECASE)
_DIRECT = re.compile(rf":\s+(?P<asked>(?:{_ASKING}|{_VERB})[^:]*\?)", re.IGNORECASE | re.DOTALL)
_INDIRECT = re.compile(
    r"\b(?:tell\s+(?:me|us)|let\s+(?:me|us)\s+know|explain\s+to\s+(?:me|us)|(?:like|likes|love|need|needs|want|wants)\s+to\s+"
    r"(?:ask|find\s+out|know|learn|understand)|wonder|wondering)"
    rf"(?:,?\s+for\s+[\w’' ]{{1,40}}?)?,?\s+(?P<asked>{_ASKING}.*)",
    re.IGNORECASE | re.DOTALL,
)
_LAST_SENTENCE = re.compile(
    rf"(?<=[.!?])\s+(?:(?:and|so|now|but),?\s+)?(?P<asked>(?:{_ASKING}|{_VERB})[^.!?]*\?)\W*$", re.IGNORECASE
)
_POINTED = re.compile(  # "do you accept that", "what does this mean": what is meant stands before
    r"\b(?:this|these|those)\b|\bthat\W*$|\b(?:I|you|we|they)\s+\w+\s+that\b|\b(?:of|about|for|with|is|was|does|like)\s+that\b",
    re.IGNORECASE,
)
_THANKS = r"(?:(?:many\s+)?thanks|thank\s+you)(?:\s+(?:a\s+lot|so\s+much|very\s+much|in\s+advance|again))?"
_REGARDS = (
    r"(?:with\s+)?(?:(?:all\s+the\s+)?(?:best|kind|kindest|warm|warmest|many)\s+(?:regards|wishes)|regards|"
    r"(?:yours\s+)?(?:sincerely|faithfully|truly)(?:\s+yours)?|cheers|best|yours)(?:\s+from\s+\w+)?"
)
_SIGNED = re.compile(
    rf"(?<=[.,;!?])\s*(?i:{_THANKS}(?:\s+and\s+{_REGARDS})?|{_REGARDS})[,.!]*"
    r"(?:\s+[A-Z][\w.’'-]*){0,4}[\s.!]*$"  # a name, which begins with a capital
)


def without_asides(message: str) -> str:
    """The words that ask; the whole message where it is not sure which these are."""
    unsigned = _SIGNED.sub("", message).rstrip(" ,;")
    for pattern in (_DIRECT, _INDIRECT, _LAST_SENTENCE):
        found = pattern.search(unsigned)
        least = LETTER if pattern is _LAST_SENTENCE else LONG
        if found and _is_aside(unsigned[: found.start("asked")], least) and _stands_alone(found["asked"]):
            return _to_the_last_question_mark(found["asked"])
    return unsigned


def _is_aside(before: str, least: int) -> bool:
    return len(before.split()) >= least and bool(_WRITER.search(before)) and not re.search(r"\d", before)


def _stands_alone(asked: str) -> bool:
    words = words_of(asked)
    pointing = _POINTED.search(asked) or any(word.lower in _POINTING for word in words)
    return sum(map(is_content, words)) >= ENOUGH and not pointing


def _to_the_last_question_mark(asked: str) -> str:
    end = asked.rfind("?")
    return asked if end < 0 else asked[: end + 1]
