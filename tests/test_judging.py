from dataclasses import replace

import pytest
from evaluation_examples import DOCUMENTS, answer, case, citation, document, passage

from assistant.documents.document import Passage, Section, Span
from assistant.errors import QuestionError
from assistant.evaluation.cases import Rival
from assistant.evaluation.gold import Library
from assistant.evaluation.judging import Overlap, is_right, judge, supports, word_overlap

LIBRARY = Library(DOCUMENTS)
OPENS = "The office opens at nine."
CLOSES = "It closes at five."


def test_every_gold_string_must_stand_inside_a_single_quote() -> None:
    both = case(gold=["opens at nine", "closes at five"])
    assert supports(both, [OPENS, CLOSES])
    assert not supports(both, [OPENS])
    assert not supports(case(gold=["nine. It closes"]), [OPENS, CLOSES])
    assert supports(case(gold=["nine. It closes"]), [f"{OPENS} {CLOSES}"])


def test_a_forbidden_string_in_any_quote_is_wrong() -> None:
    strict = case(gold=["opens at nine"], forbidden=["five"])
    assert supports(strict, [OPENS])
    assert not supports(strict, [OPENS, CLOSES])


def test_any_rival_is_right_but_not_a_mixture() -> None:
    either = replace(case(), rivals=(Rival(("opens", "closes"), ()), Rival(("Dogs",), ())))
    assert supports(either, ["(1) Dogs stay outside."])
    assert not supports(either, [OPENS, "Bicycles"])


def test_white_space_does_not_matter() -> None:
    assert supports(case(gold=["office opens  at"]), ["The office\nopens at nine."])


def test_unanswerable_is_right_only_when_nothing_is_said() -> None:
    assert is_right(case(), answer())
    assert not is_right(case(), answer(citation(OPENS)))


def test_a_refusal_of_an_answerable_question_scores_zero_though_its_candidate_was_right() -> None:
    asked = case(gold=["opens at nine"], answer="nine")
    found = judge(asked, answer(closest=[citation(OPENS)]), [], LIBRARY)
    assert (found.right, found.candidate_right) == (False, True)
    assert (found.evidence, found.answer_held, found.answer_f1) == (Overlap(0, 0, 0), False, 0)
    assert (found.passage_rank, found.document_rank, found.document_first) == (None, None, True)


def test_evidence_counts_words_in_their_places() -> None:
    asked = case(gold=["opens at nine"], evidence=[OPENS])
    found = judge(asked, answer(citation(f"{OPENS} {CLOSES}")), [], LIBRARY)
    assert found.evidence == Overlap(5 / 9, 1.0, 2 * (5 / 9) / (5 / 9 + 1))
    elsewhere = judge(case(gold=["closes at five"]), answer(citation("opens at nine")), [], LIBRARY)
    assert elsewhere.evidence == Overlap(0, 0, 0), "the same word 'at' in another place is no evidence"


def test_the_same_words_on_a_twin_page_are_as_good() -> None:
    asked = case(gold=["The office opens at nine."])
    found = judge(asked, answer(citation("The office\nopens at nine.", "twin")), [passage("Notice.", "twin")], LIBRARY)
    assert found.right
    assert found.evidence == Overlap(1, 1, 1)
    assert (found.document_first, found.document_rank, found.passage_rank) == (True, 1, None)


def test_a_page_that_holds_only_a_part_of_the_gold_does_not_count() -> None:
    asked = case(gold=["opens at nine", "closes at five"])
    found = judge(asked, answer(citation("Notice.", "twin")), [passage("Notice.", "twin"), passage(CLOSES)], LIBRARY)
    assert (found.document_first, found.document_rank, found.passage_rank) == (False, 2, 2)


def test_a_repeated_string_counts_where_it_was_quoted() -> None:
    found = judge(case(gold=["at"]), answer(citation(CLOSES)), [], LIBRARY)
    assert found.evidence == Overlap(1 / 4, 1.0, 0.4)


def test_a_gold_passage_overlaps_a_gold_string() -> None:
    found = judge(case(gold=["Dogs"]), answer(), [passage(CLOSES), passage("(1) Dogs stay")], LIBRARY)
    assert (found.passage_rank, found.document_rank) == (2, 1)


def test_gold_that_is_a_heading_is_found_by_the_passages_under_it() -> None:
    text = "1. Hours\n\nFrom nine to five.\n\n2. Pets\n\nNone."
    plain = document("plain", text)
    hours = Section("1", "Hours", 1, 0, 29, 0, 8, 0)
    pets = Section("2", "Pets", 1, 30, len(text), 30, 37, 0)
    library = Library({"plain": replace(plain, sections=(*plain.sections, hours, pets))})
    under = [Passage("plain", 2, "paragraph", "", 39, 44), Passage("plain", 1, "paragraph", "", 10, 28)]
    assert judge(case(gold=["1. Hours"]), answer(), under, library).passage_rank == 2
    assert judge(case(gold=["Pets"]), answer(), under, library).passage_rank == 1
    assert judge(case(gold=["Hours", "nine"]), answer(), under[:1], library).passage_rank is None


def test_each_quote_is_compared_with_the_stored_text() -> None:
    moved = replace(citation(OPENS), start=1)
    unknown = replace(citation(OPENS), document="gone")
    found = judge(case(), answer(citation(OPENS), moved, closest=[unknown, citation(CLOSES)]), [], LIBRARY)
    assert (found.quotes, found.exact) == (4, 2)
    assert not LIBRARY.is_exact("rules", Span(3, 3), "")


def test_the_short_answer_is_compared_as_words() -> None:
    assert word_overlap("It opens at nine", "At nine.") == Overlap(0.5, 1.0, 2 / 3)
    assert word_overlap("", "nine") == Overlap(0, 0, 0)
    held = judge(case(gold=["opens at nine"], answer="nine"), answer(citation(OPENS)), [], LIBRARY)
    assert held.answer_held
    assert held.answer_f1 == pytest.approx(1 / 3)


def test_gold_that_no_document_holds_is_an_error() -> None:
    with pytest.raises(QuestionError, match=r"question 'one': no document of the index holds all of \['at noon'\]"):
        LIBRARY.locate(case(gold=["at noon"]))
