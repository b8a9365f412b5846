"""A question → its anatomy: question word, auxiliary, subject and verb, by the closed word classes of English.

In: the words of a question, or of a piece of one. Out: a `Clause`, or whether the piece asks, is a phrase, has a verb.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """A question's anatomy: "tell me" | "to which countries" | "was" | "the police deployed"."""

    lead: str
    asked: str
    auxiliary: str
    rest: str


BE = "is are was were isn't aren't wasn't weren't".split()
AUXILIARIES = [
    *BE,
    *"do does did don't doesn't didn't has have had hasn't haven't hadn't can could can't couldn't".split(),
    *"will would won't wouldn't shall should shouldn't may might must".split(),
]
PREPOSITIONS = (
    "about above across after against along among around as at before behind below between by during for from in into "
    "of on onto out over per since than through to toward towards under until up upon via with within without"
).split()
DETERMINERS = "the a an this that these those its their his her our your my any each every all both some no".split()
PRONOUNS = "it they he she there i we you".split()
_QUESTION_WORDS = "whom whose who what when where which why how".split()
_CONJUNCTIONS = "and or but".split()
STOPS = frozenset([*AUXILIARIES, *PREPOSITIONS, *DETERMINERS, *PRONOUNS, *_QUESTION_WORDS, *_CONJUNCTIONS, "prior"])
_VERBS = frozenset(
    (
        "applies apply arrive became become been began begin belongs brought built came carry cease change chose "
        "come comes consists contain contains continue contribute counts cover covers deal deals decide define "
        "deploy done drawn end ensure enter establish exist fall fell follow follows found give given gives go "
        "goes gone got govern governs grew happen happens held help hold holds include includes join kept knows "
        "last lasts lead leads leave led left list lists live lost made make makes matters mean means meet met "
        "need needs oppose opposes ordered paid participate pay pays prohibit provide provides put ran receive "
        "receives regulate remain remains require requires run runs said sat say says seen send sends sent serve "
        "set sets show shown shows spoke stands start stay stood stop support supports take taken takes taught "
        "think thought threw told took use uses want went win won work works written wrote"
    ).split()
)
_NOT_VERBS = frozenset("bed breed feed hundred indeed need red seed shed speed united".split())
_PLURALS = frozenset("children men people personnel police staff troops women".split())


def any_of(words: Sequence[str]) -> str:
    """A pattern for one of the words."""
    return "(?:" + "|".join(words) + ")"


def pattern(text: str) -> re.Pattern[str]:
    """Compiled as all patterns on questions are: in any case, over line ends."""
    return re.compile(text, re.IGNORECASE | re.DOTALL)


AUX, PREP, QUESTION_WORD = any_of(AUXILIARIES), any_of(PREPOSITIONS), any_of(_QUESTION_WORDS)
WH = rf"(?:{PREP}\s+)?{QUESTION_WORD}"
LEAD = (
    r"(?:(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?"
    r"(?:tell|explain|show|describe|let)\s+(?:to\s+)?(?:(?:me|us)\s+)?(?:know\s+)?"
    r"|do\s+you\s+know\s+|i(?:\s+would|'d)?\s+(?:like|want|need|wanted)\s+to\s+(?:know|find\s+out|learn)\s+"
    r"|i(?:\s+am|'m|\s+was)?\s+wonder(?:ing)?\s+)"
)
_NOUN = rf"(?!(?:{AUX}|{PREP}|{QUESTION_WORD}|the|an?|and|or|but|else|other)\b)[\w'’/-]+"
_INVERTED = pattern(
    rf"(?P<lead>{LEAD})?(?P<asked>{WH}(?:\s+(?:of|in|for|from)(?:\s+the)?|\s+{_NOUN}){{0,7}}?)"
    rf"\s+(?P<auxiliary>{AUX})\b\s*(?P<rest>.*)"
)
YES_NO = pattern(rf"(?P<auxiliary>{AUX})\s+(?P<rest>\S.*)")
PLAIN = pattern(rf"(?P<lead>{LEAD})?(?P<asked>{WH})\b\s*(?P<rest>.*)")
_EMBEDDED = pattern(rf"{WH}\s+(?:{any_of([*DETERMINERS, *PRONOUNS])})\b")
_ADVERB_AND_SUBJECT = pattern(rf"(?:{PREP}\s+)?(?:when|where|why)\s+\S")
WANTED = pattern(rf"(?P<asked>(?:{PREP}\s+)?(?:how\s+many|which|what))\s+(?={_NOUN})")


def inverted_clause(text: str) -> Clause | None:
    """The anatomy of "when was the Act amended"; None for "when the Act was amended" and for "who amended it"."""
    match = _INVERTED.fullmatch(text)
    if match is None or (not match["lead"] and (_ADVERB_AND_SUBJECT.match(match["asked"]) or _EMBEDDED.match(text))):
        return None
    return Clause(match["lead"] or "", match["asked"], match["auxiliary"], match["rest"])


def asks(text: str) -> bool:
    """Whether the text is a whole question: an auxiliary in the right place, or a question word and a verb."""
    if inverted_clause(text) or YES_NO.fullmatch(text):
        return True
    match = PLAIN.fullmatch(text)
    words = match["rest"].split() if match else []
    if match is None or not words or words[0] in ("else", "other"):
        return False
    if match["lead"] or re.match(r"(?:how\s+to|which\s+ones?)\s+\w", text, re.IGNORECASE):
        return True
    if _EMBEDDED.match(text) or _ADVERB_AND_SUBJECT.match(text) or words[0].lower() in PREPOSITIONS:
        return False
    return any(_verb_at(words, place) for place in range(len(words))) or (
        match["asked"].lower() == "who" and words[0].lower() not in STOPS
    )


def asks_inverted(text: str) -> bool:
    """Whether the text asks with the auxiliary before a subject and a verb: "when was the Act amended"."""
    clause = inverted_clause(text)
    return clause is not None and subject_of(clause) not in ("", clause.rest)


def nested(text: str) -> bool:
    """Whether a question word stands inside the question, where what follows may still belong to it."""
    match = PLAIN.match(text)
    return re.search(rf"\b{QUESTION_WORD}\b", match["rest"] if match else text, re.IGNORECASE) is not None


def is_phrase(text: str) -> bool:
    """Whether the text is a question phrase without a verb: "when", "which countries", "how many operations"."""
    match = re.fullmatch(rf"(?:{PREP}\s+)?({QUESTION_WORD})((?:\s+{_NOUN})*)", text, re.IGNORECASE)
    nouns = match[2].split() if match else []
    if match is None or any(is_verb(word) for word in nouns):
        return False
    if match[1].lower() == "how":
        return not nouns or (len(nouns) > 1 and nouns[0] == "many" and is_plural(nouns[-1]))
    return not nouns or match[1].lower() in ("which", "what", "whose")


def tail_of(text: str) -> str:
    """What follows the question phrase, from its verb on: "has Japan deployed personnel to", "took part"."""
    clause = inverted_clause(text)
    if clause:
        return f"{clause.auxiliary} {clause.rest}".strip()
    words = text.split()
    verb = next((place for place, word in enumerate(words) if place > 1 and is_verb(word)), len(words))
    return " ".join(words[verb:])


def wanted_noun(text: str) -> str:
    """The noun that is asked for: "countries" in "to which countries was the police deployed"."""
    opening = WANTED.match(text)
    words = text[opening.end() :].split() if opening else []
    return " ".join(words[: max(noun_phrase(["the", *words]) - 1, 0)])


def subject_of(clause: Clause) -> str:
    """The noun phrase behind the auxiliary, with what "of" adds to it; empty when a verb stands there."""
    words = clause.rest.split()
    end = noun_phrase(words, auxiliary=clause.auxiliary)
    while end and end + 1 < len(words) and words[end].lower() == "of":
        end += 1 + max(noun_phrase(words[end + 1 :], auxiliary=clause.auxiliary), 1)
    return " ".join(words[:end])


def noun_phrase(words: Sequence[str], *, auxiliary: str = "") -> int:
    """How many of the words, from the first on, are one noun phrase: a pronoun, a name, or an article and its nouns.

    Behind an auxiliary the phrase is a subject, so that a verb must be left over: "the relief mission | end".
    """
    if words and words[0].lower() in PRONOUNS:
        return 1
    first = end = int(bool(words) and words[0].lower() in DETERMINERS)
    while end < len(words) and words[end].strip(",;").lower() not in STOPS:
        named = words[end][0].isupper() or (end > 0 and words[end][0].isdigit())
        if (first == 0 and not named) or (end > first and _verb_at(words, end)):
            break
        end += 1
        if words[end - 1][-1] in ",;":
            break
    verb_follows = end < len(words) and _verb_at(words, end)
    if not auxiliary or verb_follows or end - first < 2 or words[end - 1][0].isupper():
        return end if end > first else 0
    adjective = words[end - 2][0].isupper() and not is_plural(words[end - 1])
    return end - 1 if adjective or auxiliary.lower() not in BE else end


def _verb_at(words: Sequence[str], place: int) -> bool:
    """Whether a verb stands there: one that is known, or a word between a noun and an article ("item restores the")."""
    article = place + 1 < len(words) and words[place + 1].lower() in ("the", "a", "an")
    return is_verb(words[place]) or (article and place > 0 and words[place].islower() and words[place] not in STOPS)


def is_verb(word: str) -> bool:
    """Whether the word is a frequent verb of official prose or ends like a past tense."""
    bare = word.strip(",;:()")
    return bare in _VERBS or (bare.endswith("ed") and bare.islower() and bare not in _NOT_VERBS)


def is_plural(phrase: str) -> bool:
    """Whether the noun that a phrase is about is a plural: "members of the police"."""
    head = re.split(r"\s+of\s+", phrase)[0].split()[-1].lower()
    return head in _PLURALS or (head.endswith("s") and not head.endswith(("ss", "us", "is")))
