"""What a document's layout is made of: `Block`s, the common language of the two recognisers.

`plain.read_blocks` and `markdown.read_blocks` turn a text into blocks; sections and passages are made from blocks alone.
"""

from dataclasses import dataclass
from typing import Literal

from assistant.documents.document import Span

BlockKind = Literal["title", "heading", "paragraph", "list item", "table row", "furniture"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text without surrounding whitespace; blocks are in order and do not overlap.

    `furniture` is what is no content: navigation, rules, markup. A heading has a `rank` (a smaller one is an outer one,
    compared as tuples), a `number` as printed and its `heading` without it. `label` is a list item's number. `header` is
    the header of the table that a row belongs to. `closing` marks what belongs to the document as a whole (navigation,
    "Last updated: …"): sections end before it where nothing else follows.
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
