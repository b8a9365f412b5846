"""A document → its passages: the paragraphs, list items and table rows that are indexed and found.

In: a document and the encoder's token count. Out: `Passage`s in order, none overlapping another, each inside the
innermost section that holds it. Headings, titles and furniture are no passages; headings are the context of theirs.
A long block is cut at sentence ends, an over-long sentence at clauses, then at words, so that context and text fit.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.documents.blocks import Block
from assistant.documents.document import Document, Passage, Span
from assistant.documents.readable import blank_tags, readable
from assistant.documents.sections import read_blocks, section_at
from assistant.documents.sentences import sentences

# Part of an index version's name: raise it when the rules here or in the recognisers change what passages come out.
RULES = "passages-5"

CountTokens = Callable[[str], int]

LONGEST_LABEL = 120
LONGEST_CONTEXT = 360
LONGEST_LEAD = 200
_CLAUSE_END = re.compile(r"[;:,—–。、；，)\]](?:\s+|(?<=[。、；，]))|\s(?=[(\[])|(?:\r\n?|\n)\s*|>\s*(?=<)")
_WORD_END = re.compile(r"\s+")
_GOES_ON = re.compile(r"(?:[;,]|\b(?:and|or)\W{0,4})$")
_LEADS = re.compile(r":\W{0,4}$")


def split(
    document: Document, *, count_tokens: CountTokens, max_tokens: int = 256, target_tokens: int | None = None
) -> tuple[Passage, ...]:
    """The document's passages; `context` and text of each have at most `max_tokens` tokens together.

    `target_tokens` cuts long blocks to about that many tokens (default: as few pieces as fit). Where the context alone
    takes more than half of `max_tokens`, the text still gets half: its last words are then lost to the encoder, never
    to a quote.
    """
    passages: list[Passage] = []
    previous: Passage | None = None
    for block in _content(document):
        whole = _passage(document, block, previous)
        room = max(max_tokens - count_tokens(context(document, whole) + ": "), max_tokens // 2, 1)
        wanted = min(room, target_tokens or room)
        spans = _fitting(document.text, Span(block.start, block.end), count_tokens, limit=room, wanted=wanted)
        passages += [_part(whole, span) for span in spans]
        previous = whole
    return tuple(passages)


def context(document: Document, passage: Passage) -> str:
    """What is encoded in front of a passage's text: title and headings, joined by " > ", then what introduces it."""
    labels = [document.title, *document.path_of(passage.section)]
    kept = [
        _clipped(label, LONGEST_LABEL) for place, label in enumerate(labels) if label and label not in labels[:place]
    ]
    while len(kept) > 2 and sum(map(len, kept)) > LONGEST_CONTEXT:
        del kept[1]  # the outermost heading says least about the passage
    lead = " ".join(readable(document, passage.lead_start, passage.lead_end).split())
    return ": ".join(part for part in (" > ".join(kept), _last_words(lead.strip(":*_ "), LONGEST_LEAD)) if part)


def uncovered(document: Document, passages: Sequence[Passage]) -> tuple[Span, ...]:
    """The stretches of text, without surrounding whitespace, that no passage and no heading holds."""
    held = [Span(one.start, one.end) for one in passages]
    held += [
        Span(one.heading_start, one.heading_end) for one in document.sections if one.heading_end > one.heading_start
    ]
    gaps, position = [], 0
    for span in [*sorted(held), Span(len(document.text), len(document.text))]:
        gap = document.text[position : span.start]
        if gap.strip():
            left = position + len(gap) - len(gap.lstrip())
            gaps.append(Span(left, left + len(gap.strip())))
        position = max(position, span.end)
    return tuple(gaps)


def _content(document: Document) -> Iterator[Block]:
    printed = {section.heading_start for section in document.sections if section.heading_end > section.heading_start}
    for block in read_blocks(document.text, document.source.path):
        is_printed_heading = block.kind in ("title", "heading") and block.start in printed
        if block.kind != "furniture" and not is_printed_heading and block.start < block.end:
            yield block


def _passage(document: Document, block: Block, previous: Passage | None) -> Passage:
    section = section_at(document.sections, block.start)
    kind = block.kind if block.kind in ("list item", "table row") else "paragraph"
    lead = block.header or _lead(document.text, section, kind, previous)
    start, end = (lead.start, lead.end) if lead else (0, 0)
    return Passage(document.id, section, kind, block.label, block.start, block.end, start, end)


def _lead(text: str, section: int, kind: str, previous: Passage | None) -> Span | None:
    """What introduces the block after `previous`: that block if it ends in a colon, else what introduced it as well."""
    if previous is None or previous.section != section:
        return None
    tail = blank_tags(text[previous.start : previous.end]).rstrip()[-12:]
    if _LEADS.search(tail):
        return Span(previous.start, previous.end)
    goes_on = previous.kind == kind and (kind == "list item" or _GOES_ON.search(tail) is not None)
    return Span(previous.lead_start, previous.lead_end) if goes_on and previous.lead_end else None


def _part(whole: Passage, span: Span) -> Passage:
    label = whole.label if span.start == whole.start else ""
    return Passage(
        whole.document, whole.section, whole.kind, label, span.start, span.end, whole.lead_start, whole.lead_end
    )


def _clipped(words: str, length: int) -> str:
    return words if len(words) <= length else words[:length].rsplit(None, 1)[0]


def _last_words(words: str, length: int) -> str:
    return words if len(words) <= length else words[-length:].split(None, 1)[-1]


# Cutting


def _fitting(text: str, span: Span, count: CountTokens, *, limit: int, wanted: int) -> list[Span]:
    """The stretch cut into as few pieces as hold at most `wanted` tokens each, of about one size."""
    total = count(text[span.start : span.end])
    if total <= wanted:
        return [span]
    units = [
        unit
        for sentence in sentences(text, span.start, span.end)
        for unit in _small_enough(text, sentence, count, limit=limit)
    ]
    pieces = _packed(text, units, count, wanted)
    # Even pieces read and encode better than full ones and a rest: try smaller sizes that need no more pieces.
    for size in range(-(-total // len(pieces)), wanted, max(1, wanted // 8)):
        even = _packed(text, units, count, size)
        if len(even) <= len(pieces):
            return even
    return pieces


def _packed(text: str, units: Sequence[Span], count: CountTokens, size: int) -> list[Span]:
    """Neighbouring units joined as long as they hold at most `size` tokens together."""
    pieces: list[Span] = []
    for unit in units:
        joined = Span(pieces[-1].start, unit.end) if pieces else unit
        if pieces and count(text[joined.start : joined.end]) <= size:
            pieces[-1] = joined
        else:
            pieces.append(unit)
    return pieces


def _small_enough(text: str, span: Span, count: CountTokens, *, limit: int) -> list[Span]:
    """The span itself if it fits, else its clauses, words or, of an endless word, halves, joined to what fits."""
    if count(text[span.start : span.end]) <= limit:
        return [span]
    for mark in (_CLAUSE_END, _WORD_END):
        parts = _cut(text, span, mark)
        if len(parts) > 1:
            units = [unit for part in parts for unit in _small_enough(text, part, count, limit=limit)]
            return _packed(text, units, count, limit)
    if span.end - span.start < 2:
        return [span]
    middle = (span.start + span.end) // 2
    halves = (Span(span.start, middle), Span(middle, span.end))
    return [unit for half in halves for unit in _small_enough(text, half, count, limit=limit)]


def _cut(text: str, span: Span, mark: re.Pattern[str]) -> list[Span]:
    parts = []
    start = span.start
    for match in mark.finditer(text, span.start, span.end):
        end = match.start() + len(match[0].rstrip())
        if start < end and match.end() < span.end:
            parts.append(Span(start, end))
            start = match.end()
    return [*parts, Span(start, span.end)]
