"""A question → the questions that it consists of, each standing alone, in the order in which they were asked.

In: a question as it stands after the conversation was taken into account. Out: `Part`s; one that holds the question
itself, unchanged, when it asks one thing. Closed-class words and frequent verbs of English decide, never the words of a
document: a part has a question word or an auxiliary of its own, or is one of two subjects of one verb, or one side of a
comparison. Lists of numbers ("assignments (6) and (7)") are one question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.antecedents import resolved, statement
from assistant.dialogue.clauses import (
    AUX,
    AUXILIARIES,
    BE,
    DETERMINERS,
    LEAD,
    PLAIN,
    PREP,
    PRONOUNS,
    QUESTION_WORD,
    STOPS,
    WANTED,
    WH,
    YES_NO,
    Clause,
    any_of,
    asks,
    asks_inverted,
    inverted_clause,
    is_phrase,
    is_verb,
    nested,
    noun_phrase,
    pattern,
    subject_of,
    tail_of,
    wanted_noun,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One question that stands alone.

    `sure` is False where parts share their question word ("Where were the SDF and the police deployed?", "before and
    after the amendment"): a single sentence may answer them together, so the whole question deserves a try as well.
    """

    question: str
    sure: bool = True


_TIMES = "before after since until during in by".split()
_GAP = pattern(  # "how many after the amendment", "to which the SDF", "when amended"
    rf"(?P<asked>{WH}(?:\s+(?:many|much|often|long))?)\s+"
    rf"(?P<residue>(?P<preposition>{PREP})\s+(?P<object>\S.*)|(?:(?:the|an?)\b|(?-i:[A-Z])|\w+ed$).*)"
)
_ADVERB = pattern(rf"(?:{PREP}\s+)?(?:when|where|why|how)(?:\s+(?:often|long|many\s+times))?|{PREP}\s+whom")
_JOINT = r"(?:and|or|but|plus|also|as\s+well\s+as)\s+(?:(?:also|then)\s+)?(?:if\s+(?:so|yes),?\s+)?"
_LINK = pattern(
    rf"(?:(?:\s*\?+\s+|\s*[,;]\s+)(?:{_JOINT})?|\s+{_JOINT})(?=(?:{LEAD})?{WH}\b|{AUX}\s+\w)",
)
_COMPARISON = pattern(
    rf"(?P<head>.*?)\b(?P<first>{any_of(_TIMES[:5])}|prior to)\s+(?P<object>(?:[\w'’-]+\s+){{1,5}}?)?and\s+"
    rf"(?P<second>{any_of(_TIMES[:5])}|prior to)\s+(?P<rest>.+)"
)
_REPEATED = pattern(  # "deal with prisoners and with elections"
    rf"(?P<head>.+?\s)(?P<first>(?!of\b){PREP})\s+(?P<object>\S+(?:\s+\S+){{0,3}}?)\s+and\s+(?P<second>(?P=first))\s+"
    r"(?P<rest>\S+(?:\s+\S+){0,3})"
)
_SYMMETRIC = pattern(
    r"\b(?:agree|between|combine|common|compare|cooperate|differ\w*|each other|equal|fight|fought|meet|merged?|met|"
    r"more|related?|relations\w*|same|share|similar|than|together)\b"
)
_ORDINAL = pattern(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|last|former|latter|"
    r"\w+teenth|\w+tieth|\d+(?:st|nd|rd|th)?|one|two|three)\b"
)
_COURTESY = pattern(
    r"(?:.*[.!,]\s+)?(?:(?:can|could|would|will) you (?:please )?(?:help|assist)\b.{0,20}"
    r"|how(?:'s| is| are) (?:it|you)\b.{0,12}"
    r"|is (?:that|this|it) (?:right|true|correct|ok|okay)|do you know|any idea)\W*"
)


def parts(question: str) -> tuple[Part, ...]:
    """The questions that a question consists of, at least one; see `Part.sure` for those that may belong together."""
    bare = re.sub(rf"\b({QUESTION_WORD})['’]s\b", r"\1 is", question.strip().rstrip(" ?.!"), flags=re.IGNORECASE)
    standing: list[str] = []
    for piece in _completed(_pieces(bare)):
        standing.append(resolved(piece, standing[-1] if standing else ""))
    found = [part for piece in standing for part in _shared(piece)]
    if len(found) == 1:
        return (Part(question),)
    mark = "?" if "?" in question else ""
    return tuple(Part(part.question.strip(" ,;?") + mark, part.sure) for part in found)


def _pieces(question: str) -> list[str]:
    """The question cut where a new question begins; what does not begin one stays with what stands before it."""
    pieces, start, link = [""], 0, ""
    for match in [*_LINK.finditer(question), None]:
        piece = question[start : match.start() if match else len(question)]
        if pieces[-1] and _begins_anew(pieces[-1], link, piece):
            pieces.append(piece)
        else:
            pieces[-1] += link + piece
        if match:
            start, link = match.end(), match.group()
    return pieces


def _begins_anew(left: str, link: str, right: str) -> bool:
    """Whether the words after a link are a question beside the one before it, rather than a part of that one."""
    joint = link.strip(" ,?").lower()
    if "?" in link:
        return asks(right) and not _COURTESY.fullmatch(left) and not _COURTESY.fullmatch(right)
    if is_phrase(left):
        return is_phrase(right) or bool(joint and tail_of(right))
    if not asks(left):
        return False
    if not PLAIN.match(right):  # "and was it amended?", but not "or was it ...?", the other half of an alternative
        again = re.match(rf"{AUX}\s+{any_of(PRONOUNS)}\b", right, re.IGNORECASE)
        return again is not None and joint.lstrip("; ").startswith(("and", "but", "also"))
    if not joint:  # a comma alone: ", which was amended" belongs to what stands before it
        clause = inverted_clause(right)
        return bool(clause and re.match(r"(when|where|why|how.*|what)$", clause.asked) and inverted_clause(left))
    if _ADVERB.fullmatch(right) or _gap(right):
        return bool(_ADVERB.fullmatch(right) or _ungapped(left, right))
    if re.match(LEAD, left, re.IGNORECASE):  # "tell me when it was enacted and who enacted it" keeps the word order
        return not is_phrase(right)
    return asks_inverted(right) if nested(left) else asks(right)


def _completed(pieces: Sequence[str]) -> list[str]:
    """The pieces with what they share with a neighbour: "when | where was it", "was it sent in 1992 | when in 1998"."""
    whole: list[str] = []
    for piece in reversed(pieces):
        tail = tail_of(whole[0]) if whole and is_phrase(piece) else ""
        whole.insert(0, f"{piece} {tail}".strip())
    for place in range(1, len(whole)):
        left, right = whole[place - 1], whole[place]
        gap = _gap(right)
        if gap and gap["preposition"] and re.search(rf"\s{PREP}$", left, re.IGNORECASE):
            whole[place - 1] = f"{left} {gap['object']}"  # "before | and how many after the amendment"
        if _ADVERB.fullmatch(right):
            whole[place] = _reasked(left, right)
        elif gap:
            whole[place] = _ungapped(left, right) or right
        else:
            whole[place] = _with_noun(left, right)
    return whole


def _gap(text: str) -> re.Match[str] | None:
    """The match of a question that leaves its verb to the one before: "how many after the amendment"."""
    match = _GAP.fullmatch(text)
    rest = match["residue"].split()[1:] if match else []
    return None if any(is_verb(word) or word.lower() in AUXILIARIES for word in rest) else match


def _ungapped(left: str, right: str) -> str:
    """The second question with the words of the first that it leaves out; empty when they do not fit."""
    clause, gap = inverted_clause(left), _gap(right)
    if gap is None:
        return ""
    residue, alike = gap["residue"], left.lower().startswith(gap["asked"].lower())
    if gap["preposition"]:
        kind = any_of(_TIMES) if gap["preposition"].lower() in _TIMES else gap["preposition"]
        kept = re.sub(rf"\s{kind}\b(?!.*\s{kind}\b).*", "", left, flags=re.IGNORECASE)
        return f"{kept} {residue}" if alike else ""
    subject = subject_of(clause) if clause else ""
    if clause is None or not subject or clause.rest == subject:
        return ""
    if is_verb(residue.split()[0]):
        return f"{gap['asked']} {clause.auxiliary} {subject} {residue}"
    return f"{clause.asked} {clause.auxiliary} {residue}{clause.rest[len(subject) :]}" if alike else ""


def _reasked(left: str, asked: str) -> str:
    """The first question asked with another question word: "Where was it signed | and when" → "when was it signed"."""
    clause = inverted_clause(left)
    if YES_NO.fullmatch(left):
        return f"{asked} {left[0].lower()}{left[1:]}"
    if clause is None or not subject_of(clause):
        return f"{asked} was it that {statement(left)}"
    wanted = re.match(r"(?:how\s+many|which)\s+(\S.*)", clause.asked, re.IGNORECASE)
    return f"{asked} {clause.auxiliary} {clause.rest}" + (f" the {wanted[1]}" if wanted else "")


def _with_noun(left: str, right: str) -> str:
    """ "Which articles deal with arms | which deal with training": the noun said once, said again."""
    wanted, again = WANTED.match(left), re.match(r"(how\s+many|which)\s+(\S+)", right, re.IGNORECASE)
    if not wanted or not again or again[1].lower() != wanted["asked"].lower():
        return right
    noun = wanted_noun(left)
    if noun and again[2].lower() in ("one", "ones"):
        return f"{again[1]} {noun}{right[again.end(2) :]}"
    bare = is_verb(again[2]) or again[2].lower() in AUXILIARIES
    return f"{again[1]} {noun} {right[again.start(2) :]}" if noun and bare else right


def _shared(piece: str) -> tuple[Part, ...]:
    """The parts of one question that has two subjects of one verb, or two sides of a comparison in time."""
    clause = inverted_clause(piece)
    sides = _COMPARISON.fullmatch(piece) or _repeated(piece)
    if _SYMMETRIC.search(piece):
        return (Part(piece),)
    if sides and asks(piece):
        first = f"{sides['head']}{sides['first']} {(sides['object'] or sides['rest']).strip()}"
        second = f"{sides['head']}{sides['second']} {sides['rest']}"
        return Part(first, sure=False), Part(resolved(second, first), sure=False)
    if clause and (halves := _two_subjects(clause)):
        opening = f"{clause.lead}{clause.asked} {clause.auxiliary}"
        return tuple(Part(f"{opening} {half}", sure=False) for half in halves)
    return (Part(piece),)


def _repeated(piece: str) -> re.Match[str] | None:
    """The match of two nouns with one preposition each, at the end of the question."""
    match = _REPEATED.fullmatch(piece)
    words = f"{match['object']} {match['rest']}".split() if match else []
    return None if any(is_verb(word) or word.lower() in STOPS - frozenset(DETERMINERS) for word in words) else match


def _two_subjects(clause: Clause) -> tuple[str, ...]:
    """ "The SDF and the police deployed" → each subject with the verb; empty without an article or an acronym each."""
    words = re.sub(r"^both\s+", "", clause.rest, flags=re.IGNORECASE).split()
    end = noun_phrase(words)
    size = noun_phrase(words[end + 1 :], auxiliary=clause.auxiliary)
    first, second = " ".join(words[:end]), " ".join(words[end + 1 : end + 1 + size])
    predicate = words[end + 1 + size :]
    acronyms = all(re.fullmatch(r"[A-Z]{2,}s?", subject) for subject in (first, second))
    if not end or not predicate or words[end] != "and" or not (acronyms or second.lower().startswith("the ")):
        return ()
    acts = is_verb(predicate[0]) or clause.auxiliary.lower() not in BE
    if not acts or predicate[0].lower() in STOPS or _ORDINAL.search(f"{first} {second}"):
        return ()
    return f"{first} {' '.join(predicate)}", f"{second} {' '.join(predicate)}"
