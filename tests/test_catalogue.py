from pathlib import Path

import pytest

from assistant.documents.catalogue import Catalogue, Entry, read_catalogue
from assistant.errors import CorpusError


def read(folder: Path, toml: str) -> Catalogue:
    (folder / "corpus.toml").write_text(toml, encoding="utf-8")
    return read_catalogue(folder)


def test_no_catalogue_is_an_empty_one(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path).entry("a") == Entry("", "", "", "", "", "en")


def test_all_keys_are_read(tmp_path: Path) -> None:
    catalogue = read(
        tmp_path,
        """
        [act]
        title = "The  Act"
        publisher = "Ministry"
        date = 1992-06-19
        url = "https://example.org/act"
        licence = "CC BY 4.0"
        language = "ja"
        ["laws/fees"]
        date = "2024-02-27"
        [time]
        date = 2024-02-27T10:00:00Z
        """,
    )
    assert catalogue.entry("act") == Entry(
        "The Act", "Ministry", "1992-06-19", "https://example.org/act", "CC BY 4.0", "ja"
    )
    assert catalogue.entry("laws/fees").date == catalogue.entry("time").date == "2024-02-27"


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('title = "x"', "entry 'title' is no table; write [title] and below it title = "),
        ('[a]\nauthor = "x"', "entry 'a' has the unknown key 'author'; the keys are title, publisher, date, url"),
        ("[laws.fees]\n", "entry 'laws' has the unknown key 'fees' (quote an id that holds a dot or a slash)"),
        ("[a]\ntitle = 3", "entry 'a': title is 3; write it as text in quotes"),
        ('[a]\ndate = "27.2.2024"', "entry 'a': date is '27.2.2024'; write it as YYYY-MM-DD"),
        ("[a]\ndate = 2024", "entry 'a': date is 2024; write it as text in quotes"),
        ('[a]\nurl = "example.org"', "entry 'a': url is 'example.org'; it must begin with http:// or https://"),
        ('[a]\nurl = "javascript:alert(1)"', "entry 'a': url is 'javascript:alert(1)'; it must begin with http:// or"),
    ],
)
def test_a_mistake_names_file_entry_and_remedy_and_costs_its_entry_alone(
    tmp_path: Path, toml: str, message: str
) -> None:
    catalogue = read(tmp_path, f'{toml}\n[fine]\ntitle = "Fine"\n')
    (problem,) = catalogue.problems
    assert str(problem).startswith(f"{tmp_path / 'corpus.toml'}: {message}")
    assert dict(catalogue.entries) == {"fine": Entry("Fine")}


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, "[a\n")
    assert str(caught.value).startswith(f"{tmp_path / 'corpus.toml'}: the catalogue cannot be read: ")


def test_a_catalogue_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_bytes('[a]\ntitle = "Grüße"'.encode("latin-1"))
    with pytest.raises(CorpusError, match="the catalogue is not UTF-8; save it as UTF-8"):
        read_catalogue(tmp_path)
