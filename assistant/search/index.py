"""An index version on disk: what it holds, how it is written whole, and how it is opened.

    index/current              the name of the version in force; replaced by one atomic rename
    index/versions/NAME/       manifest.json documents.jsonl passages.jsonl links.jsonl vectors.faiss terms/ words.*
    index/encoders/HASH-N/     the encoder, exported the Nth way

A version holds the canonical text and the section tree of every document, so it needs no corpus to answer.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.documents.document import Document, Passage, Section, Source, Span
from assistant.documents.outline import Outline
from assistant.documents.references import Link
from assistant.errors import StaleIndexError
from assistant.search.encoder import Encoder, open_encoder
from assistant.search.terms import TermIndex
from assistant.search.vectors import VectorIndex
from assistant.search.words import WordVectors
from assistant.settings import Settings

FORMAT = 4
REMEDY = "run `chapterverse build`"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version was made of. `documents` maps ids to the sha256 of their texts; `built` is UTC, ISO 8601."""

    format: int
    version: str
    encoder: str
    encoder_sha256: str
    dimension: int
    chunking: str
    documents: dict[str, str]
    passages: int
    built: str


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage and the fingerprint of its encoded text, by which a later build knows its vector again."""

    passage: Passage
    fingerprint: str


@dataclass(frozen=True)
class Index:
    """One opened version: row n of `vectors` and of `terms` is `passages[n]`; `links` are in the order of the texts."""

    manifest: Manifest
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    fingerprints: tuple[str, ...]
    links: tuple[Link, ...]
    vectors: VectorIndex
    terms: TermIndex
    words: WordVectors
    encoder: Encoder

    @property
    def version(self) -> str:
        """The version's name, as every answer carries it."""
        return self.manifest.version

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The numbered places of every document."""
        return outlines_of(self.documents, self.passages)

    def text_of(self, passage: Passage) -> str:
        """The passage's words, verbatim."""
        return self.documents[passage.document].text[passage.start : passage.end]


def outlines_of(documents: Mapping[str, Document], passages: Iterable[Passage]) -> dict[str, Outline]:
    """The outline of every document, which `passages` are those of."""
    own: dict[str, list[Passage]] = {id: [] for id in documents}
    for passage in passages:
        own[passage.document].append(passage)
    return {id: Outline(document, own[id]) for id, document in documents.items()}


def encoders_folder(index: Path) -> Path:
    """Where exported encoders are kept by hash."""
    return index / "encoders"


def version_folder(index: Path, version: str) -> Path:
    """The folder of one version."""
    return index / "versions" / version


def current_version(index: Path) -> str | None:
    """Name of the version in force, or None where nothing was built yet."""
    try:
        return (index / "current").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def open_index(settings: Settings) -> Index:
    """Open the version in force. Raises `StaleIndexError`, naming the command to run, when it does not fit."""
    version = current_version(settings.index)
    if version is None:
        raise StaleIndexError(f"no index in {str(settings.index)!r}; {REMEDY}")
    folder = version_folder(settings.index, version)
    manifest = read_manifest(folder)
    if manifest.encoder != settings.encoder:
        raise StaleIndexError(
            f"index {version} was built with encoder {manifest.encoder!r}, settings name {settings.encoder!r}; {REMEDY}"
        )
    encoder = open_encoder(manifest.encoder, cache=encoders_folder(settings.index), offline=settings.offline)
    if encoder.digest != manifest.encoder_sha256:
        raise StaleIndexError(f"encoder {manifest.encoder!r} has changed since index {version} was built; {REMEDY}")
    return load_version(folder, manifest, encoder)


def read_manifest(folder: Path) -> Manifest:
    """Read a version's manifest. Raises `StaleIndexError` when it is missing or of another format."""
    try:
        values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise StaleIndexError(
                f"index {folder.name} has format {values['format']}, this release reads {FORMAT}; {REMEDY}"
            )
        return Manifest(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StaleIndexError(f"index {str(folder)!r} cannot be read ({error}); {REMEDY}") from None


def load_version(folder: Path, manifest: Manifest, encoder: Encoder) -> Index:
    """Load a version whose manifest and encoder were found to fit."""
    try:
        documents = {document.id: document for document in map(_document, _read_lines(folder / "documents.jsonl"))}
        indexed = [
            IndexedPassage(Passage(**row["passage"]), row["fingerprint"])
            for row in _read_lines(folder / "passages.jsonl")
        ]
        links = tuple(map(_link, _read_lines(folder / "links.jsonl")))
        vectors = VectorIndex.load(folder / "vectors.faiss")
        terms = TermIndex.load(folder / "terms")
        words = WordVectors.load(folder)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise StaleIndexError(f"index {str(folder)!r} is damaged ({error}); {REMEDY}") from None
    return Index(
        manifest=manifest,
        documents=documents,
        passages=tuple(item.passage for item in indexed),
        fingerprints=tuple(item.fingerprint for item in indexed),
        links=links,
        vectors=vectors,
        terms=terms,
        words=words,
        encoder=encoder,
    )


def write_version(folder: Path, index: Index) -> None:
    """Write every file of a version into an empty folder; the manifest comes last."""
    _write_lines(folder / "documents.jsonl", (asdict(document) for document in index.documents.values()))
    pairs = zip(index.passages, index.fingerprints, strict=True)
    _write_lines(folder / "passages.jsonl", (asdict(IndexedPassage(*pair)) for pair in pairs))
    _write_lines(folder / "links.jsonl", map(asdict, index.links))
    index.vectors.save(folder / "vectors.faiss")
    index.terms.save(folder / "terms")
    index.words.save(folder)
    (folder / "manifest.json").write_text(json.dumps(asdict(index.manifest), indent=1), encoding="utf-8")


def _document(row: dict[str, Any]) -> Document:
    sections = tuple(Section(**(section | {"children": tuple(section["children"])})) for section in row["sections"])
    return Document(**(row | {"source": Source(**row["source"]), "sections": sections}))


def _link(row: dict[str, Any]) -> Link:
    return Link(**(row | {"targets": tuple(Span(**target) for target in row["targets"])}))


def _read_lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield json.loads(line)


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=True) + "\n")
