import pytest

from assistant.answering import Assistant
from assistant.reading.candidates import Candidate, Wanted, candidates, names_and_numbers

QUESTION = "When did Japan amend the Act?"


@pytest.fixture
def read(assistant: Assistant) -> list[Candidate]:
    hits = assistant.search(QUESTION, limit=5)
    return candidates(Wanted(assistant.index, QUESTION), hits, reader=assistant.reader)


def test_candidates_are_whole_sentences_and_items_inside_their_passages(
    assistant: Assistant, read: list[Candidate]
) -> None:
    text = assistant.index.documents["japan-pko"].text
    for one in read:
        assert one.hit.passage.start <= one.span.start <= one.answer.start
        assert one.answer.start < one.answer.end <= one.span.end <= one.hit.passage.end
        words = text[one.span.start : one.span.end]
        assert words == words.strip() != ""


def test_the_reader_marks_the_answering_words(assistant: Assistant, read: list[Candidate]) -> None:
    text = assistant.index.documents["japan-pko"].text
    best = max(read, key=lambda one: one.evidence.margin)
    assert text[best.answer.start : best.answer.end] == "June 1998"


def test_shares_of_terms_lie_between_none_and_all(read: list[Candidate]) -> None:
    for one in read:
        evidence = one.evidence
        shares = (evidence.coverage, evidence.own_coverage, evidence.passage_coverage, evidence.names, evidence.counted)
        assert all(0 <= share <= 1 for share in (*shares, evidence.meaning, evidence.weakest))
        assert evidence.own_coverage <= evidence.coverage <= evidence.passage_coverage
        assert evidence.own_coverage <= evidence.meaning + 1e-6


def test_words_that_mean_the_same_count(assistant: Assistant) -> None:
    def best(question: str) -> Candidate:
        return max(
            candidates(Wanted(assistant.index, question), assistant.search(question, limit=5), reader=assistant.reader),
            key=lambda one: one.evidence.meaning,
        )

    text = assistant.index.documents["japan-pko"].text
    revised, unsaid = best("In what year was the law revised?"), best("In what year was the orchestra revised?")
    assert "amended the Act" in text[revised.span.start : revised.span.end]
    assert revised.evidence.own_coverage == 0
    assert revised.evidence.meaning > 0.4
    assert revised.evidence.weakest > unsaid.evidence.weakest
    assert revised.evidence.meaning > unsaid.evidence.meaning + 0.05


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How high is the support among respondents?", "support among respondents"),
        ("Which assignment covers medical care?", "assignment medical care"),
    ],
)
def test_the_words_that_only_ask_need_not_be_said(assistant: Assistant, question: str, said: str) -> None:
    def weakest(question: str) -> float:
        hits = assistant.search(said, limit=1)
        return candidates(Wanted(assistant.index, question), hits, reader=assistant.reader)[0].evidence.weakest

    assert weakest(question) == weakest(said)


def test_names_and_numbers_of_a_question() -> None:
    question = "Where did Japan send the 13 missions of UNHCR in 1,998 days?"
    assert names_and_numbers(question) == ["13", "1,998", "Japan", "UNHCR"]


def test_a_number_speaks_for_a_candidate_only_if_it_counts_what_is_asked_for(assistant: Assistant) -> None:
    def counted(question: str) -> float:
        hits = assistant.search("13 United Nations peacekeeping operations", limit=1)
        return candidates(Wanted(assistant.index, question), hits, reader=assistant.reader)[0].evidence.counted

    assert counted("In how many peacekeeping operations has Japan taken part?") == 1.0
    assert counted("How many cooks serve in the operations?") < 0.5
    assert counted("Which operations has Japan taken part in?") == 1.0
