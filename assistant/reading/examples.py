"""Public question sets in their own formats → `Example`s to train the reader on.

In: a data folder that holds `span-qa/` and `doc2dial/` (either may be missing). Out: questions with a passage, its
heading path and the spans that answer; no span where the passage does not answer. Offsets count code points.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from assistant.errors import CorpusError

DEVELOPMENT_DOCUMENTS = 40  # the last of doc2dial by name: for measuring, never for training
DEVELOPMENT_ARTICLES = "squad2-dev-4-clean-articles.json"
_UNCLEAR = re.compile(r"\b(it|that|this|those|these|they|them|there|one|same|else)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_FIRST_SENTENCE = re.compile(r"[^.!?\n]{12,300}[.!?](?=\s|$)")
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
_GLUED_LEFT = {",", ".", ";", ":", "?", "!", ")", "]", "%", "'s", "n't", "'", "'re", "'ve", "'ll", "'d"}
_GLUED_RIGHT = {"(", "[", "$", "#"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open code-point offsets in a passage's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A question over one passage; `spans` is empty where the passage does not answer.

    `accepted` holds every answer text that counts as right when measured (annotators differ).
    """

    source: str
    question: str
    heading: str
    passage: str
    spans: tuple[Span, ...]
    accepted: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The texts of the spans."""
        return tuple(self.passage[span.start : span.end] for span in self.spans)


def squad(path: Path, source: str) -> list[Example]:
    """SQuAD 1.1 or 2.0 JSON (Rajpurkar et al. 2016, 2018): one example a question; the first answer is the target."""
    found = []
    for article in _json(path)["data"]:
        title = unquote(article["title"]).replace("_", " ")
        for paragraph in article["paragraphs"]:
            for row in paragraph["qas"]:
                answers = [] if row.get("is_impossible") else row["answers"]
                spans = tuple(Span(one["answer_start"], one["answer_start"] + len(one["text"])) for one in answers[:1])
                accepted = tuple(one["text"] for one in answers)
                found.append(Example(source, row["question"].strip(), title, paragraph["context"], spans, accepted))
    return found


def qed(path: Path, drop: Path) -> list[Example]:
    """QED JSON lines (Lamm et al. 2021) without the questions listed in `drop`, lower-cased, one a line."""
    dropped = set(drop.read_text(encoding="utf-8").lower().splitlines()) if drop.exists() else set()
    found = []
    for row in _json_lines(path):
        spans = tuple(sorted({Span(start, end) for start, end in row["answer_spans"] if 0 <= start < end}))
        if row["question_text"].lower() in dropped or not spans:
            continue
        found.append(Example("qed", row["question_text"], row["title_text"], row["paragraph_text"], spans))
    return found


def qamr(folder: Path) -> list[Example]:
    """QAMR (Michael et al. 2018): questions over single sentences whose answer is one run of tokens."""
    sentences = {}
    for line in (folder / "wiki-sentences.tsv").read_text(encoding="utf-8").splitlines():
        number, _, words = line.partition("\t")
        sentences[number] = detokenised(words.split())
    found = []
    for path in sorted(folder.glob("filtered_*.tsv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                tokens = sorted(int(token) for token in row[6].split())
                if not tokens or tokens[-1] - tokens[0] + 1 != len(tokens) or row[0] not in sentences:
                    continue
                text, places = sentences[row[0]]
                span = Span(places[tokens[0]].start, places[tokens[-1]].end)
                found.append(Example("qamr", row[5], "", text, (span,)))
    return found


def detokenised(words: Sequence[str]) -> tuple[str, list[Span]]:
    """Penn Treebank tokens as plain text, and where each stands in it."""
    text, places, glue = "", [], True
    for word in words:
        plain = _BRACKETS.get(word, word)
        if not glue and plain not in _GLUED_LEFT:
            text += " "
        places.append(Span(len(text), len(text) + len(plain)))
        text += plain
        glue = plain in _GLUED_RIGHT
    return text, places


@dataclass(frozen=True, slots=True)
class Block:
    """A section of a plain page: its heading (empty before the first) and its text."""

    heading: str
    text: str


def blocks(text: str) -> list[Block]:
    """Cut a page at its blank lines; a short first line without a full stop is the block's heading."""
    found = []
    for piece in re.split(r"\n\s*\n", text):
        first, _, rest = piece.strip().partition("\n")
        is_heading = rest.strip() and len(first) <= 120 and not first.rstrip().endswith(".")
        found.append(Block(first.strip(), rest.strip()) if is_heading else Block("", piece.strip()))
    return [block for block in found if block.text]


def doc2dial(folder: Path, *, development: bool = False) -> list[Example]:
    """doc2dial turns (Feng et al. 2020) that stand alone, one example for each block that holds grounding sentences.

    The last `DEVELOPMENT_DOCUMENTS` documents by name are the development set and are left out unless asked for.
    """
    names = sorted(path.stem for path in (folder / "documents").glob("*.txt"))
    chosen = names[-DEVELOPMENT_DOCUMENTS:] if development else names[:-DEVELOPMENT_DOCUMENTS]
    texts = {name: (folder / "documents" / f"{name}.txt").read_text(encoding="utf-8-sig") for name in chosen}
    found: list[Example] = []
    for row in _json_lines(folder / "questions.jsonl"):
        if row["document"] in texts and (not row["history"] or stands_alone(row["question"])):
            found += _grounded(row, texts[row["document"]])
    return found


def heading_questions(folder: Path) -> list[Example]:
    """Headings of doc2dial's training pages that are questions, answered by the first sentence below them."""
    names = sorted(folder.glob("*.txt"))[:-DEVELOPMENT_DOCUMENTS]
    found = []
    for path in names:
        text = path.read_text(encoding="utf-8-sig")
        title = text.strip().partition("\n")[0]
        for block in blocks(text):
            if block.heading.endswith("?") and (first := _FIRST_SENTENCE.match(block.text)):
                spans = (Span(0, first.end()),)
                found.append(Example("heading", block.heading, title, block.text, spans))
    return found


def stands_alone(question: str) -> bool:
    """Whether a question can be understood without what was said before: enough words, no pronoun left open."""
    return len(_WORD.findall(question)) >= 6 and not _UNCLEAR.search(question)


def _grounded(row: dict[str, Any], text: str) -> Iterator[Example]:
    title = row["title"].split("#")[0]
    for block in blocks(text):
        spans = _joined(block.text, _places(block.text, row["gold"]))
        if spans:
            yield Example("doc2dial", row["question"], path_of(title, block.heading), block.text, spans)


def path_of(title: str, heading: str) -> str:
    """The heading path of a block: "Title > Heading"."""
    return f"{title} > {heading}" if heading and heading != title else title


def _places(text: str, strings: Iterable[str]) -> list[Span]:
    stripped = (string.strip() for string in strings)
    places = ((text.find(string), len(string)) for string in stripped if string)
    return sorted(Span(start, start + length) for start, length in places if start >= 0)


def own_questions(path: Path) -> list[Example]:
    """An organisation's own JSON lines: `question`, `passage`, `heading` (optional) and `answers`, verbatim, or none.

    Raises `CorpusError` with the line where a field is missing or an answer does not stand in its passage.
    """
    found = []
    for number, row in enumerate(_json_lines(path), 1):
        where = f"training data {str(path)!r}, row {number}"
        try:
            question, passage, answers = row["question"], row["passage"], row["answers"]
        except KeyError as error:
            raise CorpusError(f"{where}, has no field {error}; a row needs question, passage and answers") from None
        absent = next((answer for answer in answers if answer.strip() not in passage), None)
        if absent is not None:
            raise CorpusError(f"{where}: the answer {absent!r} does not stand in the passage; copy it letter by letter")
        spans = _joined(passage, _places(passage, answers))
        found.append(Example("own", question, row.get("heading", ""), passage, spans, tuple(answers)))
    return found


def _joined(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans with nothing but white space between them made one: several sentences in a row are one answer."""
    found: list[Span] = []
    for span in spans:
        if found and not text[found[-1].end : span.start].strip():
            found[-1] = Span(found[-1].start, max(span.end, found[-1].end))
        else:
            found.append(span)
    return tuple(found)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"training data {str(path)!r} cannot be read as JSON: {error}") from None


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CorpusError(f"training data {str(path)!r} cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise CorpusError(f"training data {str(path)!r}, line {number}, is not JSON: {error}") from None
