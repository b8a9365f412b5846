import math
from pathlib import Path

import pytest

from assistant.search.terms import TermIndex, terms_of

TEXTS = [
    "Medical care including sanitation measures",
    "Care of children",
    "Elections and voting in June 1998",
    "Of the and",
]


@pytest.fixture
def terms() -> TermIndex:
    return TermIndex.of(TEXTS)


def test_terms_are_stems_without_stopwords_and_with_whole_numbers() -> None:
    assert terms_of("When was the Act amended, and by 2.5 percent?") == ["act", "amend", "2.5", "percent"]


def test_only_passages_that_share_a_term_score(terms: TermIndex) -> None:
    scores = terms.scores("Which elections?")
    assert scores[2] > 0
    assert scores[[0, 1, 3]].tolist() == [0, 0, 0]


def test_the_shorter_passage_scores_higher_for_the_same_term(terms: TermIndex) -> None:
    scores = terms.scores("care")
    assert scores[1] > scores[0] > 0


def test_a_question_without_known_terms_scores_zero(terms: TermIndex) -> None:
    assert terms.scores("zebra of the").tolist() == [0, 0, 0, 0]


def test_rarity_is_the_inverse_document_frequency(terms: TermIndex) -> None:
    assert terms.rarity("care") == pytest.approx(math.log(1 + 2.5 / 2.5))
    assert terms.rarity("zebra") > terms.rarity("elect") > terms.rarity("care")


def test_coverage_weighs_rare_terms_more(terms: TermIndex) -> None:
    assert terms.coverage(["care", "elect"], ["elect"]) > 0.5 > terms.coverage(["care", "elect"], ["care"])
    assert terms.coverage([], ["care"]) == 0


def test_a_saved_index_scores_the_same(terms: TermIndex, tmp_path: Path) -> None:
    terms.save(tmp_path / "terms")
    loaded = TermIndex.load(tmp_path / "terms")
    assert loaded.scores("medical care").tolist() == terms.scores("medical care").tolist()
    assert loaded.rarity("care") == terms.rarity("care")
    assert loaded.holds("care")
    assert not loaded.holds("zebra")


def test_what_an_apostrophe_leaves_of_a_word_is_no_term() -> None:
    assert terms_of("the child's rights; they’ve we'll") == ["child", "right"]
