"""An answer as Markdown, for chat front ends that show nothing else.

In: an answer. Out: paragraphs: the documents' words first, then what else is to be said, then the numbered references.
"""

import re
from collections.abc import Iterator

from assistant.answering import Answer
from assistant.documents.citations import Citation
from assistant.understanding import NOT_FOUND

# What Markdown would read as more than text: inside a line, and where a line begins.
_INLINE = re.compile(r"[\\`*_\[\]<~]|&(?=#?\w+;)")
_OPENING = re.compile(r"^([ \t]*)([#>+=-]|\d+(?=[.)]))", re.MULTILINE)


def paragraphs(answer: Answer, *, base: str, contact: str = "") -> list[str]:
    """The answer's paragraphs; `base` stands before the paths of references, `contact` a last line."""
    read_as = [f"Read as: {_inline(words)}" for words in answer.corrections]
    said = _found(answer, base) if answer.answered else _not_found(answer, contact)
    return [*read_as, *said]


def reference(number: int, citation: Citation, *, base: str) -> str:
    """A citation as one line: [1] Title, section — "quote" (url)."""
    place = ", ".join(_inline(part) for part in (citation.title, *citation.section_path))
    return f'[{number}] {place} — "{_inline(" ".join(citation.quote.split()))}" ({base}{citation.url})'


def markdown(text: str) -> str:
    """Text as Markdown that shows it as it is (CommonMark 0.31, 2.4)."""
    return _OPENING.sub(_literal, _inline(text))


def _inline(text: str) -> str:
    return _INLINE.sub(r"\\\g<0>", text)


def _literal(opening: re.Match[str]) -> str:
    space, sign = opening.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def _found(answer: Answer, base: str) -> Iterator[str]:
    for line in answer.answer.split("\n"):
        yield markdown(line)
    if answer.derived:
        yield f"Counted: {_inline(answer.derived)}"
    for part in answer.unanswered:
        yield f"Not in these documents: {_inline(part)}"
    if answer.note:
        yield markdown(answer.note)
    if answer.ambiguous:
        yield f"{len(answer.citations)} readings:"
    for number, citation in enumerate(answer.citations, start=1):
        yield reference(number, citation, base=base)


def _not_found(answer: Answer, contact: str) -> Iterator[str]:
    yield NOT_FOUND
    if answer.note and answer.note != NOT_FOUND:
        yield markdown(answer.note)
    if contact:
        yield markdown(contact)
