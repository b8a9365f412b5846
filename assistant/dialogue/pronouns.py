"""A question with "it", "they", "there" or "since then" → the same with what was meant.

In: the question and what was said before, newest first. Out: the question with the noun phrase in the pronoun's place;
None where no pronoun needs the past, or nothing said before fits it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2

from assistant.dialogue.phrases import (
    AUXILIARIES,
    PREPOSITIONS,
    Phrase,
    Word,
    carries,
    is_content,
    phrases_of,
    stem,
    words_of,
)

_PERSON = frozenset("he him his she her hers".split())
_PERSONS = frozenset(
    stem(noun)
    for noun in "adult agent applicant author beneficiary candidate chair chairman chairperson child citizen claimant "
    "client commander customer director doctor employee employer father guardian head heir holder husband inspector "
    "judge lawyer librarian manager mayor member minister mother neighbour nurse officer official owner parent "
    "partner patient pensioner physician police president prisoner pupil refugee representative resident secretary "
    "soldier spouse student teacher tenant trustee veteran victim visitor volunteer widow wife woman worker".split()
)
_MANY = frozenset("they them their theirs these those".split())
_OWNING = frozenset("its their his her".split())
_POINTING = frozenset("this that these those".split())
_BARE = _PERSON | _MANY | _OWNING | _POINTING | {"it"}
# "Is it possible to …", "it is allowed that …", "How long does it take to …": this "it" stands for nothing said before.
_JUDGED = (
    r"(possible|impossible|necessary|allowed|permitted|forbidden|required|compulsory|mandatory|legal|illegal|true|better|"
    r"best|common|normal|usual|easy|hard|difficult|important|safe|enough|worth|too\s+late)\s+(to|that|if|for)"
)
_EMPTY_IT = re.compile(
    r"\b(is|was|be)\s+it\s+(\w+\s+)?" + _JUDGED + r"\b|\bit('s|\s+(is|was|will\s+be))\s+(\w+\s+)?" + _JUDGED + r"\b|"
    r"\b(does|did|will|would|can)\s+it\s+(take|cost|need|help|matter|make)\b.*\b(to|if|when|for\s+\w+\s+to)\b|"
    r"\b(what\s+time|what\s+day|how\s+far)\s+is\s+it\b|\bit\s+(rains?|snows?)\b",
    re.IGNORECASE,
)
_THEN = re.compile(r"\b(since|before|after|until|by)\s+(then|that)\b(?!\s+\w*[a-z]{3})", re.IGNORECASE)
_EXISTS = re.compile(
    r"\b(is|are|was|were|be|been|has|have|will)\s+there\b|\bthere\s+(is|are|was|were|will|has|have|be)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:.?!]|\b(if|when|and|but|or|because|that|which|who|after|before)\b")
_ANYONE = re.compile(
    r"\b(someone|somebody|anyone|anybody|everyone|everybody|nobody|(a|an|any|every|each) \w+)\b", re.IGNORECASE
)
_DATE = re.compile(
    r"\b(?:(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:\s+\d{1,2},)?\s+)?(?:1[5-9]|20)\d\d\b"
)
_QUOTE_REACH = 300  # characters of an answer that names are taken from
_FADING = 0.4  # for each exchange between
_REPEATED = 0.8  # for each doubling of how often a noun was said


@dataclass(frozen=True, slots=True)
class Said:
    """One exchange: the question as it was understood, and the answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Mention:
    """A phrase said before: its words as they would be said again, and how much the talk is about it."""

    phrase: Phrase
    text: str
    weight: float
    leading: str


def resolved(question: str, said: Sequence[Said]) -> str | None:
    """The question with its pronouns replaced by what was said before; `said` is newest first."""
    changed = _dated(question, said)
    for word, kind in _needing(changed):
        mention = _fitting(kind, said, changed)
        if mention:
            changed = _replaced(changed, word, mention, kind)
            break
    changed = _placed(changed, said)
    return changed if changed != question else None


def topic(said: Sequence[Said]) -> str | None:
    """What the talk is about most; None where no phrase was said."""
    mentions = _mentions(said)
    return max(mentions, key=lambda one: one.weight).text if mentions else None


def needs_past(question: str) -> bool:
    """Whether a pronoun of the question stands for something said before it."""
    return bool(_needing(question) or _THEN.search(question) or _there(question))


def _needing(question: str) -> list[tuple[Word, str]]:
    """Pronouns that stand for something outside the question, in order."""
    words = words_of(question)
    empty = _EMPTY_IT.search(question)
    found = []
    for place, word in enumerate(words):
        kind = word.lower.removesuffix("'s") if word.lower in ("it's", "that's", "he's", "she's") else word.lower
        if kind not in _BARE or (kind == "it" and empty) or _has_antecedent(question, word, kind):
            continue
        if kind not in _POINTING or _stands_for(words, place):
            found.append((word, kind))
    return found


def _stands_for(words: Sequence[Word], place: int) -> bool:
    """Whether "that" is a pronoun, and not a conjunction or before a noun of its own."""
    before = words[place - 1].lower if place else ""
    after = words[place + 1] if place + 1 < len(words) else None
    opens = before in AUXILIARIES or before in PREPOSITIONS or (before == "" and after is not None)
    closes = after is None or after.lower in AUXILIARIES or after.lower in PREPOSITIONS
    is_verb = after is not None and carries(after) and not is_content(after)
    return (closes and (opens or after is None)) or (before in AUXILIARIES and is_verb)


def _has_antecedent(question: str, word: Word, kind: str) -> bool:
    """Whether an earlier clause of the question itself names what is meant."""
    before = question[: word.start]
    clause = max((match.end() for match in _CLAUSE.finditer(before)), default=0)
    reach = before if kind in ("their", "its") else before[:clause]
    named = [phrase for phrase in phrases_of(reach) if phrase.words[0].lower not in _POINTING]
    if kind in _PERSON or kind == "it":
        return bool(named)
    if kind in ("they", "them", "their") and _ANYONE.search(before):
        return True
    return any(phrase.is_plural == (kind in _MANY) for phrase in named)


def _mentions(said: Sequence[Said]) -> list[_Mention]:
    """Everything named before: what was asked about weighs more than what was answered, and fades."""
    mentions = []
    for age, one in enumerate(said):
        for text, is_asked in ((one.question, True), (one.answer[:_QUOTE_REACH], False)):
            phrases = phrases_of(text)
            words = words_of(text)
            leads = {word.start: words[place - 1].lower if place else "" for place, word in enumerate(words)}
            for phrase in phrases:
                before = leads[phrase.words[0].start]
                weight = _weight(phrase, text, before, is_last=phrase is phrases[-1]) + 1.0 * is_asked - _FADING * age
                mentions.append(_Mention(phrase, _said_again(phrase, text, before), weight, before))
    times = Counter(one.phrase.head for one in mentions)
    return [replace(one, weight=one.weight + _REPEATED * log2(times[one.phrase.head])) for one in mentions]


def _weight(phrase: Phrase, text: str, before: str, *, is_last: bool) -> float:
    """How much a sentence is about one of its phrases."""
    weight = 1.0 * phrase.is_definite + 0.8 * phrase.is_name + 0.5 * is_last
    weight += 0.8 * (before in AUXILIARIES) + 2.5 * (before in ("which", "what") and _is_subject(phrase, text))
    weight -= 0.8 * (before in ("in", "at", "on", "by", "during"))
    return weight - 3.0 * bool(_DATE.fullmatch(phrase.text) or not re.search(r"[^\W\d_]{2}", phrase.text))


def _is_subject(phrase: Phrase, text: str) -> bool:
    """Whether a verb of its own follows the phrase: "Which rule governs …"."""
    after = words_of(text[phrase.end :])
    return bool(after) and carries(after[0]) and not is_content(after[0])


def _said_again(phrase: Phrase, text: str, before: str) -> str:
    """The phrase as one would say it again: "a card" → "the card", "Which rule governs …?" → "the rule that …"."""
    words = phrase.text
    first = phrase.words[0].lower
    if before in ("which", "what"):
        clause = text[phrase.end :].rstrip(" ?!.") if _is_subject(phrase, text) else ""
        return f"the {words}{' that' if clause else ''}{clause}"
    if first in ("a", "an", "this", "that", "these", "those", "any", "every", "each"):
        return f"the {words[len(first) :].strip()}"
    return f"the{words[3:]}" if first == "the" else words


def _fitting(kind: str, said: Sequence[Said], question: str) -> _Mention | None:
    """The mention that agrees with the pronoun and weighs most, and that the question does not name already."""
    named = {phrase.head for phrase in phrases_of(question)}
    scored = [
        (one.weight + _agreement(kind, one.phrase), one)
        for one in _mentions(said)
        if one.phrase.head not in named and (kind not in _PERSON or _agreement(kind, one.phrase) > 0)
    ]
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _agreement(kind: str, phrase: Phrase) -> float:
    if kind in _PERSON:
        is_named = phrase.is_name and not phrase.is_definite and not phrase.text.isupper()  # "VA" is nobody
        return 3.0 if phrase.head in _PERSONS else 2.0 if is_named else -1.0
    if kind in _MANY:
        return 2.0 if phrase.is_plural else -1.0
    return -2.5 if phrase.is_plural else 0.0


def _replaced(question: str, word: Word, mention: _Mention, kind: str) -> str:
    """The question with the mention in the pronoun's place, owning what follows where the pronoun did."""
    before, after, meant = question[: word.start], question[word.end :], mention.text
    following = next((phrase for phrase in phrases_of(question) if phrase.start == word.end + 1), None)
    if kind in _OWNING and (kind != "her" or following):
        if following and len(words_of(meant)) > 4:
            return _capital(f"{before}the {following.text} of {meant}{question[following.end :]}")
        return _capital(f"{before}{meant}{'’' if meant.endswith('s') else '’s'}{after}")
    ending = " is" if word.lower.endswith("'s") else ""
    return _capital(f"{before}{meant}{ending}{after}")


def _dated(question: str, said: Sequence[Said]) -> str:
    """ "Since then" and "after that" with the last date that was said."""
    match = _THEN.search(question)
    dates = [found for one in said for text in (one.answer, one.question) for found in _DATE.findall(text)]
    if match is None or not dates:
        return question
    return f"{question[: match.start()]}{match[1]} {dates[0]}{question[match.end() :]}"


def _there(question: str) -> re.Match[str] | None:
    """ "There" that means a place."""
    return (
        None if _EXISTS.search(question) else re.search(r"(?<!\bhi )(?<!\bhello )(?<!\bhey )\bthere\b", question, re.I)
    )


def _placed(question: str, said: Sequence[Said]) -> str:
    """ "There" with the last named place that was said."""
    match = _there(question)
    places = [one for one in _mentions(said) if one.leading in ("in", "at", "to", "into", "from", "on")]
    named = [one for one in places if one.phrase.is_name or one.phrase.is_definite]
    if match is None or not named:
        return question
    best = max(named, key=lambda one: one.weight)
    preposition = "at" if best.leading == "at" else "on" if best.leading == "on" else "in"
    return _capital(f"{question[: match.start()]}{preposition} {best.text}{question[match.end() :]}")


def same_things(question: str, said: Sequence[Said]) -> str | None:
    """ "These tasks" with the fuller words for them that were said before; None where there are none."""
    for match in re.finditer(r"\b(this|that|these|those)\s+(\w+)", question, re.IGNORECASE):
        for one in _mentions(said):
            same = one.phrase.head == stem(match[2]) and one.phrase.is_plural == match[2].endswith("s")
            if same and len(one.phrase.words) > 2:
                return _capital(f"{question[: match.start()]}{one.text}{question[match.end() :]}")
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
