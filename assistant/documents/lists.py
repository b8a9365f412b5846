"""A document and its passages → the lists they form: items with their numbers, and the paragraph above them.

In: a document and its passages in order. Out: `ItemList`s in the order of their first items. Items of one style of
label that count on are one list, also past a paragraph between them; bullets of one indent are one list while nothing
else comes between. A nested list is a list of its own, and the outer one goes on after it. "(i)" after "(b)" begins a
list of roman numerals, after "(h)" it is a letter. Lines that print no mark are items where a sentence leads into them
and they are set as its parts (see `_unmarked`).
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.documents.document import Document, Passage, Span
from assistant.documents.numbering import label_series, letter_of, ordinals, roman_of

LETTERS, ROMAN = "a", "i"
# "… are:", "… the following principles.", "… one of the requirements listed below."
INTRODUCES = re.compile(r"(?::|\b(?:following|as follows|below)\b[^.]*[.:])\W{0,3}$", re.IGNORECASE)
_PART_ENDS = re.compile(r"(?:[;,]|\b(?:and|or))\W{0,4}$")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: `text[start:end]` from its label on. `number` is what the label counts, or the place among bullets."""

    label: str
    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list, its section and the paragraph right above it; `within` is the item that a nested list is in."""

    document: str
    section: int
    intro: Span | None
    items: tuple[Item, ...]
    within: Item | None = None

    def numbered(self, number: int) -> Item | None:
        """The item with this number; None where the list has none."""
        return next((item for item in self.items if item.number == number), None)

    def holding(self, start: int, end: int) -> Item | None:
        """The item that `start` to `end` lies in; None where none does."""
        return next((item for item in self.items if item.start <= start and end <= item.end), None)


def lists_of(document: Document, passages: Sequence[Passage]) -> tuple[ItemList, ...]:
    """The lists of one document, whose `passages` these are."""
    found: list[ItemList] = []
    going: list[_Going] = []  # innermost last
    above: Span | None = None
    section = -1
    for entry in _unmarked(document.text, list(_entries(document, passages))):
        if entry.section != section:
            found += [one.finished(document.id) for one in going]
            going, above, section = [], None, entry.section
        if not entry.is_item:
            above = Span(entry.start, entry.end)
            found += [one.finished(document.id) for one in going if not one.series]
            going = [one for one in going if one.series]
            continue
        going, closed = _placed(going, entry, above)
        found += [one.finished(document.id) for one in closed]
    found += [one.finished(document.id) for one in going]
    return tuple(sorted(found, key=lambda one: one.items[0].start))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A paragraph, or an item with all its passages; `indent` counts the characters before its bullet or label."""

    section: int
    is_item: bool
    label: str
    indent: int
    start: int
    end: int

    @property
    def series(self) -> str:
        return label_series(self.label) if self.label else ""


@dataclass(frozen=True, slots=True)
class _Going:
    """A list that may still go on."""

    section: int
    series: str
    style: str
    indent: int
    intro: Span | None
    within: Item | None
    items: tuple[Item, ...]

    def next_number(self, entry: _Entry) -> int | None:
        """The number of the entry if it goes on with this list, else None. Numbers may be left out, never repeated."""
        last = self.items[-1].number
        if entry.series != self.series:
            return None
        if not self.series:
            return last + 1 if entry.indent == self.indent else None
        if self.style == ROMAN:
            numeral, short = roman_of(entry.label), letter_of(entry.label) is not None
            return numeral if numeral and (numeral == last + 1 or (numeral > last and not short)) else None
        letter = letter_of(entry.label)
        if letter is None:
            later = sorted(number for number in ordinals(entry.label) if number > last)
            return later[0] if later and self.style != LETTERS else None
        begins_numerals = roman_of(entry.label) == 1 and letter != last + 1
        return letter if letter > last and not begins_numerals else None

    def finished(self, document: str) -> ItemList:
        return ItemList(document, self.section, self.intro, self.items, self.within)


def _placed(going: list[_Going], entry: _Entry, above: Span | None) -> tuple[list[_Going], list[_Going]]:
    """The lists that go on after this item, and those that ended before it."""
    for depth in range(len(going) - 1, -1, -1):
        number = going[depth].next_number(entry)
        if number is not None:
            item = Item(entry.label, number, entry.start, entry.end)
            longer = replace(going[depth], items=(*going[depth].items, item))
            return [*going[:depth], longer], going[depth + 1 :]
    style = _style(entry.label)
    outer = [one for one in going if one.style != style or (not one.series and one.indent < entry.indent)]
    within = outer[-1].items[-1] if outer and _reaches(outer[-1], entry, above) else None
    number = min(ordinals(entry.label), default=1) if entry.label else 1
    item = Item(entry.label, number, entry.start, entry.end)
    intro = Span(within.start, within.end) if within else above
    new = _Going(entry.section, entry.series, style, entry.indent, intro, within, (item,))
    return [*outer, new], [one for one in going if one not in outer]


def _style(label: str) -> str:
    """The series of a list that this label begins: letters, roman numerals and digits are counted apart."""
    letter, numeral = letter_of(label), roman_of(label)
    if numeral and (letter is None or numeral < letter):
        return ROMAN
    return LETTERS if letter else label_series(label) if label else ""


def _reaches(outer: _Going, entry: _Entry, above: Span | None) -> bool:
    """Whether the last item of a list holds the entry: no paragraph stands between, or the entry is set deeper."""
    return above is None or above.start < outer.items[-1].start or entry.indent > outer.indent


def _entries(document: Document, passages: Sequence[Passage]) -> Iterator[_Entry]:
    """Paragraphs and items in order; the pieces that a long one was cut into are one again."""
    entry: _Entry | None = None
    for passage in passages:
        is_item = passage.kind == "list item"
        gap = document.text[entry.end : passage.start] if entry else ""
        goes_on = entry is not None and entry.section == passage.section and entry.is_item == is_item
        if entry and goes_on and _is_one(gap, passage) and (is_item or not _are_lines(document.text, entry, passage)):
            entry = replace(entry, end=passage.end)
            continue
        if entry:
            yield entry
        line = document.text.rfind("\n", 0, passage.start) + 1
        before = document.text[line : passage.start]
        indent = len(before) - len(before.lstrip())
        entry = _Entry(passage.section, is_item, passage.label, indent, passage.start, passage.end)
    if entry:
        yield entry


def _are_lines(text: str, entry: _Entry, passage: Passage) -> bool:
    """Whether two paragraphs stand on a line each, so that neither is a piece of a longer one."""
    return "\n" in text[entry.end : passage.start] and "\n" not in text[entry.start : entry.end]


def _unmarked(text: str, entries: Sequence[_Entry]) -> Iterator[_Entry]:
    """The entries, with the paragraphs that a sentence leads into made items: its parts, or lines of one block."""
    items = 0
    for place, entry in enumerate(entries):
        if items:
            items -= 1
            yield replace(entry, is_item=True)
            continue
        yield entry
        if not entry.is_item and INTRODUCES.search(text[entry.start : entry.end]):
            items = _led_into(text, entry, entries[place + 1 :])


def _led_into(text: str, lead: _Entry, following: Sequence[_Entry]) -> int:
    """How many of the paragraphs below a lead are items of its list; 0 where they are paragraphs like any other.

    They are items where all but the last break off ("…; and") or begin as the rest of a sentence, or where an empty
    line parts them from the lead, and what comes after from them, but none stands between them.
    """
    own: list[_Entry] = []
    for entry in following:
        if entry.is_item or entry.section != lead.section:
            break
        own.append(entry)
    words = [text[entry.start : entry.end] for entry in own]
    parts = sum(1 for _ in itertools.takewhile(lambda one: one[0].islower() or _PART_ENDS.search(one), words))
    if parts and parts < len(own) and _PART_ENDS.search(words[parts - 1]):
        parts += 1  # the last one ends the sentence
    if parts > 1:
        return parts
    gaps = [text[one.end : other.start].count("\n") for one, other in itertools.pairwise([lead, *own])]
    block = 1 + sum(1 for _ in itertools.takewhile(lambda lines: lines == 1, gaps[1:]))
    return block if gaps and gaps[0] > 1 and block > 1 else 0


def _is_one(gap: str, passage: Passage) -> bool:
    """Whether a passage goes on with the one before: no bullet, label or empty line stands between."""
    return not passage.label and not gap.strip() and gap.count("\n") < 2
