"""Gold strings → where they stand in the documents of an index.

In: an index's documents and the strings of a case. Out: the documents that hold them, and their spans. White space is
compared as one space, so that a gold string taken from another rendering of a page is still found.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.documents.document import Document, Passage, Span
from assistant.errors import QuestionError
from assistant.evaluation.cases import Case, Rival

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, order=True)
class Token:
    """One word of one document, known by where it starts."""

    document: str
    start: int


@dataclass(frozen=True, slots=True)
class Located:
    """One rival in one document that holds it whole: for each string every place where it stands.

    `headed` names the sections whose headings hold the gold, if all of it stands in headings: no passage holds those
    words, but the passages of the section are found by them.
    """

    document: str
    gold: tuple[tuple[Span, ...], ...]
    evidence: tuple[tuple[Span, ...], ...]
    headed: frozenset[int]


class Library:
    """The documents of an index, prepared for finding strings in them."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._plain = {name: normalised(document.text) for name, document in documents.items()}

    def locate(self, case: Case) -> tuple[Located, ...]:
        """Every rival of a case in every document that holds it: pages that say the same are equally right.

        Raises `QuestionError` when an answerable case stands nowhere: then the index is of other documents.
        """
        found = tuple(
            self._located(rival, name) for rival in case.rivals for name in self.holding((*rival.gold, *rival.evidence))
        )
        if case.answerable and not found:
            strings = case.rivals[0].gold
            raise QuestionError(
                f"question {case.id!r}: no document of the index holds all of {list(strings)}; "
                "correct the gold, or name the corpus that the set is about with --corpus and build it"
            )
        return found

    def holding(self, strings: Iterable[str]) -> tuple[str, ...]:
        """Ids of the documents that hold all of the strings, in the order of the index."""
        plain = [normalised(string) for string in strings]
        return tuple(name for name, text in self._plain.items() if all(string in text for string in plain))

    def tokens(self, document: str, span: Span) -> frozenset[Token]:
        """The words inside a span."""
        text = self._documents[document].text
        return frozenset(Token(document, match.start()) for match in _TOKEN.finditer(text, span.start, span.end))

    def is_exact(self, document: str, span: Span, quote: str) -> bool:
        """Whether a quote is the slice of the stored text that it says it is."""
        held = self._documents.get(document)
        return held is not None and quote != "" and held.text[span.start : span.end] == quote

    def _located(self, rival: Rival, document: str) -> Located:
        gold = self._places(document, rival.gold)
        headings = [
            frozenset(
                number
                for number, section in enumerate(self._documents[document].sections)
                if any(place.start < section.heading_end and section.heading_start < place.end for place in places)
            )
            for places in gold
        ]
        headed = frozenset[int]().union(*headings) if all(headings) else frozenset[int]()
        return Located(document, gold, self._places(document, rival.evidence), headed)

    def _places(self, document: str, strings: Iterable[str]) -> tuple[tuple[Span, ...], ...]:
        text = self._documents[document].text
        return tuple(
            tuple(Span(match.start(), match.end()) for match in re.finditer(_pattern(string), text))
            for string in strings
        )


def overlaps(passage: Passage, located: Iterable[Located]) -> bool:
    """Whether a passage shares a character with any place of a gold string, or stands under gold that is a heading."""
    return any(
        passage.section in one.headed or _touches(passage, one) for one in located if one.document == passage.document
    )


def _touches(passage: Passage, located: Located) -> bool:
    return any(place.start < passage.end and passage.start < place.end for places in located.gold for place in places)


def normalised(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def _pattern(string: str) -> str:
    return r"\s+".join(re.escape(word) for word in string.split())
