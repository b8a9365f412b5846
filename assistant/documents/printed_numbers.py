"""A number as printed or spoken → what it counts, and the item that bears it; what numbers there are, in words.

In: printed numbers ("Article 9", "(iv)", "§ 3") and those of addresses. Out: their bare form, value and
series; "Articles 1 to 15".
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.documents.addresses import LAST, kind_of
from assistant.documents.document import Document, Section
from assistant.documents.lists import Item, ItemList
from assistant.documents.numbering import keyword_number, ordinals, roman

_NUMERAL = re.compile(r"[mdclxvi]+")


def item_of(one: ItemList, number: str) -> Item | None:
    """The item that prints the number, or stands at its place; a letter is a place only where letters are printed."""
    if number == LAST:
        return one.items[-1]
    if printed := printed_item(one, number):
        return printed
    if len(number) == 1 and number.isalpha():
        return None
    return next((item for item in one.items if item.number in values(number)), None)


def printed_item(one: ItemList, number: str) -> Item | None:
    """The item that prints the number."""
    return next((item for item in one.items if item.label and bare(item.label) == number.casefold()), None)


def series_of(section: Section) -> str:
    """The kind of place that a section's number makes it: "article", "section" for "§ 3", "1" for "5", "" for none."""
    return _series(section.number)


@lru_cache(maxsize=4096)
def _series(number: str) -> str:
    if not number:
        return ""
    if found := keyword_number(number):
        return kind_of(found.series) or found.series
    return "" if number.startswith("(") else "1"


def plain_series(noun: str) -> str:
    """The series of numbers that no word stands before, for the nouns that may mean them."""
    return "1" if noun in ("section", "chapter", "part") else noun


def bare(number: str) -> str:
    """What counts in a printed number: "9" of "Article 9", "ii" of "Chapter II", "5.2" of "5.2", "1" of "(1)"."""
    return number.rpartition(" ")[2].strip("().§ ").casefold()


@lru_cache(maxsize=4096)
def values(number: str) -> frozenset[int]:
    """What a number counts, in every way it can be read; nothing for "5.2"."""
    if _NUMERAL.fullmatch(number.casefold()) and len(number) > 1:
        return frozenset({roman(number)})
    return ordinals(number) if "." not in number else frozenset()


def first_word(number: str) -> str:
    """The word that stands before a number: "Article"."""
    return number.split()[0] if number else ""


def plural(word: str) -> str:
    """The word for several: "Articles", "Chapters" of "CHAPTER", "§§"."""
    if word.startswith("§"):
        return "§§"
    return f"{word.capitalize() if word.isupper() else word}s"


# What exists, in words


def range_of(document: Document, one: ItemList) -> str:
    """What items a list has: "section 4 has items (1) to (22)"."""
    first, last = one.items[0], one.items[-1]
    place = where(document, one.section)
    if one.within and one.within.label:
        place = f"item {one.within.label.rstrip('.')} of {place}"
    return f"{place} has items {first.label} to {last.label}" if first.label else f"{place} has {len(one.items)} items"


def where(document: Document, section: int) -> str:
    """What a section is called: "Article 4", "section 5", “Fees”."""
    if not section:
        return f"“{document.title}”"
    number = document.sections[section].number
    if not number:
        return f"“{document.sections[section].heading}”"
    return number if " " in number or number[0] == "§" else f"section {number}"


def existing(document: Document, noun: str, series: Sequence[int]) -> str:
    """The first and the last of a series of sections: "Articles 1 to 15"; "section 1 only"."""
    first, last = (document.sections[number].number for number in (series[0], series[-1]))
    if len(series) == 1:
        return f"{first if ' ' in first else f'{noun} {first}'} only"
    if kind_of(first_word(first)) == noun:
        return f"{plural(first_word(first))} {bare(first).upper()} to {bare(last).upper()}"
    return f"{noun}s {first} to {last}"
