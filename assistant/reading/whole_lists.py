"""A question about a list's items → all that it asks for: the whole list, its part, its count, what a clause names.

In: a question that stands alone, the outlines and links of the documents, and the best candidates of the search, which
say which of several lists is meant. Out: a `Finding`, or None where the question asks for no list: the search answers.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.addresses import addresses, singular
from assistant.documents.document import Span
from assistant.documents.lists import Item, ItemList
from assistant.documents.outline import Outline
from assistant.documents.references import Link
from assistant.documents.sentences import sentences
from assistant.reading.candidates import Candidate
from assistant.reading.structure import Finding, Quoted, whole
from assistant.search.terms import TermIndex, terms_of

NEAR = 8  # candidates among which the list that is meant must have one
ENOUGH = 0.6  # share of the question's terms that the words above a list must hold
SOME = 0.5  # and an item
CLAUSE = 0.25  # and a clause that governs items
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|please|now|then)\W+)*(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?"
    r"(?:(?:under|by|for|with|on|in|to|of|from)\s+)?(?:all\s+)?"
    r"(?:what|which|name|list|enumerate|quote|give|state|tell|show|cite|who|whose|explain|describe|recite)\b",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"\bhow many\b|\b(?:what|which)\s+(?:is\s+the\s+)?number\s+of\b|\bcount\s+of\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"^\W*(?:and\s+)?(?:is|are|was|were|do|does|did|can|could|may|must|shall|should|will|would|has|have|had)\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:which|what|whose|how many|number of|name|list|enumerate|quote|give|state|tell|show|cite|recite|explain)\b",
    re.IGNORECASE,
)
_ENDS_OBJECT = frozenset("for in on to by with at from under when where who if that does do did may can must".split())
REACH = 7  # words after the question word
_SHARED = re.compile(r"\b(?:common|both|shared|share|each of)\b", re.IGNORECASE)
_ASKING = frozenset(
    terms_of(
        "name list all every each enumerate quote give state tell show cite explain describe recite complete full "
        "whole entire exist item items one two three four five six seven eight nine ten many number count total "
        "following belong among considered regarded provide set lay down laid say apply applies applicable there under "
        "take may common both shared share altogether different carry out conduct perform implement do done allow "
        "permit fall relate relevant valid concern"
    )
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of the paragraph above a list, the items that it speaks of, and the sentence that it stands in."""

    span: Span
    items: tuple[Item, ...]
    sentence: Span
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The list that a question speaks of, how it is named there, and the question's other terms."""

    outline: Outline
    list: ItemList
    plural: bool
    terms: frozenset[str]


def listed(
    question: str, outlines: Mapping[str, Outline], links: Sequence[Link], terms: TermIndex, best: Sequence[Candidate]
) -> Finding | None:
    """What the lists answer to a question whose best candidates are `best`."""
    asked = _asked(question, outlines, best)
    if asked is None:
        return None
    clauses = _clauses(asked, links)
    found = _governed(question, asked, clauses)
    if found or _YES_NO.match(question):
        return found
    if _COUNTS.search(question):
        return _counted(asked, terms)
    return _items(asked, terms) if asked.plural and _ASKS.match(question) else None


def _asked(question: str, outlines: Mapping[str, Outline], best: Sequence[Candidate]) -> _Asked | None:
    """The list named by one of its nouns that the candidates lie nearest to."""
    words = [word.casefold() for word in _WORD.findall(question)]
    for candidate in best[:NEAR]:
        passage = candidate.hit.passage
        outline = outlines[passage.document]
        for noun in dict.fromkeys(singular(word) for word in words):
            for one in outline.nouns.get(noun, ()):
                if one.section == passage.section:
                    left = frozenset(terms_of(_unnumbered(question))) - _ASKING - set(terms_of(noun))
                    if _YES_NO.match(question) or _is_asked_for(question, noun):
                        plural = any(word != noun and singular(word) == noun for word in words)
                        return _Asked(outline, one, plural, left)
    return None


def _is_asked_for(question: str, noun: str) -> bool:
    """Whether the noun is what the question word or the command asks for: "which two tasks", "name all the tasks"."""
    found = _OBJECT.search(question)
    following = _WORD.findall(question[found.end() :])[:REACH] if found else []
    for word in following:
        if singular(word) == noun:
            return True
        if word.casefold() in _ENDS_OBJECT:
            return False
    return False


def _unnumbered(question: str) -> str:
    """The question without the numbered places it names: "section 4"."""
    for one in reversed(addresses(question)):
        question = f"{question[: one.start]} {question[one.end :]}"
    return question


# What a clause governs


def _clauses(asked: _Asked, links: Sequence[Link]) -> list[_Clause]:
    """The paragraph above the list, cut where a reference to items begins."""
    intro = asked.list.intro
    if intro is None or asked.list.within is not None:
        return []
    inside = [link for link in links if link.document == asked.list.document and _lies_in(link, intro) and link.targets]
    named = [(link, _items_at(asked.list, link)) for link in inside]
    named = [(link, items) for link, items in named if items]
    if not named:
        return []
    text = asked.outline.document.text
    found = []
    cuts = [intro.start, *(link.start for link, _ in named), intro.end]
    for place, items in enumerate([asked.list.items, *(items for _, items in named)]):
        span = Span(cuts[place], cuts[place + 1])
        around = [
            one for one in sentences(text, intro.start, intro.end) if one.start < span.end and span.start < one.end
        ]
        terms = frozenset(terms_of(text[span.start : span.end]))
        found.append(_Clause(span, items, around[0] if around else intro, terms))
    return found


def _governed(question: str, asked: _Asked, clauses: Sequence[_Clause]) -> Finding | None:
    """The clause that speaks of what the question names, with the items it names, or the one that is asked about."""
    how_often = Counter(term for one in clauses for term in one.terms)
    spoken = [
        one
        for one in clauses
        if any(how_often[term] == 1 for term in asked.terms & one.terms) and _share(asked.terms, one.terms) >= CLAUSE
    ]
    if not spoken:
        return None
    if len(spoken) > 1 and not _SHARED.search(question):
        spoken = [max(spoken, key=lambda one: _share(asked.terms, one.terms))]
    left = asked.terms.difference(*(one.terms for one in spoken))
    items = [item for item in spoken[0].items if all(item in other.items for other in spoken)]
    if left:
        wanted = _best_items(asked, left)
        if not wanted or not _YES_NO.match(question):
            return None
        items = [item for item in wanted if item in items]
    elif not asked.plural and len(spoken) == 1:
        return None
    quotes = [_clause_quote(asked, one) for one in spoken[:1]]
    return Finding((*quotes, *(_item_quote(asked, item) for item in items)))


def _clause_quote(asked: _Asked, clause: _Clause) -> Quoted:
    text = asked.outline.document.text
    start = max(clause.span.start, clause.sentence.start)
    end = start + len(text[start : min(clause.span.end, clause.sentence.end)].rstrip(" ,;"))
    return Quoted(asked.list.document, asked.list.section, clause.sentence, Span(start, end))


# Items


def _items(asked: _Asked, terms: TermIndex) -> Finding | None:
    """The items that hold what the question names, or all of them where the words above the list do."""
    if asked.terms:
        best = _best_items(asked, asked.terms)
        if best and _held(asked, best[0], asked.terms) > _share(asked.terms, _terms_above(asked)):
            return Finding(tuple(_item_quote(asked, item) for item in _covering(asked, best)))
        if not _is_above(asked, terms):
            return None
    return Finding(tuple(_item_quote(asked, item) for item in asked.list.items))


def _covering(asked: _Asked, best: list[Item]) -> list[Item]:
    """The best items and those that hold what is asked for besides: "… with prisoners and with elections"."""
    text = asked.outline.document.text
    chosen = list(best)
    while left := asked.terms - {term for item in chosen for term in terms_of(text[item.start : item.end])}:
        more = [item for item in _best_items(asked, left) if item not in chosen]
        if not more:
            break
        chosen += more
    return sorted(chosen, key=lambda item: item.start)


def _is_above(asked: _Asked, terms: TermIndex) -> bool:
    """Whether the words above the list hold what the question names, as far as the documents know its words."""
    known = [term for term in asked.terms if terms.holds(term)]
    strange = len(asked.terms) - len(known)
    return strange <= len(known) and (not known or _share(known, _terms_above(asked)) >= ENOUGH)


def _counted(asked: _Asked, terms: TermIndex) -> Finding | None:
    """The number of items, with the first and the last of them as its proof."""
    if not _is_above(asked, terms):
        return None
    items = asked.list.items
    shown = (items[0], items[-1]) if len(items) > 1 else items
    return Finding(tuple(_item_quote(asked, item) for item in shown), derived=str(len(items)))


def _best_items(asked: _Asked, wanted: frozenset[str]) -> list[Item]:
    """The items that hold most of the wanted terms, all that hold equally much; none where that is too little."""
    scored = [(_held(asked, item, wanted), item) for item in asked.list.items]
    most = max(score for score, _ in scored)
    return [item for score, item in scored if score == most] if most >= SOME else []


def _held(asked: _Asked, item: Item, wanted: frozenset[str]) -> float:
    return _share(wanted, terms_of(asked.outline.document.text[item.start : item.end]))


def _share(wanted: Collection[str], held: Iterable[str]) -> float:
    return len(set(wanted) & set(held)) / len(wanted) if wanted else 0.0


def _terms_above(asked: _Asked) -> list[str]:
    """The terms of what stands above the list: title, headings and the paragraph that introduces it."""
    document, intro = asked.outline.document, asked.list.intro
    words = [document.title, *document.path_of(asked.list.section)]
    return terms_of(" ".join([*words, document.text[intro.start : intro.end] if intro else ""]))


def _item_quote(asked: _Asked, item: Item) -> Quoted:
    return whole(asked.outline.document, asked.list.section, Span(item.start, item.end))


def _items_at(one: ItemList, link: Link) -> tuple[Item, ...]:
    found = [one.holding(target.start, target.end) for target in link.targets]
    return tuple(item for item in found if item)


def _lies_in(link: Link, span: Span) -> bool:
    return span.start <= link.start and link.end <= span.end
