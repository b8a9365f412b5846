"""The scripted assistant with an id of its own for every answer, as the real one gives; what is kept needs that."""

from dataclasses import replace
from uuid import uuid4

from scripted import ScriptedAssistant

from assistant.answering import Answer
from assistant.understanding import Request


class FreshAssistant(ScriptedAssistant):
    """Answers by the script; no two answers share an id."""

    def _answer_to(self, request: Request) -> Answer:
        return super()._answer_to(replace(request, id=request.id or uuid4().hex))
