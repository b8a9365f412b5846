"""A sentence and the list that it leads into: half a sentence is quoted with its other half.

In: an outline and a stretch of it. Out: the list below a lead, the lead above an item, as quotes.
"""

import re
from collections.abc import Iterable, Mapping

from assistant.documents.document import Span
from assistant.documents.lists import INTRODUCES, ItemList
from assistant.documents.outline import Outline
from assistant.documents.readable import readable
from assistant.documents.references import Link
from assistant.documents.sentences import sentences
from assistant.reading.candidates import Candidate
from assistant.reading.clauses import item_quote
from assistant.reading.structure import Quoted, sentence_around, whole
from assistant.reading.table_cells import answering_cell, asked_cell

_HOLDS = re.compile(  # asks what follows of a rule, or whether it holds
    r"\bwhat\s+(?:happens?|follows?)\b|\b(?:penalt|fine[ds]?\b|sanction|punish|consequence)|"
    r"^\W*(?:and\s+)?(?:can|could|may|must|is|are|do|does|am)\b",
    re.IGNORECASE,
)
MOST_SAID = 3
MEASURES = re.compile(r"\bhow\s+(?:many|much|long|often|old|far|high|big|large|soon)\b", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not|never|no|neither|nor|cannot|forbidden|prohibited|refused?)\b|n['’]t\b", re.IGNORECASE)


def with_its_list(
    question: str, outlines: Mapping[str, Outline], links: Iterable[Link], best: Candidate
) -> tuple[Quoted, ...]:
    """A candidate as a quote, and the other half of its sentence: the items it leads into, or what leads into it.

    Half a sentence answers nothing but a measure, and says the opposite of the whole where "Visitors must not:" is
    missing. Where a question asks what follows of an item, or whether it holds, what is said of the item elsewhere
    follows: "Rules (2) and (3) do not apply in the café."
    """
    outline = outlines[best.hit.passage.document]
    if best.hit.passage.kind == "table row":
        return (*_header(question, outline, best), Quoted.of(best))
    if MEASURES.search(question):
        return (Quoted.of(best),)
    one = list_after(outline, best.span)
    after = with_intro(outline, one, best.span) if one else []
    said = _said_of(outline, best.span, links) if _HOLDS.search(question) else []
    before = _other_half(outline, best.span)
    quoted = whole(outline.document, best.hit.passage.section, best.span) if before else Quoted.of(best)
    return (*before, quoted, *after, *said)


def _said_of(outline: Outline, span: Span, links: Iterable[Link]) -> list[Quoted]:
    """The sentences elsewhere that name the item in which a span lies by its number, and not its whole list."""
    for one in outline.lists:
        item = one.holding(span.start, span.end)
        if item is None:
            continue
        naming = [link for link in links if link.document == one.document and one.holding(link.start, link.end) is None]
        naming = [link for link in naming if len(link.targets) < len(one.items)]
        found = [link for link in naming if any(to.start == item.start and to.end == item.end for to in link.targets)]
        intro = one.intro or Span(0, 0)
        outside = [link for link in found if not intro.start <= link.start < intro.end]
        return list(dict.fromkeys(sentence_around(outline, Span(link.start, link.end)) for link in outside))[:MOST_SAID]
    return []


def _header(question: str, outline: Outline, row: Candidate) -> list[Quoted]:
    """The header of a row, without which nobody can tell what its cells say; marked is the column that is asked for."""
    passage = row.hit.passage
    header = Span(passage.lead_start, passage.lead_end)
    cell = asked_cell(question, outline.document, passage) or answering_cell(outline.document, passage, row.answer)
    if not passage.lead_end or not readable(outline.document, header.start, header.end).strip(" |"):
        return []
    return [Quoted(passage.document, passage.section, header, cell[1] if cell else header)]


def _other_half(outline: Outline, item: Span) -> list[Quoted]:
    """The sentence that an item completes, where it begins as the rest of one or a negation stands above it."""
    for one in outline.lists:
        held = one.holding(item.start, item.end)
        if held is None or one.intro is None:
            continue
        lead = last_sentence(outline, one.intro)
        words = readable(outline.document, held.start + len(held.label), held.end).lstrip(" *_")
        denied = _NEGATION.search(readable(outline.document, lead.start, lead.end))
        if _breaks_off(outline, lead) and (words[:1].islower() or denied):
            return [whole(outline.document, one.section, lead)]
    return []


def with_intro(outline: Outline, one: ItemList, lead: Span) -> list[Quoted]:
    """What follows a lead: the paragraph between it and the list, if there is one, and the items."""
    between = [one.intro] if one.intro and one.intro.start >= lead.end else []
    intro = [whole(outline.document, one.section, span) for span in between]
    return [*intro, *(item_quote(outline, one, item) for item in one.items)]


def last_sentence(outline: Outline, paragraph: Span) -> Span:
    """The last sentence of a paragraph: the one that leads into what is below."""
    return sentences(outline.document.text, paragraph.start, paragraph.end)[-1]


def list_after(outline: Outline, lead: Span, *, told: Span | None = None) -> ItemList | None:
    """The list that a sentence leads into: it breaks off before it, or what is `told` announces what is below.

    A paragraph may stand between the sentence that announces and the list.
    """
    announced = readable(outline.document, told.start, lead.end).rstrip() if told else ""
    announces = INTRODUCES.search(announced) is not None
    for one in outline.lists:
        if one.intro is None:
            continue
        ends_it = one.intro.start <= lead.start < one.intro.end and not _between(outline, lead.end, one.intro.end)
        if ends_it and (announces or _breaks_off(outline, lead)):
            return one
        if announces and lead.end <= one.intro.start and not _between(outline, lead.end, one.intro.start):
            return one
    return None


def _between(outline: Outline, start: int, end: int) -> bool:
    """Whether anything but markup stands between two places."""
    return any(character.isalnum() for character in readable(outline.document, start, end))


def _breaks_off(outline: Outline, lead: Span) -> bool:
    """Whether a lead ends in a colon or in the middle of its sentence."""
    return readable(outline.document, lead.start, lead.end).rstrip("*_ \n")[-1:] not in ".!?;"
