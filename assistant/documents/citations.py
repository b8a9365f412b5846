"""A citation: an exact slice of a document with everything a reader needs to find it again.

In: a document, a section index and positions. Out: `Citation`. `check` is the last gate before an answer leaves.
"""

from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from assistant.documents.document import Document


@dataclass(frozen=True, slots=True)
class Highlight:
    """The answering words inside a quote: code points of the document's text, half-open."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote in its place. `document.text[start:end] == quote`, always; highlights lie inside it."""

    document: str
    title: str
    date: str
    section: str
    section_path: tuple[str, ...]
    quote: str
    start: int
    end: int
    highlights: tuple[Highlight, ...]
    sha256: str
    url: str
    source_url: str


def cite(document: Document, section: int, start: int, end: int, *, highlights: tuple[Highlight, ...] = ()) -> Citation:
    """Cite `document.text[start:end]`, which lies in `document.sections[section]`."""
    path = document.path_of(section)
    quote = document.text[start:end]
    return Citation(
        document=document.id,
        title=document.title,
        date=document.source.date,
        section=path[-1] if path else document.title,
        section_path=path,
        quote=quote,
        start=start,
        end=end,
        highlights=highlights,
        sha256=document.sha256,
        url=f"/documents/{percent_encode(document.id)}#char={start},{end}",
        source_url=_text_fragment(document.source.url, quote),
    )


def check(citation: Citation, document: Document) -> None:
    """Raise `AssertionError` unless the quote and its highlights are exact slices of the document."""
    exact = (
        citation.sha256 == document.sha256
        and document.text[citation.start : citation.end] == citation.quote != ""
        and all(citation.start <= mark.start < mark.end <= citation.end for mark in citation.highlights)
    )
    if not exact:
        raise AssertionError(f"quote at {citation.start}-{citation.end} is not the text of {document.id!r}")


def _text_fragment(url: str, quote: str) -> str:
    """The public page with a text fragment that scrolls to the quote (WICG Scroll to Text Fragment)."""
    if not url:
        return ""
    words = quote.split()
    if len(words) <= 12:
        directive = _escape(" ".join(words))
    else:
        directive = f"{_escape(' '.join(words[:6]))},{_escape(' '.join(words[-6:]))}"
    return f"{url.split('#')[0]}#:~:text={directive}"


def _escape(words: str) -> str:
    # "-", "," and "&" delimit the parts of a text directive, so they are escaped in the words too.
    return percent_encode(words, safe="").replace("-", "%2D")
