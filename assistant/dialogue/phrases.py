"""A question → its words and noun phrases, by closed word classes alone.

In: text. Out: `Word`s and `Phrase`s with code points of that text. No tagger: a noun phrase is a run of words that are
no function words, auxiliaries or everyday verbs, with the determiner before it. That is coarse, and enough to say what
a short question is about.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

AUXILIARIES = frozenset(
    "is are was were be been being am do does did has have had can could may might must shall should will would".split()
)
QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
PREPOSITIONS = frozenset(
    "about above across after against along among around as at before behind below besides between beyond by during "
    "except for from in inside into near of off on onto outside over per since through throughout to toward towards "
    "under until upon via with within without".split()
)
DETERMINERS = frozenset("the a an this that these those each every any some no all both another".split())
PRONOUNS = frozenset(
    "i me my mine we us our ours you your yours he him his she her hers it its they them their theirs one ones this "
    "that these those there then here so myself yourself himself herself itself themselves someone anyone everyone "
    "something anything everything".split()
)
_LINKS = frozenset(
    "and or but nor if whether because while though although than not only also too just still even ever yet else far "
    "many much more most less least often long soon earlier later ago now today already again exactly really please "
    "other same such very old once twice times currently usually normally actually instead".split()
)
# Everyday verbs in their base form: the inflected forms are told by `_is_verb`.
_VERBS = frozenset(
    "accept achieve add affect agree allow amend answer appear apply ask become begin believe belong borrow bring "
    "build buy call cancel carry change check choose claim close come complete concern consider consist contain "
    "continue cost count cover create cut decide define deliver depend describe determine die differ do draw earn eat "
    "enact end enrol enroll enter establish exist expect expire explain extend fall feel file fill find finish fix "
    "follow forbid found get give go govern grow happen hear help hire hold improve include increase inform join keep "
    "know last lead learn leave lend let like list live look lose make manage mean meet mention move need obtain "
    "occur offer open operate order own pay perform permit play prevent prohibit promote protect prove provide "
    "publish put qualify reach read receive reduce refer refuse regard register remain remove renew rent repair "
    "replace request require return run say see seek sell send serve set show sign speak spend stand start state stay "
    "stop submit suffer supply support swim take talk teach tell think travel try turn understand use visit vote wait "
    "want win work write".split()
)
_IRREGULAR = frozenset(
    "became began begun bought brought built came chosen cut done drawn fallen felt found gave given gone got grown "
    "heard held kept knew known led left lent lost made meant met paid put ran read said sang saw seen sent set shown "
    "sold spent spoke spoken stood taken taught told took went won written wrote born died".split()
)
_WORD = re.compile(r"[^\W_]+(?:[-.&/’'][^\W_]+)*|\(\w{1,5}\)")
_POSSESSIVE = re.compile(r"[’']s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]`; `lower` is the same in lower case."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """In lower case, with a straight apostrophe."""
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of some text, its determiner included."""

    words: tuple[Word, ...]
    text: str

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.words[-1].end

    @property
    def is_definite(self) -> bool:
        """Whether "the" begins it."""
        return self.words[0].lower == "the"

    @property
    def is_name(self) -> bool:
        """Whether its last word is written like a name: "Anna", "the MFO", "the Reading Room"."""
        last = self.words[-1].text
        return last.lstrip("(")[:1].isupper()

    @property
    def is_plural(self) -> bool:
        """Whether its last word looks like a plural, or two are joined."""
        last = self.words[-1].lower
        joined = any(word.lower == "and" for word in self.words)
        return joined or last in _PLURALS or (last.endswith("s") and not last.endswith(("ss", "us", "is", "'s")))

    @property
    def head(self) -> str:
        """The stem of its last word."""
        return stem(self.words[-1].lower)


_PLURALS = frozenset("people children men women police staff personnel".split())


def words_of(text: str) -> tuple[Word, ...]:
    """The words in order; "Timor-Leste", "don't" and "(14)" are one each."""
    return tuple(Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text))


def stem(word: str) -> str:
    """The word without the endings of plural, possessive and past, so that forms of one noun meet."""
    bare = _POSSESSIVE.sub("", word.lower().replace("’", "'"))
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if bare.endswith(ending) and len(bare) > len(ending) + 1:
            return bare.removesuffix(ending) + instead
    return bare[:-1] if bare.endswith("s") and not bare.endswith(("ss", "us", "is")) and len(bare) > 3 else bare


def is_content(word: Word) -> bool:
    """Whether a word names something: it is no function word and no everyday verb."""
    lower = word.lower.removesuffix("'s")
    function = (AUXILIARIES, QUESTION_WORDS, PREPOSITIONS, DETERMINERS, PRONOUNS, _LINKS)
    return not any(lower in group for group in function) and not _is_verb(word)


def carries(word: Word) -> bool:
    """Whether a word says something of its own: a content word or a verb, no function word."""
    return is_content(word) or _is_verb(word)


@lru_cache(maxsize=256)
def phrases_of(text: str) -> tuple[Phrase, ...]:
    """The noun phrases in order; "A and B" of two names is one, and so is "the amendment of June 1998"."""
    words = words_of(text)
    runs: list[list[Word]] = []
    open_run: list[Word] = []
    for word in words:
        if open_run and not _goes_on(open_run, word, text):
            runs.append(open_run)
            open_run = []
        if open_run or word.lower in DETERMINERS or is_content(word):
            open_run.append(word)
    if open_run:
        runs.append(open_run)
    named = [run for run in runs if any(carries(word) for word in run)]
    return tuple(_phrase(run, text) for run in _joined(named, text))


def _goes_on(run: Sequence[Word], word: Word, text: str) -> bool:
    """Whether a word belongs to the run before it: a noun after its determiner, adjective or name."""
    if text[run[-1].end : word.start].strip():
        return False
    last = run[-1].text
    if last.lower() in ("the", "a", "an"):
        return carries(word)  # "the reading room", "the cost"
    if not is_content(word):
        return False
    sentence_start = run[-1].start == 0
    is_plain_name = last[:1].isupper() and not last.isupper() and not _POSSESSIVE.search(last) and not sentence_start
    return not (is_plain_name and word.text[:1].islower() and run[0].lower not in DETERMINERS)


def _joined(runs: Sequence[list[Word]], text: str) -> list[list[Word]]:
    """Runs with "of" between them are one; so are two names with "and"."""
    joined: list[list[Word]] = []
    words = words_of(text)
    for run in runs:
        between = text[joined[-1][-1].end : run[0].start].strip().lower() if joined else ""
        names = bool(joined) and joined[-1][-1].text[:1].isupper() and run[0].text[:1].isupper()
        if between == "of" or (between == "and" and names):
            joined[-1] = [*_words_between(joined[-1], run, words)]
        else:
            joined.append(run)
    return joined


def _words_between(first: Sequence[Word], last: Sequence[Word], words: Sequence[Word]) -> Sequence[Word]:
    """All words from the first of one run to the last of another; `words` are those of the text, in order."""
    low = bisect_left(words, first[0].start, key=lambda word: word.start)
    high = bisect_left(words, last[-1].end, key=lambda word: word.start)
    return words[low:high]


def _phrase(run: Sequence[Word], text: str) -> Phrase:
    return Phrase(tuple(run), text[run[0].start : run[-1].end])


def _is_verb(word: Word) -> bool:
    """Whether a word written small is an everyday verb, or a participle by its ending."""
    lower = word.text
    if lower in _VERBS or lower in _IRREGULAR:
        return True
    for ending, instead in (("s", ""), ("es", ""), ("ies", "y"), ("ing", ""), ("ing", "e")):
        if lower.endswith(ending) and lower.removesuffix(ending) + instead in _VERBS:
            return True
    return lower.endswith("ed") and len(lower) > 4
