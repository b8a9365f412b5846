"""A text → its lines that are not blank, with what layout tells about each.

In: a text with any line ends (LF, CRLF, CR). Out: `Line`s in order; positions are code points of the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.numbering import bullet_length, label_length

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
# A sentence's end, or that of a member of an enumeration: "…; and".
_LAST_OF_SENTENCE = re.compile(r"(?:[.!?:;…]['\"’”»)\]]*|;\s+(?:and|or))$")
TAB = 4


@dataclass(frozen=True, slots=True)
class Line:
    """`text[start:end]` is the line without surrounding whitespace; `begin` is where the line itself begins.

    `number` counts from 0, blank lines included; `indent` is in columns; `blank_before` and `blank_after` say whether
    the neighbouring line is blank (or there is none).
    """

    number: int
    begin: int
    start: int
    end: int
    words: str
    indent: int
    blank_before: bool
    blank_after: bool

    @property
    def ends_sentence(self) -> bool:
        """Whether the line ends as a sentence or a lead-in does."""
        return _LAST_OF_SENTENCE.search(self.words) is not None


def read_lines(text: str, start: int = 0) -> tuple[Line, ...]:
    """The lines of `text[start:]` that hold more than whitespace; `start` must be the beginning of a line."""
    spans = [match.span() for match in _LINE.finditer(text, start)]
    contents = [text[begin:end] for begin, end in spans]
    words = [content.strip() for content in contents]
    lines = []
    for number, ((begin, _), content, core) in enumerate(zip(spans, contents, words, strict=True)):
        if core:
            margin = len(content) - len(content.lstrip())
            lines.append(
                Line(
                    number=number,
                    begin=begin,
                    start=begin + margin,
                    end=begin + margin + len(core),
                    words=core,
                    indent=len(content[:margin].expandtabs(TAB)),
                    blank_before=number == 0 or not words[number - 1],
                    blank_after=number + 1 >= len(words) or not words[number + 1],
                )
            )
    return tuple(lines)


def line_starts(text: str) -> tuple[int, ...]:
    """Where each line begins, blank ones included, and as a last entry the length of the text."""
    return (*(match.start() for match in _LINE.finditer(text) if match.end() > match.start()), len(text))


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The width that the text was wrapped at by hand or by a converter; None where line breaks mean something.

    In a wrapped text most lines that another follows without a blank are about equally long.
    """
    lengths = sorted(
        len(line.words) + line.indent
        for line, following in pairwise(lines)
        if not line.blank_after and not (bullet_length(following.words) or label_length(following.words))
    )
    if len(lengths) < 4:
        return None
    width = lengths[int(0.95 * (len(lengths) - 1))]
    full = sum(0.75 * width <= length <= width for length in lengths)
    return width if 40 <= width <= 132 and full >= 0.6 * len(lengths) else None


def is_wrapped(line: Line, following: Line, width: int | None) -> bool:
    """Whether `following` continues the paragraph that `line` belongs to: the break between them means nothing."""
    if line.blank_after:
        return False
    if width is not None:
        # A writer who breaks a line although the next word would have fitted means the break.
        first_word = following.words.split(maxsplit=1)[0]
        return len(line.words) + line.indent + 1 + len(first_word) > width
    return len(line.words) >= 40 and not line.ends_sentence and following.words[0].islower()
