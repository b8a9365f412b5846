"""A document's sections, lists and paragraphs by their numbers: an address → the places it stands for.

In: a document with its passages; then an `Address`. Out: `Place`s, or what numbers there are where one does not exist.
The same rules read the references inside a document and the questions of its readers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from assistant.documents.addresses import LAST, Address, Step, kind_of
from assistant.documents.document import Document, Passage, Span
from assistant.documents.list_nouns import nouns_of
from assistant.documents.lists import INTRODUCES, Item, ItemList, lists_of
from assistant.documents.printed_numbers import (
    bare,
    existing,
    item_of,
    plain_series,
    printed_item,
    range_of,
    series_of,
    values,
    where,
)
from assistant.documents.sections import section_at

_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the document that has a number: a section, an item of a list or a paragraph."""

    document: str
    section: int
    start: int
    end: int
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an address stands for; where a number does not exist, `exists` says in words what does."""

    places: tuple[Place, ...]
    exists: str = ""


NOTHING = Resolved(())


class Outline:
    """The numbered places of one document."""

    def __init__(self, document: Document, passages: Sequence[Passage]) -> None:
        self.document = document
        self.passages = tuple(passages)

    @cached_property
    def lists(self) -> tuple[ItemList, ...]:
        """The document's lists, in order."""
        return lists_of(self.document, self.passages)

    @cached_property
    def nouns(self) -> dict[str, tuple[ItemList, ...]]:
        """What the items of each list are called, singular: "principle", "assignment", "task"."""
        return nouns_of(self.document, self.lists)

    def resolve(self, address: Address, *, at: int | None = None) -> Resolved:
        """Where the address leads: from the whole document, or from the place `at` in it where it is printed."""
        roots = self._owners(address.owner) if address.owner else (0,)
        found = [self._follow(address.steps, root, at) for root in roots]
        return next((one for one in found if one.places), next((one for one in found if one.exists), NOTHING))

    def _follow(self, steps: Sequence[Step], section: int, at: int | None) -> Resolved:
        """Every place that the steps lead to from a section."""
        step, *rest = steps
        return self._further(self._step(step, section, at), rest)

    def _further(self, here: Resolved, rest: Sequence[Step]) -> Resolved:
        """Every place that more steps lead to from these places."""
        if not rest or not here.places:
            return here
        inner = [
            self._follow(rest, place.section, None)
            if place.item is None
            else self._further(self._within(rest[0], place), rest[1:])
            for place in here.places
        ]
        places = tuple(place for one in inner for place in one.places)
        return Resolved(places, next((one.exists for one in inner if one.exists), ""))

    def _step(self, step: Step, section: int, at: int | None) -> Resolved:
        named = [one for one in self.nouns.get(step.noun, ()) if self._inside(one.section, section)]
        if named:
            return self._among(named, step.numbers)
        if step.noun in ("item", "paragraph"):
            return self._items(step, section, at)
        found = self._sections(step, section, at)
        if found == NOTHING and step.noun == "rule":  # what no heading calls so: "rule (c)", "rule 3(c)"
            numbered = all(number[0].isdigit() for number in step.numbers)
            found = self._sections(Step("section", step.numbers), section, at) if numbered else NOTHING
            return found if found.places else self._items(Step("item", step.numbers), section, at)
        return found

    def beside(self, at: int, noun: str, step: int) -> Place | None:
        """The section, item or paragraph right before (-1) or after (1) the one of that kind that holds a position."""
        section = section_at(self.document.sections, at)
        kind = kind_of(noun)
        around = [one for one in self._ancestors(section) if one and series_of(self.document.sections[one]) == kind]
        if around:
            series = [n for n, one in enumerate(self.document.sections) if n and series_of(one) == kind]
            return next(map(self._section_place, _neighbours(series, around[0], step)), None)
        for one in (one for one in reversed(self.lists) if one.section == section):
            before = [item for item in one.items if item.start <= at]
            if before and ((kind == "paragraph" and one.within is None) or (kind == "item" and at < before[-1].end)):
                return next((self.place_of(one, other) for other in _neighbours(one.items, before[-1], step)), None)
        own = [one for one in self.passages if one.section == section]
        held = next((one for one in own if one.start <= at < one.end), None)
        found = _neighbours(own, held, step) if held and kind == "paragraph" else ()
        return next((Place(self.document.id, section, one.start, one.end) for one in found), None)

    # Sections

    def _sections(self, step: Step, section: int, at: int | None) -> Resolved:
        series = [
            number
            for number, one in enumerate(self.document.sections)
            if number and self._inside(number, section) and series_of(one) in (step.noun, plain_series(step.noun))
        ]
        keyworded = [number for number in series if series_of(self.document.sections[number]) == step.noun]
        dotted = any("." in wanted for wanted in step.numbers)  # "section 2.1"
        series = keyworded or (series if dotted else self._outermost(series))
        if not series:
            return NOTHING
        found = [number for wanted in step.numbers for number in series if self._is_numbered(number, wanted, series)]
        if len(found) < len(step.numbers):
            return Resolved((), f"{where(self.document, section)} has {existing(self.document, step.noun, series)}")
        if at is not None and len(found) > len(step.numbers):
            found = self._nearest(found, at)
        return Resolved(tuple(self._section_place(number) for number in found))

    def _outermost(self, numbers: Iterable[int]) -> list[int]:
        found = list(numbers)
        levels = [self.document.sections[number].level for number in found]
        return [number for number, level in zip(found, levels, strict=True) if level == min(levels)]

    def _is_numbered(self, number: int, wanted: str, series: Sequence[int]) -> bool:
        if wanted == LAST:
            return number == series[-1]
        printed = bare(self.document.sections[number].number)
        return printed == wanted.casefold() or bool(values(printed) & values(wanted))

    def _nearest(self, sections: list[int], at: int) -> list[int]:
        """Of sections with one number, those that share most of the path to where the reference is printed."""
        around = [
            [number for number in sections if self._inside(number, ancestor)]
            for ancestor in self._ancestors(section_at(self.document.sections, at))
        ]
        return next((found for found in around if found), sections)

    # Items and paragraphs

    def _items(self, step: Step, section: int, at: int | None) -> Resolved:
        """Items of the lists right in a section, numbered subsections of it, or its paragraphs by their order."""
        if at is not None and step.noun == "item":
            return self._near(step, at)
        start = section_at(self.document.sections, at) if at is not None and section == 0 else section
        own = [one for one in self.lists if one.section == start and one.within is None]
        below = [one for one in self.lists if self._inside(one.section, start) and one.within is None]
        children = self.document.sections[start].children
        numbered = [number for number in children if bare(self.document.sections[number].number)]
        if step.noun == "paragraph":
            own = [one for one in own if one.items[0].label.strip("().").isdigit() or one.intro is None]
        if own and (step.noun == "item" or any(one.items[0].label for one in own)):
            return self._among_nested(own, step.numbers) if step.noun == "item" else self._among(own, step.numbers)
        if numbered and start:
            return self._subsections(step.numbers, numbered, start)
        if start and (step.noun == "paragraph" or not below):
            return self._counted(step.numbers, start)
        return self._among(below, step.numbers)

    def _near(self, step: Step, at: int) -> Resolved:
        """For a reference printed in the document: the list around it, just below it, in its section, or before it."""
        section = section_at(self.document.sections, at)
        around = [one for one in self.lists if one.items[0].start <= at < one.items[-1].end]
        introduced = [one for one in self.lists if one.intro and one.intro.start <= at < one.intro.end]
        beside = [one for one in self.lists if one.section == section]
        before = [one for one in self.lists if one.items[-1].end <= at][-1:]
        for lists in (around[::-1], introduced, beside, before):
            for one in lists:
                if (found := self._among([one], step.numbers)).places:
                    return found
        nearest = next((lists for lists in (around, introduced, beside) if lists), [])
        return self._among(nearest[:1], step.numbers)

    def _among(self, lists: Sequence[ItemList], numbers: Sequence[str]) -> Resolved:
        """The items of these numbers in every list; where some lists print the numbers, in those alone."""
        printing = [one for one in lists if any(printed_item(one, number) for number in numbers)]
        among = printing or lists
        if not all(any(item_of(one, number) for one in among) for number in numbers):
            return Resolved((), "; ".join(range_of(self.document, one) for one in lists[:2]))
        named = [(one, item_of(one, number)) for one in among for number in numbers]
        return Resolved(tuple(self.place_of(one, item) for one, item in named if item))

    def _among_nested(self, lists: Sequence[ItemList], numbers: Sequence[str]) -> Resolved:
        """The same, also in the lists inside the items where these alone print the numbers: "Article 7, item (d)"."""
        sections = {one.section for one in lists}
        nested = [one for one in self.lists if one.section in sections and one.within is not None]
        printing = [one for one in nested if all(printed_item(one, number) for number in numbers)]
        if printing and not any(printed_item(one, number) for one in lists for number in numbers):
            return self._among(printing, numbers)
        return self._among(lists, numbers)

    def _within(self, step: Step, place: Place) -> Resolved:
        """The items of the list that is nested in an item."""
        return self._among([one for one in self.lists if one.within == place.item], step.numbers)

    def held_in(self, item: Item) -> list[Item]:
        """The items of the lists in an item, and those in them, in the order of the text."""
        found = []
        for one in (one for one in self.lists if one.within == item):
            for inner in one.items:
                found += [inner, *self.held_in(inner)]
        return found

    def _subsections(self, numbers: Sequence[str], series: Sequence[int], section: int) -> Resolved:
        found = [number for wanted in numbers for number in series if self._is_numbered(number, wanted, series)]
        if len(found) < len(numbers):
            first, last = (self.document.sections[number].number for number in (series[0], series[-1]))
            return Resolved((), f"{where(self.document, section)} has {first} to {last}")
        return Resolved(tuple(self._section_place(number) for number in found))

    def _counted(self, numbers: Sequence[str], section: int) -> Resolved:
        """Paragraphs by their order, each with its list; a sentence that only introduces them is not counted."""
        every = [one for one in self.passages if one.section == section]
        own = [one for one in every if one.kind == "paragraph"] or every
        if len(own) > 1 and own[1] == every[1] and INTRODUCES.search(self.document.text[own[0].start : own[0].end]):
            own = own[1:]
        wanted = [len(own) if number == LAST else min(values(number), default=0) for number in numbers]
        if not own or not all(1 <= number <= len(own) for number in wanted):
            amount = "1 paragraph" if len(own) == 1 else f"{len(own)} paragraphs"
            return Resolved((), f"{where(self.document, section)} has {amount}")
        places = [place for number in wanted for place in self._paragraph(own[number - 1])]
        return Resolved(tuple(places))

    def _paragraph(self, passage: Passage) -> list[Place]:
        """A paragraph and the items of the lists that it introduces."""
        found = [Place(self.document.id, passage.section, passage.start, passage.end)]
        if INTRODUCES.search(self.document.text[passage.start : passage.end]):
            introduced = [one for one in self.lists if one.intro == Span(passage.start, passage.end)]
            found += [self.place_of(one, item) for one in introduced for item in one.items]
        return found

    # The tree

    def _owners(self, label: str) -> tuple[int, ...]:
        plain = " ".join(label.split()).casefold()
        sections = enumerate(self.document.sections)
        return tuple(number for number, one in sections if number and one.label.casefold() == plain) or (
            (0,) if plain == self.document.title.casefold() else ()
        )

    def _ancestors(self, section: int) -> list[int]:
        found, node = [section], self.document.sections[section].parent
        while node is not None:
            found.append(node)
            node = self.document.sections[node].parent
        return found

    def _inside(self, section: int, outer: int) -> bool:
        inner, around = self.document.sections[section], self.document.sections[outer]
        return around.start <= inner.start and inner.end <= around.end

    def _section_place(self, number: int) -> Place:
        section = self.document.sections[number]
        return Place(self.document.id, number, section.start, section.end)

    def place_of(self, one: ItemList, item: Item) -> Place:
        """The place of an item of one of the document's lists."""
        return Place(self.document.id, one.section, item.start, item.end, item)


def _neighbours(series: Sequence[_One], one: _One, step: int) -> Sequence[_One]:
    """The one before or after in a series, if there is one."""
    place = series.index(one) + step
    return series[place : place + 1] if place >= 0 else ()
