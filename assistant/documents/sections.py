"""Blocks → the section tree of a document.

In: the text and its blocks. Out: `Section`s; the root first, the others in the order of their start. Their extents tile
the text: a section begins with its heading and ends where the next one of its rank or an outer one begins, or before
the navigation and dates that close the document.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.documents import markdown, plain
from assistant.documents.blocks import Block
from assistant.documents.document import Section, format_of
from assistant.documents.lines import line_starts


def read_blocks(text: str, path: str) -> tuple[Block, ...]:
    """The blocks of a document; its path says whether it is Markdown or plain text."""
    return markdown.read_blocks(text) if format_of(path) == "markdown" else plain.read_blocks(text)


@dataclass(slots=True)
class _Open:
    """A section whose end is not known yet; `content_end` is where its last content ends."""

    rank: tuple[int, ...]
    index: int
    children: list[int] = field(default_factory=list)


def read_sections(text: str, blocks: Sequence[Block], title: str) -> tuple[Section, ...]:
    """The section tree; `title` names the root."""
    printed = next((block for block in blocks if block.kind == "title"), None)
    span = (printed.start, printed.end) if printed else (0, 0)
    sections = [Section("", title, 0, 0, len(text), *span, None)]
    stack = [_Open((), 0)]
    starts = line_starts(text)
    leaving = _closing_stretches(text, starts, blocks)
    for block in blocks:
        if block.kind == "heading":
            start = _line_begin(text, starts, block.start)
            while stack[-1].rank >= block.rank:
                _close(sections, stack, leaving.get(block.start, start))
            sections.append(_opened(sections, stack, block, start))
            stack.append(_Open(block.rank, len(sections) - 1))
    while len(stack) > 1:
        _close(sections, stack, leaving.get(len(text), len(text)))
    sections[0] = replace(sections[0], children=tuple(stack[0].children))
    return tuple(sections)


def section_at(sections: Sequence[Section], position: int) -> int:
    """The index of the innermost section that holds the position."""
    index: int | None = bisect_right(sections, position, lo=1, key=lambda section: section.start) - 1
    while index and sections[index].end <= position:
        index = sections[index].parent
    return index or 0


def _opened(sections: list[Section], stack: list[_Open], block: Block, start: int) -> Section:
    parent = stack[-1].index
    stack[-1].children.append(len(sections))
    return Section(
        block.number, block.heading, sections[parent].level + 1, start, start, block.start, block.end, parent
    )


def _close(sections: list[Section], stack: list[_Open], end: int) -> None:
    done = stack.pop()
    sections[done.index] = replace(sections[done.index], end=end, children=tuple(done.children))


def _line_begin(text: str, starts: Sequence[int], position: int) -> int:
    """Where the line begins if only space and markup stand before the position, else the position."""
    begin = starts[bisect_right(starts, position) - 1]
    return begin if not text[begin:position].strip(" \t#>\f") else position


def _closing_stretches(text: str, starts: Sequence[int], blocks: Sequence[Block]) -> dict[int, int]:
    """For the headings (and the end) that closing blocks stand right before: where those closing blocks begin."""
    found: dict[int, int] = {}
    begin: int | None = None
    after_heading = True
    for block in blocks:
        if block.kind == "heading":
            if begin is not None:
                found[block.start] = begin
            begin, after_heading = None, True
        elif block.closing:
            if begin is None and not after_heading:
                begin = _line_begin(text, starts, block.start)
        elif block.kind != "furniture":
            begin, after_heading = None, False
    if begin is not None:
        found[len(text)] = begin
    return found
