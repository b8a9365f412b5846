"""A document as readable lines: its sections indented by level, its passages below them. Used by golden files."""

import re

from assistant.documents import passages
from assistant.documents.document import Document, Passage
from assistant.documents.load import make_document


def count_words(text: str) -> int:
    """A token count that needs no model: words and marks."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def outline(text: str, path: str = "page.txt") -> str:
    """The outline of a text written in a test."""
    return outline_of(make_document("page", text, path=path))


def outline_of(document: Document) -> str:
    """Title, then every section ("= label") and passage ("kind label| text") in the order of the text."""
    entries = [(section.start, 0, _heading(section.level, section.label)) for section in document.sections[1:]]
    for passage in passages.split(document, count_tokens=count_words):
        level = document.sections[passage.section].level
        entries.append((passage.start, 1, _line(document, passage, level)))
    return "\n".join([f"# {document.title}", *(line for _, _, line in sorted(entries))]) + "\n"


def _heading(level: int, label: str) -> str:
    return f"{'  ' * (level - 1)}= {label}"


def _line(document: Document, passage: Passage, level: int) -> str:
    kind = {"paragraph": "p", "list item": "li", "table row": "tr"}[passage.kind]
    words = " ".join(document.text[passage.start : passage.end].split())
    label = f" {passage.label}" if passage.label else ""
    return f"{'  ' * level}{kind}{label}| {words}"
