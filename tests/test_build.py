import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import settings_for

from assistant.answering import Assistant
from assistant.errors import CorpusError, StaleIndexError
from assistant.search.build import build, changed_since, encoded_text
from assistant.search.index import current_version, open_index, version_folder
from assistant.settings import Settings

RULES = "# Rules for visitors\n\n## Opening hours\n\nThe house opens at nine.\n\n## Dogs\n\nDogs stay outside.\n"
FEES = "# Fees\n\n## Adults\n\nAn adult pays five euros.\n"


@pytest.fixture
def small(tmp_path: Path, encoder_cache: Path) -> Settings:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "index").mkdir()
    (tmp_path / "corpus" / "rules.md").write_text(RULES, encoding="utf-8")
    (tmp_path / "corpus" / "fees.md").write_text(FEES, encoding="utf-8")
    return settings_for(tmp_path / "corpus", tmp_path / "index", encoder_cache)


def test_only_changed_passages_are_embedded_again(small: Settings) -> None:
    first = build(small)
    assert (first.documents, first.passages, first.embedded, first.reused) == (2, 3, 3, 0)
    again = build(small)
    assert (again.version, again.embedded, again.reused) == (first.version, 0, 3)
    (small.corpus / "rules.md").write_text(RULES.replace("at nine", "at ten"), encoding="utf-8")
    changed = build(small)
    assert changed.version != first.version
    assert (changed.embedded, changed.reused) == (1, 2)
    assert "at ten" in {document.id: document.text for document in open_index(small).documents.values()}["rules"]


def test_reused_vectors_are_those_of_a_fresh_build(small: Settings) -> None:
    build(small)
    (small.corpus / "fees.md").write_text(FEES + "\n## Children\n\nA child pays nothing.\n", encoding="utf-8")
    build(small)
    index = open_index(small)
    texts = [encoded_text(index.documents[passage.document], passage) for passage in index.passages]
    assert abs(index.vectors.rows(range(len(texts))) - index.encoder.encode(texts)).max() < 1e-5


def test_a_version_answers_without_its_corpus(small: Settings) -> None:
    build(small)
    shutil.rmtree(small.corpus)
    answer = Assistant.open(small).search("Where do dogs stay?", limit=1)[0]
    assert open_index(small).text_of(answer.passage) == "Dogs stay outside."


def test_what_changed_since_is_named(small: Settings) -> None:
    build(small)
    index = open_index(small)
    assert changed_since(small, index) == ()
    first = next(small.corpus.glob("*.md"))
    (small.corpus / "added.txt").write_text("A rule that is new.\n", encoding="utf-8")
    first.write_text(first.read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    assert changed_since(small, index) == tuple(sorted(["added", first.stem]))
    assert changed_since(small.model_copy(update={"corpus": small.corpus / "nowhere"}), index) == ()


def test_bad_documents_are_reported_and_the_others_indexed(small: Settings) -> None:
    (small.corpus / "broken.txt").write_bytes(b"caf\xe9 in latin-1")
    report = build(small)
    assert report.documents == 2
    assert len(report.problems) == 1
    assert "broken.txt" in report.problems[0]


def test_a_corpus_without_documents_leaves_the_index_alone(small: Settings) -> None:
    before = build(small).version
    for path in small.corpus.iterdir():
        path.unlink()
    with pytest.raises(CorpusError):
        build(small)
    assert current_version(small.index) == before


def test_no_index_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError, match=r"no index in .*; run `chapterverse build`"):
        open_index(Settings(index=tmp_path))


def test_another_encoder_in_settings_is_stale(small: Settings) -> None:
    build(small)
    with pytest.raises(StaleIndexError, match="built with encoder 'all-MiniLM-L6-v2', settings name 'other'"):
        open_index(small.model_copy(update={"encoder": "other"}))


def test_another_format_is_stale(small: Settings) -> None:
    folder = version_folder(small.index, build(small).version)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"format": 4', '"format": 99'), encoding="utf-8")
    with pytest.raises(StaleIndexError, match="format 99"):
        open_index(small)


@pytest.mark.parametrize("name", ["documents.jsonl", "passages.jsonl", "vectors.faiss", "manifest.json"])
def test_a_damaged_file_is_stale_and_a_build_mends_it(small: Settings, name: str) -> None:
    folder = version_folder(small.index, build(small).version)
    (folder / name).write_bytes((folder / name).read_bytes()[:20])
    with pytest.raises(StaleIndexError, match="run `chapterverse build`"):
        open_index(small)
    build(small)
    assert len(open_index(small).passages) == 3


def test_old_versions_do_not_pile_up(small: Settings) -> None:
    for hour in ("eight", "ten", "eleven", "noon"):
        (small.corpus / "rules.md").write_text(RULES.replace("nine", hour), encoding="utf-8")
        build(small)
    assert len(list((small.index / "versions").iterdir())) == 2


def change_every_passage(small: Settings, name: str) -> None:
    text = "\n\n".join(f"## Rule {name}.{number}\n\nRule {number} of round {name}." for number in range(40))
    (small.corpus / "rules.md").write_text(f"# Rules\n\n{text}\n", encoding="utf-8")


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_an_index_that_opens(small: Settings) -> None:
    """kill -9 at random moments of a build that changes every passage: the old version or the new one opens."""
    versions = {build(small).version}
    draw = random.Random(5)
    command = [sys.executable, "-c", _BUILD, str(small.corpus), str(small.index)]
    change_every_passage(small, "before")
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started  # of a build like those that are killed
    for attempt in range(20):
        change_every_passage(small, str(attempt))
        process = subprocess.Popen(command)
        time.sleep(draw.uniform(0.5, 1.2) * whole)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        index = open_index(small)
        versions.add(index.version)
        assert len(index.passages) == len(index.vectors) == index.manifest.passages
    assert len(versions) > 2  # some builds were killed after they had published


_BUILD = """
import sys
from pathlib import Path
from assistant.search.build import build
from assistant.settings import Settings
build(Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])))
"""
