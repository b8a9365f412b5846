"""A message → whether it is small talk, and the fixed sentences that answer it; a question without its courtesies.

In: what was typed. Out: `Talk` when the whole message is small talk and nothing else, None when there is a question to
look up. Nothing is searched for small talk: the note says what the documents are and what may be asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

TITLES = 5

Kind = Literal["greeting", "thanks", "farewell", "scope", "identity"]


@dataclass(frozen=True, slots=True)
class Talk:
    """A message that is no question to the documents."""

    kind: Kind


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_ASKED = r"(?: (?:you|here|about|please))*"
_MACHINE = r"(?:an? )?(?:real |actual )?(?:robot|bot|human|person|machine|ai|chat ?bot|llm|computer|chatgpt)"
_SHORT_GREETING = r"(?:hi|hello|hey+|hiya|howdy|greetings)(?: (?:there|again|everyone|all|team|sir|madam))?"
_GREETING = _any(
    _SHORT_GREETING,
    r"good (?:morning|afternoon|evening|day)(?: (?:everyone|all|team|sir|madam))?",
    r"dear (?:sir or madam|sir|madam|team)",
    r"how(?:'s| is) it going",
    r"how (?:are )?you(?: doing)?(?: today)?",
    r"(?:i )?hope (?:you're|you are) (?:doing )?well",
    r"what's up",
    r"nice to meet you",
)
_THANKS = _any(
    r"(?:many )?(?:thanks|thank you|thx|cheers)"
    r"(?: (?:a lot|a million|a bunch|so much|ever so much|very much|again|in advance|"
    r"for (?:your|the|all your) (?:help|time|answers?|support)))*",
    r"much appreciated",
)
_FAREWELL = _any(
    r"(?:good ?bye|bye(?: bye)?)(?: for now)?",
    r"see you(?: (?:soon|later|around|tomorrow))?",
    r"good night|farewell|so long|take care",
    r"have a (?:nice|good|great) (?:day|one|weekend|evening)",
    r"that(?:'s| is|'ll be| will be) all(?: for now)?",
)
_SCOPE = _any(
    r"(?:i need )?(?:some )?help(?: me)?",
    rf"(?:can|could|will) you help(?: me)?(?: out)?{_ASKED}",
    r"how (?:can|could) you help(?: me)?",
    rf"what (?:can|could|should|may) (?:i|we|one) ask{_ASKED}",
    rf"what (?:kinds? of |sorts? of )?(?:questions|things|topics) (?:can|may|could) (?:i ask|you answer){_ASKED}",
    r"what (?:can|could|do) you (?:do|answer|know|offer|help(?: me)? with|tell me)(?: about| for me)?",
    r"what are you (?:able to (?:do|answer)|for|good for)",
    r"(?:which|what) documents (?:do you (?:have|know)|are there)",
)
_IDENTITY = _any(
    r"(?:who|what) (?:are|r) (?:you|u)",
    r"what(?:'s| is) your name",
    rf"are you {_MACHINE}",
    rf"am i (?:talking|speaking|chatting) (?:to|with) {_MACHINE}",
    r"who (?:made|built|created|runs) you",
    r"introduce yourself",
)
_FILLER = _any("please", "okay", "ok", "well", "oh", "and", "so", "sorry", "yes", "no", "alright", "great", "perfect")
_PAUSE = r"[\s.,;:!?…()\-–👋🙂😊🙏]*"
_QUESTION_FOLLOWS = (
    r"\s+(?=(?:i|if|can|could|what|when|where|who|whom|whose|which|why|how|is|are|do|does|did|was|were|please|tell|give|"
    r"show|my|we|need)\b)"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (  # the kind that asks most comes first
    ("identity", _pattern(_IDENTITY)),
    ("scope", _pattern(_SCOPE)),
    ("thanks", _pattern(_THANKS)),
    ("farewell", _pattern(_FAREWELL)),
    ("greeting", _pattern(_GREETING)),
)
_SAID = _any(*(pattern.pattern for _, pattern in _KINDS))
_NEXT = _pattern(rf"{_PAUSE}(?:(?P<said>{_SAID})|{_FILLER})(?![\w']|-\w){_PAUSE}")
_BEFORE = _pattern(
    rf"(?:(?:oh,? )?(?:{_GREETING}(?:\s*[.,;:)!?…👋🙂😊]+\s*|\s+[\-–]\s+)|{_SHORT_GREETING}{_QUESTION_FOLLOWS}))+"
)
_AFTER = _pattern(rf"(?<=[.,;!?])\s*(?:please )?(?:{_THANKS}|{_FAREWELL})\s*[.!…🙏🙂😊]*\s*$")
_OPENINGS: dict[Kind, str] = {
    "greeting": "Hello!",
    "thanks": "You are welcome.",
    "farewell": "Goodbye!",
    "scope": "Ask in your own words; every answer is a passage of the documents, word for word, with its place.",
    "identity": "This is a search program, not a person: it answers with passages of the documents, word for word.",
}


def smalltalk(question: str) -> Talk | None:
    """What kind of small talk the whole message is; None when anything else stands in it.

    Of several kinds in one message ("hi! what can you do?") the one that asks most is answered.
    """
    said: list[str] = []
    place, text = 0, question.replace("’", "'").strip()
    while place < len(text):
        match = _NEXT.match(text, place)
        if match is None:
            return None
        said.append(match["said"] or "")
        place = match.end()
    kind = next((kind for kind, pattern in _KINDS if any(pattern.fullmatch(words) for words in said)), None)
    return Talk(kind) if kind else None


def without_courtesies(question: str) -> str:
    """The question without the greeting before it and the thanks behind it; unchanged where nothing else would be left.

    The order of words is kept, and so is "can you tell me": only what says nothing of the subject is taken off.
    """
    begun = _BEFORE.match(question.replace("’", "'"))
    rest = question[begun.end() :] if begun else question
    bare = _AFTER.sub("", rest).strip(" ,;")
    return bare if re.search(r"\w", bare) and bare != question.strip(" ,;") else question


def note_for(talk: Talk, titles: Sequence[str], samples: Sequence[str]) -> str:
    """The fixed sentences that answer small talk: of what the documents are, five titles at most, and what to ask."""
    examples = f"For example: {' '.join(samples)}" if samples else ""
    return " ".join(sentence for sentence in (_OPENINGS[talk.kind], _subjects(titles), examples) if sentence)


def _subjects(titles: Sequence[str]) -> str:
    if not titles:
        return ""
    named = [f"“{title}”" for title in titles[:TITLES]]
    if len(titles) > TITLES:
        named.append(f"{len(titles) - TITLES} more")
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"Ask me about {listed}."
