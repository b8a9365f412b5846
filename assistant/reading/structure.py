"""A question that names numbered places → what the documents' own numbering says: "assignment (17)", "Article 2(4)".

In: a question that stands alone, the outlines and the links of the documents to look in. Out: a `Finding`: quotes in
order, or what exists instead of a number that does not; None where the question names no place, or asks for more than
its words. No model and no search is asked: such an answer is looked up.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.addresses import KINDS, Address, Step, addresses
from assistant.documents.document import Document, Span
from assistant.documents.outline import Outline, Place, Resolved
from assistant.documents.printed_numbers import bare, series_of
from assistant.documents.references import Link
from assistant.documents.sentences import sentences
from assistant.reading.candidates import Candidate
from assistant.reading.kinds import YES_NO
from assistant.search.terms import terms_of

MOST_READINGS = 3
MOST_PARAGRAPHS = 30
MOST_PASSAGES = 12  # of a section that is referred to
LONGEST_READING = 1200  # characters of one of several readings
# Words of a question that only ask for a place's words.
_ASKING = frozenset(
    terms_of(
        "say says state quote cover contain consist laid lay down require read text explain describe mean show cite "
        "name list give mention provide regulate deal concern full exact wording word content document page item items "
        "number point entry according under following example call called head heading title law act rule print "
        "stand entail involve include comprise demand provision define set out there next one again repeat verbatim "
        "come ask"
    )
)
_ASKS_OTHERWISE = re.compile(r"^\W*(?:and\s+)?(?:when|where|why|who|whom|whose|how)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"\b(?:refers?(?:red)? to|mention(?:s|ed)?|speaks? of|names|cites|above-mentioned|points? to|in addition to)\b",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"^\W*(?:and\s+)?(?:what\s+(?:does|is|is\s+in|says|about)|show(?:\s+me)?|quote|read|give\s+me)\s+"
    r"(?P<number>\d{1,3}(?:\.\d{1,3})+)(?!\w)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|titled?|heading|headed|called|deals? with|name of|subject)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote, `text[span.start:span.end]` of a document, in the section it stands in, and its answering words."""

    document: str
    section: int
    span: Span
    answer: Span

    @classmethod
    def of(cls, candidate: Candidate) -> "Quoted":
        """What the reader found, as a quote."""
        passage = candidate.hit.passage
        return cls(passage.document, passage.section, candidate.span, candidate.answer)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the structure of the documents answers. Without quotes, `note` says what exists instead.

    `derived` is a counted number; `ambiguous` says that the quotes are rival readings.
    """

    quotes: tuple[Quoted, ...]
    note: str = ""
    derived: str = ""
    ambiguous: bool = False


_Found = Sequence[tuple[Outline, list[Resolved]]]


def looked_up(
    question: str, outlines: Mapping[str, Outline], links: Iterable[Link], *, cited: Collection[str] = ()
) -> Finding | None:
    """Answer a question that names places by their numbers: of the document that it names, or one `cited` before."""
    nouns = {noun for outline in outlines.values() for noun in outline.nouns}
    named = addresses(question, nouns) or _bare_number(question, outlines)
    if not named:
        return None
    before = {id: outlines[id] for id in cited if id in outlines}
    spoken_of = _spoken_of(question, named, outlines)
    chosen = spoken_of or before or _printing(question, named, outlines)
    found = [(outline, [outline.resolve(one) for one in named]) for outline in chosen.values()]
    exact: _Found = [(outline, resolved) for outline, resolved in found if all(one.places for one in resolved)]
    if not exact:
        mentioned = _mentioned(named, outlines, links)
        if mentioned is None:
            written = any(_is_written(question, one, spoken_of or outlines) for one in named)
            return None if written else _missing([one for _, resolved in found for one in resolved])
        return mentioned if _asks_only_for(question, named, found) else None
    if _REFERS.search(question) and (targets := _targets(exact, links)):
        return Finding(tuple(targets[:MOST_PARAGRAPHS]))
    if not _asks_only_for(question, named, exact):
        return None
    readings = [_reading(outline, resolved, about=_ABOUT.search(question) is not None) for outline, resolved in exact]
    rivals = [quotes for outline_readings in readings for quotes in outline_readings if quotes]
    if len(rivals) > 1:
        shown = tuple(quote for quotes in rivals[:MOST_READINGS] for quote in _as_one(outlines, quotes))
        return Finding(shown, ambiguous=True)
    return Finding(tuple(rivals[0])) if rivals else None


def _bare_number(question: str, outlines: Mapping[str, Outline]) -> list[Address]:
    """The section that a question names by its number alone: "What does 4.2 say?"."""
    found = _BARE_NUMBER.match(question)
    if found is None:
        return []
    numbers = {bare(section.number) for outline in outlines.values() for section in outline.document.sections}
    step = Step("section", (found["number"],))
    return [Address((step,), *found.span("number"))] if found["number"] in numbers else []


def _printing(question: str, named: Sequence[Address], outlines: Mapping[str, Outline]) -> dict[str, Outline]:
    """The documents that print what is asked by: "§", or the word "chapter" where others print a number alone."""
    words = {one.steps[0].noun for one in named} & {"chapter", "part"}
    printing = {
        id: outline
        for id, outline in outlines.items()
        if ("§" in question and any(one.number.startswith("§") for one in outline.document.sections))
        or not words.isdisjoint(series_of(one) for one in outline.document.sections)
    }
    return printing or dict(outlines)


def _as_one(outlines: Mapping[str, Outline], quotes: Sequence[Quoted]) -> Sequence[Quoted]:
    """A reading as one quote where nothing but space stands between its quotes; the first few where they lie apart."""
    document = outlines[quotes[0].document].document
    start, end = quotes[0].span.start, quotes[-1].span.end
    gaps = [document.text[one.span.end : other.span.start] for one, other in itertools.pairwise(quotes)]
    if any(re.search(r"\w", gap) for gap in gaps):
        return quotes[:MOST_READINGS]
    return [whole(document, quotes[0].section, Span(start, end))] if end - start <= LONGEST_READING else quotes[:1]


def _spoken_of(question: str, named: Sequence[Address], outlines: Mapping[str, Outline]) -> dict[str, Outline]:
    """The documents that a question names: by the whole title, or by nothing but words of it beside the places."""
    titled = {
        id: outline
        for id, outline in outlines.items()
        if len(outline.document.title.split()) > 1
        and re.search(rf"\b{re.escape(outline.document.title)}(?!\w)", question, re.IGNORECASE)
    }
    left = set(terms_of(_without(question, named))) - _ASKING
    return titled or {id: one for id, one in outlines.items() if left and left <= names_of(one.document)}


def names_of(document: Document) -> set[str]:
    """The terms that a document is called by: of its title, the initials of that ("CRC"), and of its file's name."""
    words = re.findall(r"[^\W\d_]+", document.title)
    initials = "".join(word[0] for word in words if word[0].isupper())
    file = re.sub(r"[^\w]|_", " ", document.id.rpartition("/")[2])
    return {*terms_of(f"{document.title} {file}"), *terms_of(initials if len(initials) > 1 else "")}


def _without(question: str, named: Sequence[Address]) -> str:
    """The question without the places that it names."""
    for one in reversed(named):
        question = f"{question[: one.start]} {question[one.end :]}"
    return question


def _is_written(question: str, address: Address, outlines: Mapping[str, Outline]) -> bool:
    """Whether a document without such places writes just these words: "Chapter 36 benefits" names none of its own."""
    words = re.compile(rf"\b{re.escape(question[address.start : address.end])}\b", re.IGNORECASE)
    kinds = {step.noun for step in address.steps} & set(KINDS)
    return bool(kinds) and any(
        words.search(outline.document.text) and kinds.isdisjoint(map(series_of, outline.document.sections))
        for outline in outlines.values()
    )


def _missing(resolved: Sequence[Resolved]) -> Finding | None:
    """The refusal of a number that exists nowhere, with what exists in the places that were meant."""
    exists = list(dict.fromkeys(one.exists for one in resolved if one.exists))
    return Finding((), note="; ".join(exists[:MOST_READINGS])) if exists else None


def _asks_only_for(question: str, named: Sequence[Address], found: _Found) -> bool:
    """Whether nothing is left of the question but the places it names and words that ask for their words.

    A question that is no yes-or-no question may say what stands above the place: "the last duty of the tenant".
    """
    if _ASKS_OTHERWISE.match(question):
        return False
    known = {term for outline, _ in found for term in names_of(outline.document)}
    if not YES_NO.match(question):
        above = (words for outline, resolved in found for words in _above(outline, resolved))
        known.update(term for words in above for term in terms_of(words))
    return not set(terms_of(_without(question, named))) - _ASKING - known


def _above(outline: Outline, resolved: Sequence[Resolved]) -> list[str]:
    """The headings above items, and the sentence that introduces their list."""
    document = outline.document
    items = [place for one in resolved for place in one.places if place.item]
    sections = {place.section for place in items}
    leads = [one.intro for one in outline.lists if one.intro and any(place.item in one.items for place in items)]
    return [
        *(label for section in sections for label in document.path_of(section)),
        *(document.text[lead.start : lead.end] for lead in leads),
    ]


def _reading(outline: Outline, resolved: Sequence[Resolved], *, about: bool) -> list[list[Quoted]]:
    """The readings of a question in one document: one where each address names one place, else one for each place."""
    rivals = max((_rivals(one) for one in resolved), key=len)
    if len(rivals) > 1:
        return [_quoted(outline, place, about=about) for place in rivals]
    places = dict.fromkeys(place for one in resolved for place in one.places)
    return [[quote for place in places for quote in _quoted(outline, place, about=about)]]


def _rivals(resolved: Resolved) -> list[Place]:
    """Places of one number in different lists or sections: the reader cannot have meant all of them."""
    items = [place for place in resolved.places if place.item]
    numbers = [place.item.number for place in items if place.item]
    return items if len(set(numbers)) < len(numbers) else []


def _targets(exact: Sequence[tuple[Outline, list[Resolved]]], links: Iterable[Link]) -> list[Quoted]:
    """What the places that were named refer to themselves."""
    places = [(outline, place) for outline, resolved in exact for one in resolved for place in one.places]
    return [
        quote
        for link in links
        for outline, place in places
        if link.document == outline.document.id and place.start <= link.start and link.end <= place.end
        for quote in targets_of(outline, link, headings=False)
    ]


def targets_of(outline: Outline, link: Link, *, headings: bool) -> list[Quoted]:
    """The items that a link names, whole; of sections what they say, or their `headings`."""
    document, found = outline.document, []
    for target in link.targets:
        section = next((n for n, one in enumerate(document.sections) if n and one.start == target.start), None)
        if section is None or document.sections[section].end != target.end:
            held = next(one for one in outline.passages if one.start <= target.start < one.end)
            found.append(whole(document, held.section, target))
            continue
        one = document.sections[section]
        said = [passage for passage in outline.passages if passage.section == section][:MOST_PASSAGES]
        spans = [Span(passage.start, passage.end) for passage in said if not headings]
        found += [whole(document, section, span) for span in spans or [Span(one.heading_start, one.heading_end)]]
    return found


def _quoted(outline: Outline, place: Place, *, about: bool) -> list[Quoted]:
    """The words of a place: an item or a paragraph whole, of a section its paragraphs, or its heading where asked."""
    document = outline.document
    if place.item:
        items = [place.item, *outline.held_in(place.item)]
        return [whole(document, place.section, Span(one.start, one.end)) for one in items[:MOST_PARAGRAPHS]]
    if not place.section or place.start != document.sections[place.section].start:
        return [whole(document, place.section, Span(place.start, place.end))]
    section = document.sections[place.section]
    own = [one for one in outline.passages if one.section == place.section]
    heading = Span(section.heading_start, section.heading_end)
    named = about and bool(section.heading)  # a bare "Article 9" says nothing of what it is about
    if (named or not own) and heading.start < heading.end:
        return [whole(document, place.section, heading)]
    return [whole(document, place.section, Span(one.start, one.end)) for one in own[:MOST_PARAGRAPHS]]


def whole(document: Document, section: int, span: Span) -> Quoted:
    """A quote all of whose words answer, but for the label in front and a semicolon at the end."""
    words = document.text[span.start : span.end]
    label = re.match(r"(?:\(\w{1,5}\)|\w{1,4}[.)])\s+(?=\S)", words)
    start = span.start + (label.end() if label and "." not in words[label.end() - 2 : label.end() - 1] else 0)
    end = span.start + len(words.rstrip(" ;,\n\r\t"))
    return Quoted(document.id, section, span, Span(start, end) if start < end else span)


def _mentioned(named: Sequence[Address], outlines: Mapping[str, Outline], links: Iterable[Link]) -> Finding | None:
    """The sentences that name a place of another text: what is said under "(Article 3, item 5)"."""
    wanted = {one.steps for one in named}
    quotes: list[Quoted] = []
    for link in links:
        outline = outlines.get(link.document)
        if outline is None or link.targets:
            continue
        printed = addresses(outline.document.text[link.start : link.end])
        if any(one.steps in wanted for one in printed):
            quotes.append(sentence_around(outline, Span(link.start, link.end)))
    return Finding(tuple(quotes[:MOST_READINGS])) if quotes else None


def sentence_around(outline: Outline, span: Span) -> Quoted:
    """The sentence of a passage that holds a span, or the whole item."""
    passage = next(one for one in outline.passages if one.start <= span.start and span.end <= one.end)
    text = outline.document.text
    cut = [Span(passage.start, passage.end)]
    if passage.kind != "list item":
        cut = [one for one in sentences(text, passage.start, passage.end) if one.start <= span.start < one.end] or cut
    return Quoted(outline.document.id, passage.section, cut[0], cut[0])
