"""A question → the English name of its language, where that is surely none of the documents' languages.

In: a question and the BCP 47 tags of the documents. Out: a name such as "French", or None: in doubt a question counts
as one that can be answered. The script tells Japanese, Korean or Greek; languages that share a script are told apart
by py3langid (after Lui and Baldwin 2012, "langid.py: An Off-the-shelf Language Identification Tool").
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_NAMES = dict(
    pair.split("=")
    for pair in (
        "af=Afrikaans am=Amharic ar=Arabic be=Belarusian bg=Bulgarian bn=Bengali ca=Catalan cs=Czech da=Danish "
        "de=German el=Greek en=English es=Spanish et=Estonian eu=Basque fa=Persian fi=Finnish fr=French he=Hebrew "
        "hi=Hindi hr=Croatian hu=Hungarian hy=Armenian id=Indonesian is=Icelandic it=Italian ja=Japanese ka=Georgian "
        "km=Khmer ko=Korean lo=Lao lt=Lithuanian lv=Latvian mr=Marathi ms=Malay ne=Nepali nl=Dutch no=Norwegian "
        "pl=Polish pt=Portuguese ro=Romanian ru=Russian sk=Slovak sl=Slovenian sq=Albanian sr=Serbian sv=Swedish "
        "sw=Swahili ta=Tamil te=Telugu th=Thai tl=Filipino tr=Turkish uk=Ukrainian ur=Urdu vi=Vietnamese zh=Chinese"
    ).split()
)
# The first word of the Unicode names of a script's letters → the languages that are written in it.
_WRITTEN = {
    "ARABIC": "ar fa ur",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "zh ja",
    "CYRILLIC": "be bg ru sr uk",
    "DEVANAGARI": "hi mr ne",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "LATIN": "af ca cs da de en es et eu fi fr hr hu id is it lt lv ms nl no pl pt ro sk sl sq sv sw tl tr vi",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
_ENGLISH = frozenset(
    (
        "about and are by can did does for from how may of should the this to what when where which who whose why with "
        "would"
    ).split()
)
_LATIN_WORDS = 4  # fewer words of a language in Latin script are too few to tell it from names
_SURE = 0.85
_RULED_OUT = 0.001


def foreign(question: str, languages: Collection[str]) -> str | None:
    """The English name of the question's language when it is surely none of `languages` (BCP 47 tags), else None."""
    ours = {tag.split("-")[0].lower() for tag in languages}
    words = re.findall(r"[^\W\d_]+", question.lower())
    script = _script(words)
    if not ours or not ours <= _NAMES.keys() or not script:
        return None
    if script == "LATIN" and (len(words) < _LATIN_WORDS or ("en" in ours and len(_ENGLISH.intersection(words)) > 1)):
        return None
    theirs = _WRITTEN[script].split()
    if len(theirs) == 1:
        return None if theirs[0] in ours else _NAMES[theirs[0]]
    script_tells = script != "LATIN" and not ours.intersection(theirs)
    return _likeliest(question, theirs, ours, least=0.0 if script_tells else _SURE)


def note_for_language(name: str, languages: Collection[str]) -> str:
    """The sentence for a question in the language of that name, given the documents' BCP 47 tags."""
    known = sorted({_NAMES.get(tag.split("-")[0].lower(), tag) for tag in languages})
    listed = (
        known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}" if known else "another language"
    )
    choice = "that language" if len(known) == 1 else "one of those languages"
    return f"Your question seems to be in {name}, but the documents are in {listed}: please ask in {choice}."


def _script(words: Collection[str]) -> str:
    """The script of half of the letters at least, empty for none or an unknown one; Han beside kana counts as kana."""
    letters = Counter(_script_of(letter) for word in words for letter in word)
    if letters["HIRAGANA"] or letters["KATAKANA"]:
        letters["HIRAGANA"] += letters.pop("KATAKANA", 0) + letters.pop("CJK", 0)
    script, count = letters.most_common(1)[0] if letters else ("", 0)
    return script if script in _WRITTEN and 2 * count >= letters.total() else ""


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


def _likeliest(question: str, theirs: Collection[str], ours: Collection[str], *, least: float) -> str | None:
    """The likeliest of the languages of one script, where it is so probable and ours are all but impossible."""
    scores = {code: score for code, score in _identifier().rank(question.lower()) if code in theirs}
    total, own = sum(scores.values()), sum(score for code, score in scores.items() if code in ours)
    best = max(scores, key=lambda code: scores[code])
    return _NAMES[best] if scores[best] >= least * total and own <= _RULED_OUT * total else None


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - half a second, and few need it

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_NAMES)
    return identifier
