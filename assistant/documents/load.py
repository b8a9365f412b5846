"""The corpus folder → documents.

In: a folder of `.txt` and `.md` files and its catalogue. Out: `LoadedCorpus`: the documents that could be read and one
`CorpusError` for each that could not. The text of a document is the decoded file, unchanged but for a byte-order mark.
"""

import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.blocks import Block
from assistant.documents.catalogue import FILE_NAME, Catalogue, Entry, read_catalogue
from assistant.documents.document import Document, Source
from assistant.documents.sections import read_blocks, read_sections
from assistant.errors import CorpusError

SUFFIXES = (".txt", ".md")
LONGEST_TITLE_LINE = 120
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class LoadedCorpus:
    """The documents in the order of their ids, and what kept the other files out."""

    documents: tuple[Document, ...]
    problems: tuple[CorpusError, ...]


def load_corpus(folder: Path, *, max_bytes: int) -> LoadedCorpus:
    """Load every document below the folder.

    Raises `CorpusError` when there is no such folder or no document in it can be used.
    """
    if not folder.is_dir():
        raise CorpusError(f"corpus folder {str(folder)!r} does not exist; create it or name another with --corpus")
    catalogue, problems = _catalogue(folder)
    paths = _document_files(folder)
    if not paths:
        raise CorpusError(f"corpus folder {str(folder)!r} holds no document; put .txt or .md files into it")
    by_id: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        by_id[document_id(path, folder)].append(path)
    documents = []
    for identifier, files in sorted(by_id.items()):
        try:
            _only_one(identifier, files)
            documents.append(load_document(files[0], folder, catalogue, max_bytes))
        except CorpusError as error:
            problems.append(error)
    problems += [
        CorpusError(f"{catalogue.path}: entry {name!r} names no document; rename it to a file's path without extension")
        for name in catalogue.entries
        if name not in by_id
    ]
    if not documents:
        raise CorpusError("no document can be used: " + "; ".join(str(problem) for problem in problems))
    return LoadedCorpus(tuple(documents), tuple(problems))


def load_document(path: Path, folder: Path, catalogue: Catalogue, max_bytes: int) -> Document:
    """Load one file. Raises `CorpusError` naming the file and the remedy."""
    identifier = document_id(path, folder)
    text = _read_text(path, folder, max_bytes)
    return make_document(identifier, text, path=path.relative_to(folder).as_posix(), entry=catalogue.entry(identifier))


def make_document(identifier: str, text: str, *, path: str, entry: Entry | None = None) -> Document:
    """The document of a canonical text; `path` says whether it is Markdown, `entry` what the catalogue knows of it."""
    entry = entry or Entry()
    blocks = read_blocks(text, path)
    title = entry.title or _title(text, blocks, path)
    return Document(
        id=identifier,
        title=title,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        source=Source(path, entry.publisher, entry.date, entry.url, entry.licence, entry.language),
        sections=read_sections(text, blocks, title),
    )


def document_id(path: Path, folder: Path) -> str:
    """The path below the corpus folder without the extension, with forward slashes."""
    return path.relative_to(folder).with_suffix("").as_posix()


def _catalogue(folder: Path) -> tuple[Catalogue, list[CorpusError]]:
    try:
        catalogue = read_catalogue(folder)
    except CorpusError as error:
        return Catalogue(), [error]
    return catalogue, list(catalogue.problems)


def _document_files(folder: Path) -> list[Path]:
    """The files that are documents by name: hidden ones, README and the catalogue are none."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            ignored = name.startswith(".") or name == FILE_NAME or path.stem.casefold() == "readme"
            if path.suffix.lower() in SUFFIXES and not ignored:
                found.append(path)
    return found


def _only_one(identifier: str, files: list[Path]) -> None:
    if len(files) > 1:
        names = " and ".join(repr(str(path)) for path in files)
        raise CorpusError(f"{names} have the same id {identifier!r}; rename all but one of them")


def _read_text(path: Path, folder: Path, max_bytes: int) -> str:
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise CorpusError(f"{path}: is a link to a file outside the corpus folder; copy the file instead")
        size = path.stat().st_size
        if size > max_bytes:
            raise CorpusError(f"{path}: has {size:,} bytes, more than {max_bytes:,}; split it or raise max_file_bytes")
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); mend its permissions or the link") from None
    return _decode(path, data)


def _decode(path: Path, data: bytes) -> str:
    if data.startswith(_UTF16_MARKS):
        raise CorpusError(f"{path}: is UTF-16, not UTF-8; save it as UTF-8")
    if b"\0" in data:
        raise CorpusError(f"{path}: is a binary file, not text; export it as UTF-8 text")
    try:
        text = data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path}: is not UTF-8 (byte 0x{data[error.start]:02x} at {error.start}); save it as UTF-8"
        ) from None
    if not text.strip():
        raise CorpusError(f"{path}: is empty; write the document into it or remove it")
    return text


def _title(text: str, blocks: tuple[Block, ...], path: str) -> str:
    """The printed title, else the first heading, else a short first line, else the file's name."""
    for kind in ("title", "heading"):
        first = next((block for block in blocks if block.kind == kind), None)
        if first is not None:
            return f"{first.number} {first.heading}".strip()
    first_line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first_line if len(first_line) <= LONGEST_TITLE_LINE else Path(path).stem
