"""Documents → passages → vectors and terms → a published index version.

In: the corpus folder. Out: a version folder under the index folder and a `BuildReport`. The version's name is a hash of
all it is made of, so an unchanged corpus builds nothing; a changed one embeds only the texts that are new.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from assistant.documents import passages as chunking
from assistant.documents.document import Document, Passage
from assistant.documents.load import load_corpus
from assistant.documents.outline import Outline
from assistant.documents.readable import readable
from assistant.documents.references import References, references
from assistant.errors import CorpusError, StaleIndexError
from assistant.search.encoder import Encoder, Progress, Vectors, open_encoder
from assistant.search.index import (
    FORMAT,
    Index,
    Manifest,
    current_version,
    encoders_folder,
    load_version,
    outlines_of,
    read_manifest,
    version_folder,
    write_version,
)
from assistant.search.locking import locked
from assistant.search.terms import TermIndex
from assistant.search.vectors import VectorIndex
from assistant.search.words import WordVectors
from assistant.settings import Settings

KEPT_VERSIONS = 2


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `problems` are the lines about documents left out; `seconds` is wall time.

    `dangling` are the references that name a number which does not exist, a line each.
    """

    version: str
    documents: int
    passages: int
    embedded: int
    reused: int
    problems: tuple[str, ...]
    dangling: tuple[str, ...]
    seconds: float


def build(settings: Settings, *, progress: Progress | None = None) -> BuildReport:
    """Bring the index up to date with the corpus and publish it.

    `progress(done, total)` counts embedded passages. Raises `CorpusError` when no document can be indexed.
    """
    started = time.monotonic()
    corpus = load_corpus(settings.corpus, max_bytes=settings.max_file_bytes)
    settings.index.mkdir(parents=True, exist_ok=True)
    with locked(settings.index):
        encoder = open_encoder(
            settings.encoder, cache=encoders_folder(settings.index), offline=settings.offline, export=True
        )
        version = _version_name(corpus.documents, encoder)
        previous = _previous(settings, encoder)
        if previous and previous.version == version:
            embedded, index = 0, previous
        else:
            embedded, index = _make(corpus.documents, encoder, version, previous=previous, progress=progress)
            _publish(settings.index, index)
    return BuildReport(
        version=version,
        documents=len(index.documents),
        passages=len(index.passages),
        embedded=embedded,
        reused=len(index.passages) - embedded,
        problems=tuple(str(problem) for problem in corpus.problems),
        dangling=tuple(str(one) for found in _references(index.outlines) for one in found.dangling),
        seconds=time.monotonic() - started,
    )


def changed_since(settings: Settings, index: Index) -> tuple[str, ...]:
    """Ids of the documents that are new, changed or gone since the index was built; none where there is no corpus."""
    try:
        documents = load_corpus(settings.corpus, max_bytes=settings.max_file_bytes).documents
    except CorpusError:
        return ()  # an index answers without its corpus
    here = {document.id: document.sha256 for document in documents}
    indexed = index.manifest.documents
    return tuple(sorted(name for name in here.keys() | indexed if here.get(name) != indexed.get(name)))


def encoded_text(document: Document, passage: Passage) -> str:
    """What is encoded and matched for a passage: title and headings, then its words. Never shown."""
    return f"{chunking.context(document, passage)}: {readable(document, passage.start, passage.end)}"


def _make(
    documents: Sequence[Document], encoder: Encoder, version: str, *, previous: Index | None, progress: Progress | None
) -> tuple[int, Index]:
    passages: list[Passage] = []
    texts: list[str] = []
    for document in documents:
        cut = chunking.split(document, count_tokens=encoder.count_tokens, max_tokens=encoder.max_tokens)
        passages += cut
        texts += [encoded_text(document, passage) for passage in cut]
    by_id = {document.id: document for document in documents}
    fingerprints = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] for text in texts]
    embedded, vectors = _embed(texts, fingerprints, encoder, previous=previous, progress=progress)
    manifest = Manifest(
        format=FORMAT,
        version=version,
        encoder=encoder.name,
        encoder_sha256=encoder.digest,
        dimension=encoder.dimension,
        chunking=chunking.RULES,
        documents={document.id: document.sha256 for document in documents},
        passages=len(passages),
        built=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return embedded, Index(
        manifest=manifest,
        documents=by_id,
        passages=tuple(passages),
        fingerprints=tuple(fingerprints),
        links=tuple(link for found in _references(outlines_of(by_id, passages)) for link in found.links),
        vectors=VectorIndex.of(vectors),
        terms=TermIndex.of(texts),
        words=WordVectors.of(texts, encoder, known=previous.words if previous else None),
        encoder=encoder,
    )


def _references(outlines: Mapping[str, Outline]) -> Iterator[References]:
    return map(references, outlines.values())


def _embed(
    texts: Sequence[str],
    fingerprints: Sequence[str],
    encoder: Encoder,
    *,
    previous: Index | None,
    progress: Progress | None,
) -> tuple[int, Vectors]:
    """Vectors of the texts, taken from the previous version where it encoded the same text."""
    known = {fingerprint: row for row, fingerprint in enumerate(previous.fingerprints)} if previous else {}
    new = [row for row, fingerprint in enumerate(fingerprints) if fingerprint not in known]
    old = [row for row, fingerprint in enumerate(fingerprints) if fingerprint in known]
    vectors = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    if previous:
        vectors[old] = previous.vectors.rows([known[fingerprints[row]] for row in old])
    vectors[new] = encoder.encode([texts[row] for row in new], progress=progress)
    return len(new), vectors


def _previous(settings: Settings, encoder: Encoder) -> Index | None:
    """The version in force, where it can be read and lives in the same vector space."""
    name = current_version(settings.index)
    if name is None:
        return None
    folder = version_folder(settings.index, name)
    try:
        manifest = read_manifest(folder)
        if manifest.encoder_sha256 != encoder.digest:
            return None
        return load_version(folder, manifest, encoder)
    except StaleIndexError:
        return None


def _version_name(documents: Sequence[Document], encoder: Encoder) -> str:
    parts = [FORMAT, chunking.RULES, encoder.digest, encoder.max_tokens]
    parts += [[document.id, document.title, document.sha256, asdict(document.source)] for document in documents]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _publish(index_folder: Path, index: Index) -> None:
    """Write the version beside the others, then make it current by one atomic rename."""
    versions = index_folder / "versions"
    versions.mkdir(exist_ok=True)
    for leftover in versions.glob(".building-*"):  # of a build that was killed; the lock says it is not running
        shutil.rmtree(leftover)
    scratch = Path(tempfile.mkdtemp(dir=versions, prefix=".building-"))
    write_version(scratch, index)
    target = version_folder(index_folder, index.version)
    if target.exists():  # built before, or damaged: what is current now never has this name
        shutil.rmtree(target)
    scratch.chmod(0o755)
    _sync(scratch)
    scratch.rename(target)
    pointer = index_folder / ".current"
    pointer.write_text(index.version + "\n", encoding="utf-8")
    _sync(pointer)
    pointer.replace(index_folder / "current")
    _remove_old(versions, keep=index.version)


def _remove_old(versions: Path, *, keep: str) -> None:
    others = sorted((folder for folder in versions.iterdir() if folder.name != keep), key=lambda f: f.stat().st_mtime)
    for folder in others[: max(0, len(others) - KEPT_VERSIONS + 1)]:
        shutil.rmtree(folder)


def _sync(path: Path) -> None:
    """Force a file, or a folder with all its files, to the disk: a rename must not outrun its contents."""
    for item in [path, *path.rglob("*")]:
        descriptor = os.open(item, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
