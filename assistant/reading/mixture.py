"""The training set and the development set of the reader, put together from a data folder.

In: the folder that holds `span-qa/` and `doc2dial/`, and an organisation's own questions. Out: shuffled `Example`s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from assistant.errors import CorpusError
from assistant.reading.augment import NearMisses, as_typed, cut, hard_negatives, others, with_context
from assistant.reading.examples import (
    DEVELOPMENT_ARTICLES,
    Example,
    doc2dial,
    heading_questions,
    own_questions,
    qamr,
    qed,
    squad,
)

SOURCES = ("squad11", "squad2", "qed", "qamr", "doc2dial")


@dataclass(frozen=True, slots=True)
class Mixture:
    """What a training set is made of; shares are of the answerable questions of each source, counts of examples.

    `negatives` scales how many questions also get a passage that does not answer; `headings` says whether passages
    carry their heading path.
    """

    sources: tuple[str, ...] = SOURCES
    negatives: float = 1.0
    near_misses: float = 0.25
    other_sentences: float = 0.12
    short: float = 0.35
    typed: float = 0.2
    qamr: int = 20000
    headings: bool = True


def training_set(
    data: Path, random: Random, mixture: Mixture | None = None, *, questions: Path | None = None, limit: int = 0
) -> list[Example]:
    """Every source with its negatives, about a third of it without an answer, shuffled; at most `limit` where not 0."""
    maker = _Maker(data, random, mixture or Mixture())
    found = [*maker.squad(), *maker.qed(), *maker.qamr(), *maker.doc2dial(), *maker.own(questions)]
    if not found:
        raise CorpusError(f"{str(data)!r} holds no training data; give a folder with span-qa/ or doc2dial/")
    random.shuffle(found)
    return [maker.varied(example) for example in found[: limit or None]]


def development_set(data: Path, count: int, random: Random) -> list[Example]:
    """At most `count` questions of the SQuAD 2.0 articles that are never trained on; none where the file is absent."""
    path = data / "span-qa" / DEVELOPMENT_ARTICLES
    held = squad(path, "development") if path.exists() else []
    return random.sample(held, count) if 0 < count < len(held) else held


class _Maker:
    """One draw of a mixture from a data folder; a source that the folder lacks gives nothing."""

    def __init__(self, data: Path, random: Random, mixture: Mixture) -> None:
        self._data, self._random, self._mixture = data, random, mixture

    def squad(self) -> list[Example]:
        found: list[Example] = []
        for name, share in (("squad2-dev-16-articles.json", 0.25), ("squad11-train-subset.json", 0.4)):
            source = name.partition("-")[0]
            path = self._data / "span-qa" / name
            if path.exists() and source in self._mixture.sources:
                examples = squad(path, source)
                found += [*examples, *self._negatives(examples, share), *self._harder(examples)]
                found += [example for example in examples if not example.spans]  # by people: the best near misses
        return found

    def qed(self) -> list[Example]:
        folder = self._data / "span-qa"
        if "qed" not in self._mixture.sources or not (folder / "qed-train.jsonl").exists():
            return []
        examples = qed(folder / "qed-train.jsonl", folder / "qed-drop.txt")
        return [*examples, *self._negatives(examples, 0.35), *self._harder(examples)]

    def qamr(self) -> list[Example]:
        folder = self._data / "span-qa" / "qamr"
        if "qamr" not in self._mixture.sources or not folder.exists():
            return []
        examples = qamr(folder)
        examples = self._random.sample(examples, min(self._mixture.qamr, len(examples)))
        return [*examples, *self._negatives(examples, 0.2)]

    def doc2dial(self) -> list[Example]:
        folder = self._data / "doc2dial"
        if "doc2dial" not in self._mixture.sources or not folder.exists():
            return []
        examples = [*doc2dial(folder), *heading_questions(folder / "documents")]
        again = [cut(example, self._random) for example in (*examples, *examples)]
        negatives = [*self._negatives(examples, 1.0), *self._negatives(again, 1.0, best=8)]
        return [*examples, *again, *negatives, *self._harder(examples)]

    def own(self, questions: Path | None) -> list[Example]:
        if questions is None:
            return []
        examples = own_questions(questions)
        return [*examples, *self._negatives(examples, 1.0), *self._harder(examples)]

    def varied(self, example: Example) -> Example:
        """The passage cut short, the question as typed, the surroundings changed: each for a share of the examples."""
        if self._random.random() < self._mixture.short:
            example = cut(example, self._random)
        if self._random.random() < self._mixture.typed:
            example = replace(example, question=as_typed(example.question, self._random))
        example = with_context(example, self._random)
        return example if self._mixture.headings else replace(example, heading="")

    def _negatives(self, examples: Sequence[Example], share: float, best: int = 4) -> list[Example]:
        return hard_negatives(examples, self._random, share=share * self._mixture.negatives, best=best)

    def _harder(self, examples: Sequence[Example]) -> list[Example]:
        """Near misses and other sentences of the same passage."""
        maker = NearMisses(examples, self._random)
        answered = [example for example in examples if example.spans]
        near = [maker.of(one) for one in answered if self._random.random() < self._mixture.near_misses]
        other = [others(one, self._random) for one in answered if self._random.random() < self._mixture.other_sentences]
        return [example for example in (*near, *other) if example is not None]
