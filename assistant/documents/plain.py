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
from assistant.documents.ranks import Kind, rank_headings


def read_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """The blocks of `text[start:]`; `start` must be the beginning of a line."""
    page = read_page(read_pieces(text, read_lines(text, start)))
    ranks = _ranks(page)
    blocks: list[Block] = []
    for place in range(len(page.pieces)):
        _add(blocks, text, page, place, ranks.get(place, ()))
    # A date that nothing but navigation follows speaks of the whole document.
    for place in reversed(range(len(page.roles))):
        if page.roles[place] not in ("date", "navigation", "rule"):
            break
        at = len(blocks) - (len(page.roles) - place)
        blocks[at] = replace(blocks[at], closing=True)
    return tuple(without_lonely_letters(blocks))


def _add(blocks: list[Block], text: str, page: Page, place: int, rank: tuple[int, ...]) -> None:
    """Add the block of one piece, or add the piece to the block before."""
    piece, role, candidate = page.pieces[place], page.roles[place], page.candidates[place]
    if _names_above(page, place):
        blocks[-1] = replace(blocks[-1], end=piece.end, heading=headings.one_line(piece.words))
    elif _continues_fragment(page, place):
        blocks[-1] = replace(blocks[-1], end=piece.end)
    elif _continues_title(page, place):
        blocks[-1] = replace(blocks[-1], end=piece.end, heading=f"{blocks[-1].heading} {piece.words}")
    elif role == "heading":
        blocks += _heading(text, piece, candidate, rank)
    elif role == "title":
        blocks.append(_title(piece, candidate))
    elif role == "table":
        blocks.append(_row(text, page, place))
    elif role in ("content", "date"):
        blocks.append(content_block(text, piece.start, piece.end, bullet=piece.bullet))
    else:
        blocks.append(Block("furniture", piece.start, piece.end, closing=role == "navigation"))


def _ranks(page: Page) -> dict[int, tuple[int, ...]]:
    """The rank of the heading at each place; the title of a bare number belongs to that number."""
    places = [place for place, role in enumerate(page.roles) if role == "heading" and not _names_above(page, place)]
    kinds = []
    for place in places:
        candidate, following = page.candidates[place], page.after(place)
        if following is not None and _names_above(page, following):
            following = page.after(following)
        run_in = candidate is not None and candidate.strength == "run-in"
        empty = following is not None and page.roles[following] == "heading" and not run_in
        kinds.append(Kind(_series(page, place), empty))
    return dict(zip(places, rank_headings(kinds), strict=True))


def _series(page: Page, place: int) -> str:
    candidate = page.candidates[place]
    if page.is_underlined(place):
        return "=" if page.pieces[place + 1].words[0] == "=" else "-"
    return candidate.series if candidate else "words"


def _names_above(page: Page, place: int) -> bool:
    """Whether this heading is the title of the bare number above it: "Article 5" and below it "Definitions"."""
    if not place or page.roles[place - 1] != "heading" or page.roles[place] != "heading" or page.is_underlined(place):
        return False
    above, candidate = page.candidates[place - 1], page.candidates[place]
    if above is None or candidate is None:
        return False
    return above.strength == "keyword" and not above.heading and candidate.strength == "words"


def _continues_title(page: Page, place: int) -> bool:
    return place > 0 and page.roles[place - 1] == page.roles[place] == "title"


def _continues_fragment(page: Page, place: int) -> bool:
    """Whether this line and the one above are lines of one address, signature or the like."""
    if place == 0 or page.pieces[place].first.blank_before or page.roles[place - 1 : place + 1] != ["content"] * 2:
        return False
    return page.pieces[place - 1].fragment and page.pieces[place].fragment


def _heading(text: str, piece: Piece, candidate: Candidate | None, rank: tuple[int, ...]) -> list[Block]:
    if candidate is None:
        return [Block("heading", piece.start, piece.end, rank, heading=headings.one_line(piece.words))]
    end = piece.start + candidate.length
    heading = Block("heading", piece.start, end, rank, candidate.number, candidate.heading)
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
    has_header = _stands_over_rows(page, first)
    header = trim_row(text, page.pieces[first].start, page.pieces[first].end) if has_header else None
    row = trim_row(text, piece.start, piece.end)
    if has_header and place == first:
        return Block("furniture", row.start, row.end)
    return Block("table row", row.start, row.end, header=header)


def _stands_over_rows(page: Page, first: int) -> bool:
    """Whether this first line of a table is its header: a rule and then a row follow it without a blank line."""
    below = page.pieces[first + 1 : first + 3]
    return (
        len(below) == 2
        and headings.is_rule(below[0].words)
        and not any(piece.first.blank_before for piece in below)
        and page.roles[first + 2] == "table"
    )
