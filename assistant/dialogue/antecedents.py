"""A part of a question → the same without the pronoun that points to the part before it.

In: "how long does it take", and before it "Where can I order prints". Out: "how long does it take to order prints".
"""

import re

from assistant.dialogue.clauses import (
    AUX,
    AUXILIARIES,
    BE,
    PREP,
    PREPOSITIONS,
    PRONOUNS,
    YES_NO,
    Clause,
    inverted_clause,
    is_plural,
    noun_phrase,
    pattern,
    subject_of,
    wanted_noun,
)

_MANY = frozenset("they them their these those".split())
_POSSESSIVES = frozenset("its their his".split())
_PRONOUN = pattern(rf"\b(?:it|its|they|them|their|he|she|him|his|(?:these|those)(?=\s+{AUX}\b|$))\b")
_EXPLETIVE = pattern(
    r"\bit\s+that\b|\bit\s+(?:takes?|took|costs?|possible|necessary|true|allowed)\b.*\b(?:to|that|if)\b"
)
_OF_ALL = pattern(r".*\bit\s+(?:takes?|took|costs?)")
_PREPOSITION = pattern(rf"\b{PREP}\b")
_WHO_MAY = pattern(r"who\s+(?:may|can|could|must|should)\s+(?P<deed>\S.*)")
_DEED = pattern(r"(?P<head>.*\b(?:do|does|did|can|could|will|would|is|was))\s+(?:that|this)(?P<verb>\s+[a-z]+|)")


def resolved(piece: str, before: str) -> str:
    """The piece with its pronoun replaced by what the question before speaks of, or, where nothing fits, after it."""
    deed = _DEED.fullmatch(piece) if before else None
    if deed:
        return f"{deed['head']} it{deed['verb']} that {statement(before)}"
    pronoun = _PRONOUN.search(piece) if before else None
    if pronoun is None or _EXPLETIVE.search(piece) or _definite(piece[: pronoun.start()]):
        return piece
    if _OF_ALL.fullmatch(piece) and (whole := _of_all(piece, before)):
        return whole
    antecedent = _antecedent(pronoun[0].lower(), piece, before)
    if not antecedent:
        return piece if _PRONOUN.search(before) else f"{before}? {piece}"
    if pronoun[0].lower() in _POSSESSIVES:
        antecedent += "'" if antecedent.endswith("s") else "'s"
    return piece[: pronoun.start()] + antecedent + piece[pronoun.end() :]


def _of_all(piece: str, before: str) -> str:
    """What "it" costs or takes: the subject of the question before, or the deed that it asks about."""
    who, clause = _WHO_MAY.fullmatch(before), inverted_clause(before)
    subject = subject_of(clause) if clause else ""
    if clause and not subject and clause.auxiliary.lower() in BE and not _PREPOSITION.search(clause.rest):
        subject = clause.rest  # "How fast is express delivery"
    deed = ""
    if who:
        deed = who["deed"]
    elif clause and subject.lower() in PRONOUNS:  # "Where can I order prints | how long does it take": to order prints
        deed = clause.rest[len(subject) :].strip()
    if deed:
        return f"{piece} to {deed}"
    named = subject and subject.lower() not in PRONOUNS
    return re.sub(r"\bit\b", subject, piece, count=1, flags=re.IGNORECASE) if named else ""


def _antecedent(pronoun: str, piece: str, before: str) -> str:
    """The last mention that agrees in number, or the subject where the pronoun is one too and does something."""
    clause, asking = inverted_clause(before), inverted_clause(piece)
    both = YES_NO.fullmatch(before) if YES_NO.fullmatch(piece) else None
    if both:
        clause = Clause("", "", both["auxiliary"], both["rest"])
    if clause and clause.asked.lower() == "who" and pronoun in ("he", "she", "his", "him"):
        return clause.rest
    verb = re.search(rf"\b{pronoun}\s+(\w+)", piece, re.IGNORECASE)
    agent = asking and asking.auxiliary.lower() in ("has", "have", "had", "did") and " " in asking.asked
    if clause and (subject := subject_of(clause)) and subject.lower() not in PRONOUNS:
        same = verb and re.match(rf"\s*{verb[1]}\b", clause.rest[len(subject) :])
        if both or agent or same or re.search(r"\b(do|did|done)\s+so\b", piece):
            return subject
    many, wanted = pronoun in _MANY, wanted_noun(before)
    mentions = [*([f"the {wanted}"] if wanted else []), *_definite(before)]
    alike = [phrase for phrase in mentions if is_plural(phrase) == many]
    names = [phrase for phrase in mentions if re.search(r"[A-Z]{2}" if many else r"[A-Z]", phrase)]
    return (alike or names or [""])[-1]


def _definite(text: str) -> list[str]:
    """Names, nouns with an article, and plural nouns behind a preposition ("about student loans"), in order."""
    found: list[str] = []
    words, place = text.split(), 0
    while place < len(words):
        size, last = 0, words[place - 1].lower() if place else ""
        named = place > 0 and words[place][0].isupper() and words[place] != "I"
        if named or words[place].lower() in ("the", "a", "an", "my", "our", "your"):
            size = noun_phrase(words[place:], auxiliary=last if last in AUXILIARIES else "")
        elif last in PREPOSITIONS:
            size = max(noun_phrase(["the", *words[place:]]) - 1, 0)
            size = size if size and is_plural(words[place + size - 1]) else 0
        if size:
            phrase = " ".join(words[place : place + size]).strip(",;:()")
            found.append(re.sub(r"^(the|an?)\s", "the ", phrase, flags=re.IGNORECASE))
        place += size or 1
    return found


def statement(question: str) -> str:
    """What a question takes for granted, as a clause: "When was the Act amended" → "the Act was amended"."""
    clause = inverted_clause(question)
    if clause and (subject := subject_of(clause)):
        return f"{subject} {clause.auxiliary}{clause.rest[len(subject) :]}"
    rest = re.sub(r"^(how\s+(many|much)|which)\s+", "", question, flags=re.IGNORECASE)
    return re.sub(r"^what\b", "something", re.sub(r"^who\b", "someone", rest, flags=re.IGNORECASE), flags=re.IGNORECASE)
