"""What a conversation is made of: turns with the places that they quoted, and the documents that these lie in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.documents.document import Document
from assistant.documents.lists import ItemList


@dataclass(frozen=True, slots=True)
class Place:
    """Where an earlier answer stood: a document id and code points of its text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation; `citations` are the places an assistant's message quoted."""

    role: Literal["user", "assistant"]
    content: str
    citations: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """The documents by id, the lists of each in the order of their first items, and the nouns that name lists."""

    documents: Mapping[str, Document]
    lists: Mapping[str, tuple[ItemList, ...]]
    nouns: frozenset[str] = frozenset()
