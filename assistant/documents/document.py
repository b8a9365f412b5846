"""The types that every other part shares: documents, their sections and passages.

All positions are code points of `Document.text`, half-open, and travel with the text from the loader on.
"""

from dataclasses import dataclass
from typing import Literal

Format = Literal["markdown", "text"]
PassageKind = Literal["paragraph", "list item", "table row"]


MARKDOWN_SUFFIXES = (".md", ".markdown")


def format_of(path: str) -> Format:
    """How a file is written, as its name says."""
    return "markdown" if path.lower().endswith(MARKDOWN_SUFFIXES) else "text"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A slice of a text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from, as the catalogue says; empty strings where it says nothing.

    `path` is relative to the corpus folder, `date` an ISO 8601 date, `language` a BCP 47 tag.
    """

    path: str
    publisher: str = ""
    date: str = ""
    url: str = ""
    licence: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Section:
    """One node of the section tree: `text[start:end]` is the heading, what follows it and all subsections.

    `number` is as printed ("5", "(1)", "Article 9") or empty; `heading` is the heading as printed without its
    number. The root has level 0 and covers the whole text. `parent` and `children` are indices into
    `Document.sections` (the root's parent is None). `text[heading_start:heading_end]` is the printed heading
    with its number; both are equal to `start` where there is none. The root's heading is the printed title.
    """

    number: str
    heading: str
    level: int
    start: int
    end: int
    heading_start: int
    heading_end: int
    parent: int | None
    children: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """Number and heading as one line: "5. Japan's …", "(1) Cooperation …", "5.2 Scope", "Chapter II: Organs"."""
        if not (self.number and self.heading):
            return self.number or self.heading
        if self.number[-1] == ")" or self.number[0] == "§" or "." in self.number:
            return f"{self.number} {self.heading}"
        return f"{self.number}{': ' if ' ' in self.number else '. '}{self.heading}"


@dataclass(frozen=True, slots=True)
class Document:
    """A loaded document. `sections[0]` is the root; the others follow in the order of their start."""

    id: str
    title: str
    text: str
    sha256: str
    source: Source
    sections: tuple[Section, ...]

    def path_of(self, section: int) -> tuple[str, ...]:
        """Labels of the section and its ancestors, outermost first, without the root."""
        labels: list[str] = []
        node: int | None = section
        while node:
            labels.append(self.sections[node].label)
            node = self.sections[node].parent
        return tuple(reversed(labels))


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed and found: `document.text[start:end]`, inside `document.sections[section]`.

    `label` is a list item's own number as printed ("(14)", "a.") or empty; the slice of a list item starts at its
    label, never at a bullet. `document.text[lead_start:lead_end]` is what introduces the passage: the sentence ending
    in a colon above a list, the header of a table; both are 0 where nothing does.
    """

    document: str
    section: int
    kind: PassageKind
    label: str
    start: int
    end: int
    lead_start: int = 0
    lead_end: int = 0
