from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.search.encoder import Encoder, Progress, Vectors
from assistant.search.words import WordVectors

TEXTS = ["The Act was amended in June 1998", "Distribution of food, clothing and medical supplies; 1999"]


@pytest.fixture(scope="module")
def words(encoder: Encoder) -> WordVectors:
    return WordVectors.of(TEXTS, encoder)


def nearest(words: WordVectors, encoder: Encoder, asked: str, given: str) -> float:
    near = words.nearness([asked], encoder)
    return float(near[0, words.numbers([given])[0]])


def test_every_word_that_carries_meaning_is_held_once(words: WordVectors) -> None:
    assert len(words) == len({"act", "amended", "june", "1998", "distribution", "food", "clothing", "medical", "supplies", "1999"})  # fmt: skip
    assert words.numbers(["food", "the", "food", "zebra"]) == words.numbers(["food"])


def test_nearness_is_the_cosine_of_the_words(words: WordVectors, encoder: Encoder) -> None:
    asked, given = encoder.encode(["garments", "clothing"])
    assert nearest(words, encoder, "garments", "clothing") == pytest.approx(float(asked @ given), abs=1e-4)


@pytest.mark.parametrize(
    ("asked", "like", "unlike"),
    [("garments", "clothing", "amended"), ("meals", "food", "june"), ("revised", "amended", "clothing")],
)
def test_a_word_is_nearest_to_what_means_the_same(
    words: WordVectors, encoder: Encoder, asked: str, like: str, unlike: str
) -> None:
    assert nearest(words, encoder, asked, like) > nearest(words, encoder, asked, unlike) + 0.1


def test_a_number_is_near_to_nothing_but_a_word_may_be_near_to_a_number(words: WordVectors, encoder: Encoder) -> None:
    assert nearest(words, encoder, "1998", "1999") == nearest(words, encoder, "1998", "1998") == 0
    assert nearest(words, encoder, "year", "1998") > 0.4


def test_only_new_words_are_encoded(words: WordVectors, encoder: Encoder) -> None:
    counting = _Counting(encoder)
    again = WordVectors.of([*TEXTS, "Sanitation and food"], counting, known=words)
    assert counting.texts == ["sanitation"]
    assert again.nearness(["food"], encoder)[0, again.numbers(["clothing"])] == pytest.approx(
        words.nearness(["food"], encoder)[0, words.numbers(["clothing"])]
    )


def test_saved_words_are_as_near(words: WordVectors, encoder: Encoder, tmp_path: Path) -> None:
    words.save(tmp_path)
    loaded = WordVectors.load(tmp_path)
    assert np.allclose(loaded.nearness(["meals"], encoder), words.nearness(["meals"], encoder), atol=1e-3)


def test_a_question_without_words_is_near_to_nothing(words: WordVectors, encoder: Encoder) -> None:
    assert words.nearness([], encoder).shape == (0, len(words))


class _Counting:
    """The encoder, with a note of what it was given."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.dimension = encoder.dimension
        self.name, self.digest, self.max_tokens = encoder.name, encoder.digest, encoder.max_tokens
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.texts += texts
        return self._encoder.encode(texts, progress=progress)

    def count_tokens(self, text: str) -> int:
        return self._encoder.count_tokens(text)


def test_a_weekday_is_near_to_itself_alone(encoder: Encoder) -> None:
    near = WordVectors.of(["open on Friday in March"], encoder)
    assert nearest(near, encoder, "thursday", "friday") == nearest(near, encoder, "april", "march") == 0
