"""HTML inside Markdown → blocks.

In: stretches of raw HTML in the order of the document (an element may open in one and close in another). Out: the
headings, paragraphs, list items and table rows in them; tags are furniture. Text stays as it is written: a tag inside
a sentence stays in the sentence, tags around it do not.

A `<summary>`, or a `<button>` that controls an element, is the heading of what it opens.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from assistant.documents import headings
from assistant.documents.blocks import Block, content_block
from assistant.documents.candidates import split_number
from assistant.documents.document import Span

TAG = re.compile(r"<!--.*?-->|<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:\s[^<>]*)?)>", re.DOTALL)
BREAK = re.compile(r"<br\s*/?>|<!--.*?-->|&nbsp;", re.DOTALL | re.IGNORECASE)
# Deeper than any "######".
DISCLOSURE = 7

INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup "
        "time tt u var",
    )
)
_VOID = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta source track wbr"))
_SILENT = frozenset(re.findall(r"\w+", "script style nav head title button select form template svg"))
_BLOCK_TAG = re.compile(
    r"</?(?:h[1-6]|div|p|ul|ol|li|dl|dt|dd|table|t[rdh]|thead|tbody|button|summary|details|section|article|blockquote)\b",
    re.IGNORECASE,
)
_ID = re.compile(r"""\bid\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_CONTROLS = re.compile(r"""\baria-controls\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_HEADING_NAME = re.compile(r"h[1-6]")


def holds_blocks(words: str) -> bool:
    """Whether the words hold tags of paragraphs, headings, lists or tables, not only of emphasis and links."""
    return _BLOCK_TAG.search(words) is not None


def without_tags(words: str) -> str:
    """The words alone, as one line."""
    return headings.one_line(unescape(TAG.sub(" ", words)))


@dataclass(slots=True)
class _Element:
    name: str
    prefix: tuple[int, ...]
    controls: str = ""


@dataclass(slots=True)
class Markup:
    """The elements that are open at the point reached, and the table row being read."""

    stack: list[_Element] = field(default_factory=list)
    controlled: dict[str, tuple[int, ...]] = field(default_factory=dict)
    cells: list[Span] = field(default_factory=list)
    cell_names: list[str] = field(default_factory=list)
    header: Span | None = None

    @property
    def prefix(self) -> tuple[int, ...]:
        """What the rank of a heading here begins with: empty, or the rank of the disclosure around it."""
        return self.stack[-1].prefix if self.stack else ()

    @property
    def in_item(self) -> bool:
        """Whether a paragraph here is a list item's text."""
        nearest = next((one.name for one in reversed(self.stack) if one.name not in ("p", *INLINE)), "")
        return nearest == "li"

    def read(self, text: str, start: int, end: int) -> list[Block]:
        """The blocks of the raw HTML `text[start:end]`."""
        blocks: list[Block] = []
        run: Span | None = None
        position = start
        for tag in [*TAG.finditer(text, start, end), None]:
            until = tag.start() if tag else end
            run = _extended(text, run, position, until)
            if tag is None:
                break
            position = tag.end()
            name = (tag["name"] or "").lower()
            if name in INLINE:
                run = _with_inline_tag(run, tag)
            elif name not in ("", "br", "wbr", "img"):
                blocks += self._flush(text, run)
                run = None
                blocks += self._close(name) if tag["close"] else self._open(name, tag["attributes"] or "")
        return blocks + self._flush(text, run)

    def _open(self, name: str, attributes: str) -> list[Block]:
        if name in _VOID or attributes.rstrip().endswith("/"):
            return []
        finished = self.finish_row() if name == "tr" else []
        if name == "table":
            self.header = None
        identifier, controls = _ID.search(attributes), _CONTROLS.search(attributes)
        prefix = self.controlled.get(identifier[1], self.prefix) if identifier else self.prefix
        if controls and name == "button":
            self.controlled[controls[1]] = (*self.prefix, DISCLOSURE)
        self.stack.append(_Element(name, prefix, controls[1] if controls else ""))
        return finished

    def _close(self, name: str) -> list[Block]:
        finished = self.finish_row() if name in ("tr", "table", "tbody", "thead") else []
        place = next((place for place in reversed(range(len(self.stack))) if self.stack[place].name == name), None)
        if place is not None:
            del self.stack[place:]
        if name == "summary" and self.stack and self.stack[-1].name == "details":
            self.stack[-1].prefix = (*self.prefix, DISCLOSURE)
        return finished

    def _flush(self, text: str, run: Span | None) -> list[Block]:
        """The block that the text gathered so far makes, by the elements it lies in."""
        if run is None or not without_tags(text[run.start : run.end]):
            return []
        names = [element.name for element in self.stack]
        heading = next((name for name in names if _HEADING_NAME.fullmatch(name)), None)
        disclosure = "summary" in names or any(one.name == "button" and one.controls for one in self.stack)
        if heading or disclosure:
            level = int(heading[1]) if heading else DISCLOSURE
            return [heading_block(text, run, (*self.prefix, level))]
        if _SILENT & set(names):
            return [Block("furniture", run.start, run.end)]
        if "tr" in names:
            cell = next((name for name in reversed(names) if name in ("td", "th")), "td")
            self.cells.append(run)
            self.cell_names.append(cell)
            return []
        return [content_block(text, run.start, run.end, bullet=self.in_item)]

    def finish_row(self) -> list[Block]:
        """The table row being read, where there is one: it ends here, even if its tag was never closed."""
        if not self.cells:
            return []
        row = Span(self.cells[0].start, self.cells[-1].end)
        is_header = set(self.cell_names) == {"th"}
        self.cells, self.cell_names = [], []
        if is_header:
            self.header = row
            return [Block("furniture", row.start, row.end)]
        return [Block("table row", row.start, row.end, header=self.header)]


def heading_block(text: str, span: Span, rank: tuple[int, ...]) -> Block:
    """The heading at the span; its number is read from its words."""
    number, heading = split_number(without_tags(text[span.start : span.end]))
    return Block("heading", span.start, span.end, rank, number, heading)


def _extended(text: str, run: Span | None, start: int, end: int) -> Span | None:
    words = text[start:end]
    stripped = BREAK.sub(lambda match: " " * len(match[0]), words).strip()
    if not stripped:
        return run
    left = start + words.index(stripped[0])
    right = start + words.rindex(stripped[-1]) + 1
    if run is None or run.start == run.end:
        return Span(run.start if run else left, right)
    return Span(run.start, right)


def _with_inline_tag(run: Span | None, tag: re.Match[str]) -> Span | None:
    """A tag of emphasis or a link: one that opens a text begins it, one that closes after the text ends it."""
    if tag["close"]:
        return Span(run.start, tag.end()) if run is not None and run.end > run.start else run
    if run is None:
        return Span(tag.start(), tag.start())
    return run
