import pytest

from assistant.answering import Answer, Assistant
from assistant.dialogue.turns import Place, Turn
from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.understanding import Request, clean


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
    answer = assistant.ask("And in Timor-Leste?", [Turn("user", "How often did Japan observe elections in Sudan?")])
    assert answer.standalone_question == "How often did Japan observe elections in Timor-Leste?"


def test_the_next_item_is_looked_up_from_the_place_last_quoted(assistant: Assistant) -> None:
    first = assistant.ask("What is assignment (13)?")
    [quoted] = first.citations
    history = [
        Turn("user", first.question),
        Turn("assistant", first.answer, (Place(quoted.document, quoted.start, quoted.end),)),
    ]
    following = assistant.ask("And the one after that?", history)
    assert following.standalone_question == 'item (14) of "4. International Peace Cooperation Assignments"'
    assert [citation.quote[:4] for citation in following.citations] == ["(14)"]


@pytest.mark.parametrize("follow_up", ["And the one after that?", "What is the next assignment?"])
@pytest.mark.parametrize("answered", [True, False])
def test_an_earlier_question_without_its_places_is_searched_again(
    assistant: Assistant, follow_up: str, *, answered: bool
) -> None:
    history = [Turn("user", "What is assignment (13)?"), Turn("assistant", "Medical care")]
    following = assistant.ask(follow_up, history if answered else history[:1])
    assert [citation.quote[:4] for citation in following.citations] == ["(14)"]


def test_earlier_questions_are_searched_again_one_after_another(assistant: Assistant) -> None:
    history = [Turn("user", "What is assignment (13)?"), Turn("user", "And the next one?")]
    following = assistant.ask("And the one after that?", history)
    assert [citation.quote[:4] for citation in following.citations] == ["(15)"]


def test_a_number_that_does_not_exist_is_refused_with_what_does(assistant: Assistant) -> None:
    answer = assistant.ask("What does assignment (40) say?")
    assert (answer.status, answer.citations) == ("not_found", ())
    assert answer.note == "section 4 has items (1) to (22)"
    assert answer.confidence < 0.1


@pytest.mark.parametrize("said", [" ", "x" * 2500])
def test_an_earlier_message_that_could_not_be_asked_spoils_nothing(assistant: Assistant, said: str) -> None:
    assert assistant.ask("And the one after that?", [Turn("user", said)]).question == "And the one after that?"


def test_what_a_list_is_called_is_counted_whatever_was_said_before(assistant: Assistant) -> None:
    history = [Turn("user", "Who is the mayor of Tokyo?"), Turn("assistant", "These documents do not say.")]
    answer = assistant.ask("How many assignments are there?", history)
    assert answer.standalone_question == "How many assignments are there?"
    assert answer.derived is not None
    assert "22" in answer.derived


def test_a_whole_list_comes_whole(assistant: Assistant) -> None:
    answer = assistant.ask("Name the five principles.")
    assert [citation.quote[:3] for citation in answer.citations] == ["(1)", "(2)", "(3)", "(4)", "(5)"]
    assert exact(assistant, answer)


def test_two_questions_get_two_answers_and_the_part_without_one_is_named(assistant: Assistant) -> None:
    both = assistant.ask("When was the Act enacted and when was it amended?")
    assert both.status == "answered"
    assert ["June 1992" in both.answer, "June 1998" in both.answer] == [True, True]
    half = assistant.ask("When was the Act amended, and what is the capital of Australia?")
    assert half.status == "partial"
    assert half.unanswered == ("what is the capital of Australia?",)


def test_a_question_without_a_word_to_look_for_has_no_answer(assistant: Assistant) -> None:
    answer = assistant.ask("the of and to in")
    assert (answer.status, answer.confidence) == ("not_found", 0.0)


def test_small_talk_gets_a_note_and_no_search(assistant: Assistant) -> None:
    answer = assistant.ask("Hello!")
    assert (answer.status, answer.citations, answer.closest, answer.confidence) == ("not_found", (), (), 0.0)
    assert "Japan's Contribution to UN Peacekeeping Operations (PKO)" in (answer.note or "")


def test_another_language_is_told_so(assistant: Assistant) -> None:
    answer = assistant.ask("自衛隊はどこに派遣されましたか。")
    assert answer.status == "not_found"
    assert "Japanese" in (answer.note or "")


def test_a_typing_error_is_mended_and_shown(assistant: Assistant) -> None:
    answer = assistant.ask("When was the Act ammended?")
    assert answer.corrections == ("ammended → amended",)
    assert "June 1998" in answer.answer


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


@pytest.mark.parametrize(
    ("question", "count", "labels"),
    [
        ("How many tasks mention weapons?", "2", ["(3)", "(4)"]),
        ("How many international peace cooperation assignments are there?", "22", [f"({n})" for n in range(1, 23)]),
    ],
)
def test_the_items_of_a_count_are_those_it_counts(
    assistant: Assistant, question: str, count: str, labels: list[str]
) -> None:
    answer = assistant.ask(question)
    assert answer.derived == count
    assert [quote.split()[0] for quote in (one.quote for one in answer.citations) if quote[0] == "("] == labels
