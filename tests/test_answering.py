import pytest

from assistant.answering import Answer, Assistant, Request, clean
from assistant.dialogue.followups import Turn
from assistant.errors import QuestionError
from assistant.settings import Settings


def exact(assistant: Assistant, answer: Answer) -> bool:
    cited = [*answer.citations, *answer.closest]
    return all(assistant.index.documents[c.document].text[c.start : c.end] == c.quote for c in cited)


def test_the_first_question_of_the_readme(assistant: Assistant) -> None:
    answer = assistant.ask("When was the International Peace Cooperation Act enacted?")
    assert answer.status == "answered"
    assert answer.citations[0].section == "1. Overview"
    assert "in June 1992" in answer.citations[0].quote
    assert "June 1992" in answer.answer
    assert exact(assistant, answer)
    assert answer.index_version == assistant.index.version


def test_a_list_item_is_quoted_whole_from_its_label(assistant: Assistant) -> None:
    answer = assistant.ask("medical care including sanitation measures")
    assert [citation.quote for citation in answer.citations] == ["(13) Medical care including sanitation measures;"]


def test_what_is_not_in_the_documents_is_not_answered(assistant: Assistant) -> None:
    answer = assistant.ask("What does a visa for Brazil cost?")
    assert (answer.status, answer.answered, answer.answer, answer.citations) == ("not_found", False, "", ())
    assert answer.note == "These documents do not say."
    assert answer.confidence < assistant.settings.threshold
    assert len({citation.section_path for citation in answer.closest}) == len(answer.closest) > 0
    assert exact(assistant, answer)


def test_questions_together_are_answered_as_alone(assistant: Assistant) -> None:
    questions = ["When was the Act amended?", "who paid?", "Which countries did the police go to?"]
    together = assistant.ask_all([Request(question, id="same") for question in questions])
    alone = [assistant.ask_all([Request(question, id="same")])[0] for question in questions]
    assert [answer.citations for answer in together] == [answer.citations for answer in alone]
    confidences = [answer.confidence for answer in alone]
    assert [answer.confidence for answer in together] == pytest.approx(confidences, abs=1e-3)


def test_a_follow_up_shows_what_it_was_understood_as(assistant: Assistant) -> None:
    answer = assistant.ask("And since when?", [Turn("user", "Which staff officers work in the Sinai Peninsula?")])
    assert answer.standalone_question == "Which staff officers work in the Sinai Peninsula? And since when?"
    assert "Since April 2019" in answer.citations[0].quote


@pytest.mark.usefixtures("index_folder")
def test_a_threshold_of_one_refuses_everything(settings: Settings) -> None:
    strict = Assistant.open(settings.model_copy(update={"threshold": 1.0}))
    assert strict.ask("When was the International Peace Cooperation Act enacted?").status == "not_found"


def test_json_is_the_contract(assistant: Assistant) -> None:
    values = assistant.ask("When was the Act amended?").as_json()
    assert set(values) == {
        "id", "question", "standalone_question", "status", "answered", "answer", "confidence", "citations", "note",
        "unanswered", "derived", "ambiguous", "corrections", "closest", "index_version",
    }  # fmt: skip
    assert set(values["citations"][0]) == {
        "document", "title", "date", "section", "section_path", "quote", "start", "end", "highlights", "sha256", "url",
        "source_url",
    }  # fmt: skip
    assert values["answered"] is True


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "the question is empty"),
        (" \t\n", "the question is empty"),
        ("x" * 2001, "the question has 2001 characters; send 2000 at most"),
        ("what \ud800?", "half a character"),
    ],
)
def test_unusable_questions_are_refused_with_a_reason(question: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        clean(question, Settings())


def test_control_characters_become_spaces() -> None:
    assert clean("  When\x00was\tthe Act\r\nenacted?\x07 ", Settings()) == "When was the Act  enacted?"


@pytest.mark.parametrize(
    "question", ["?", "...", "\U0001f600", "'; DROP TABLE answers; --", "a" * 2000, "国際平和協力法"]
)
def test_odd_questions_get_an_honest_answer(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_found"
    assert exact(assistant, answer)
