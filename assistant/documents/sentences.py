"""A stretch of text → its sentences, each an exact span without surrounding whitespace.

`sentencex` proposes the ends; the rules here mend what it gets wrong in official prose: references ("para. 2",
"5:30 p.m. Monday"), closing brackets ("(Article 3, item 5.) The …"), labels ("1. Fill out …") and blank text.
"""

import re

import sentencex

from assistant.documents.document import Span

# An end inside a pair of brackets that closes soon is not taken: "(Send it in. We will reply.)" is quoted whole.
LONGEST_BRACKET = 240

_CLOSERS = "\"'”’»)\\]"
# Ends that sentencex does not see: a full stop inside a closing bracket or quote, an ellipsis, a bracketed footnote.
_MISSED_END = re.compile(
    rf"(?:[.!?][{_CLOSERS}]+|(?:\.\.\.|…)[{_CLOSERS}]*|[.!?][{_CLOSERS}]*(?:\s?\[\d+\s?\])+|"
    rf"\w\.(?:gov|org|com|edu|net|mil|int)[.!?])(?=\s+[\"“‘«(\[]?[A-Z0-9])"
)
# These are followed by what they count; "No. You must apply." is an answer.
_COUNTED = (
    r"arts?|secs?|sect|chaps?|ch|cl|paras?|pars?|regs?|nos?|figs?|vols?|eds?|app|sched|ann|subpara|subsec|pts?|pp?|"
    r"ext|tel"
)
_COUNTED_AT_END = re.compile(rf"(?:^|[\s(\[\"“/—–-])(?:{_COUNTED})\.$", re.IGNORECASE)
_NUMBER = re.compile(rf"[#§(]?\d|\(?[ivxlc]+\b(?!['’])|[A-Z]?-?\d|(?:{_COUNTED})\.\s", re.IGNORECASE)
_ABBREVIATION_AT_END = re.compile(
    r"(?:^|[\s(\[\"“/—–-])(?:cf|viz|approx|ca|est|incl|excl|esp|e\.g|i\.e|vs|v|Mr|Mrs|Ms|Mx|Dr|Prof|Hon|Rev|Gen|Col|Lt|"
    r"Sgt|Capt|Maj|Cmdr|Adm|Gov|Sen|Rep|Pres|Amb|St|Mt|Ft|Dept|Govt|Gov't|Min|Univ|Assn|Bros|Ave|Blvd|Rd|Ste|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.$"
)
# These may end a sentence too; what follows decides.
_TIME_AT_END = re.compile(r"\d\s?[ap]\.\s?m\.$", re.IGNORECASE)
_AFTER_TIME = re.compile(
    r"(?:to|until|and|or|on|in|at|[A-Z]{2,4}T?\b|Eastern|Central|Mountain|Pacific|Greenwich|local|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|[(,;–—-]|\d)"
)
_MAY_NOT_END = re.compile(
    r"(?:^|[\s(])(?:U\.S|U\.K|U\.N|E\.U|D\.C|U\.S\.C|C\.F\.R|Inc|Ltd|Co|Corp|Jr|Sr|etc|et al|Ph\.D|P\.O)\.$"
)
_STARTS_A_SENTENCE = re.compile(
    r"[\"“‘(\[]?(?:The|This|That|These|Those|It|If|In|You|Your|We|Our|He|She|They|A|An|For|When|Where|Who|What|How|Why|To|"
    r"There|Since|After|Before|As|At|By|On|From|However|Such|Any|All|No|Each|Every|Most|Some|Please|See|Note|Also|But|"
    r"And|Or|Under|With|Only|Yes|I|Its|Their|Then|Once|While|Although|During|Both|Many|Not)\b"
)
_LABEL_ALONE = re.compile(
    r"[•*–—-]?\s*(?:\(?[0-9]{1,3}[.)]|\(?[A-Za-z][.)]|\(?[ivxlcIVXLC]{1,6}[.)]|[0-9.]{2,8}|[•*–—-])"
)
_BLANK_LINE = re.compile(r"[^\S\r\n]*(?:\r\n?|\n)[^\S\r\n]*(?:\r|\n)")
_INITIAL_AT_END = re.compile(r"(?:^|[^A-Za-z])[A-Z]\.$")
_ELLIPSIS_GOES_ON = re.compile(r"(?:\.\.\.|…)\s*$")


def sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The sentences of `text[start:end]` in order; together they hold every character that is not whitespace."""
    ends = [boundary["end_index"] for boundary in sentencex.get_sentence_boundaries("en", text[start:end])]
    missed = [match.end() for match in _MISSED_END.finditer(text, start, end)]
    spans: list[Span] = []
    left = start
    for right in sorted({*(start + position for position in ends), *missed, end}):
        piece = _stripped(text, left, right)
        if piece is None or (right < end and _goes_on(text, piece, end)):
            continue
        spans.append(piece)
        left = right
    rest = _stripped(text, left, end)
    if rest is not None:  # only when the last pieces were blank or taken for unfinished
        spans.append(rest)
    return tuple(spans)


def _stripped(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    words = piece.strip()
    if not words:
        return None
    left = start + len(piece) - len(piece.lstrip())
    return Span(left, left + len(words))


def _goes_on(text: str, piece: Span, end: int) -> bool:
    """Whether the proposed end of `piece` is none: the sentence continues behind it."""
    words = text[max(piece.start, piece.end - 40) : piece.end]
    gap_and_following = text[piece.end : min(end, piece.end + 100)]
    following = gap_and_following.lstrip()
    if _BLANK_LINE.match(gap_and_following):
        return False
    tail = words[-20:]
    unfinished = tail[-1] == "." or _ELLIPSIS_GOES_ON.search(tail)
    if _LABEL_ALONE.fullmatch(words) or (following[:1].islower() and unfinished):
        return True
    if (following[:1] and following[0] in ")]”’»") or re.match(r"\[\d+\s?\]", following):
        return True
    if following and following == gap_and_following and _INITIAL_AT_END.search(tail):
        return True
    if _COUNTED_AT_END.search(tail) and _NUMBER.match(following):
        return True
    if _ABBREVIATION_AT_END.search(tail) or _open_bracket(text, piece, end):
        return True
    if _TIME_AT_END.search(tail):
        return _AFTER_TIME.match(following) is not None
    return _MAY_NOT_END.search(tail) is not None and _STARTS_A_SENTENCE.match(following) is None


def _open_bracket(text: str, piece: Span, end: int) -> bool:
    opened = text.rfind("(", max(piece.start, piece.end - LONGEST_BRACKET), piece.end)
    if opened < 0 or text.find(")", opened, piece.end) >= 0:
        return False
    return text.find(")", piece.end, min(end, opened + LONGEST_BRACKET)) >= 0
