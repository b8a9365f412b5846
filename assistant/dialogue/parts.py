"""A question → the questions that it consists of, each standing alone, in the order in which they were asked.

In: a question as it stands after the conversation was taken into account. Out: `Part`s; one that holds the question
itself, unchanged, when it asks one thing. Closed-class words and frequent verbs of English decide, never the words of a
document: a part has a question word or an auxiliary of its own, or is one of two subjects of one verb, or one side of a
comparison. Lists of numbers ("assignments (6) and (7)") are one question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One question that stands alone.

    `sure` is False where parts share their question word ("Where were the SDF and the police deployed?", "before and
    after the amendment"): a single sentence may answer them together, so the whole question deserves a try as well.
    """

    question: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Clause:
    """A question's anatomy: "tell me" | "to which countries" | "was" | "the police deployed"."""

    lead: str
    asked: str
    auxiliary: str
    rest: str


_BE = "is are was were isn't aren't wasn't weren't".split()
_AUXILIARIES = [
    *_BE,
    *"do does did don't doesn't didn't has have had hasn't haven't hadn't can could can't couldn't".split(),
    *"will would won't wouldn't shall should shouldn't may might must".split(),
]
_PREPOSITIONS = (
    "about above across after against along among around as at before behind below between by during for from in into "
    "of on onto out over per since than through to toward towards under until up upon via with within without"
).split()
_TIMES = "before after since until during in by".split()
_DETERMINERS = "the a an this that these those its their his her our your my any each every all both some no".split()
_PRONOUNS = "it they he she there i we you".split()
_QUESTION_WORDS = "whom whose who what when where which why how".split()
_CONJUNCTIONS = "and or but".split()
_STOPS = frozenset(
    [*_AUXILIARIES, *_PREPOSITIONS, *_DETERMINERS, *_PRONOUNS, *_QUESTION_WORDS, *_CONJUNCTIONS, "prior"]
)
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
_MANY = frozenset("they them their these those".split())
_POSSESSIVES = frozenset("its their his".split())


def _any(words: Sequence[str]) -> str:
    return "(?:" + "|".join(words) + ")"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)


_AUX, _PREP, _QUESTION_WORD = _any(_AUXILIARIES), _any(_PREPOSITIONS), _any(_QUESTION_WORDS)
_WH = rf"(?:{_PREP}\s+)?{_QUESTION_WORD}"
_LEAD = (
    r"(?:(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?"
    r"(?:tell|explain|show|describe|let)\s+(?:to\s+)?(?:(?:me|us)\s+)?(?:know\s+)?"
    r"|do\s+you\s+know\s+|i(?:\s+would|'d)?\s+(?:like|want|need|wanted)\s+to\s+(?:know|find\s+out|learn)\s+"
    r"|i(?:\s+am|'m|\s+was)?\s+wonder(?:ing)?\s+)"
)
_NOUN = rf"(?!(?:{_AUX}|{_PREP}|{_QUESTION_WORD}|the|an?|and|or|but|else|other)\b)[\w'’/-]+"
_INVERTED = _pattern(
    rf"(?P<lead>{_LEAD})?(?P<asked>{_WH}(?:\s+(?:of|in|for|from)(?:\s+the)?|\s+{_NOUN}){{0,7}}?)"
    rf"\s+(?P<auxiliary>{_AUX})\b\s*(?P<rest>.*)"
)
_YES_NO = _pattern(rf"(?P<auxiliary>{_AUX})\s+(?P<rest>\S.*)")
_PLAIN = _pattern(rf"(?P<lead>{_LEAD})?(?P<asked>{_WH})\b\s*(?P<rest>.*)")
_GAP = _pattern(  # "how many after the amendment", "to which the SDF", "when amended"
    rf"(?P<asked>{_WH}(?:\s+(?:many|much|often|long))?)\s+"
    rf"(?P<residue>(?P<preposition>{_PREP})\s+(?P<object>\S.*)|(?:(?:the|an?)\b|(?-i:[A-Z])|\w+ed$).*)"
)
_ADVERB = _pattern(rf"(?:{_PREP}\s+)?(?:when|where|why|how)(?:\s+(?:often|long|many\s+times))?|{_PREP}\s+whom")
_EMBEDDED = _pattern(rf"{_WH}\s+(?:{_any([*_DETERMINERS, *_PRONOUNS])})\b")
_ADVERB_AND_SUBJECT = _pattern(rf"(?:{_PREP}\s+)?(?:when|where|why)\s+\S")
_WANTED = _pattern(rf"(?P<asked>(?:{_PREP}\s+)?(?:how\s+many|which|what))\s+(?={_NOUN})")
_JOINT = r"(?:and|or|but|plus|also|as\s+well\s+as)\s+(?:(?:also|then)\s+)?(?:if\s+(?:so|yes),?\s+)?"
_LINK = _pattern(
    rf"(?:(?:\s*\?+\s+|\s*[,;]\s+)(?:{_JOINT})?|\s+{_JOINT})(?=(?:{_LEAD})?{_WH}\b|{_AUX}\s+\w)",
)
_COMPARISON = _pattern(
    rf"(?P<head>.*?)\b(?P<first>{_any(_TIMES[:5])}|prior to)\s+(?P<object>(?:[\w'’-]+\s+){{1,5}}?)?and\s+"
    rf"(?P<second>{_any(_TIMES[:5])}|prior to)\s+(?P<rest>.+)"
)
_REPEATED = _pattern(  # "deal with prisoners and with elections"
    rf"(?P<head>.+?\s)(?P<first>(?!of\b){_PREP})\s+(?P<object>\S+(?:\s+\S+){{0,3}}?)\s+and\s+(?P<second>(?P=first))\s+"
    r"(?P<rest>\S+(?:\s+\S+){0,3})"
)
_PRONOUN = _pattern(rf"\b(?:it|its|they|them|their|he|she|him|his|(?:these|those)(?=\s+{_AUX}\b|$))\b")
_EXPLETIVE = _pattern(
    r"\bit\s+that\b|\bit\s+(?:takes?|took|costs?|possible|necessary|true|allowed)\b.*\b(?:to|that|if)\b"
)
_OF_ALL = _pattern(r".*\bit\s+(?:takes?|took|costs?)")
_DEED = _pattern(r"(?P<head>.*\b(?:do|does|did|can|could|will|would|is|was))\s+(?:that|this)(?P<verb>\s+[a-z]+|)")
_SYMMETRIC = _pattern(
    r"\b(?:agree|between|combine|common|compare|cooperate|differ\w*|each other|equal|fight|fought|meet|merged?|met|"
    r"more|related?|relations\w*|same|share|similar|than|together)\b"
)
_ORDINAL = _pattern(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|last|former|latter|"
    r"\w+teenth|\w+tieth|\d+(?:st|nd|rd|th)?|one|two|three)\b"
)
_COURTESY = _pattern(
    r"(?:.*[.!,]\s+)?(?:(?:can|could|would|will) you (?:please )?(?:help|assist)\b.{0,20}"
    r"|how(?:'s| is| are) (?:it|you)\b.{0,12}"
    r"|is (?:that|this|it) (?:right|true|correct|ok|okay)|do you know|any idea)\W*"
)


def parts(question: str) -> tuple[Part, ...]:
    """The questions that a question consists of, at least one; see `Part.sure` for those that may belong together."""
    bare = re.sub(rf"\b({_QUESTION_WORD})['’]s\b", r"\1 is", question.strip().rstrip(" ?.!"), flags=re.IGNORECASE)
    standing: list[str] = []
    for piece in _completed(_pieces(bare)):
        standing.append(_resolved(piece, standing[-1] if standing else ""))
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
        return _asks(right) and not _COURTESY.fullmatch(left) and not _COURTESY.fullmatch(right)
    if _is_phrase(left):
        return _is_phrase(right) or bool(joint and _tail(right))
    if not _asks(left):
        return False
    if not _PLAIN.match(right):  # "and was it amended?", but not "or was it ...?", the other half of an alternative
        again = re.match(rf"{_AUX}\s+{_any(_PRONOUNS)}\b", right, re.IGNORECASE)
        return again is not None and joint.lstrip("; ").startswith(("and", "but", "also"))
    if not joint:  # a comma alone: ", which was amended" belongs to what stands before it
        clause = _inverted(right)
        return bool(clause and re.match(r"(when|where|why|how.*|what)$", clause.asked) and _inverted(left))
    if _ADVERB.fullmatch(right) or _gap(right):
        return bool(_ADVERB.fullmatch(right) or _ungapped(left, right))
    if re.match(_LEAD, left, re.IGNORECASE):  # "tell me when it was enacted and who enacted it" keeps the word order
        return not _is_phrase(right)
    return _asks_inverted(right) if _nested(left) else _asks(right)


def _completed(pieces: Sequence[str]) -> list[str]:
    """The pieces with what they share with a neighbour: "when | where was it", "was it sent in 1992 | when in 1998"."""
    whole: list[str] = []
    for piece in reversed(pieces):
        tail = _tail(whole[0]) if whole and _is_phrase(piece) else ""
        whole.insert(0, f"{piece} {tail}".strip())
    for place in range(1, len(whole)):
        left, right = whole[place - 1], whole[place]
        gap = _gap(right)
        if gap and gap["preposition"] and re.search(rf"\s{_PREP}$", left, re.IGNORECASE):
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
    return None if any(_is_verb(word) or word.lower() in _AUXILIARIES for word in rest) else match


def _ungapped(left: str, right: str) -> str:
    """The second question with the words of the first that it leaves out; empty when they do not fit."""
    clause, gap = _inverted(left), _gap(right)
    if gap is None:
        return ""
    residue, alike = gap["residue"], left.lower().startswith(gap["asked"].lower())
    if gap["preposition"]:
        kind = _any(_TIMES) if gap["preposition"].lower() in _TIMES else gap["preposition"]
        kept = re.sub(rf"\s{kind}\b(?!.*\s{kind}\b).*", "", left, flags=re.IGNORECASE)
        return f"{kept} {residue}" if alike else ""
    subject = _subject(clause) if clause else ""
    if clause is None or not subject or clause.rest == subject:
        return ""
    if _is_verb(residue.split()[0]):
        return f"{gap['asked']} {clause.auxiliary} {subject} {residue}"
    return f"{clause.asked} {clause.auxiliary} {residue}{clause.rest[len(subject) :]}" if alike else ""


def _reasked(left: str, asked: str) -> str:
    """The first question asked with another question word: "Where was it signed | and when" → "when was it signed"."""
    clause = _inverted(left)
    if _YES_NO.fullmatch(left):
        return f"{asked} {left[0].lower()}{left[1:]}"
    if clause is None or not _subject(clause):
        return f"{asked} was it that {_statement(left)}"
    wanted = re.match(r"(?:how\s+many|which)\s+(\S.*)", clause.asked, re.IGNORECASE)
    return f"{asked} {clause.auxiliary} {clause.rest}" + (f" the {wanted[1]}" if wanted else "")


def _with_noun(left: str, right: str) -> str:
    """ "Which articles deal with arms | which deal with training": the noun said once, said again."""
    wanted, again = _WANTED.match(left), re.match(r"(how\s+many|which)\s+(\S+)", right, re.IGNORECASE)
    if not wanted or not again or again[1].lower() != wanted["asked"].lower():
        return right
    noun = _wanted_noun(left)
    if noun and again[2].lower() in ("one", "ones"):
        return f"{again[1]} {noun}{right[again.end(2) :]}"
    bare = _is_verb(again[2]) or again[2].lower() in _AUXILIARIES
    return f"{again[1]} {noun} {right[again.start(2) :]}" if noun and bare else right


def _statement(question: str) -> str:
    """What a question takes for granted, as a clause: "When was the Act amended" → "the Act was amended"."""
    clause = _inverted(question)
    if clause and (subject := _subject(clause)):
        return f"{subject} {clause.auxiliary}{clause.rest[len(subject) :]}"
    rest = re.sub(r"^(how\s+(many|much)|which)\s+", "", question, flags=re.IGNORECASE)
    return re.sub(r"^what\b", "something", re.sub(r"^who\b", "someone", rest, flags=re.IGNORECASE), flags=re.IGNORECASE)


def _resolved(piece: str, before: str) -> str:
    """The piece with its pronoun replaced by what the question before speaks of, or, where nothing fits, after it."""
    deed = _DEED.fullmatch(piece) if before else None
    if deed:
        return f"{deed['head']} it{deed['verb']} that {_statement(before)}"
    pronoun = _PRONOUN.search(piece) if before else None
    if pronoun is None or _EXPLETIVE.search(piece) or _definite(piece[: pronoun.start()]):
        return piece
    antecedent = "" if _OF_ALL.fullmatch(piece) else _antecedent(pronoun[0].lower(), piece, before)
    if not antecedent:
        return piece if _PRONOUN.search(before) else f"{before}? {piece}"
    if pronoun[0].lower() in _POSSESSIVES:
        antecedent += "'" if antecedent.endswith("s") else "'s"
    return piece[: pronoun.start()] + antecedent + piece[pronoun.end() :]


def _antecedent(pronoun: str, piece: str, before: str) -> str:
    """The last mention that agrees in number, or the subject where the pronoun is one too and does something."""
    clause, asking = _inverted(before), _inverted(piece)
    both = _YES_NO.fullmatch(before) if _YES_NO.fullmatch(piece) else None
    if both:
        clause = _Clause("", "", both["auxiliary"], both["rest"])
    if clause and clause.asked.lower() == "who" and pronoun in ("he", "she", "his", "him"):
        return clause.rest
    verb = re.search(rf"\b{pronoun}\s+(\w+)", piece, re.IGNORECASE)
    agent = asking and asking.auxiliary.lower() in ("has", "have", "had", "did") and " " in asking.asked
    if clause and (subject := _subject(clause)) and subject.lower() not in _PRONOUNS:
        same = verb and re.match(rf"\s*{verb[1]}\b", clause.rest[len(subject) :])
        if both or agent or same or re.search(r"\b(do|did|done)\s+so\b", piece):
            return subject
    many, wanted = pronoun in _MANY, _wanted_noun(before)
    mentions = [*([f"the {wanted}"] if wanted else []), *_definite(before)]
    alike = [phrase for phrase in mentions if _is_plural(phrase) == many]
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
            size = _noun_phrase(words[place:], auxiliary=last if last in _AUXILIARIES else "")
        elif last in _PREPOSITIONS:
            size = max(_noun_phrase(["the", *words[place:]]) - 1, 0)
            size = size if size and _is_plural(words[place + size - 1]) else 0
        if size:
            phrase = " ".join(words[place : place + size]).strip(",;:()")
            found.append(re.sub(r"^(the|an?)\s", "the ", phrase, flags=re.IGNORECASE))
        place += size or 1
    return found


def _shared(piece: str) -> tuple[Part, ...]:
    """The parts of one question that has two subjects of one verb, or two sides of a comparison in time."""
    clause = _inverted(piece)
    sides = _COMPARISON.fullmatch(piece) or _repeated(piece)
    if _SYMMETRIC.search(piece):
        return (Part(piece),)
    if sides and _asks(piece):
        first = f"{sides['head']}{sides['first']} {(sides['object'] or sides['rest']).strip()}"
        second = f"{sides['head']}{sides['second']} {sides['rest']}"
        return Part(first, sure=False), Part(_resolved(second, first), sure=False)
    if clause and (halves := _two_subjects(clause)):
        opening = f"{clause.lead}{clause.asked} {clause.auxiliary}"
        return tuple(Part(f"{opening} {half}", sure=False) for half in halves)
    return (Part(piece),)


def _repeated(piece: str) -> re.Match[str] | None:
    """The match of two nouns with one preposition each, at the end of the question."""
    match = _REPEATED.fullmatch(piece)
    words = f"{match['object']} {match['rest']}".split() if match else []
    return None if any(_is_verb(word) or word.lower() in _STOPS - frozenset(_DETERMINERS) for word in words) else match


def _two_subjects(clause: _Clause) -> tuple[str, ...]:
    """ "The SDF and the police deployed" → each subject with the verb; empty without an article or an acronym each."""
    words = re.sub(r"^both\s+", "", clause.rest, flags=re.IGNORECASE).split()
    end = _noun_phrase(words)
    size = _noun_phrase(words[end + 1 :], auxiliary=clause.auxiliary)
    first, second = " ".join(words[:end]), " ".join(words[end + 1 : end + 1 + size])
    predicate = words[end + 1 + size :]
    acronyms = all(re.fullmatch(r"[A-Z]{2,}s?", subject) for subject in (first, second))
    if not end or not predicate or words[end] != "and" or not (acronyms or second.lower().startswith("the ")):
        return ()
    acts = _is_verb(predicate[0]) or clause.auxiliary.lower() not in _BE
    if not acts or predicate[0].lower() in _STOPS or _ORDINAL.search(f"{first} {second}"):
        return ()
    return f"{first} {' '.join(predicate)}", f"{second} {' '.join(predicate)}"


def _inverted(text: str) -> _Clause | None:
    """The anatomy of "when was the Act amended"; None for "when the Act was amended" and for "who amended it"."""
    match = _INVERTED.fullmatch(text)
    if match is None or (not match["lead"] and (_ADVERB_AND_SUBJECT.match(match["asked"]) or _EMBEDDED.match(text))):
        return None
    return _Clause(match["lead"] or "", match["asked"], match["auxiliary"], match["rest"])


def _asks(text: str) -> bool:
    """Whether the text is a whole question: an auxiliary in the right place, or a question word and a verb."""
    if _inverted(text) or _YES_NO.fullmatch(text):
        return True
    match = _PLAIN.fullmatch(text)
    words = match["rest"].split() if match else []
    if match is None or not words or words[0] in ("else", "other"):
        return False
    if match["lead"] or re.match(r"(?:how\s+to|which\s+ones?)\s+\w", text, re.IGNORECASE):
        return True
    if _EMBEDDED.match(text) or _ADVERB_AND_SUBJECT.match(text) or words[0].lower() in _PREPOSITIONS:
        return False
    return any(_verb_at(words, place) for place in range(len(words))) or (
        match["asked"].lower() == "who" and words[0].lower() not in _STOPS
    )


def _asks_inverted(text: str) -> bool:
    clause = _inverted(text)
    return clause is not None and _subject(clause) not in ("", clause.rest)


def _nested(text: str) -> bool:
    """Whether a question word stands inside the question, where what follows may still belong to it."""
    match = _PLAIN.match(text)
    return re.search(rf"\b{_QUESTION_WORD}\b", match["rest"] if match else text, re.IGNORECASE) is not None


def _is_phrase(text: str) -> bool:
    """Whether the text is a question phrase without a verb: "when", "which countries", "how many operations"."""
    match = re.fullmatch(rf"(?:{_PREP}\s+)?({_QUESTION_WORD})((?:\s+{_NOUN})*)", text, re.IGNORECASE)
    nouns = match[2].split() if match else []
    if match is None or any(_is_verb(word) for word in nouns):
        return False
    if match[1].lower() == "how":
        return not nouns or (len(nouns) > 1 and nouns[0] == "many" and _is_plural(nouns[-1]))
    return not nouns or match[1].lower() in ("which", "what", "whose")


def _tail(text: str) -> str:
    """What follows the question phrase, from its verb on: "has Japan deployed personnel to", "took part"."""
    clause = _inverted(text)
    if clause:
        return f"{clause.auxiliary} {clause.rest}".strip()
    words = text.split()
    verb = next((place for place, word in enumerate(words) if place > 1 and _is_verb(word)), len(words))
    return " ".join(words[verb:])


def _wanted_noun(text: str) -> str:
    """The noun that is asked for: "countries" in "to which countries was the police deployed"."""
    opening = _WANTED.match(text)
    words = text[opening.end() :].split() if opening else []
    return " ".join(words[: max(_noun_phrase(["the", *words]) - 1, 0)])


def _subject(clause: _Clause) -> str:
    """The noun phrase behind the auxiliary, with what "of" adds to it; empty when a verb stands there."""
    words = clause.rest.split()
    end = _noun_phrase(words, auxiliary=clause.auxiliary)
    while end and end + 1 < len(words) and words[end].lower() == "of":
        end += 1 + max(_noun_phrase(words[end + 1 :], auxiliary=clause.auxiliary), 1)
    return " ".join(words[:end])


def _noun_phrase(words: Sequence[str], *, auxiliary: str = "") -> int:
    """How many of the words, from the first on, are one noun phrase: a pronoun, a name, or an article and its nouns.

    Behind an auxiliary the phrase is a subject, so that a verb must be left over: "the relief mission | end".
    """
    if words and words[0].lower() in _PRONOUNS:
        return 1
    first = end = int(bool(words) and words[0].lower() in _DETERMINERS)
    while end < len(words) and words[end].strip(",;").lower() not in _STOPS:
        named = words[end][0].isupper() or (end > 0 and words[end][0].isdigit())
        if (first == 0 and not named) or (end > first and _verb_at(words, end)):
            break
        end += 1
        if words[end - 1][-1] in ",;":
            break
    verb_follows = end < len(words) and _verb_at(words, end)
    if not auxiliary or verb_follows or end - first < 2 or words[end - 1][0].isupper():
        return end if end > first else 0
    adjective = words[end - 2][0].isupper() and not _is_plural(words[end - 1])
    return end - 1 if adjective or auxiliary.lower() not in _BE else end


def _verb_at(words: Sequence[str], place: int) -> bool:
    """Whether a verb stands there: one that is known, or a word between a noun and an article ("item restores the")."""
    article = place + 1 < len(words) and words[place + 1].lower() in ("the", "a", "an")
    return _is_verb(words[place]) or (article and place > 0 and words[place].islower() and words[place] not in _STOPS)


def _is_verb(word: str) -> bool:
    bare = word.strip(",;:()")
    return bare in _VERBS or (bare.endswith("ed") and bare.islower() and bare not in _NOT_VERBS)


def _is_plural(phrase: str) -> bool:
    head = re.split(r"\s+of\s+", phrase)[0].split()[-1].lower()
    return head in _PLURALS or (head.endswith("s") and not head.endswith(("ss", "us", "is")))
