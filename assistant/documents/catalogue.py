"""corpus/corpus.toml → what is known of each document beside its text.

In: the catalogue file, a table for each document id. Out: `Catalogue`. Every mistake is a `CorpusError` that names the
file, the entry and the remedy; one in an entry costs that entry alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from assistant.errors import CorpusError

FILE_NAME = "corpus.toml"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue says of one document; empty where it says nothing. `date` is an ISO 8601 date."""

    title: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""
    licence: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries by document id, and what kept others out. `path` is the file's name for messages."""

    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    path: str = FILE_NAME
    problems: tuple[CorpusError, ...] = ()

    def entry(self, document_id: str) -> Entry:
        """The document's entry, an empty one where there is none."""
        return self.entries.get(document_id, Entry())


KEYS = tuple(one.name for one in fields(Entry))


def read_catalogue(folder: Path) -> Catalogue:
    """Read the folder's catalogue; an empty one where there is no such file.

    Raises `CorpusError` when the file as a whole cannot be read; an entry that is wrong is one of the problems.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return Catalogue()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CorpusError(f"{path}: the catalogue is not UTF-8; save it as UTF-8") from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{path}: the catalogue cannot be read: {error}") from None
    entries: dict[str, Entry] = {}
    problems: list[CorpusError] = []
    for document_id, table in tables.items():
        try:
            entries[document_id] = _entry(path, document_id, table)
        except CorpusError as error:
            problems.append(error)
    return Catalogue(MappingProxyType(entries), str(path), tuple(problems))


def _entry(path: Path, document_id: str, table: object) -> Entry:
    where = f"{path}: entry {document_id!r}"
    if not isinstance(table, dict):
        raise CorpusError(f'{where} is no table; write [{document_id}] and below it title = "…"')
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        hint = " (quote an id that holds a dot or a slash)" if isinstance(table[unknown[0]], dict) else ""
        raise CorpusError(f"{where} has the unknown key {unknown[0]!r}{hint}; the keys are {', '.join(KEYS)}")
    return Entry(
        **{key: _date(where, value) if key == "date" else _text(where, key, value) for key, value in table.items()}
    )


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise CorpusError(f"{where}: {key} is {value!r}; write it as text in quotes")
    text = " ".join(value.split())
    if key == "url" and text and not text.startswith(("http://", "https://")):
        raise CorpusError(f"{where}: url is {value!r}; it must begin with http:// or https://")
    return text


def _date(where: str, value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return (
            date.fromisoformat(str(value)).isoformat()
            if isinstance(value, str) and value
            else _text(where, "date", value)
        )
    except ValueError:
        raise CorpusError(f"{where}: date is {value!r}; write it as YYYY-MM-DD, for example 2024-02-27") from None
