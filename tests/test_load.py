import hashlib
from pathlib import Path

import pytest

from assistant.documents.catalogue import Catalogue
from assistant.documents.load import LoadedCorpus, load_corpus, load_document
from assistant.errors import CorpusError

LIMIT = 10_000


def write(folder: Path, **files: str | bytes) -> Path:
    """Files by name, "__" for the dot."""
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def problems(corpus: LoadedCorpus) -> list[str]:
    return [str(problem) for problem in corpus.problems]


def test_the_shipped_document(corpus_folder: Path) -> None:
    corpus = load_corpus(corpus_folder, max_bytes=LIMIT)
    (document,) = corpus.documents
    data = (corpus_folder / "japan-pko.txt").read_bytes()
    assert corpus.problems == ()
    assert document.id == "japan-pko"
    assert document.title == "Japan's Contribution to UN Peacekeeping Operations (PKO)"
    assert document.source.date == "2024-02-27"
    assert document.source.publisher == "Ministry of Foreign Affairs of Japan"
    assert document.text.encode() == data
    assert document.sha256 == hashlib.sha256(data).hexdigest()


def test_the_text_is_the_file_but_for_a_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path, a__txt=b"\xef\xbb\xbfTitle\r\n\r\nText\twith  space. \r\n", b__md="# É\n\n日本 \U0001f600\n")
    first, second = load_corpus(tmp_path, max_bytes=LIMIT).documents
    assert first.text == "Title\r\n\r\nText\twith  space. \r\n"
    assert second.text == "# É\n\n日本 \U0001f600\n"
    assert (first.source.path, second.source.path) == ("a.txt", "b.md")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; write the document"),
        (b" \r\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        ("Grüße".encode("latin-1"), "is not UTF-8 (byte 0xfc at 2); save it as UTF-8"),
        ("Title".encode("utf-16"), "is UTF-16, not UTF-8; save it as UTF-8"),
        ("Title".encode("utf-16-le"), "is a binary file, not text"),
        (b"PK\x03\x04\0\0", "is a binary file, not text; export it as UTF-8 text"),
        (b"x" * (LIMIT + 1), "has 10,001 bytes, more than 10,000; split it or raise max_file_bytes"),
    ],
)
def test_a_bad_file_is_named_and_the_others_go_on(tmp_path: Path, content: bytes, message: str) -> None:
    write(tmp_path, bad__txt=content, good__txt="Good\n\nText.")
    corpus = load_corpus(tmp_path, max_bytes=LIMIT)
    assert [document.id for document in corpus.documents] == ["good"]
    (problem,) = problems(corpus)
    assert problem.startswith(f"{tmp_path / 'bad.txt'}: {message}")


def test_without_one_good_document_it_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, bad__txt=b"\xff")
    with pytest.raises(CorpusError, match=r"no document can be used: .*bad\.txt: is not UTF-8"):
        load_corpus(tmp_path, max_bytes=LIMIT)


def test_a_missing_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere' does not exist; create it or name another with --corpus"):
        load_corpus(tmp_path / "nowhere", max_bytes=LIMIT)
    write(tmp_path, page__html="<p>")
    with pytest.raises(CorpusError, match=r"holds no document; put \.txt or \.md files into it"):
        load_corpus(tmp_path, max_bytes=LIMIT)


def test_ids_are_paths_without_extension_and_some_files_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / "laws").mkdir()
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / "laws", act__1992__txt="Act\n\nText.")
    write(tmp_path / ".hidden", a__txt="Not this.")
    write(
        tmp_path, README__md="Not this.", __hidden__txt="Not this.", notes__pdf="Not this.", page__MD="# Page\n\nText."
    )
    corpus = load_corpus(tmp_path, max_bytes=LIMIT)
    assert [document.id for document in corpus.documents] == ["laws/act.1992", "page"]
    assert corpus.problems == ()


def test_two_files_with_one_id_are_both_left_out(tmp_path: Path) -> None:
    write(tmp_path, a__txt="One.", a__md="Two.", b__txt="Three.")
    corpus = load_corpus(tmp_path, max_bytes=LIMIT)
    assert [document.id for document in corpus.documents] == ["b"]
    (problem,) = problems(corpus)
    assert problem == (
        f"'{tmp_path / 'a.md'}' and '{tmp_path / 'a.txt'}' have the same id 'a'; rename all but one of them"
    )


def test_links_must_stay_in_the_folder(tmp_path: Path) -> None:
    corpus_folder = tmp_path / "corpus"
    corpus_folder.mkdir()
    write(tmp_path, secret__txt="Secret.")
    write(corpus_folder, a__txt="A.")
    (corpus_folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (corpus_folder / "in.txt").symlink_to(corpus_folder / "a.txt")
    (corpus_folder / "broken.txt").symlink_to(tmp_path / "nothing.txt")
    corpus = load_corpus(corpus_folder, max_bytes=LIMIT)
    assert [document.id for document in corpus.documents] == ["a", "in"]
    broken, out = problems(corpus)
    assert broken == (
        f"{corpus_folder / 'broken.txt'}: cannot be read (No such file or directory); mend its permissions or the link"
    )
    assert out == f"{corpus_folder / 'out.txt'}: is a link to a file outside the corpus folder; copy the file instead"


def test_catalogue_mistakes_are_problems_and_the_documents_go_on(tmp_path: Path) -> None:
    write(tmp_path, a__txt="A\n\nText.", corpus__toml='[a]\ntitle = "Named"\n[gone]\ntitle = "X"\n')
    corpus = load_corpus(tmp_path, max_bytes=LIMIT)
    assert corpus.documents[0].title == "Named"
    (problem,) = problems(corpus)
    assert problem == (
        f"{tmp_path / 'corpus.toml'}: entry 'gone' names no document; rename it to a file's path without extension"
    )
    write(
        tmp_path, b__txt="B\n\nText.", corpus__toml='[a]\ntitle = "Named"\nurl = "javascript:x"\n[b]\ntitle = "Right"\n'
    )
    corpus = load_corpus(tmp_path, max_bytes=LIMIT)
    assert [document.title for document in corpus.documents] == ["A", "Right"]
    assert corpus.documents[0].source.url == ""
    assert [problem.split(";")[0] for problem in problems(corpus)] == [
        f"{tmp_path / 'corpus.toml'}: entry 'a': url is 'javascript:x'"
    ]
    write(tmp_path, corpus__toml="[a\n")
    corpus = load_corpus(tmp_path, max_bytes=LIMIT)
    assert corpus.documents[0].title == "A"
    assert "the catalogue cannot be read" in problems(corpus)[0]


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.txt", "Fees | Town Hall\n\nFees\nThe fee is 5 euros.", "Fees | Town Hall"),
        ("a.txt", "THE TOWN HALL\nGUIDE TO FEES\n\nThe fee is 5 euros.", "THE TOWN HALL GUIDE TO FEES"),
        ("a.txt", "Guide\n=====\n\nThe fee is 5 euros.", "Guide"),
        ("a.txt", "Article 1\nThe fee is 5 euros.", "Article 1"),
        ("a.txt", "The fee is 5 euros.", "The fee is 5 euros."),
        ("a.txt", "The fee " + "is very high " * 20, "a"),
        ("a.md", '---\ntitle: "Fees: all"\norder: 3\n---\n## Overview\n\nText.', "Fees: all"),
        ("a.md", "---\norder: 3\n---\n# Fees &amp; *Dues*\n\nText.", "Fees & Dues"),
        ("a.md", "Fees\n====\n\nText.", "Fees"),
        ("a.md", "Text first.\n\n## Fees\n\nText.", "Fees"),
        ("a.md", "Just a line", "Just a line"),
    ],
)
def test_titles_without_a_catalogue(tmp_path: Path, name: str, text: str, title: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_document(tmp_path / name, tmp_path, Catalogue(), LIMIT).title == title


def test_loading_twice_gives_the_same(corpus_folder: Path) -> None:
    assert load_corpus(corpus_folder, max_bytes=LIMIT) == load_corpus(corpus_folder, max_bytes=LIMIT)
