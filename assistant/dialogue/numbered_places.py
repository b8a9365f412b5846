"""A numbered place that was asked for → the one beside it: "the next article", "and the last paragraph?".

In: the question, the place that was asked for before, and the documents. Out: `article 9 of "The Act"`, for a lookup.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.phrases import words_of
from assistant.dialogue.pointers import NEIGHBOUR, PLACED, only_points, ordinal_of, step_of
from assistant.dialogue.turns import Place, Structure
from assistant.documents.addresses import LAST, Step, addresses, kind_of
from assistant.documents.numbering import roman


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered place of a document: Article 4, paragraph 1; outermost step first."""

    document: str
    steps: tuple[Step, ...]


def place_asked(asked: str, places: Sequence[Place]) -> Numbered | None:
    """The one place of one number that a question asks for, in the document that was quoted."""
    named = addresses(asked)
    if len(named) != 1 or not places or any(len(step.numbers) != 1 for step in named[0].steps):
        return None
    return Numbered(places[0].document, named[0].steps)


def beside_place(question: str, place: Numbered, structure: Structure, *, in_list: bool) -> str | None:
    """ "The next article", "and the last paragraph?"; "the one after that" where no list is spoken of."""
    kinds = [kind_of(word.lower) for word in words_of(question)]
    kind = next((one for one in kinds if one not in (None, "item")), None)
    depth = next((depth for depth, step in enumerate(place.steps) if step.noun == kind), None)
    if kind is None and not in_list and place.steps[-1].noun != "item":
        kind, depth = place.steps[-1].noun, len(place.steps) - 1
    neighbour, placed = NEIGHBOUR.search(question), PLACED.search(question)
    rest = question if neighbour or placed is None else question[: placed.start()] + question[placed.end() :]
    if kind is None or depth is None or not (neighbour or placed) or not only_points(rest, kind):
        return None
    number = _moved(place.steps[depth].numbers[0], step_of(neighbour)) if neighbour else _ordinal(placed)
    document = structure.documents.get(place.document)
    if number is None or document is None:
        return None
    said = f"last {kind}" if number == LAST else f"{kind} {number}"
    outer = [f"{step.noun} {step.numbers[0]}" for step in reversed(place.steps[:depth])]
    return " of ".join([said, *outer, f'"{document.title}"'])


def _moved(number: str, step: int) -> str | None:
    """The number before or after: "4" → "5", "ii" → "3"; None where there is none before."""
    value = int(number) if number.isdigit() else roman(number) if re.fullmatch("[ivxlc]+", number) else 0
    return str(value + step) if value and value + step > 0 else None


def _ordinal(match: re.Match[str] | None) -> str | None:
    value = ordinal_of(match["ordinal"]) if match else None
    return LAST if value == -1 else str(value) if value else None
