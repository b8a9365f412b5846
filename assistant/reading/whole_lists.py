"""A question about a list's items → all that it asks for: the whole list, its part, its count, what a clause names.

In: a question that stands alone, the outlines and links of the documents, and the best candidates of the search, which
say which of several lists is meant. Out: a `Finding`, or None where the question asks for no list: the search answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.documents.addresses import addresses, singular
from assistant.documents.document import Span
from assistant.documents.list_nouns import PLURALS
from assistant.documents.lists import Item, ItemList
from assistant.documents.outline import Outline
from assistant.documents.references import Link
from assistant.reading.candidates import Candidate
from assistant.reading.clauses import (
    ENDS_OBJECT,
    NEAR,
    REACH,
    SOME,
    WORD,
    asked_for,
    best_items,
    clauses_of,
    governed,
    held,
    item_quote,
    referred,
    share,
    terms_above,
)
from assistant.reading.kinds import YES_NO
from assistant.reading.leads import MEASURES, last_sentence, list_after, with_intro
from assistant.reading.structure import Finding, Quoted, whole
from assistant.search.terms import TermIndex, terms_of

MOST_ITEMS = 0.8
ENOUGH = 0.6  # share of the question's terms that the words above a list must hold
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|please|now|then)\W+)*(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?"
    r"(?:(?:under|by|for|with|on|in|to|of|from)\s+)?(?:all\s+)?"
    r"(?:(?:when|where)\s+(?:is|are)|what|which|who|whose|name|list|enumerate|quote|give|state|tell|show|cite|explain|"
    r"describe|recite)\b",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"\bhow many\b|\b(?:what|which)\s+(?:is\s+the\s+)?number\s+of\b|\bcount\s+of\b", re.IGNORECASE)
_OBJECT = re.compile(
    r"\b(?:(?:when|where)\s+(?:is|are)\s+(?:the|your|our)|which|what|whose|how many|number of|name|list|enumerate|"
    r"quote|give|state|tell|show|cite|recite|explain)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:which|what)\s+(?:\w+\s+){0,2}?(?!is\b|was\b|does\b|has\b|us\b|this\b)\w{2,}s\b", re.IGNORECASE
)
FIRST_FEW = 4  # candidates that are looked at for items of one list
FIRST_WORDS = 2  # of an item: they say what it is
_ASKING = frozenset(
    terms_of(
        "name list all every each enumerate quote give state tell show cite explain describe recite complete full "
        "whole entire exist item items one two three four five six seven eight nine ten many number count total "
        "following belong among considered regarded provide set lay down laid say apply applies there under "
        "take may common both shared share altogether different carry out conduct perform implement do done allow "
        "permit fall part relate relevant valid concern over mention cover deal get receive"
    )
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The list that a question speaks of, how it is named there, and the question's other terms.

    `of_others` says that the question speaks of the items of something that neither the list nor its lead names.
    """

    outline: Outline
    list: ItemList
    plural: bool
    terms: frozenset[str]
    of_others: bool


def listed(
    question: str, outlines: Mapping[str, Outline], links: Sequence[Link], terms: TermIndex, best: Sequence[Candidate]
) -> Finding | None:
    """What the lists answer to a question whose best candidates are `best`."""
    near = {candidate.hit.passage.document for candidate in best[:NEAR]}
    links = [link for link in links if link.document in near]
    asked = _asked(question, outlines, best)
    if asked is not None:
        clauses = clauses_of(asked.outline, asked.list, links)
        found = governed(question, asked.outline, asked.list, clauses, terms=asked.terms, plural=asked.plural)
        if found is not None:
            counted = str(len(found.quotes) - 1) if _COUNTS.search(question) else ""  # the first quote is the clause
            return replace(found, derived=counted)
    found = referred(question, outlines, links, best)
    if found is None and asked is not None and not asked.of_others and not YES_NO.match(question):
        found = _counted(asked, terms) if _COUNTS.search(question) else _items(question, asked, terms)
    if found is not None:
        return found
    return next((one for answers in (_named, _led, _whole) if (one := answers(question, outlines, best))), None)


def _asked(question: str, outlines: Mapping[str, Outline], best: Sequence[Candidate]) -> _Asked | None:
    """The list named by one of its nouns that the candidates lie nearest to."""
    words = [word.casefold() for word in WORD.findall(question)]
    for candidate in best[:NEAR]:
        passage = candidate.hit.passage
        outline = outlines[passage.document]
        for noun in dict.fromkeys(singular(word) for word in words):
            for one in outline.nouns.get(noun, ()):
                if one.section == passage.section and (YES_NO.match(question) or _is_asked_for(question, noun)):
                    left = frozenset(terms_of(_unnumbered(question))) - _ASKING - set(terms_of(noun))
                    plural, others = _is_plural(question, noun), _of_others(question, noun, outline, one)
                    return _Asked(outline, one, plural, left - _common(outline, one, left), others)
    return None


def _of_others(question: str, noun: str, outline: Outline, one: ItemList) -> bool:
    """Whether the question says whose the items are, and neither the words above the list nor the items do."""
    owner = re.search(rf"\b{noun}\w{{0,2}}\s+of\s+((?:[^\W\d_]+\s*){{1,4}})", question, re.IGNORECASE)
    terms = set(terms_of(owner[1])) - _ASKING if owner else set()
    text = " ".join(outline.document.text[item.start : item.end] for item in one.items)
    return bool(terms) and terms.isdisjoint([*terms_above(outline, one), *terms_of(text)])


def _is_plural(question: str, noun: str) -> bool:
    """Whether the question speaks of several: "grounds", "every ground", "data"."""
    words = [word.casefold() for word in WORD.findall(question)]
    several = any(word != noun and singular(word) == noun for word in words)
    return (
        several
        or noun in PLURALS
        or re.search(rf"\b(?:every|each|all)\s+(?:\w+\s+)?{noun}\b", question, re.I) is not None
    )


def _common(outline: Outline, one: ItemList, terms: frozenset[str]) -> frozenset[str]:
    """Those terms that nearly all items hold: they choose none."""
    most = MOST_ITEMS * len(one.items)
    return frozenset(term for term in terms if sum(held(outline, item, [term]) for item in one.items) > most)


def _is_asked_for(question: str, noun: str) -> bool:
    """Whether the noun is what the question word or the command asks for: "which two tasks", "name all the tasks"."""
    found = _OBJECT.search(question)
    following = WORD.findall(question[found.end() :])[:REACH] if found else []
    for word in following:
        if singular(word) == noun:
            return True
        if word.casefold() in ENDS_OBJECT:
            return False
    return False


def _unnumbered(question: str) -> str:
    """The question without the numbered places it names: "section 4"."""
    for one in reversed(addresses(question)):
        question = f"{question[: one.start]} {question[one.end :]}"
    return question


# Items


def _items(question: str, asked: _Asked, terms: TermIndex) -> Finding | None:
    """The items that hold what the question names, or all of them where the words above the list do."""
    if not asked.plural or not _ASKS.match(question):
        return None
    chosen: Sequence[Item] = asked.list.items
    if asked.terms:
        above = terms_above(asked.outline, asked.list)
        best = best_items(asked.outline, asked.list, asked.terms)
        if best and held(asked.outline, best[0], asked.terms) > share(asked.terms, above):
            chosen = _covering(asked, best)
            text = " ".join(asked.outline.document.text[item.start : item.end] for item in chosen)
            known = [term for term in asked.terms if terms.holds(term)]
            if share(known, [*above, *terms_of(text)]) < SOME:
                return None
        elif not _is_above(asked, terms):
            return None
    return Finding(tuple(item_quote(asked.outline, asked.list, item) for item in chosen))


def _covering(asked: _Asked, best: list[Item]) -> list[Item]:
    """The best items and those that hold what is asked for besides: "… with prisoners and with elections"."""
    text = asked.outline.document.text
    chosen = list(best)
    while left := asked.terms - {term for item in chosen for term in terms_of(text[item.start : item.end])}:
        more = [item for item in best_items(asked.outline, asked.list, left) if item not in chosen]
        if not more:
            break
        chosen += more
    return sorted(chosen, key=lambda item: item.start)


def _is_above(asked: _Asked, terms: TermIndex) -> bool:
    """Whether the words above the list hold what the question names, as far as the documents know its words."""
    known = [term for term in asked.terms if terms.holds(term)]
    strange = len(asked.terms) - len(known)
    above = terms_above(asked.outline, asked.list)
    return strange <= len(known) and (not known or share(known, above) >= ENOUGH)


def _counted(asked: _Asked, terms: TermIndex) -> Finding | None:
    """The number of items, with the first and the last of them as its proof; or of those that hold what is named."""
    items: Sequence[Item] = asked.list.items
    shown: Sequence[Item] = (items[0], items[-1]) if len(items) > 1 else items
    if not _is_above(asked, terms):
        items = shown = [item for item in items if held(asked.outline, item, asked.terms) == 1]
    if not items:
        return None
    quotes = tuple(item_quote(asked.outline, asked.list, item) for item in shown)
    return Finding(quotes, derived=str(len(items)))


def _named(question: str, outlines: Mapping[str, Outline], best: Sequence[Candidate]) -> Finding | None:
    """The best candidate, where it is the one item of its list that names what is asked for: "which institutions"."""
    if not best or not _ASKS.match(question):
        return None
    outline, wanted = outlines[best[0].hit.passage.document], asked_for(question)
    for one in outline.lists:
        naming = [item for item in one.items if not wanted.isdisjoint(_first_words(outline, item))]
        if len(naming) == 1 < len(one.items) and naming[0].start <= best[0].span.start < naming[0].end:
            text = outline.document.text[naming[0].start : naming[0].end]
            if share(frozenset(terms_of(question)), [*terms_above(outline, one), *terms_of(text)]) >= ENOUGH:
                return Finding((item_quote(outline, one, naming[0]),))
    return None


def _first_words(outline: Outline, item: Item) -> set[str]:
    text = outline.document.text[item.start + len(item.label) : item.end]
    return {singular(word) for word in WORD.findall(text)[:FIRST_WORDS]}


# Leads


def _led(question: str, outlines: Mapping[str, Outline], best: Sequence[Candidate]) -> Finding | None:
    """The best candidate with the list that it leads into, where that speaks of what is asked."""
    candidate = _saying(question, outlines, best)
    if candidate is None or MEASURES.search(question):
        return None
    outline = outlines[candidate.hit.passage.document]
    one = list_after(outline, candidate.span, told=candidate.answer if _ASKS.match(question) else None)
    if one is None or _asks_for_one(question, outline, one):
        return None
    over = [*terms_above(outline, one), *terms_of(_words(outline, candidate.span))]
    if share(_content(question), over) < ENOUGH:
        return None
    lead = replace(Quoted.of(candidate), answer=candidate.span)
    return Finding((lead, *with_intro(outline, one, candidate.span)))


def _saying(question: str, outlines: Mapping[str, Outline], best: Sequence[Candidate]) -> Candidate | None:
    """The first of the best few that says all that is asked, where that leads into a list; else the best."""
    asked = _content(question) if _ASKS.match(question) else frozenset()
    for candidate in best[:FIRST_FEW] if asked else ():
        outline = outlines[candidate.hit.passage.document]
        if share(asked, terms_of(_words(outline, candidate.span))) == 1:
            return candidate if list_after(outline, candidate.span) else best[0]
    return best[0] if best else None


def _words(outline: Outline, span: Span) -> str:
    return outline.document.text[span.start : span.end]


def _whole(question: str, outlines: Mapping[str, Outline], best: Sequence[Candidate]) -> Finding | None:
    """The list that the best candidate is an item of, where what is asked stands above it and the item adds nothing.

    Half of what is asked is enough where most of the best candidates are its items. Where several are asked for and the
    item adds what chooses it, all that add it are chosen: "Which trainings are compulsory?".
    """
    if not best or not _ASKS.match(question):
        return None
    outline, asked = outlines[best[0].hit.passage.document], _content(question)
    for one in outline.lists:
        items = [one.holding(other.span.start, other.span.end) for other in _beside(best)]
        if not items[0] or len(one.items) < 2 or _asks_for_one(question, outline, one):
            continue
        above = terms_above(outline, one)
        enough = SOME if 2 * sum(item is not None for item in items) > len(items) else ENOUGH
        own = asked - set(above) - _common(outline, one, asked)
        alike = [each for each in one.items if held(outline, each, own) == 1]
        if _SEVERAL.search(question) and own and items[0] in alike and share(asked - own, above) >= ENOUGH:
            return Finding(tuple(item_quote(outline, one, each) for each in alike)) if len(alike) > 1 else None
        if share(asked, above) >= enough and not held(outline, items[0], own):
            lead = [whole(outline.document, one.section, last_sentence(outline, one.intro))] if one.intro else []
            return Finding((*lead, *(item_quote(outline, one, each) for each in one.items)))
    return None


def _asks_for_one(question: str, outline: Outline, one: ItemList) -> bool:
    """Whether the question speaks of one of the list's items: "which assignment …"."""
    names = [noun for noun, lists in outline.nouns.items() if one in lists]
    return any(re.search(rf"\b{noun}\b", question, re.I) and not _is_plural(question, noun) for noun in names)


def _beside(best: Sequence[Candidate]) -> list[Candidate]:
    """The first few candidates of the document of the first."""
    return [one for one in best[:FIRST_FEW] if one.hit.passage.document == best[0].hit.passage.document]


def _content(question: str) -> frozenset[str]:
    """The terms of a question without those that only ask."""
    return frozenset(terms_of(question)) - _ASKING


def _terms_over(outline: Outline, one: ItemList, lead: Span) -> list[str]:
    """The terms of what stands above a list, and of the sentence that leads into it."""
    return [*terms_above(outline, one), *terms_of(outline.document.text[lead.start : lead.end])]
