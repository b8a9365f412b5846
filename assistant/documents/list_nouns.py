"""Lists → what their items are called: "duty", "ground", from the words above them and in them.

In: a document and its lists. Out: the lists by the singular nouns that name their items.
"""

import re
from collections.abc import Sequence

from assistant.documents.addresses import kind_of, singular
from assistant.documents.document import Document
from assistant.documents.lists import ItemList

_HEAD_END = re.compile(
    r"\s+(?:of|for|in|on|to|under|by|from|with|that|which|who|when|if|and|at|is|are|you|your)\b|[:(?]|$", re.IGNORECASE
)
PLURALS = ("data", "criteria", "people", "children", "media")  # that end otherwise than in "s"
_PLURAL = rf"(?:[^\W\d_]{{3,}}s|{'|'.join(PLURALS)})"
_FOLLOWING = re.compile(rf"\b(?:following|these|those)\s+(?:[^\W\d_]+\s+){{0,1}}?({_PLURAL})\b", re.IGNORECASE)
_SEVERAL = re.compile(rf"\b(?:of|among)\s+(?:[^\W\d_]+\s+){{0,2}}?({_PLURAL})\s+the\s+following\b", re.IGNORECASE)
_IS_PLURAL = re.compile(_PLURAL, re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


def nouns_of(document: Document, lists: Sequence[ItemList]) -> dict[str, tuple[ItemList, ...]]:
    """What the items of each list are called, singular: "principle", "assignment", "task"."""
    found: dict[str, list[ItemList]] = {}
    of_section: dict[int, list[ItemList]] = {}
    for one in lists:
        of_section.setdefault(one.section, []).append(one)
    for one in lists:
        for noun in _nouns_of(document, of_section[one.section], one):
            found.setdefault(noun, []).append(one)
    return {noun: tuple(of_noun) for noun, of_noun in found.items()}


def _nouns_of(document: Document, beside: Sequence[ItemList], one: ItemList) -> set[str]:
    """What the items are called: what the words above call "following" or "these", and the head of the heading."""
    intro = document.text[one.intro.start : one.intro.end] if one.intro else ""
    found = {singular(word) for word in (*_FOLLOWING.findall(intro), *_SEVERAL.findall(intro), *_shared(document, one))}
    heading = document.sections[one.section].heading if one.section else ""
    head = _WORD.findall(heading[: _HEAD_END.search(heading).start()] if heading else "")  # type: ignore[union-attr]
    if head and _IS_PLURAL.fullmatch(head[-1]) and _is_headed(beside, one, named=bool(found)):
        found.add(singular(head[-1]))
    return {noun for noun in found if len(noun) > 2 and kind_of(noun) is None}


def _shared(document: Document, one: ItemList) -> set[str]:
    """The plural noun that every item begins with: "applicants who …", "applicants with …"."""
    words = [_WORD.search(document.text, item.start + len(item.label), item.end) for item in one.items]
    first = {word[0].casefold() for word in words if word}
    return {word for word in first if len(first) == 1 < len(words) and _IS_PLURAL.fullmatch(word)}


def _is_headed(beside: Sequence[ItemList], one: ItemList, *, named: bool) -> bool:
    """Whether the heading speaks of this list: the section's first, or the only one, in its first paragraph."""
    outer = [other for other in beside if other.within is None]
    inner = [other for other in beside if other.within is not None and other.within in outer[0].items]
    if outer[0].intro is None and outer[0].items[0].label and inner:
        return [one] == inner and one.within == outer[0].items[0]
    return one == outer[0] or (one in outer and not named)
