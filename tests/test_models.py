import pytest
from pydantic import TypeAdapter, ValidationError

from assistant.dialogue.followups import Place, Turn
from assistant.service.models import AnswerRequest, BadRow, BatchItem, BatchRow
from assistant.understanding import Request

ROWS: TypeAdapter[list[BatchRow | BadRow]] = TypeAdapter(list[BatchItem])


def test_a_request_becomes_what_the_assistant_takes() -> None:
    cited = {"document": "a/b", "start": 1, "end": 2, "quote": "x"}
    history = [{"role": "user", "content": "first"}, {"role": "assistant", "content": "", "citations": [cited]}]
    body = {"question": "And then?", "history": history}
    turns = (Turn("user", "first"), Turn("assistant", "", (Place("a/b", 1, 2),)))
    assert AnswerRequest.model_validate(body).request() == Request("And then?", turns, None, "")


def test_a_row_keeps_its_id_also_when_it_is_a_number() -> None:
    assert BatchRow.model_validate({"id": 12, "question": "?"}).request() == Request("?", (), None, "12")


@pytest.mark.parametrize(("start", "message"), [(-1, "greater than or equal"), ("1", "integer"), (1.5, "integer")])
def test_positions_are_whole_and_not_negative(start: object, message: str) -> None:
    cited = {"document": "a", "start": start, "end": 2}
    history = [{"role": "assistant", "content": "", "citations": [cited]}]
    with pytest.raises(ValidationError, match=message):
        AnswerRequest.model_validate({"question": "?", "history": history})


def test_a_bad_row_is_kept_as_its_error_and_the_others_go_on() -> None:
    rows = ROWS.validate_python([{"id": "a", "question": 1}, {"question": "?"}, {"id": ["x"], "question": "?"}, 3])
    assert rows == [
        BadRow(id="a", error="#/question: Input should be a valid string"),
        BatchRow(question="?"),
        BadRow(id="", error="#/id: Input should be a valid string"),
        BadRow(id="", error="#: Input should be a valid dictionary or instance of BatchRow"),
    ]


def test_the_id_of_a_bad_row_is_cut_and_can_be_sent() -> None:
    (row,) = ROWS.validate_python([{"id": "\ud800" + "x" * 500}])
    assert isinstance(row, BadRow)
    assert row.id == "?" + "x" * 199


def test_an_earlier_message_brings_only_so_many_citations() -> None:
    cited = [{"document": "a", "start": 1, "end": 2}] * 1001
    history = [{"role": "assistant", "content": "", "citations": cited}]
    with pytest.raises(ValidationError, match="at most 1000 items after validation, not 1001"):
        AnswerRequest.model_validate({"question": "?", "history": history})
