"""What the tests of streams share: an assistant that can be held back while it answers, and a reader of events."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from threading import Event
from typing import Any

from scripted import GARDEN, GARDEN_ID, ScriptedAssistant

from assistant.answering import Answer
from assistant.documents.document import Passage
from assistant.errors import QuestionError
from assistant.search.retrieve import Hit
from assistant.settings import Settings
from assistant.understanding import Request


class HeldAssistant(ScriptedAssistant):
    """Finds the fees and the opening; answers when it is let go, which it is from the start."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.let_go = Event()
        self.let_go.set()
        self.held: list[Request] = []

    def search(self, question: str, *, limit: int, documents: Collection[str] | None = None) -> list[Hit]:
        if unknown := set(documents or ()) - {GARDEN_ID}:
            raise QuestionError(f"there is no document {unknown.pop()!r}")
        found = [("Fees are due", 2), ("(1) Adults", 2), ("The garden", 1)] if question else []
        starts = [(GARDEN.index(words), section) for words, section in found]
        passages = [Passage(GARDEN_ID, section, "paragraph", "", start, start + 10) for start, section in starts]
        return [Hit(passage, number, 1.0 - number / 10, 0.5, 2.0) for number, passage in enumerate(passages)][:limit]

    def _answer_to(self, request: Request) -> Answer:
        self.held.append(request)
        assert self.let_go.wait(timeout=30)
        return super()._answer_to(request)


@dataclass(frozen=True)
class Told:
    """One event of a stream, or a comment (its name is empty)."""

    name: str
    data: Any


def told(lines: Iterable[str]) -> list[Told]:
    """The events of a stream, comments too, as WHATWG's parser would read these lines."""
    events: list[Told] = []
    name = ""
    for line in lines:
        if line.startswith(":"):
            events.append(Told("", line))
        elif line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            events.append(Told(name, json.loads(line.removeprefix("data: "))))
        else:
            assert line == ""
    return events
