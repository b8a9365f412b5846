"""Examples → more and harder examples: near misses, hard negatives, short passages, questions as people type them.

Every function takes the random generator it draws from, so that a seed fixes the whole training set.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from assistant.reading.examples import Example, Span
from assistant.search.terms import TermIndex

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”')\]]?\s+(?=[\"“'(\[]?[A-Z0-9])|\n+")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")
CONDITIONS = 0.12  # share of near misses that add a condition instead of changing a word
_YEARS_AWAY = (-21, -10, -4, 3, 7, 12, 30)
_NUMBER = re.compile(r"\b\d{1,3}(?:[.,]\d+)*\b")
_AUXILIARY = re.compile(r"\b(did|does|do|was|were|is|are|can|could|has|have|had|will|would|should|must|may)\b")
_OPPOSITES = (
    "first last|before after|largest smallest|highest lowest|most least|more fewer|oldest youngest|longest shortest"
    "|north south|east west|northern southern|eastern western|increase decrease|increased decreased|rise fall"
    "|early late|earlier later|best worst|minimum maximum|beginning end|started ended|start end|begin finish"
    "|included excluded|include exclude|accept refuse|accepted rejected|allowed forbidden|allow prohibit|win lose"
    "|won lost|open close|opened closed|with without|inside outside|above below|major minor|male female"
    "|men women|public private|strong weak|large small|high low|long short|positive negative|always never"
    "|required optional|support oppose|supported opposed|buy sell|bought sold|arrive leave|born buried|old new"
    "|domestic foreign|permanent temporary|voluntary compulsory|legal illegal|possible impossible"
)
OPPOSITES = {a: b for pair in _OPPOSITES.split("|") for a, b in (pair.split(), reversed(pair.split()))}
_OPPOSITE = re.compile(r"\b(" + "|".join(sorted(OPPOSITES, key=len, reverse=True)) + r")\b")
_GREETINGS = ("hi, ", "hello, ", "hi there, ", "good morning, ", "dear sir or madam, ", "hey ", "please tell me ")
_ENDINGS = (" thanks", ", thank you", " please", " thx", "? thanks in advance", " pls")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LITTLE = re.compile(
    r"(?:wh(?:at|ich|o|en|ere|y)|how|is|are|was|were|the|an?|of|in|on|to|do|does|did|for|by)", re.IGNORECASE
)
_HEADINGS = (
    "Overview",
    "1. Introduction",
    "General",
    "Background",
    "History",
    "Article 5",
    "Section 3",
    "Details",
    "(2)",
)
_LABELS = ("(1) ", "(3) ", "(14) ", "a) ", "(b) ", "2. ", "7. ", "- ", "* ", "• ")


def sentences(text: str) -> list[Span]:
    """Sentences by punctuation, without the white space between them; good enough to cut training passages."""
    places, start = [], 0
    for gap in _SENTENCE_END.finditer(text):
        places.append(Span(start, start + len(text[start : gap.end()].rstrip())))
        start = gap.end()
    places.append(Span(start, start + len(text[start:].rstrip())))
    return [place for place in places if place.start < place.end]


def cut(example: Example, random: Random) -> Example:
    """The passage cut to one to three whole sentences around its answer, or to any where there is no answer."""
    places = sentences(example.passage)
    if example.spans:
        low, high = example.spans[0].start, max(span.end for span in example.spans)
        held = [number for number, place in enumerate(places) if place.end > low and place.start < high]
    else:
        held = [random.randrange(len(places))] if places else []
    if not held:
        return example
    extra = random.choice((0, 0, 0, 1, 1, 2))
    back = random.randint(0, extra)
    first, last = max(0, held[0] - back), min(len(places) - 1, held[-1] + extra - back)
    return _slice(example, Span(places[first].start, places[last].end))


def others(example: Example, random: Random) -> Example | None:
    """A hard negative: one or two other sentences of the same passage that do not hold the answer; None without any."""
    places = sentences(example.passage)
    low, high = example.spans[0].start, max(span.end for span in example.spans)
    free = [place for place in places if place.end <= low or place.start >= high]
    free = [place for place in free if not _holds(example.passage[place.start : place.end], example.answers)]
    if not free:
        return None
    place = random.choice(free)
    return replace(_slice(replace(example, spans=()), place), source="other sentence")


def hard_negatives(examples: Sequence[Example], random: Random, *, share: float, best: int = 4) -> list[Example]:
    """Passages of the same set that share an answered question's terms but not its answer: `share` a question.

    Each is one of the `best` by BM25; one that holds any answer to the question is never taken.
    """
    passages = sorted({(example.heading, example.passage) for example in examples})
    terms = TermIndex.of([f"{heading} {passage}" for heading, passage in passages])
    asked: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        asked[example.question].update(example.answers)
    found = []
    for example in examples:
        count = int(share + random.random())
        if not example.spans or not count:
            continue
        order = terms.scores(example.question).argsort()[::-1][: best + 8]
        kept = [passages[int(place)] for place in order if not _holds(passages[int(place)][1], asked[example.question])]
        for heading, passage in random.sample(kept[:best], min(count, len(kept[:best]))):
            found.append(Example(f"{example.source} negative", example.question, heading, passage, ()))
    return found


def _holds(passage: str, answers: Sequence[str] | set[str]) -> bool:
    lowered = passage.lower()
    return any(answer.lower() in lowered for answer in answers)


class NearMisses:
    """Makes answerable questions unanswerable by one small change, drawing names from other passages of the set."""

    def __init__(self, examples: Sequence[Example], random: Random) -> None:
        self._random = random
        self._names: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            self._names[example.heading] += _NAME.findall(example.question)
        self._all = sorted({name for names in self._names.values() for name in names})

    def of(self, example: Example) -> Example | None:
        """The example with a number, year or name swapped, an opposite, a condition added, or a negation; or None."""
        changes = [self._year, self._number, self._name, self._name, self._opposite]
        if self._random.random() < CONDITIONS:
            changes = [self._condition]
        self._random.shuffle(changes)
        for change in [*changes, self._negation]:
            question = change(example)
            if question and question != example.question:
                return replace(example, source="near miss", question=question, spans=())
        return None

    def _year(self, example: Example) -> str | None:
        return self._swap(example, _YEAR, lambda year: str(int(year) + self._random.choice(_YEARS_AWAY)))

    def _number(self, example: Example) -> str | None:
        return self._swap(example, _NUMBER, lambda _: str(self._random.randint(2, 99)))

    def _swap(self, example: Example, pattern: re.Pattern[str], other: Callable[[str], str]) -> str | None:
        found = [one for one in pattern.finditer(example.question) if one.group() in example.passage]
        if not found:
            return None
        one = self._random.choice(found)
        new = other(one.group())
        return None if new in example.passage else example.question[: one.start()] + new + example.question[one.end() :]

    def _name(self, example: Example) -> str | None:
        near = self._names[example.heading] if self._random.random() < 0.7 else self._all
        names = [name for name in near if name not in example.passage and name not in example.question]
        if not names:
            return None
        return self._swap(example, _NAME, lambda _: self._random.choice(names))

    def _condition(self, example: Example) -> str | None:
        """A year or a name that the passage does not hold, asked for as well."""
        names = [name for name in self._names[example.heading] or self._all if name not in example.passage]
        year = str(self._random.randint(1890, 2024))
        if year in example.passage or _YEAR.search(example.question):
            return None
        added = f"in {year}" if self._random.random() < 0.5 or not names else f"in {self._random.choice(names)}"
        return f"{example.question.rstrip('?. ')} {added}?"

    def _opposite(self, example: Example) -> str | None:
        found = list(_OPPOSITE.finditer(example.question))
        if not found:
            return None
        one = self._random.choice(found)
        return example.question[: one.start()] + OPPOSITES[one.group()] + example.question[one.end() :]

    def _negation(self, example: Example) -> str | None:
        found = _AUXILIARY.search(example.question)
        following = example.question.find(" ", found.end() + 1) if found else -1
        if found is None or following < 0 or self._random.random() < 0.6:
            return None
        return example.question[:following] + " not" + example.question[following:]


def as_typed(question: str, random: Random) -> str:
    """The question as people type it: lower case, no question mark, key words, a typing error, a greeting around it."""
    if random.random() < 0.7:
        question = question.lower()
    if random.random() < 0.7:
        question = question.rstrip("? ")
    if random.random() < 0.15:
        words = [word for word in question.split() if not _LITTLE.fullmatch(word)]
        question = " ".join(words) if len(words) > 2 else question
    if random.random() < 0.5:
        question = _misspelt(question, random)
    if random.random() < 0.2:
        question = random.choice(_GREETINGS) + question
    if random.random() < 0.15:
        question = question + random.choice(_ENDINGS)
    return question


def _misspelt(question: str, random: Random) -> str:
    """One letter left out, doubled, swapped with the next or replaced by its neighbour on the keyboard."""
    places = [place for place in range(1, len(question) - 1) if question[place - 1 : place + 2].isalpha()]
    if not places:
        return question
    place = random.choice(places)
    letter = question[place]
    row = next((keys for keys in _KEYS if letter.lower() in keys), letter.lower())
    neighbour = row[max(0, min(len(row) - 1, row.find(letter.lower()) + random.choice((-1, 1))))]
    following = question[place + 1]
    changed = random.choice((following, letter * 2 + following, neighbour + following, following + letter))
    return question[:place] + changed + question[place + 2 :]


def with_context(example: Example, random: Random) -> Example:
    """Vary what surrounds a passage in real documents: no heading path, a deeper one, or a list label in front."""
    heading, passage, spans = example.heading, example.passage, example.spans
    chance = random.random()
    if chance < 0.1:
        heading = ""
    elif chance < 0.25 and heading and " > " not in heading:
        heading = f"{heading} > {random.choice(_HEADINGS)}"
    if len(passage) < 400 and random.random() < 0.15:
        label = random.choice(_LABELS)
        passage = label + passage
        spans = tuple(Span(span.start + len(label), span.end + len(label)) for span in spans)
    return replace(example, heading=heading, passage=passage, spans=spans)


def _slice(example: Example, place: Span) -> Example:
    spans = tuple(Span(span.start - place.start, span.end - place.start) for span in example.spans)
    return replace(example, passage=example.passage[place.start : place.end], spans=spans)
