"""Numbers in front of headings and list items: how they are written, which series they belong to.

In: the words of a line. Out: `Numbered` (for headings) or a label's length (for list items); no decision here about
which of the two a line is.
"""

import re
from dataclasses import dataclass

# Outermost first, as most laws and treaties nest them; `ranks` reorders by what a document shows.
KEYWORDS = (
    ("book", "volume"),
    ("title",),
    ("part", "annex", "appendix", "schedule", "attachment", "protocol"),
    ("subpart", "division"),
    ("chapter",),
    ("subchapter",),
    ("section",),
    ("subsection", "subdivision"),
    ("article", "rule", "regulation", "clause", "canon", "principle"),
    ("step", "stage", "phase", "module", "question"),
)
KEYWORD_ORDER = {word: place for place, words in enumerate(KEYWORDS) for word in words}
_SHORT_FORMS = {"sec": "section", "§": "section", "§§": "section", "art": "article"}

_ROMAN = r"(?=[MDCLXVI])M{0,3}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})"
_WORDED = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_ORDINAL = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_VALUE = (
    rf"(?:\d{{1,5}}[a-z]{{0,2}}(?:[.:–-]\d{{1,4}}[a-z]?)*(?:\s?(?:bis|ter|quater))?|{_ROMAN}(?:-[A-Z])?|"
    rf"[A-Z](?:-?\d{{1,3}})?|(?i:{_WORDED}))"
)
_SEPARATOR = r"(?P<separator>\s*[:—–|]\s*|\s+-\s*|\s*\.\s*[—–-]?\s*|\)\s*)"
_WORD = (
    r"(?:(?i:book|volume|title|part|annex|appendix|schedule|attachment|protocol|subpart|division|chapter|subchapter|"
    r"section|subsection|subdivision|article|rule|regulation|clause|canon|principle|step|stage|phase|module|question)|"
    r"[Ss]ec\.|SEC\.|[Aa]rt\.|ART\.)"
)
KEYWORD_LINE = re.compile(
    r"(?P<number>"
    rf"(?P<word>{_WORD})\s+{_VALUE}|"  # Article 9, PART ONE
    r"(?P<sign>§§?)\s*\d[\w:–-]*(?:\.\d[\w:–-]*)*|"  # § 12, § 1.1-12
    rf"(?i:(?:{_ORDINAL})\s+(?:schedule|annex|protocol|part|chapter|book))|"  # Second Schedule
    r"(?i:annex|appendix|schedule)(?=\s*[:—–]|\s*$)"  # Annex: Forms
    rf")(?:{_SEPARATOR}|(?=[(\s])|$)\s*(?P<rest>.*)$",
    re.DOTALL,
)
_BRACKETED = r"\((?:\d{1,3}|[a-z]{1,2}|[A-Z]|[ivxlc]{1,6}|[IVXLC]{1,6})\)"
_WEAK_LINE = re.compile(
    r"(?P<number>"
    rf"{_BRACKETED}|"  # (1), (a), (iv)
    rf"(?:\d{{1,3}}(?:\.\d{{1,3}})*|{_ROMAN}|[A-Z])\.(?!\d)|"  # 5., 5.2., IV., A.
    r"(?:\d{1,3}|[A-Za-z]|[ivxlc]{1,6})\)|"  # 1), a)
    r"\d{1,2}(?:\.\d{1,3})+|"  # 5.2
    r"\d{1,2}(?=\s+[A-Z\"“‘])"  # 5
    r")\s+(?P<rest>\S.*)$",
    re.DOTALL,
)
_LABEL = re.compile(
    r"(?P<label>"
    rf"{_BRACKETED}|"
    r"(?:\d{1,3}|[A-Za-z]|[ivxlc]{1,6}|[IVXLC]{1,6})[.)](?=\s)|"  # 1., a), iv.
    r"\d{1,3}(?:\.\d{1,3})+\.?(?=\s+[A-Z\"“‘(])|"  # 5.2 The …; not "3.5 million"
    r"\d{1,3}\.(?=[A-Z\"“‘])"  # 1.The …
    r")\s*(?=\S)"
)
_BULLET = re.compile(r"(?:[•‣◦⁃▪▫●○■□◆◇►▶➢➤✓✔·∙*+–—-]|o(?=\s\s))\s+(?=\S)")
_SMALL_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@dataclass(frozen=True, slots=True)
class Numbered:
    """The parts of a numbered line: `number` ("Article 9", "5", "(1)"), what follows it and where that begins.

    `series` is the style, e.g. "article", "1.", "1.1", "(1)"; `value` the ordinal; `separated` says whether a colon,
    dash or full stop parts number and rest; `number_end` where the printed number ends, its full stop included.
    """

    number: str
    series: str
    value: int
    rest: str
    rest_offset: int
    number_end: int
    separated: bool
    keyword: bool


def keyword_number(words: str) -> Numbered | None:
    """Read "Article 9 — Title", "CHAPTER II", "§ 12. Title", "Second Schedule"; None for anything else."""
    match = KEYWORD_LINE.match(words)
    if match is None or not (match["word"] or "A")[0].isupper():
        return None
    number = match["number"]
    words_of_number = number.removeprefix("§").removeprefix("§").replace(".", " ").casefold().split()
    named = [word for word in words_of_number if word in KEYWORD_ORDER or word in _SHORT_FORMS]
    name = match["sign"] or named[0]
    others = [word for word in words_of_number if word != name]
    separator = match["separator"] or ""
    return Numbered(
        number=number,
        series=_SHORT_FORMS.get(name, name),
        value=_value(others[0] if others else ""),
        rest=match["rest"],
        rest_offset=match.start("rest"),
        number_end=match.end("number") + len(separator.rstrip(" —–-|")),
        separated=bool(separator.strip()),
        keyword=True,
    )


def weak_number(words: str) -> Numbered | None:
    """Read "5. Title", "5.2 Title", "(1) Title", "IV. Title", "b) Title"; None for anything else."""
    match = _WEAK_LINE.match(words)
    if match is None:
        return None
    printed = match["number"]
    bare = printed.strip("().")
    number = printed if printed[-1] == ")" else bare
    return Numbered(
        number=number,
        series=_series(printed, bare),
        value=_value(bare.rpartition(".")[2]),
        rest=match["rest"],
        rest_offset=match.start("rest"),
        number_end=match.end("number"),
        separated=printed != bare,
        keyword=False,
    )


def label_length(words: str) -> int:
    """How long the label at the beginning is ("(14)", "1.", "a)", "(iv)", "5.2"); 0 where there is none."""
    match = _LABEL.match(words)
    return len(match["label"]) if match else 0


def bullet_length(words: str) -> int:
    """How long the bullet at the beginning and the space after it are; 0 where there is none."""
    match = _BULLET.match(words)
    return match.end() if match else 0


def label_series(label: str) -> str:
    """The style of a label: "(1)" for "(14)", "a." for "c."; small roman numerals count among the letters."""
    return _series(label, label.strip("()."))


def ordinals(label: str) -> frozenset[int]:
    """The places a label may have in its series: 14 for "(14)"; 9 and 1 for "i." (a letter, a roman numeral)."""
    bare = label.strip("().").rpartition(".")[2]
    if bare.isdigit():
        return frozenset({int(bare)})
    letter = {ord(bare.casefold()) - ord("a") + 1} if len(bare) == 1 else set()
    numeral = {roman(bare)} if _SMALL_ROMAN.fullmatch(bare) else set()
    return frozenset(letter | numeral)


def letter_of(label: str) -> int | None:
    """The place in the alphabet that a label of one letter has: 3 for "(c)"; None for other labels."""
    bare = label.strip("().")
    return ord(bare.casefold()) - ord("a") + 1 if len(bare) == 1 and bare.isalpha() else None


def roman_of(label: str) -> int | None:
    """What a label of roman digits counts: 4 for "(iv)", 100 for "(c)"; None for other labels."""
    bare = label.strip("().")
    return roman(bare) if _SMALL_ROMAN.fullmatch(bare) else None


def _series(printed: str, bare: str) -> str:
    letter = "a" if bare.islower() else "A"
    model = ".".join("1" for _ in bare.split(".")) if bare[0].isdigit() else letter
    if printed == bare and "." not in bare:
        return model
    # "1.1" and "1.1." are one style.
    return model if "." in bare else printed.replace(bare, model)


def _value(bare: str) -> int:
    low = bare.casefold()
    if digits := re.match(r"\d+", low):
        return int(digits[0])
    if low in _WORDED.split("|"):
        return _WORDED.split("|").index(low) + 1
    if low in _ORDINAL.split("|"):
        return _ORDINAL.split("|").index(low) + 1
    if _SMALL_ROMAN.fullmatch(low) and (len(low) > 1 or low == "i"):
        return roman(low)
    return ord(low[0]) - ord("a") + 1 if low else 0


def roman(numeral: str) -> int:
    """The value of a roman numeral in either case."""
    values = [_DIGITS[letter] for letter in numeral.casefold()]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )
