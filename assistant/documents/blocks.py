"""What a document's layout is made of: `Block`s, the common language of the two recognisers.

`plain.read_blocks` and `markdown.read_blocks` turn a text into blocks; sections and passages are made from them alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.documents import numbering
from assistant.documents.document import Span

BlockKind = Literal["title", "heading", "paragraph", "list item", "table row", "furniture"]
_LETTER = re.compile(r"[A-Za-z]\.")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text without surrounding whitespace; blocks are in order and do not overlap.

    `furniture` is what is no content: navigation, rules, markup. A heading has a `rank` (a smaller one is an outer
    one, compared as tuples), a `number` as printed and its `heading` without it. `label` is a list item's number.
    `header` is the header of the table that a row belongs to. `closing` marks what belongs to the document as a whole
    (navigation, "Last updated: …"): sections end before it where nothing else follows.
    """

    kind: BlockKind
    start: int
    end: int
    rank: tuple[int, ...] = ()
    number: str = ""
    heading: str = ""
    label: str = ""
    header: Span | None = None
    closing: bool = False


def content_block(text: str, start: int, end: int, *, bullet: bool = False) -> Block:
    """The block of a stretch that is known to be content: a list item if a bullet stood before it or it has a label."""
    length = numbering.label_length(text[start:end])
    kind: BlockKind = "list item" if length or bullet else "paragraph"
    return Block(kind, start, end, label=text[start : start + length])


def trim_row(text: str, start: int, end: int) -> Span:
    """A table row without the bars and the space at its edges."""
    row = text[start:end]
    left = start + len(row) - len(row.lstrip("| \t"))
    return Span(left, max(left, start + len(row.rstrip("| \t"))))


def without_lonely_letters(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with "J. Smith …" made a paragraph: a letter is a label only beside its neighbour in the alphabet."""
    present = {
        (numbering.label_series(block.label), ordinal)
        for block in blocks
        if block.label
        for ordinal in numbering.ordinals(block.label)
    }
    kept = []
    for block in blocks:
        if _LETTER.fullmatch(block.label):
            series = numbering.label_series(block.label)
            near = {(series, value + step) for value in numbering.ordinals(block.label) for step in (-1, 1)}
            if not near & present:
                block = replace(block, kind="paragraph", label="")
        kept.append(block)
    return kept
