"""One answer → what was right about it.

In: a case, the answer given and the hits of its search. Out: a `Judgement`. Strings are compared after white space is
made single; evidence is compared by the positions of words in the documents, so that a word counts only in its place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answering import Answer
from assistant.documents.citations import Citation
from assistant.documents.document import Passage, Span
from assistant.evaluation.cases import Case
from assistant.evaluation.gold import Library, Located, Token, normalised, overlaps

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Precision, recall and F1 of two sets of words, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


NOTHING = Overlap(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was right about one answer.

    `right` is the verdict. `candidate_right` is the outcome that `confidence` predicts: whether the best candidate
    answers, given or withheld. `quotes` counts every quote shown and `exact` those that equal their slice. The other
    fields are None where the case does not ask for them; a rank is 1 for the first hit, and None where no hit fits.
    """

    right: bool
    candidate_right: bool
    quotes: int
    exact: int
    evidence: Overlap | None = None
    answer_held: bool | None = None
    answer_f1: float | None = None
    document_first: bool | None = None
    passage_rank: int | None = None
    document_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, what was said and how that is judged."""

    case: Case
    answer: Answer
    judgement: Judgement


def judge(case: Case, answer: Answer, found: Sequence[Passage], library: Library) -> Judgement:
    """Judge one answer; `found` are the passages of the search for its standalone question, best first."""
    located = library.locate(case)
    shown = (*answer.citations, *answer.closest)
    exact = sum(library.is_exact(one.document, Span(one.start, one.end), one.quote) for one in shown)
    right, candidate_right = is_right(case, answer), supports(case, _best_candidate(answer))
    if not case.answerable:
        return Judgement(right, candidate_right, len(shown), exact)
    documents = {one.document for one in located}
    first = next((citation.document in documents for citation in shown), False)
    return Judgement(
        right=right,
        candidate_right=candidate_right,
        quotes=len(shown),
        exact=exact,
        evidence=evidence_overlap(answer.citations, located, library),
        answer_held=normalised(case.answer) in normalised(answer.answer) if case.answer else None,
        answer_f1=word_overlap(answer.answer, case.answer).f1 if case.answer else None,
        document_first=first,
        passage_rank=first_rank(overlaps(passage, located) for passage in found),
        document_rank=first_rank(passage.document in documents for passage in found),
    )


def is_right(case: Case, answer: Answer) -> bool:
    """Unanswerable: nothing was said. Answerable: something was said, and the quotes support it."""
    if not case.answerable:
        return not answer.answered
    return answer.answered and supports(case, [citation.quote for citation in answer.citations])


def supports(case: Case, quotes: Sequence[str]) -> bool:
    """Whether each gold string of one rival stands inside a single quote, and no forbidden string in any."""
    plain = [normalised(quote) for quote in quotes]
    held = any(all(_stands(gold, plain) for gold in rival.gold) for rival in case.rivals)
    return held and not any(_stands(forbidden, plain) for forbidden in case.forbidden)


def evidence_overlap(citations: Iterable[Citation], located: Sequence[Located], library: Library) -> Overlap:
    """The best overlap of the words quoted with the evidence of any rival in any document that holds it."""
    quoted = frozenset[Token]().union(*(library.tokens(one.document, Span(one.start, one.end)) for one in citations))
    overlaps_found = (_overlap(len(quoted & gold), len(quoted), len(gold)) for gold in _golds(quoted, located, library))
    return max(overlaps_found, key=lambda overlap: overlap.f1, default=NOTHING)


def word_overlap(said: str, expected: str) -> Overlap:
    """Overlap of two texts as bags of lower-cased words (the F1 of Rajpurkar et al. 2016, articles kept)."""
    one, other = (Counter(_WORD.findall(text.lower())) for text in (said, expected))
    return _overlap((one & other).total(), one.total(), other.total())


def first_rank(fits: Iterable[bool]) -> int | None:
    """Place of the first that fits, counted from 1."""
    return next((rank for rank, one in enumerate(fits, 1) if one), None)


def _best_candidate(answer: Answer) -> list[str]:
    """The quotes of the answer, or of a withheld one the first of the closest, which is its best candidate."""
    return [citation.quote for citation in answer.citations or answer.closest[:1]]


def _stands(string: str, quotes: Sequence[str]) -> bool:
    plain = normalised(string)
    return any(plain in quote for quote in quotes)


def _golds(quoted: frozenset[Token], located: Sequence[Located], library: Library) -> Iterable[frozenset[Token]]:
    """The words of each rival's evidence; of a string that stands in several places, those of the place quoted."""
    for one in located:
        words = [[library.tokens(one.document, place) for place in places] for places in one.evidence]
        yield frozenset[Token]().union(*(max(places, key=lambda place: len(place & quoted)) for places in words))


def _overlap(common: int, said: int, expected: int) -> Overlap:
    if common == 0:
        return NOTHING
    precision, recall = common / said, common / expected
    return Overlap(precision, recall, 2 * precision * recall / (precision + recall))
