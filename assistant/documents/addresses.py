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
    "item": "item|point|number|no|nr|bullet|clause|entry|subitem|letter",
}
PLURALS = {"annexes": "annex", "appendices": "annex", "entries": "item", "paras": "paragraph"}
_KIND_OF = {form: kind for kind, forms in KINDS.items() for form in forms.split("|")} | PLURALS

_ALSO_VERBS = ("annex", "title", "part", "point", "section", "rule", "number")

LAST = "last"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_WORDED = "one two three four five six seven eight nine ten eleven twelve".split()
LONGEST_RANGE = 300

_ROMAN = r"(?=[mdclxvi])m{0,3}(?:c[md]|d?c{0,3})(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})"
_BRACKETED = r"\(\s?(?:\d{1,3}|[a-z]|" + _ROMAN + r")\s?\)"
_PLAIN = r"(?:\d{1,4}(?:\.\d{1,3})*[a-z]?|" + _ROMAN + r"|[A-Z](?![\w’']))"
_JOIN = r"(?:\s*,?\s*(?:and|or|&|as well as)\s+(?:in\s+)?(?:the\s+)?|\s*,\s*)"
_TO = r"(?:\s*(?:to|through|until|up to)\s+|\s*[-–—]\s*)"


def _series(number: str) -> str:
    return rf"{number}(?:(?:{_TO}|{_JOIN}){number})*"


_ORDINAL = (
    rf"(?:{'|'.join(_ORDINALS)}|(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ORDINALS[:9])})|thirtieth|"
    r"\d{1,3}(?:st|nd|rd|th)|last|final)"
)
_WORD = r"[^\W\d_][\w’'-]*"
_BRACKET_SERIES = re.compile(_series(_BRACKETED), re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<noun>§§?|\b{_WORD}\.?)"
    rf"(?!\(s\))(?:\s*(?=[(§])|(?<=§)|\s+)(?:(?:no\.?|nr\.?|number)\s+|\#\s?)?"
    rf"(?P<numbers>{_series(_BRACKETED)}|{_series(_PLAIN)}(?![\w%])|(?:{'|'.join(_WORDED)})\b)"
    rf"(?P<inner>(?:\s?{_BRACKETED})*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b(?P<numbers>{_series(_ORDINAL)})\s+(?:(?:and|or)\s+)?(?:of\s+(?:the\s+|all\s+|these\s+|those\s+)*)?"
    rf"(?P<between>(?:(?!of\b){_WORD}\s+){{0,3}}?)(?P<noun>{_WORD})",
    re.IGNORECASE,
)
_NUMBERS = re.compile(rf"\b{_ORDINAL}\b|{_BRACKETED}|\b(?:{'|'.join(_WORDED)})\b|(?<!\w){_PLAIN}(?!\w)", re.IGNORECASE)
_RANGE = re.compile(rf"^{_TO}$", re.IGNORECASE)
_GOES_IN = re.compile(r"^\s*,?\s*$")
_GOES_OUT = re.compile(r"^\s+(?:of|in|under)\s+(?:the\s+|this\s+)?$", re.IGNORECASE)
_QUOTED = re.compile(r"^\s+(?:of|in)\s+[\"“](?P<label>[^\"”]+)[\"”]")
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


def addresses(text: str, nouns: Collection[str] = ()) -> list[Address]:
    """Addresses in order, none overlapping another; `nouns` are the singular words that also name items here."""
    found: list[Address] = []
    for one in sorted([*_named(text, nouns), *_counted(text, nouns)], key=lambda one: (one.start, -one.end)):
        if found and one.start < found[-1].end:
            continue
        gap = text[found[-1].end : one.start] if found else ""
        if found and len(one.steps) + len(found[-1].steps) <= 4 and _GOES_IN.match(gap) and _inner(one):
            found[-1] = Address((*found[-1].steps, *one.steps), found[-1].start, one.end)
        elif found and _GOES_OUT.match(gap):
            found[-1] = Address((*one.steps, *found[-1].steps), found[-1].start, one.end)
        else:
            found.append(one)
    return [_owned(text, one, nouns) for one in found]


def bracketed_series(text: str) -> Iterator[Address]:
    """Bare series of bracketed numbers: "(13) to (19), (21) and (22)", "(9)"; the noun of their step is "item"."""
    for match in _BRACKET_SERIES.finditer(text):
        yield Address((Step("item", numbers_of(match[0])),), match.start(), match.end())


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
    for match in _NAMED.finditer(text):
        noun = _noun(match["noun"], nouns)
        if noun is None or _ends_in_prose(match, noun):
            continue
        inner = tuple(Step("item", (_plain(one),)) for one in re.findall(r"\([^)]*\)", match["inner"]))
        yield Address((Step(noun, numbers_of(match["numbers"])), *inner), match.start(), match.end())


def _ends_in_prose(match: re.Match[str], noun: str) -> bool:
    """Whether the "number" is no number: the "a" of "part a", the "one" of "schedule one"."""
    numbers = match["numbers"]
    if numbers.casefold() in _WORDED:
        return noun in _ALSO_VERBS
    return numbers.isalpha() and not numbers.isupper()


def _counted(text: str, nouns: Collection[str]) -> Iterator[Address]:
    for match in _COUNTED.finditer(text):
        noun = _noun(match["noun"], nouns)
        if noun is not None:
            yield Address((Step(noun, numbers_of(match["numbers"])),), match.start(), match.end())


def _noun(word: str, nouns: Collection[str]) -> str | None:
    plain = singular(word.rstrip("."))
    return plain if plain in nouns else kind_of(word)


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
        return [chr(letter) for letter in range(ord(first) + 1, ord(last) + 1)]
    if re.fullmatch(_ROMAN, first) and re.fullmatch(_ROMAN, last) and roman(first) < roman(last):
        return [str(number) for number in range(roman(first) + 1, roman(last) + 1)]
    return [last]
