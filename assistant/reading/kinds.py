"""What kind of thing a question asks for, and whether a text holds one: a time for "when", a number for "how old".

In: a question. Out: the pattern of what its own question word wants. Of 500 questions no text without it was right, so
such a text is no answer. "How much" wants nothing of the kind: "rates are based on your age" answers it.
"""

import re

YES_NO = re.compile(
    r"^\W*(?:and\s+)?(?:is|are|was|were|do|does|did|can|could|may|must|shall|should|will|would|has|have|had)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"\b(?:what(?:['’]s|\s+is)?\s+the\s+(?P<line>(?:\w+\s+){0,3}?(?:phone|telephone|fax|hotline)\s+number)|"
    r"(?:what|which)\s+(?P<share>percentage|percent|proportion|share)\b|"
    r"(?:what|which)\s+(?P<time>year|date|day|month|time)\b|"
    r"(?P<when>when)\s+(?:is|are|was|were|do|does|did|can|could|may|must|shall|should|will|would|has|have|had)\b|"
    r"how\s+(?P<how>long|often|many\s+times|many|old|far|high|tall|deep|wide)\b|"
    r"what|which|who|whom|whose|when|where|why|how)\b",
    re.IGNORECASE,
)
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thir\w+|four\w+|fif\w+|sixt\w+|sevent\w+|"
    r"eight\w+|ninet\w+|twent\w+|hundreds?|thousands?|millions?|half|third|quarter|dozen|both|once|twice|single)\b"
)
_SPAN = r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|daily|weekly|monthly|annual\w*|yearly|every|each)\b"
_AMOUNT = r"\b(?:all|none|no|free\w*|any|several|most|majority|many|few|full\w*|entire|whole|unlimited|whatever|cost)\b"
_TIME = (
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|(?:mon|tues|wednes|"
    r"thurs|fri|satur|sun)days?|spring|summer|autumn|winter|noon|midnight|morning|evening|night|today|tomorrow|"
    r"before|after|until|till|when\w*|upon|once|immediately|within|during|while|as\s+soon\s+as|same\s+time|at\s+any\s+time|"
    r"always|never|if|unless|in\s+case|where|since|from|by|on\s+the|then|time|first|last|next)\b"
)
_FOREVER = r"\b(?:permanent\w*|indefinite\w*|forever|life\w*|long\w*|as\s+long|temporar\w*|short\w*|quick\w*|soon)\b"


def wanted_kind(question: str) -> re.Pattern[str] | None:
    """The pattern of the kind that the first question word wants; None where it wants no number and no time."""
    asked = None if YES_NO.match(question) else _QUESTION_WORD.search(question)
    if asked is None:
        return None
    if asked["line"]:
        return re.compile(r"\d{3}")
    if asked["when"] or asked["time"]:
        return _any(_NUMBER, _SPAN, _TIME)
    if asked["share"]:
        return _any(_NUMBER, _AMOUNT)
    how = (asked["how"] or "").lower()
    if how in ("long", "often") or how.startswith("many "):
        return _any(_NUMBER, _SPAN, _TIME, _FOREVER)
    return _any(_NUMBER, _AMOUNT, _SPAN) if how else None


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)
