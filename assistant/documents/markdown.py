"""Markdown → blocks, by the line positions that `markdown-it-py` gives its tokens.

In: the text of a Markdown file, front matter and inline HTML included. Out: `Block`s in order. What CommonMark calls a
heading, list item or table row is one; fenced text is a paragraph, never a heading. A Markdown file without any heading
is read as plain text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.documents import headings, numbering, plain
from assistant.documents.blocks import Block, content_block, trim_row, without_lonely_letters
from assistant.documents.candidates import split_number
from assistant.documents.document import Span
from assistant.documents.lines import line_starts
from assistant.documents.markup import BREAK, Markup, heading_block, holds_blocks, without_tags

_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n?|\n)(?P<body>.*?)(?:\r\n?|\n)(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)", re.DOTALL
)
_TITLE_LINE = re.compile(r"^title[ \t]*:[ \t]*(?P<quote>[\"']?)(?P<title>[^\r\n]*?)(?P=quote)[ \t]*$", re.MULTILINE)
_MARKER = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?=\s)")
_MARGIN = re.compile(r"[\s>]*")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<words>(?:(?!\1).)+)\1", re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BULLET = re.compile(r"[•‣◦⁃▪▫●○■□∙]\s+(?=\S)")
# Below "######" and disclosures: a line all in bold, "Article 9" in a paragraph of its own.
_BOLD_RANK = 9
_BOLD_MARK = len("**")
_KEYWORD_RANK = 8


def _parser() -> MarkdownIt:
    # Indented code is switched off: in official documents an indented paragraph is a paragraph.
    return MarkdownIt("commonmark", {"html": True}).enable("table").disable(["code", "entity", "backticks"])


_PARSER = _parser()


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text."""
    front = _FRONT_MATTER.match(text)
    begin = front.end() if front else 0
    source = re.sub(r"[^\r\n]", " ", text[:begin]) + text[begin:]
    walk = _Walk(text, line_starts(text))
    walk.read(_PARSER.parse(source))
    matter = _front_matter(text, front) if front else []
    if "<" not in text and not any(block.kind == "heading" for block in walk.blocks):
        return (*matter, *plain.read_blocks(text, begin))
    return (*matter, *_settled(text, walk.blocks, matter))


def _front_matter(text: str, front: re.Match[str]) -> list[Block]:
    title = _TITLE_LINE.search(text, 0, front.end("body"))
    if title is None or not title["title"].strip():
        return [_furniture(text, 0, front.end())]
    start, end = title.span("title")
    before, after = _furniture(text, 0, start), _furniture(text, end, front.end())
    return [before, Block("title", start, end, heading=title["title"]), after]


def _furniture(text: str, start: int, end: int) -> Block:
    span = _strip(text, start, end)
    return Block("furniture", span.start, span.end)


def _settled(text: str, blocks: Sequence[Block], matter: Sequence[Block]) -> list[Block]:
    """The blocks with the title found among the headings, and bold lines above nothing made paragraphs again."""
    settled = list(blocks)
    places = [place for place, block in enumerate(settled) if block.kind == "heading"]
    top = [place for place in places if settled[place].rank == (1,)]
    named = next((block.heading for block in matter if block.kind == "title"), None)
    if len(top) == 1 and top[0] == places[0]:
        first = settled[top[0]]
        if named is None or first.heading.casefold() == named.casefold():
            settled[top[0]] = replace(
                first, kind="title", rank=(), number="", heading=f"{first.number} {first.heading}".strip()
            )
    last = max((place for place, block in enumerate(settled) if not _is_closing(text, block)), default=-1)
    for place in range(last + 1, len(settled)):
        settled[place] = replace(settled[place], closing=True)
    for place in places:
        below = next((one for one in settled[place + 1 :] if one.kind != "furniture"), None)
        block = settled[place]
        if block.rank[-1:] == (_BOLD_RANK,) and (
            below is None or (below.kind == "heading" and below.rank <= block.rank)
        ):
            settled[place] = Block("paragraph", block.start - _BOLD_MARK, block.end + _BOLD_MARK)
    return without_lonely_letters(settled)


def _is_closing(text: str, block: Block) -> bool:
    return block.kind == "furniture" or (block.kind == "paragraph" and headings.is_date(text[block.start : block.end]))


@dataclass(slots=True)
class _Walk:
    """Goes through the tokens in order, knowing the list items it is in and the HTML elements that are open."""

    text: str
    starts: Sequence[int]
    blocks: list[Block] = field(default_factory=list)
    markup: Markup = field(default_factory=Markup)
    items: list[int] = field(default_factory=list)
    depth: int = 0
    header: Span | None = None
    in_head: bool = False

    def read(self, tokens: Sequence[Token]) -> None:
        for place, token in enumerate(tokens):
            self._token(token, tokens[place + 1] if place + 1 < len(tokens) else token)

    def _token(self, token: Token, following: Token) -> None:
        kind = token.type
        if kind in ("list_item_open", "blockquote_open"):
            self.depth += 1
            if kind == "list_item_open" and token.map:
                self.items.append(token.map[0])
        elif kind in ("list_item_close", "blockquote_close"):
            self.depth -= 1
            if kind == "list_item_close":
                self.items.pop()
        elif kind in ("thead_open", "thead_close"):
            self.in_head = kind == "thead_open"
        elif token.map is not None:
            self._content(kind, token, following)

    def _content(self, kind: str, token: Token, following: Token) -> None:
        assert token.map is not None
        span = self._lines(*token.map)
        if kind != "html_block" and not holds_blocks(self.text[span.start : span.end]):
            self.blocks += self.markup.finish_row()
        if kind == "heading_open":
            self._heading(token, span, following)
        elif kind == "paragraph_open":
            self._paragraph(token.map[0], span)
        elif kind == "tr_open":
            self._row(span)
        elif kind == "html_block":
            self.blocks += self.markup.read(self.text, span.start, span.end)
        elif kind == "fence":
            closed = self.text.endswith(token.markup, span.start, span.end) and token.map[1] - token.map[0] > 1
            inside = self._lines(token.map[0] + 1, token.map[1] - closed)
            if inside.start < inside.end:
                self.blocks.append(Block("paragraph", inside.start, inside.end))
        elif kind == "hr":
            self.blocks.append(Block("furniture", span.start, span.end))

    def _lines(self, first: int, last: int) -> Span:
        """The lines `first` up to and without `last`, without surrounding whitespace."""
        if first >= len(self.starts) or last <= first:
            return Span(0, 0)
        return _strip(self.text, self.starts[first], self.starts[min(last, len(self.starts) - 1)])

    def _heading(self, token: Token, span: Span, inline: Token) -> None:
        assert token.map is not None
        if token.markup[0] != "#":  # underlined: the last line is the rule
            span = self._lines(token.map[0], token.map[1] - 1)
        if self.depth:
            self._paragraph(token.map[0], span)
            return
        start, end = span.start, span.end
        if token.markup[0] == "#":
            line = self.text[start:end]
            opening = re.match(r"#{1,6}[ \t]*", line)
            closing = re.search(r"[ \t]+#+$|^#+$", line)
            start += opening.end() if opening else 0
            end = span.start + closing.start() if closing and span.start + closing.start() >= start else end
        number, heading = split_number(_plain_words(inline))
        if start >= end or not (number or heading):
            self.blocks.append(Block("furniture", span.start, span.end))
            return
        self.blocks.append(Block("heading", start, end, (*self.markup.prefix, int(token.tag[1])), number, heading))

    def _row(self, span: Span) -> None:
        row = trim_row(self.text, span.start, span.end)
        if self.in_head:
            self.header = row if row.start < row.end else None
            self.blocks.append(Block("furniture", row.start, row.end))
        elif row.start < row.end:
            self.blocks.append(Block("table row", row.start, row.end, header=self.header))

    def _paragraph(self, first_line: int, span: Span) -> None:
        start, label_start, bullet = self._after_markers(first_line, span)
        words = self.text[start : span.end]
        if holds_blocks(words):
            self.blocks += self.markup.read(self.text, start, span.end)
            return
        if not self.depth and headings.is_navigation(_LINK.sub(r"\1", words)):
            self.blocks.append(Block("furniture", start, span.end, closing=True))
            return
        heading = None if self.depth else self._heading_of_paragraph(Span(start, span.end))
        if heading:
            self.blocks.append(heading)
            return
        for piece_start, piece_end, has_bullet in self._pieces(start, span.end):
            begin = label_start if piece_start == start else piece_start
            trimmed = _trim_breaks(self.text, begin, piece_end)
            if not any(character.isalnum() for character in without_tags(self.text[trimmed.start : trimmed.end])):
                self.blocks.append(Block("furniture", trimmed.start, trimmed.end))
                continue
            is_item = has_bullet or ((bullet or self.markup.in_item) and piece_start == start)
            self.blocks.append(content_block(self.text, trimmed.start, trimmed.end, bullet=is_item))

    def _after_markers(self, first_line: int, span: Span) -> tuple[int, int, bool]:
        """Where the words begin behind list markers, where the item's own number does, whether there is a marker."""
        position = label_start = span.start
        markers = sum(line == first_line for line in self.items)
        for count in range(markers + 1):
            margin = _MARGIN.match(self.text, position, span.end)
            position = label_start = margin.end() if margin else position
            marker = _MARKER.match(self.text, position, span.end) if count < markers else None
            if marker is None:
                break
            label_start = position
            position = marker.end()
            if count == markers - 1:
                margin = _MARGIN.match(self.text, position, span.end)
                position = margin.end() if margin else position
                is_number = marker[0][0].isdigit()
                return position, label_start if is_number else position, True
        return position, label_start, False

    def _heading_of_paragraph(self, span: Span) -> Block | None:
        words = self.text[span.start : span.end]
        if "\n" in words or "\r" in words:
            return None
        bold = _BOLD_LINE.fullmatch(words)
        if bold and headings.reads_like_heading(bold["words"].strip()):
            inner = Span(span.start + bold.start("words"), span.start + bold.end("words"))
            return heading_block(self.text, inner, (*self.markup.prefix, _BOLD_RANK))
        keyword = numbering.keyword_number(words)
        if keyword and len(words) <= headings.LONGEST_HEADING:
            titled = keyword.separated or keyword.rest[:1].isupper()
            if not keyword.rest or (titled and headings.reads_like_heading(keyword.rest)):
                order = numbering.KEYWORD_ORDER[keyword.series]
                return heading_block(self.text, span, (*self.markup.prefix, _KEYWORD_RANK, order))
        return None

    def _pieces(self, start: int, end: int) -> list[tuple[int, int, bool]]:
        """The paragraph cut before each line with a bullet or a label that CommonMark does not know: "a.", "(1)"."""
        lines = [start + match.end() for match in re.finditer(r"(?:\r\n?|\n)[ \t>]*(?=\S)", self.text[start:end])]
        labels = {line: self._label_at(line, end) for line in (start, *lines)}
        series = {
            (numbering.label_series(label), value)
            for label in labels.values()
            if label
            for value in numbering.ordinals(label)
        }
        cuts = [(start, False)]
        for line in lines:
            bullet = _BULLET.match(self.text, line, end)
            if bullet:
                cuts.append((bullet.end(), True))
            elif labels[line] and self._begins_item(line, labels[line], series):
                cuts.append((line, False))
        ends = [*(cut for cut, _ in cuts[1:]), end]
        return [(cut, stop, bullet) for (cut, bullet), stop in zip(cuts, ends, strict=True)]

    def _label_at(self, line: int, end: int) -> str:
        return self.text[line : line + numbering.label_length(self.text[line : min(end, line + 40)])]

    def _begins_item(self, line: int, label: str, series: set[tuple[str, int]]) -> bool:
        """Whether a line's label is one, not the rest of a wrapped sentence: "… in paragraph\n(2) of the Act"."""
        style = numbering.label_series(label)
        following = self.text[line + len(label) : line + len(label) + 10].lstrip()
        return not following[:1].islower() or any(
            (style, value + step) in series for value in numbering.ordinals(label) for step in (-1, 1)
        )


def _plain_words(inline: Token) -> str:
    """The words of a heading without emphasis, links and tags."""
    parts = []
    for child in inline.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return headings.one_line(unescape("".join(parts)))


def _trim_breaks(text: str, start: int, end: int) -> Span:
    """The stretch without space, `<br>` and comments at its edges."""
    words = BREAK.sub(lambda match: " " * len(match[0]), text[start:end])
    left = start + len(words) - len(words.lstrip())
    return Span(left, max(left, start + len(words.rstrip())))


def _strip(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    left = start + len(words) - len(words.lstrip())
    return Span(left, max(left, start + len(words.rstrip())))
