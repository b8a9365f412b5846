"""A scripted assistant over the shipped document: every shape that an answer has, whole lists of many quotes among them.

The citations are made by `cite` and checked, as those of `scripted.py` are; a second document, the garden's, stands
beside the first, so that readings can differ in their document.
"""

import re
from typing import cast

from listening import HeldAssistant
from scripted import ScriptedIndex, garden, quoted

from assistant.dialogue.smalltalk import Talk, note_for
from assistant.documents.citations import Citation
from assistant.documents.document import Document
from assistant.search.index import Index
from assistant.settings import Settings

ASSIGNMENTS = 22
ITEM = re.compile(r"^  • \(\d+\) (?P<words>.*?)[;.]?$", re.MULTILINE)
LIST = "Which assignments are there?"
GOVERNED = "Which tasks are there for International Election Observation Operations?"
HOW_MANY = "How many assignments are there?"
READINGS = "What is item (1)?"
PARTIAL = "When was the Act enacted and who is the director?"
MISSING = "What is assignment (40)?"
GREETING = "Hello"
MISTYPED = "Where have the polise been sent?"
NO_ITEM = "section 4 has items (1) to (22)"
PRINCIPLES = "What are the five principles?"


class MinistryAssistant(HeldAssistant):
    """Knows the questions above by heart."""

    def __init__(self, settings: Settings, document: Document) -> None:
        super().__init__(settings)
        self.index = cast(Index, ScriptedIndex({document.id: document, garden().id: garden()}))
        self._script |= answers_of(document)


def items_of(document: Document, heading: str) -> list[Citation]:
    """Every list item of the section with this heading, cited by itself in order, its words marked without its label."""
    section = next(node for node in document.sections if node.heading == heading)
    text = document.text[section.start : section.end]
    return [quoted(document, match[0].strip("• "), match["words"]) for match in ITEM.finditer(text)]


def answers_of(document: Document) -> dict[str, dict[str, object]]:
    """Questions and what is special about their answers."""
    assignments = items_of(document, "International Peace Cooperation Assignments")
    assert len(assignments) == ASSIGNMENTS
    principles = items_of(document, "The Five Principles for Participation in Peacekeeping Troops")
    governing = quoted(document, text_of(document, r'The "International Peace Cooperation Assignments".*5\)\.'))
    enacted = quoted(document, text_of(document, r"In order to play.*?June 1992\."), "June 1992")
    police = quoted(document, text_of(document, r"So far, the SDF.*?Timor-Leste\."), "to Cambodia and Timor-Leste")
    adults = quoted(garden(), "(1) Adults pay 500 yen;")
    return {
        LIST: {"citations": tuple(assignments), "closest": (principles[0],)},
        GOVERNED: {"citations": (governing, assignments[7], assignments[20])},
        PRINCIPLES: {"citations": tuple(principles), "confidence": 1.0},
        HOW_MANY: {"citations": (assignments[0], assignments[-1]), "derived": str(ASSIGNMENTS)},
        READINGS: {"citations": (principles[0], assignments[0], adults), "ambiguous": True, "confidence": 0.5},
        PARTIAL: {"status": "partial", "citations": (enacted,), "unanswered": ("who is the director?",)},
        MISSING: {"note": NO_ITEM, "closest": (assignments[0],)} | not_found(),
        GREETING: {"note": note_for(Talk("greeting"), [document.title], [LIST]), "closest": ()} | not_found(),
        MISTYPED: {"citations": (police,), "corrections": ("polise → police",), "confidence": 0.8},
    }


def text_of(document: Document, pattern: str) -> str:
    """The first text that a pattern finds."""
    found = re.search(pattern, document.text, re.DOTALL)
    assert found is not None
    return found[0]


def not_found() -> dict[str, object]:
    """What an answer holds that found nothing."""
    return {"status": "not_found", "citations": (), "confidence": 0.05}
