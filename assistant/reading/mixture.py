"""The training set and the development set of the reader, put together from a data folder.

In: the folder that holds `span-qa/` and `doc2dial/`, and an organisation's own questions. Out: shuffled `Example`s.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from assistant.errors import CorpusError
from assistant.reading.augment import NearMisses, as_typed, cut, hard_negatives, others, with_context
from assistant.reading.examples import DEVELOPMENT_ARTICLES, Example, doc2dial, own_questions, qamr, qed, squad

SHORT = 0.35  # share of long passages cut to a few sentences
TYPED = 0.2
NEAR_MISSES = 0.25  # of the answerable questions
OTHER_SENTENCES = 0.12
QAMR = 6000


def training_set(data: Path, random: Random, *, questions: Path | None = None, limit: int = 0) -> list[Example]:
    """Every source with its negatives, about a third of it without an answer, shuffled; at most `limit` where not 0."""
    found = [*_squad(data, random), *_shorter(data, random), *_dialogues(data, random), *_own(questions, random)]
    if not found:
        raise CorpusError(f"{str(data)!r} holds no training data; give a folder with span-qa/ or doc2dial/")
    random.shuffle(found)
    return [_varied(example, random) for example in found[: limit or None]]


def development_set(data: Path, count: int, random: Random) -> list[Example]:
    """At most `count` questions of the SQuAD 2.0 articles that are never trained on; none where the file is absent."""
    path = data / "span-qa" / DEVELOPMENT_ARTICLES
    held = squad(path, "development") if path.exists() else []
    return random.sample(held, count) if 0 < count < len(held) else held


def _squad(data: Path, random: Random) -> list[Example]:
    found: list[Example] = []
    for name, share in (("squad2-dev-16-articles.json", 0.25), ("squad11-train-subset.json", 0.4)):
        path = data / "span-qa" / name
        if path.exists():
            examples = squad(path, name.partition("-")[0])
            found += [*examples, *hard_negatives(examples, random, share=share), *_harder(examples, random)]
            found += [example for example in examples if not example.spans]  # written by people: the best near misses
    return found


def _shorter(data: Path, random: Random) -> list[Example]:
    folder = data / "span-qa"
    found: list[Example] = []
    if (folder / "qed-train.jsonl").exists():
        examples = qed(folder / "qed-train.jsonl", folder / "qed-drop.txt")
        found += [*examples, *hard_negatives(examples, random, share=0.35), *_harder(examples, random)]
    if (folder / "qamr").exists():
        examples = random.sample(qamr(folder / "qamr"), QAMR)
        found += [*examples, *hard_negatives(examples, random, share=0.2)]
    return found


def _dialogues(data: Path, random: Random) -> list[Example]:
    if not (data / "doc2dial").exists():
        return []
    examples = doc2dial(data / "doc2dial")
    again = [cut(example, random) for example in examples]
    negatives = [*hard_negatives(examples, random, share=1.0), *hard_negatives(again, random, share=1.0, best=8)]
    return [*examples, *again, *negatives, *_harder(examples, random)]


def _own(questions: Path | None, random: Random) -> list[Example]:
    if questions is None:
        return []
    examples = own_questions(questions)
    return [*examples, *hard_negatives(examples, random, share=1.0), *_harder(examples, random)]


def _harder(examples: Sequence[Example], random: Random) -> list[Example]:
    """Near misses and other sentences of the same passage, for a share of the answerable questions each."""
    maker = NearMisses(examples, random)
    answered = [example for example in examples if example.spans]
    near = [maker.of(example) for example in answered if random.random() < NEAR_MISSES]
    other = [others(example, random) for example in answered if random.random() < OTHER_SENTENCES]
    return [example for example in (*near, *other) if example is not None]


def _varied(example: Example, random: Random) -> Example:
    if random.random() < SHORT:
        example = cut(example, random)
    if random.random() < TYPED:
        example = replace(example, question=as_typed(example.question, random))
    return with_context(example, random)
