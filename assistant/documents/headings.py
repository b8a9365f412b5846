"""What a line says of itself: whether its words look like a heading, a date, navigation or a rule.

In: the words of a line or paragraph. Out: yes or no. Where the line stands is judged elsewhere (`plain`, `markdown`).
"""

import re

LONGEST_HEADING = 150
MOST_WORDS = 24
LONGEST_TITLE = 220
LONGEST_DATE = 80

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}|"
    rf"{_MONTH}\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日)"
)
_DATE_LINE = re.compile(
    rf"[(\[]?(?:(?:\w+\s+){{0,4}}?(?:updated|reviewed|modified|revised|amended|published|issued|posted|dated?|adopted|"
    rf"effective|signed|as)\b(?:\s+(?:of|on|from|date|in)\b)?\s*:?\s*)?{_DATE}[)\].]?",
    re.IGNORECASE,
)
# "Version 2.3", "2nd edition", "Version 2.3, effective 1 January 2025": what a document says of its own state.
_VERSION_LINE = re.compile(
    r"[(\[]?(?:(?:version|edition|revision|rev\.|issue|release)\s*:?\s*(?:no\.?\s*)?[\w.-]{0,8}\d[\w.-]{0,8}|"
    r"status\s*:\s*\w+|\d{1,2}(?:st|nd|rd|th)\s+(?:edition|revision|issue|version))"
    r"(?:\s*[,;–—(-]\s*(?P<date>[^()]+))?[)\].]?",
    re.IGNORECASE,
)
_NAVIGATION = re.compile(
    r"(?:[«‹<←↑▲^]+\s*)?(?:"
    r"(?:go\s+|return\s+)?(?:back\s+)?to\s+(?:the\s+)?(?:top|home|homepage|previous page|contents|table of contents|"
    r"main page|menu|index|list|start)(?:\s+of\s+(?:the\s+|this\s+)?page)?|back|top of (?:the )?page|skip to .{1,40}|"
    r"jump to (?:content|navigation|search)|(?:previous|next)(?: page| section| chapter)?|print(?: this)?(?: page)?|"
    r"share this(?: page)?|page \d+(?: (?:of|/) \d+)?|[-–—]\s*\d{1,4}\s*[-–—]"
    r")\s*[»›>→↑▲^.]*",
    re.IGNORECASE,
)
_BACK_TO = re.compile(r"(?:[«‹<←↑]+\s*)?(?:go\s+)?(?:back|return)\s+to\s+(?P<target>.{2,})", re.IGNORECASE)
_CONTENTS_LINE = re.compile(r".*(?:\.\s?){4,}\s*\d+|.*\s…+\s*\d+")
_RULE_MARKS = frozenset("-=_*~#•·.–—|+: \t")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|[+(]?\d[\d\s()./–-]{5,}", re.IGNORECASE)
_UNFINISHED = re.compile(r"\b(?:and|or|the|a|an|of|to|in|by|for|with|that|which|from|as|is|are|shall)$")
_ENDS_LIKE_PROSE = re.compile(r"(?<!\.)\.[\"'”’)\]]*$|[;,:，；。：、]$")


def is_date(words: str) -> bool:
    """Whether the line is a date or a version: "February 27, 2024", "Last updated: 3 May 2024", "Version 2.3"."""
    if len(words) > LONGEST_DATE:
        return False
    version = _VERSION_LINE.fullmatch(words)
    date = version["date"] if version else words
    return not date or _DATE_LINE.fullmatch(date) is not None


def is_navigation(words: str) -> bool:
    """Whether the line leads about in a site or a print: "Back to top", "Page 3 of 10", "Fees ....... 12"."""
    return len(words) <= 200 and bool(_NAVIGATION.fullmatch(words) or _CONTENTS_LINE.fullmatch(words))


def back_target(words: str) -> str:
    """What "Back to X" leads to; empty for other lines."""
    match = _BACK_TO.fullmatch(words) if len(words) <= LONGEST_TITLE else None
    return match["target"] if match else ""


def is_rule(words: str) -> bool:
    """Whether the line is drawn, not written: "-----", "* * *", "| --- | --- |"."""
    return _RULE_MARKS.issuperset(words) and words.strip("|: ") != ""


def is_capitals(words: str) -> bool:
    """Whether the words are set in capitals, at least two letters of them."""
    return words.isupper() and sum(character.isalpha() for character in words) >= 2


def reads_like_heading(words: str) -> bool:
    """Whether the words can be a heading: short, begun like one, not ended like a sentence or a lead-in."""
    most_words = MOST_WORDS + 6 if words.endswith("?") else MOST_WORDS
    return (
        len(words) <= LONGEST_HEADING
        and len(words.split()) <= most_words
        and any(character.isalpha() for character in words)
        and not words.lstrip("\"'“‘([¿¡«").lstrip()[:1].islower()
        and _ENDS_LIKE_PROSE.search(words) is None
        and _UNFINISHED.search(words) is None
        and _ADDRESS.fullmatch(words) is None
        and not is_date(words)
    )


def reads_like_title(words: str) -> bool:
    """Whether the words can be a document's title."""
    return (
        len(words) <= LONGEST_TITLE
        and any(character.isalpha() for character in words)
        and _ENDS_LIKE_PROSE.search(words) is None
        and not is_date(words)
    )


def one_line(words: str) -> str:
    """The words with every run of whitespace made one space."""
    return " ".join(words.split())
