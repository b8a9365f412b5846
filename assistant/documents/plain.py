"""Plain text → blocks: title, headings, paragraphs, list items, table rows and furniture.

In: a text and where it begins. Out: `Block`s in order. `page` says what every piece is; here headings get their ranks,
run-in headings ("Article 3. The Minister may …") are parted from their text, and tables find their header.
"""

from dataclasses import replace

from assistant.documents import headings
from assistant.documents.blocks import Block, content_block, trim_row, without_lonely_letters
from assistant.documents.candidates import Candidate
from assistant.documents.lines import read_lines
from assistant.documents.page import Page, read_page
from assistant.documents.pieces import Piece, read_pieces
from assistant.documents.ranks import Kind, rank_series


def read_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """The blocks of `text[start:]`; `start` must be the beginning of a line."""
    page = read_page(read_pieces(text, read_lines(text, start)))
    ranks = rank_series(_kinds(page))
    blocks: list[Block] = []
    for place in range(len(page.pieces)):
        _add(blocks, text, page, place, ranks)
    return tuple(without_lonely_letters(blocks))


def _add(blocks: list[Block], text: str, page: Page, place: int, ranks: dict[str, int]) -> None:
    """Add the block of one piece, or add the piece to the block before."""
    piece, role, candidate = page.pieces[place], page.roles[place], page.candidates[place]
    if page.names_above(place):
        blocks[-1] = replace(blocks[-1], end=piece.end, heading=headings.one_line(piece.words))
    elif page.continues_fragment(place):
        blocks[-1] = replace(blocks[-1], end=piece.end)
    elif page.continues_title(place):
        blocks[-1] = replace(blocks[-1], end=piece.end, heading=f"{blocks[-1].heading} {piece.words}")
    elif role == "heading":
        blocks += _heading(text, piece, candidate, ranks[page.series(place)])
    elif role == "title":
        blocks.append(_title(piece, candidate))
    elif role == "table":
        blocks.append(_row(text, page, place))
    elif role in ("content", "date"):
        closing = role == "date" and page.closes(place)
        blocks.append(content_block(text, piece.start, piece.end, bullet=piece.bullet, closing=closing))
    else:
        blocks.append(Block("furniture", piece.start, piece.end, closing=role == "navigation"))


def _kinds(page: Page) -> list[Kind]:
    kinds = []
    for place, role in enumerate(page.roles):
        if role == "heading" and not page.names_above(place):
            candidate = page.candidates[place]
            following = page.next_above_rules(place)
            if following is not None and page.names_above(following):
                following = page.next_above_rules(following)
            empty = following is not None and page.roles[following] == "heading"
            kinds.append(Kind(page.series(place), empty and not (candidate and candidate.strength == "run-in")))
    return kinds


def _heading(text: str, piece: Piece, candidate: Candidate | None, rank: int) -> list[Block]:
    if candidate is None:
        return [Block("heading", piece.start, piece.end, (rank,), heading=headings.one_line(piece.words))]
    end = piece.start + candidate.length
    heading = Block("heading", piece.start, end, (rank,), candidate.number, candidate.heading)
    rest = text[end : piece.end].lstrip(" \t\r\n—–-:")
    return [heading, content_block(text, piece.end - len(rest), piece.end)] if rest else [heading]


def _title(piece: Piece, candidate: Candidate | None) -> Block:
    marked = candidate is not None and candidate.strength == "marked"
    heading = candidate.heading if candidate and marked else headings.one_line(piece.words)
    return Block("title", piece.start, piece.end, heading=heading)


def _row(text: str, page: Page, place: int) -> Block:
    piece = page.pieces[place]
    if headings.is_rule(piece.words):
        return Block("furniture", piece.start, piece.end)
    first = place
    while first > 0 and page.roles[first - 1] == "table" and not page.pieces[first].first.blank_before:
        first -= 1
    has_header = first + 1 < len(page.pieces) and headings.is_rule(page.pieces[first + 1].words)
    header = trim_row(text, page.pieces[first].start, page.pieces[first].end) if has_header else None
    row = trim_row(text, piece.start, piece.end)
    if has_header and place == first:
        return Block("furniture", row.start, row.end)
    return Block("table row", row.start, row.end, header=header)
