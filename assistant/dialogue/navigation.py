""" "The one after that?", "the last of them", "number 18" → the item that is meant, in words for a lookup.

In: the question, and what the conversation stands at: a list and the items of it that were quoted or asked about, and
the numbered place that was asked for. Out: `item (14) of "4. Duties"`, `article 9 of "The Act"`; past the ends the
number that would come, which a lookup refuses with what exists.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.numbered_places import Numbered, beside_place, place_asked
from assistant.dialogue.phrases import is_content, stem, words_of
from assistant.dialogue.pointers import NEIGHBOUR, ORDINAL, PLACED, only_points, ordinal_of, step_of
from assistant.dialogue.turns import Place, Structure
from assistant.documents.lists import Item, ItemList

__all__ = ["Standing", "enumerated", "lookup", "ordinal_of", "standing_at"]

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_NUMBERED = re.compile(
    r"(?:\b(?:number|no\.?|item|point)\s*|#|^|\s)\(?(?P<number>\d{1,3})\)?(?=[\s?.!,]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the conversation is: a list, the items last spoken of, the first one spoken of; a numbered place."""

    list: ItemList | None
    items: tuple[Item, ...]
    first: Item | None
    place: Numbered | None = None


def lookup(question: str, standing: Standing | None, structure: Structure) -> str | None:
    """The place that the question points at, as `item LABEL of "SECTION"`; None where it points at none."""
    if standing is None:
        return None
    in_list = standing.list is not None and len(standing.items) < len(standing.list.items)
    if standing.place and (found := beside_place(question, standing.place, structure, in_list=in_list)):
        return found
    if standing.list is None:
        return None
    section = _section_label(standing.list, structure)
    label = _neighbour(question, standing, standing.list, section)
    label = label or _placed(question, standing, standing.list) or _numbered(question, standing.list)
    return f'item {label} of "{section}"' if label else None


def standing_at(asked: str, places: Sequence[Place], structure: Structure, before: Standing | None) -> Standing | None:
    """Where the conversation stands after one exchange: at what was quoted, else at what was asked about."""
    found = _quoted(places, structure) if places else _named(asked, structure)
    place = place_asked(asked, places)
    if found is None:
        return Standing(None, (), None, place) if place else None if places else before
    one_list, items = found
    same = before is not None and before.list == one_list
    single = items[0] if len(items) == 1 else None
    return Standing(one_list, items, before.first if same and before and before.first else single, place)


# Items


def enumerated(question: str, *texts: str) -> str | None:
    """ "The last of them" with that member of the first of the texts that enumerates; None where none does."""
    match = PLACED.search(question)
    if match is None or not match["of"]:
        return None
    members = next(filter(None, map(_members, texts)), [])
    place = ordinal_of(match["ordinal"]) or 0
    if len(members) < 2 or not -1 <= place <= len(members):
        return None
    member = members[place - 1 if place > 0 else -1]
    return f"{question[: match.start()]}{member}{question[match.end() :]}"


def _members(text: str) -> list[str]:
    """What is enumerated: the lines, or what stands between commas and "and", after a colon if there is one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines
    after_colon = re.search(r":\s+([^.;:]+)", text)
    parts = [part.strip(" .;") for part in (after_colon[1] if after_colon else text).split(",")]
    if len(parts) < 2 and not after_colon:
        return []
    has_comma = len(parts) > 2 and parts[-1].startswith("and ")  # "A, B and C, and D": only the last "and" counts
    tail = [parts[-1].removeprefix("and ")] if has_comma else re.split(r"\s+and\s+", parts[-1])
    return [part for part in (*parts[:-1], *tail) if part]


def _neighbour(question: str, standing: Standing, one_list: ItemList, section: str) -> str | None:
    match = NEIGHBOUR.search(question)
    if match is None or not only_points(question, section):
        return None
    step = step_of(match)
    anchor = _anchored((match["anchor"] or "").lower(), standing, one_list, forward=step > 0)
    return _beside(one_list, anchor, step) if anchor else None


def _anchored(words: str, standing: Standing, one_list: ItemList, *, forward: bool) -> Item | None:
    """The item that is counted from: the one asked about first, one at an end of the list, or the last spoken of."""
    if "asked" in words and "first" in words:
        return standing.first
    if "asked" not in words and ("first" in words or "last" in words):
        return one_list.items[0 if "first" in words else -1]
    return standing.items[-1 if forward else 0] if 0 < len(standing.items) < len(one_list.items) else None


def _beside(one_list: ItemList, item: Item, step: int) -> str:
    """The label of a neighbour; past the ends the label that would come."""
    place = one_list.items.index(item) + step
    if 0 <= place < len(one_list.items):
        return _printed(one_list.items[place])
    return _continued(item, item.number + step)


def _placed(question: str, standing: Standing, one_list: ItemList) -> str | None:
    match = PLACED.search(question)
    if match is None or not only_points(question[: match.start()] + question[match.end() :], ""):
        return None
    place = ordinal_of(match["ordinal"]) or 0
    among = standing.items if len(standing.items) > 1 else one_list.items
    if place == -1:
        return _printed(among[-1])
    return _printed(among[place - 1]) if place <= len(among) else _continued(one_list.items[-1], place)


def _numbered(question: str, one_list: ItemList) -> str | None:
    match = _NUMBERED.search(question)
    spoken = re.search(rf"\bnumber\s+({'|'.join(_NUMBERS)})\b", question, re.IGNORECASE)
    if match is None and spoken is None:
        return None
    number = int(match["number"]) if match else _NUMBERS.index(spoken[1].lower()) + 1 if spoken else 0
    found = match or spoken
    if found is None or not only_points(question[: found.start()] + question[found.end() :], ""):
        return None
    item = one_list.numbered(number)
    return _printed(item) if item else _continued(one_list.items[-1], number)


def _printed(item: Item) -> str:
    return item.label or str(item.number)


def _continued(item: Item, number: int) -> str:
    """A number that the list does not have, written as its labels are."""
    bare = item.label.strip("().")
    if bare.isdigit():
        return item.label.replace(bare, str(number))
    if len(bare) == 1 and bare.isalpha() and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return item.label.replace(bare, letter.upper() if bare.isupper() else letter)
    return str(number)


def _quoted(places: Sequence[Place], structure: Structure) -> tuple[ItemList, tuple[Item, ...]] | None:
    """The list and its items that were quoted last; all its items where its introduction was."""
    for place in reversed(places):
        for one_list in structure.lists.get(place.document, ()):
            if one_list.holding(place.start, place.end):
                items = tuple(
                    item
                    for item in one_list.items
                    if any(
                        other.document == one_list.document and item.start <= other.start and other.end <= item.end
                        for other in places
                    )
                )
                return one_list, items
    for place in places:
        for one_list in structure.lists.get(place.document, ()):
            intro = one_list.intro
            if intro and intro.start < place.end and place.start < intro.end:
                return one_list, one_list.items
    return None


_LOOKUP = re.compile(r'^item (?P<label>\S+) of "(?P<section>.*)"$')


def _named(asked: str, structure: Structure) -> tuple[ItemList, tuple[Item, ...]] | None:
    """The list that a question names by its noun or in quotation marks, and the item by its number."""
    lookup_words = _LOOKUP.match(asked)
    for document, lists in structure.lists.items():
        for one_list in lists:
            section = _section_label(one_list, structure)
            if lookup_words and lookup_words["section"] == section:
                wanted = lookup_words["label"]
                return one_list, tuple(item for item in one_list.items if _printed(item) == wanted)
            if not lookup_words and document:
                items = _items_named(asked, one_list, section)
                if items is not None:
                    return one_list, items
    return None


def _items_named(asked: str, one_list: ItemList, section: str) -> tuple[Item, ...] | None:
    """The items that a question names by a noun of the heading: "duty (3)", "the first duty", "the duties"."""
    nouns = {stem(word.lower) for word in words_of(section) if is_content(word) and not word.text.isdigit()}
    for match in re.finditer(r"(?P<noun>\w+)\s+(?:number\s+|no\.?\s*)?\(?(?P<number>\d{1,3})\)?", asked):
        if stem(match["noun"]) in nouns:
            item = one_list.numbered(int(match["number"]))
            return (item,) if item else ()
    for match in re.finditer(rf"{ORDINAL}\s+(?P<noun>\w+)", asked, re.IGNORECASE):
        place = ordinal_of(match["ordinal"]) or 0
        if stem(match["noun"]) in nouns and -1 <= place <= len(one_list.items):
            return (one_list.items[place - 1 if place > 0 else -1],)
    plural = [word for word in words_of(asked) if stem(word.lower) in nouns and stem(word.lower) != word.lower]
    return one_list.items if plural and len(words_of(asked)) <= 8 else None


def _section_label(one_list: ItemList, structure: Structure) -> str:
    document = structure.documents[one_list.document]
    path = document.path_of(one_list.section)
    return path[-1] if path else document.title
