"""Words → the addresses in them: "Articles 3 to 5", "(13) to (19), (21) and (22)", "paragraph 4 of Article 2".

In: a text, and the nouns that name items there ("principle", "task"). Out: `Address`es in order; what they stand for in
a document is for `outline.py` to say. Numbers are kept as the digits, letters or roman numerals printed, ordinals as
digits, "last" as itself.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assistant.documents.numbering import roman

# How a kind of place is written, in any of its forms, and what it is called here.
KINDS = {
    "article": "article|art",
    "section": "section|sec|§§|§",
    "chapter": "chapter|ch",
    "part": "part",
    "title": "title",
    "annex": "annex|annexe|appendix|schedule|attachment",
    "rule": "rule|regulation",
    "step": "step|stage|phase",
    "paragraph": "paragraph|para|subsection|subparagraph|sub-paragraph",
    "item": "item|point|number|no|nr|bullet|clause|entry|subitem|letter|lit",
}
PLURALS = {
    "annexes": "annex",
    "appendices": "annex",
    "entries": "item",
    "paras": "paragraph",
    "nos": "item",
    "nrs": "item",
    "arts": "article",
    "secs": "section",
}
_KIND_OF = {form: kind for kind, forms in KINDS.items() for form in forms.split("|")} | PLURALS

# What a small letter may number, and where: "letter b", "item c of"; elsewhere "a" and "i" are words.
_LETTERED = ("letter", "lit", "item", "point", "clause", "paragraph", "subparagraph", "sub-paragraph", "subitem")
_ALSO_VERBS = ("annex", "title", "part", "point", "section", "rule", "number")

LAST = "last"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_WORDED = "one two three four five six seven eight nine ten eleven twelve".split()
LONGEST_RANGE = 300
MOST_STEPS = 5

_ROMAN = r"(?=[mdclxvi])m{0,3}(?:c[md]|d?c{0,3})(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})"
_BRACKETED = r"\(\s?(?:\d{1,3}|[a-z]|" + _ROMAN + r")\s?\)"
# "§ 3 b)": a label closed by one bracket, as some laws print it.
_CLOSED = r"(?<![\w(])(?:[a-z]|\d{1,2})\)"
_PLAIN = r"(?:\d{1,4}(?:\.\d{1,3})*[a-z]?|" + _ROMAN + r"|[A-Z](?![\w’']))"
_AGAIN = r"(?:(?:nos?\.?|items?|points?|paragraphs?|letters?)\s+)?"
_JOIN = rf"(?:\s*,?\s*(?:and|or|&|as well as)\s+(?:in\s+)?(?:the\s+)?{_AGAIN}|\s*,\s*)"
_TO = r"(?:\s*(?:to|through|until|up to)\s+|\s*[-–—]\s*)"


def _series(number: str) -> str:
    return rf"{number}(?:(?:{_TO}|{_JOIN}){number})*"


_ORDINAL = (
    rf"(?:{'|'.join(_ORDINALS)}|(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ORDINALS[:9])})|thirtieth|"
    r"\d{1,3}(?:st|nd|rd|th)|last|final)"
)
_WORD = r"[^\W\d_][\w’'-]*"
_MARKED = rf"(?:{_series(_BRACKETED)}|{_series(_CLOSED)})"
# "(13) to (19)", "2(b)", "a) to c)": numbers alone, where the words before them lead to a place.
_BARE = re.compile(
    rf"(?P<outer>(?<![\w.])\d{{1,3}}(?=\())?(?P<numbers>{_MARKED})(?P<inner>(?:\s?{_MARKED})*)", re.IGNORECASE
)
_CUE = re.compile(r"\b(?:in|of|under|see|to|by|with|from|per|(?P<joins>and|or))\s+$", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<noun>§§?|\b{_WORD}\.?)"
    rf"(?!\(s\))(?:\s*(?=[(§])|(?<=§)|\s+)(?:(?:no\.?|nr\.?|number)\s+|\#\s?)?"
    rf"(?P<numbers>{_series(_BRACKETED)}|{_series(_PLAIN)}(?![\w%])|(?:{'|'.join(_WORDED)})\b)"
    rf"(?P<inner>(?:\s?{_MARKED})*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b(?P<numbers>{_series(_ORDINAL)})\s+(?:(?:and|or)\s+)?(?:of\s+(?:the\s+|all\s+|these\s+|those\s+)*)?"
    rf"(?P<between>(?:(?!of\b){_WORD}\s+){{0,3}}?)(?P<noun>{_WORD})",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    rf"\b{_ORDINAL}\b|{_BRACKETED}|{_CLOSED}|\b(?:{'|'.join(_WORDED)})\b|(?<!\w){_PLAIN}(?!\w)", re.IGNORECASE
)
_RANGE = re.compile(rf"^{_TO}$", re.IGNORECASE)
_LETTER_ENDS = re.compile(r"\W*$|\s*[,;)]|\s+(?:of|in|to|and)\b")
_JOINS = re.compile(rf"^{_JOIN}$", re.IGNORECASE)
_GOES_IN = re.compile(r"^\s*,?\s*$")
_GOES_OUT = re.compile(r"^\s+(?:of|in|under)\s+(?:the\s+|this\s+)?$", re.IGNORECASE)
_QUOTED = re.compile(r"^[.)]?\s+(?:of|in)\s+[\"“](?P<label>[^\"”]+)[\"”]")
_RANKED = re.compile(
    rf"\b(?P<noun>{_WORD})\s+(?:comes|stands|ranks|is|are)\s+(?:the\s+)?(?P<numbers>{_ORDINAL})(?=\W*$|\s+(?:in|of|on)\b)",
    re.IGNORECASE,
)
_OWNER = re.compile(
    rf"^\s+(?:of|in|from|among)\s+(?:all\s+)?(?:the\s+|these\s+|those\s+)?(?:{_WORD}\s+){{0,3}}?(?P<noun>{_WORD})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an address: a kind of place or an item's noun, lower case, singular, and which ones of it."""

    noun: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where `text[start:end]` points, outermost step first; `owner` is the quoted label of the section it names."""

    steps: tuple[Step, ...]
    start: int
    end: int
    owner: str = ""


def addresses(text: str, nouns: Collection[str] = (), *, bare: bool = False) -> list[Address]:
    """Addresses in order, none overlapping another; `nouns` are the singular words that also name items here.

    `bare` finds numbers that no noun stands before, too: "in (13) to (19), (21) and (22)", "under 2(b)".
    """
    found: list[Address] = []
    inmost = 0  # steps of the last address that stand before what they are in: "item (i) of Article 5, paragraph 2"
    every = [*_named(text, nouns), *_counted(text, nouns), *(_bare(text) if bare else ())]
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if found and one.start < found[-1].end:
            continue
        last = found[-1] if found else None
        gap = text[last.end : one.start] if last else ""
        if last and len(one.steps) + len(last.steps) <= MOST_STEPS and _GOES_IN.match(gap) and _inner(one):
            place = len(last.steps) - inmost
            found[-1] = Address((*last.steps[:place], *one.steps, *last.steps[place:]), last.start, one.end)
        elif last and len(last.steps) > 1 and _JOINS.match(gap) and _is_beside(last, one):
            both = Step(one.steps[-1].noun, (*last.steps[-1].numbers, *one.steps[-1].numbers))
            found[-1] = Address((*last.steps[:-1], both), last.start, one.end)
        elif last and _GOES_OUT.match(gap):
            inmost = len(last.steps)
            found[-1] = Address((*one.steps, *last.steps), last.start, one.end)
        else:
            inmost = 0
            found.append(one)
    owned: list[Address] = []
    for one in found:
        if not owned or one.start >= owned[-1].end:  # not what is quoted as the owner of the one before
            owned.append(_owned(text, one, nouns))
    return owned


def kind_of(word: str) -> str | None:
    """What a word for a kind of place is called here: "Articles" → "article", "§" → "section"; None for others."""
    plain = word.casefold().rstrip(".")
    return _KIND_OF.get(plain) or _KIND_OF.get(singular(plain))


def singular(word: str) -> str:
    """A noun's singular as far as its ending tells: "assignments", "entries", "boxes"."""
    plain = word.casefold()
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    if plain.endswith(("ches", "shes", "xes", "sses")):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s") and not plain.endswith("ss") and len(plain) > 3 else plain


def numbers_of(series: str) -> tuple[str, ...]:
    """Every number that a printed series names: "(13) to (15) and (21)" → 13, 14, 15, 21."""
    found: list[str] = []
    position = 0
    for match in _NUMBERS.finditer(series):
        number = _plain(match[0])
        if found and _RANGE.match(series[position : match.start()]):
            found += _between(found[-1], number)
        else:
            found.append(number)
        position = match.end()
    return tuple(dict.fromkeys(found))


def _named(text: str, nouns: Collection[str]) -> Iterator[Address]:
    position = 0
    while match := _NAMED.search(text, position):
        noun = _noun(match["noun"], nouns)
        if noun is None or _ends_in_prose(match, noun):
            position = match.end("noun")  # of "the number 14" it is "number 14"
            continue
        position = match.end()
        yield Address((Step(noun, numbers_of(match["numbers"])), *_steps_in(match)), match.start(), match.end())


def _bare(text: str) -> Iterator[Address]:
    """Numbers in brackets behind a word that leads to them; "a)" also begins a member of an enumeration."""
    for match in _BARE.finditer(text):
        cue = _CUE.search(text, max(0, match.start() - 12), match.start())
        if cue is None or (cue["joins"] and match[0][0].isalpha()):
            continue
        outer = (Step("item", (match["outer"],)),) if match["outer"] else ()
        steps = (*outer, Step("item", numbers_of(match["numbers"])), *_steps_in(match))
        yield Address(steps, match.start(), match.end())


def _steps_in(match: re.Match[str]) -> tuple[Step, ...]:
    """The steps inside the first: (b) of "7(1)(b)", b) and c) of "§ 3 b) and c)"."""
    return tuple(Step("item", numbers_of(one[0])) for one in re.finditer(_MARKED, match["inner"], re.IGNORECASE))


def _ends_in_prose(match: re.Match[str], noun: str) -> bool:
    """Whether the "number" is no number: the "a" of "part a", the "one" of "schedule one"; "letter b" is one."""
    numbers = match["numbers"]
    if numbers.casefold() in _WORDED:
        return noun in _ALSO_VERBS
    if not numbers.isalpha() or numbers.isupper():
        return False
    lettered = len(numbers) == 1 and match["noun"].casefold().rstrip(".s") in _LETTERED
    return not lettered or (numbers in "ai" and _LETTER_ENDS.match(match.string, match.end()) is None)


def _counted(text: str, nouns: Collection[str]) -> Iterator[Address]:
    for match in (*_COUNTED.finditer(text), *_RANKED.finditer(text)):
        noun = _noun(match["noun"], nouns)
        if noun is not None:
            yield Address((Step(noun, numbers_of(match["numbers"])),), match.start(), match.end())


def _noun(word: str, nouns: Collection[str]) -> str | None:
    plain = singular(word.rstrip("."))
    return plain if plain in nouns else kind_of(word)


def _is_beside(one: Address, other: Address) -> bool:
    """Whether two addresses name items of one place: "2(b) and 2(d)"."""
    inmost, beside = one.steps[-1], other.steps[-1]
    return one.steps[:-1] == other.steps[:-1] and inmost.noun == beside.noun


def _inner(address: Address) -> bool:
    return address.steps[0].noun in ("item", "paragraph")


def _owned(text: str, address: Address, nouns: Collection[str]) -> Address:
    """The address with what owns it: item (5) "of the assignments", item (14) "of “4. Assignments”"."""
    rest = text[address.end :]
    if quoted := _QUOTED.match(rest):
        return Address(address.steps, address.start, address.end + quoted.end(), quoted["label"])
    owner = _OWNER.match(rest)
    noun = _noun(owner["noun"], nouns) if owner else None
    first = address.steps[0]
    if owner and noun and noun in nouns and first.noun in ("item", "paragraph"):
        return Address((Step(noun, first.numbers), *address.steps[1:]), address.start, address.end + owner.end())
    return address


def _plain(number: str) -> str:
    """The number without brackets; an ordinal or a number word as digits."""
    bare = number.strip("() .").casefold()
    if bare in ("last", "final"):
        return LAST
    if bare in _ORDINALS:
        return str(_ORDINALS.index(bare) + 1)
    if bare == "thirtieth":
        return "30"
    tens, _, ones = bare.replace(" ", "-").partition("-")
    if tens in _TENS and ones in _ORDINALS:
        return str(_TENS[tens] + _ORDINALS.index(ones) + 1)
    if bare in _WORDED:
        return str(_WORDED.index(bare) + 1)
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", bare)


def _between(first: str, last: str) -> list[str]:
    """What a range names after its first number, its last included."""
    if first.isdigit() and last.isdigit() and int(first) < int(last) <= int(first) + LONGEST_RANGE:
        return [str(number) for number in range(int(first) + 1, int(last) + 1)]
    if len(first) == len(last) == 1 and first.isalpha() and first < last:
        if first == "i" and last in "vx":  # "(i) to (v)"
            return [str(number) for number in range(2, roman(last) + 1)]
        return [chr(letter) for letter in range(ord(first) + 1, ord(last) + 1)]
    if re.fullmatch(_ROMAN, first) and re.fullmatch(_ROMAN, last) and roman(first) < roman(last):
        return [str(number) for number in range(roman(first) + 1, roman(last) + 1)]
    return [last]
