"""A clause that names items of a list → what it says of which: "The duties in (a) and (d) do not apply before …".

In: a question, what the documents' links lead to, and the best candidates of the search. Out: the clause and every item
that it names, or the one that the question asks about; None where no clause answers.
"""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.addresses import KINDS, singular
from assistant.documents.document import Span
from assistant.documents.lists import Item, ItemList
from assistant.documents.outline import Outline
from assistant.documents.references import Link
from assistant.documents.sentences import sentences
from assistant.reading.candidates import Candidate
from assistant.reading.kinds import YES_NO
from assistant.reading.structure import Finding, Quoted, sentence_around, targets_of, whole
from assistant.search.terms import terms_of

NEAR = 8  # candidates among which the clause or the item must be
SOME = 0.5  # share of the question's terms that an item must hold, or a clause that is not asked for by its own words
CLAUSE = 0.25  # and a clause that governs items
WORDS_BEFORE = 6  # before a reference: they say what it names
REACH = 7  # words after the question word
PERSONS = frozenset("person people individual party member institution body".split())
WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ASKS = re.compile(r"\b(?:which|what|whose|whom?)\b", re.IGNORECASE)
ENDS_OBJECT = frozenset("for in on to by with at from under when where who if that does do did may can must".split())
_WHICH_PLACE = re.compile(rf"\b(?:which|what)\s+(?:\w+\s+)?(?:{'|'.join(KINDS)})s?\b(?!\s*[\d(])", re.IGNORECASE)
_SHARED = re.compile(r"\b(?:common|both|shared|share|each of)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a document, the items that it speaks of, and the sentence of a section that it stands in.

    `own` are those of its terms that do not stand above the list as well.
    """

    section: int
    span: Span
    items: tuple[Item, ...]
    sentence: Span
    terms: frozenset[str]
    own: frozenset[str]


def clauses_of(outline: Outline, one: ItemList, links: Sequence[Link]) -> list[Clause]:
    """What governs the items of a list: the paragraph above it, and every sentence outside it that names its items."""
    named = [link for link in links if link.document == one.document and _items_at(one, link)]
    intro = one.intro if one.within is None else None
    inside = [link for link in named if intro and _lies_in(link, intro)]
    found = []
    if intro and inside:
        items = [one.items, *(_items_at(one, link) for link in inside)]
        cuts = [intro.start, *(link.start for link in inside), intro.end]
        for cut, of in zip(itertools.pairwise(cuts), items, strict=True):
            found.append(_clause(outline, one.section, Span(*cut), of, _sentence_at(outline, intro, Span(*cut))))
    above = frozenset(terms_above(outline, one))
    for quoted, together in _by_sentence(outline, [link for link in named if link not in inside]):
        cuts = [quoted.span.start, *(link.start for link in together[1:]), quoted.span.end]
        for cut, link in zip(itertools.pairwise(cuts), together, strict=True):
            found.append(_clause(outline, quoted.section, Span(*cut), _items_at(one, link), quoted.span, above))
    return found


def governed(
    question: str, outline: Outline, one: ItemList, clauses: Sequence[Clause], *, terms: frozenset[str], plural: bool
) -> Finding | None:
    """The clause that speaks of what the question names, with the items it names, or the one that is asked about.

    `terms` are what the question says besides the noun of the list, `plural` whether it asks for several items.
    """
    how_often = Counter(term for clause in clauses for term in clause.terms)
    spoken = [
        clause
        for clause in clauses
        if any(how_often[term] == 1 for term in terms & clause.own) and share(terms, clause.terms) >= CLAUSE
    ]
    if not spoken:
        return None
    if len(spoken) > 1 and not _SHARED.search(question):
        spoken = [max(spoken, key=lambda clause: share(terms, clause.terms))]
    items = [item for item in spoken[0].items if all(item in clause.items for clause in spoken)]
    left = terms.difference(*(clause.terms for clause in spoken))
    if left:
        wanted = best_items(outline, one, left)
        if YES_NO.match(question):
            items = [item for item in wanted if item in items]
        if not (wanted if YES_NO.match(question) else share(terms, spoken[0].terms) >= SOME and not wanted):
            return None
    elif not plural and len(spoken) == 1 and len(items) != 1:
        return None
    return Finding((_quoted(outline, spoken[0]), *(item_quote(outline, one, item) for item in items)))


def referred(
    question: str, outlines: Mapping[str, Outline], links: Sequence[Link], best: Sequence[Candidate]
) -> Finding | None:
    """The best candidate with what it refers to, where the question asks which these are; or whether one is of them."""
    if YES_NO.match(question):
        return _belonging(question, outlines, links, best[:NEAR])
    asked = asked_for(question)
    for candidate in best[:1]:
        outline = outlines[candidate.hit.passage.document]
        sentence = sentence_around(outline, candidate.span)
        inside = [link for link in _links_in(links, outline, sentence.span) if link.targets]
        inside = [link for link in inside if _names(outline, sentence.span, link, asked)]
        inside = [link for link in inside if not any(_is_own(one, link) for one in outline.lists)]
        inside = [link for link in inside if _is_told(question, outline, sentence.span, link)]
        headings = _WHICH_PLACE.search(question) is not None
        quotes = [quote for link in inside for quote in targets_of(outline, link, headings=headings)]
        if quotes:
            return Finding((sentence, *quotes))
    return None


def _is_told(question: str, outline: Outline, sentence: Span, link: Link) -> bool:
    """Whether the question says something that a sentence says of the items it names, and not their list itself."""
    terms = set(terms_of(question)) & set(terms_of(outline.document.text[sentence.start : sentence.end]))
    for one in (one for one in outline.lists if _items_at(one, link)):
        terms -= set(terms_above(outline, one))
        terms -= {term for term in terms if sum(held(outline, item, [term]) for item in one.items) > len(one.items) / 2}
    return bool(terms)


def _belonging(
    question: str, outlines: Mapping[str, Outline], links: Sequence[Link], near: Sequence[Candidate]
) -> Finding | None:
    """Whether an item is one of those that a clause names: the clause, and the item if it is."""
    terms = frozenset(terms_of(question))
    found: list[tuple[float, Finding]] = []
    for outline, clause, one in _clauses_near(outlines, links, near):
        wanted, said = _member(outline, one, clause, terms)
        if said >= SOME and wanted and len(wanted) < len(one.items):
            items = [item for item in wanted if item in clause.items]
            quotes = (_quoted(outline, clause), *(item_quote(outline, one, item) for item in items))
            found.append((share(terms, clause.terms), Finding(quotes)))
    return max(found, key=lambda one: one[0])[1] if found else None


def _member(outline: Outline, one: ItemList, clause: Clause, terms: frozenset[str]) -> tuple[list[Item], float]:
    """The items that a question asks about besides what the clause says, and how much of the rest the clause says."""
    left = terms - clause.terms
    if left and (wanted := best_items(outline, one, left)) and share(terms, clause.terms) >= SOME:
        return wanted, share(terms, clause.terms)
    wanted = best_items(outline, one, terms)
    text = outline.document.text
    rest = terms.difference(*(terms_of(text[item.start : item.end]) for item in wanted))
    return wanted, share(rest, clause.terms.difference(_names_of(outline, one)))


def _names_of(outline: Outline, one: ItemList) -> set[str]:
    """The terms that only name a list: the title and headings above it, and what its items are called."""
    nouns = [noun for noun, lists in outline.nouns.items() if one in lists]
    return set(terms_of(" ".join([outline.document.title, *outline.document.path_of(one.section), *nouns])))


def _clauses_near(
    outlines: Mapping[str, Outline], links: Sequence[Link], near: Sequence[Candidate]
) -> Iterator[tuple[Outline, Clause, ItemList]]:
    """Every clause among the candidates that refers to the items of a list."""
    for candidate in near:
        outline = outlines[candidate.hit.passage.document]
        for link in _links_in(links, outline, candidate.span):
            for one in outline.lists:
                if items := _items_at(one, link):
                    section = candidate.hit.passage.section
                    yield outline, _clause(outline, section, candidate.span, items, candidate.span), one


def asked_for(question: str) -> frozenset[str]:
    """The nouns that a question asks for, singular; of "who" and "whom" what persons are called."""
    found = _ASKS.search(question)
    if found is None:
        return frozenset()
    if found[0].casefold() in ("who", "whom"):
        return PERSONS
    words = []
    for word in WORD.findall(question[found.end() :])[:REACH]:
        if word.casefold() in ENDS_OBJECT:
            break
        words.append(singular(word))
    return frozenset(words)


def _names(outline: Outline, sentence: Span, link: Link, asked: Collection[str]) -> bool:
    """Whether what is asked for is what a reference names: by the words before it, or by its list."""
    text = outline.document.text
    before = WORD.findall(text[sentence.start : link.start])[-WORDS_BEFORE:]
    words = {singular(word) for word in (*before, *WORD.findall(text[link.start : link.end]))}
    of_list = {noun for noun, lists in outline.nouns.items() for one in lists if _items_at(one, link)}
    return not words.isdisjoint(asked) or not of_list.isdisjoint(asked)


# Lists and their items


def best_items(outline: Outline, one: ItemList, wanted: Collection[str]) -> list[Item]:
    """The items that hold most of the wanted terms, all that hold equally much; none where that is too little."""
    scored = [(held(outline, item, wanted), item) for item in one.items]
    most = max(score for score, _ in scored)
    return [item for score, item in scored if score == most] if most >= SOME else []


def held(outline: Outline, item: Item, wanted: Collection[str]) -> float:
    """The share of the wanted terms that stand in an item."""
    return share(wanted, terms_of(outline.document.text[item.start : item.end]))


def share(wanted: Collection[str], given: Iterable[str]) -> float:
    """The share of the wanted that is given, from 0 to 1."""
    return len(set(wanted) & set(given)) / len(wanted) if wanted else 0.0


def terms_above(outline: Outline, one: ItemList) -> list[str]:
    """The terms of what stands above the list: title, headings and the paragraph that introduces it."""
    document, intro = outline.document, one.intro
    words = [document.title, *document.path_of(one.section)]
    return terms_of(" ".join([*words, document.text[intro.start : intro.end] if intro else ""]))


def item_quote(outline: Outline, one: ItemList, item: Item) -> Quoted:
    """An item, quoted whole."""
    return whole(outline.document, one.section, Span(item.start, item.end))


# Clauses and links


def _clause(
    outline: Outline, section: int, span: Span, items: tuple[Item, ...], sentence: Span, above: Collection[str] = ()
) -> Clause:
    terms = frozenset(terms_of(outline.document.text[span.start : span.end]))
    return Clause(section, span, items, sentence, terms, terms.difference(above))


def _sentence_at(outline: Outline, paragraph: Span, span: Span) -> Span:
    """The first sentence of a paragraph that shares a character with a span."""
    found = sentences(outline.document.text, paragraph.start, paragraph.end)
    return next((one for one in found if one.start < span.end and span.start < one.end), paragraph)


def _quoted(outline: Outline, clause: Clause) -> Quoted:
    """The sentence that a clause stands in, with the clause as what answers."""
    text = outline.document.text
    start = max(clause.span.start, clause.sentence.start)
    end = start + len(text[start : min(clause.span.end, clause.sentence.end)].rstrip(" ,;"))
    return Quoted(outline.document.id, clause.section, clause.sentence, Span(start, end))


def _by_sentence(outline: Outline, links: Iterable[Link]) -> list[tuple[Quoted, list[Link]]]:
    """The links in the order of the text, those of one sentence together."""
    found: dict[Quoted, list[Link]] = {}
    for link in links:
        found.setdefault(sentence_around(outline, Span(link.start, link.end)), []).append(link)
    return list(found.items())


def _links_in(links: Iterable[Link], outline: Outline, span: Span) -> list[Link]:
    return [link for link in links if link.document == outline.document.id and _lies_in(link, span)]


def _items_at(one: ItemList, link: Link) -> tuple[Item, ...]:
    """The items that a link names; none where it stands in the list itself: "those listed in (1) to (18) above"."""
    if one.holding(link.start, link.end):
        return ()
    found = [one.holding(target.start, target.end) for target in link.targets]
    return tuple(item for item in found if item)


def _is_own(one: ItemList, link: Link) -> bool:
    """Whether a link stands in an item of a list and names others of its items."""
    return one.holding(link.start, link.end) is not None and any(one.holding(to.start, to.end) for to in link.targets)


def _lies_in(link: Link, span: Span) -> bool:
    return span.start <= link.start and link.end <= span.end
