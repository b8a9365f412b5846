"""Question sets on disk → cases to ask.

In: a folder with questions.jsonl (one question a row) and/or conversations.jsonl (one conversation a row); their fields
are described in eval/README.md. Out: a `Suite`. A bad row is a `QuestionError` with file, line and remedy.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from assistant.dialogue.followups import Place, Turn
from assistant.errors import QuestionError

QUESTIONS = "questions.jsonl"
CONVERSATIONS = "conversations.jsonl"

Split = Literal["", "dev", "test"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class Rival:
    """One acceptable way to be right: the strings that the quotes must hold, and what a person would underline."""

    gold: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question and how to tell whether it was answered: by any one of `rivals`, which is empty if unanswerable.

    `forbidden` strings stand in no quote of a right answer; `answer` is the shortest answering text or empty;
    `document` may be empty, which means any document that holds the gold.
    """

    id: str
    question: str
    form: str
    document: str
    rivals: tuple[Rival, ...]
    forbidden: tuple[str, ...]
    answer: str
    split: Split
    history: tuple[Turn, ...] = ()
    follows: bool = False

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return bool(self.rivals)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions asked one after the other, each with the answers given so far as its history."""

    id: str
    turns: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """What one folder holds; either part may be empty, not both."""

    folder: Path
    questions: tuple[Case, ...]
    conversations: tuple[Conversation, ...]


def load_suite(folder: Path) -> Suite:
    """Read a suite's folder. Raises `QuestionError` for a bad row, and when there is nothing to ask."""
    questions = tuple(_rows(folder / QUESTIONS, _question))
    conversations = tuple(_rows(folder / CONVERSATIONS, _conversation))
    if not questions and not conversations:
        raise QuestionError(f"{str(folder)!r} holds no question; put {QUESTIONS} or {CONVERSATIONS} there")
    return Suite(folder, questions, conversations)


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str
    citations: list[Place] = []


class _Asked(BaseModel):
    """What a row of questions.jsonl and a turn of a conversation have in common."""

    model_config = ConfigDict(extra="forbid")
    question: Text
    form: Text = "plain"
    answerable: bool = True
    gold: list[Text] = []
    alternatives: list[Annotated[list[Text], Field(min_length=1)]] = []
    evidence: list[list[Text]] = []
    forbidden: list[Text] = []
    answer: str = ""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.answerable and not self.gold:
            raise ValueError("an answerable question needs gold strings; give some or set answerable to false")
        if not self.answerable and (self.gold or self.alternatives or self.evidence or self.answer):
            raise ValueError("an unanswerable question has no gold, alternatives, evidence or answer; remove them")
        if self.evidence and len(self.evidence) != 1 + len(self.alternatives):
            raise ValueError("evidence needs one list for gold and one for each of the alternatives, in that order")
        return self

    def rivals(self) -> tuple[Rival, ...]:
        """Gold and alternatives with their evidence, which is the gold itself where the row names none."""
        golds = [self.gold, *self.alternatives] if self.answerable else []
        evidence = self.evidence or golds
        return tuple(Rival(tuple(gold), tuple(shown)) for gold, shown in zip(golds, evidence, strict=True))


class _QuestionRow(_Asked):
    id: Text
    document: str = ""
    split: Split = ""
    history: list[_Message] = []
    title: str = ""  # public sets carry these; nothing depends on them
    domain: str = ""


class _ConversationRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Text
    document: str = ""
    split: Split = ""
    turns: Annotated[list[_Asked], Field(min_length=1)]


def _question(line: str) -> Case:
    row = _QuestionRow.model_validate_json(line)
    history = tuple(Turn(message.role, message.content, tuple(message.citations)) for message in row.history)
    case = _case(row, row.id, row.document, row.split)
    return replace(case, history=history, follows=bool(history))


def _conversation(line: str) -> Conversation:
    row = _ConversationRow.model_validate_json(line)
    turns = (
        replace(_case(turn, f"{row.id}/{number}", row.document, row.split), follows=number > 1)
        for number, turn in enumerate(row.turns, 1)
    )
    return Conversation(row.id, tuple(turns))


def _case(asked: _Asked, name: str, document: str, split: Split) -> Case:
    return Case(
        id=name,
        question=asked.question,
        form=asked.form,
        document=document,
        rivals=asked.rivals(),
        forbidden=tuple(asked.forbidden),
        answer=asked.answer,
        split=split,
    )


def _rows(path: Path, parse: Callable[[str], _Parsed]) -> Iterator[_Parsed]:
    """Parse each line that is not blank; a missing file has none."""
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            parsed = parse(line)
        except ValidationError as error:
            raise QuestionError(f"{str(path)!r}, line {number}: {_explained(error)}") from None
        name = str(getattr(parsed, "id"))  # noqa: B009 - both kinds of row have one
        if name in seen:
            raise QuestionError(f"{str(path)!r}, line {number}: id {name!r} stands in line {seen[name]}; rename one")
        seen[name] = number
        yield parsed


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{str(path)!r} cannot be read: {error}; save it as UTF-8") from None


def _explained(error: ValidationError) -> str:
    """The first fault as one line: where, what was there, what to do."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return f"not JSON ({first['msg']}); write one object a line"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if first["type"] == "missing":
        return f"field {place!r} is missing; add it"
    if first["type"] == "extra_forbidden":
        return f"unknown field {place!r}; correct its name or remove it"
    return f"field {place!r} is {first['input']!r}; {first['msg']}"
