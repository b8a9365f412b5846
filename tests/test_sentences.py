import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.document import Span
from assistant.documents.sentences import sentences


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "sentence",
    [
        "The tasks are listed below (Article 3, item 5).",
        "The U.S. Army deployed 3.5 million people.",
        "Under Sec. 3 and No. 5 of the list, Dr. Smith pays $12.50.",
        "Call 8:00 a.m. to 5:30 p.m. Monday through Friday.",
        "Under Art. 5 para. 2 of Reg. No. 3 the Govt. acts.",
        "See figs. 2 and 3 (cf. p. 7) vs. the others, e.g. those of Smith et al. in the annex.",
        "J. Smith moved to Washington, D.C. 20500 in Jan. 2024.",
        "Bring your papers (a passport. A licence will do.) to the office.",
        "The rule was wrapped by\nhand at forty columns.",
        "Wait... and see.",
        "Send it to P.O. Box 5 of Example Inc. in Springfield.",
        "“Is it done?” he asked.",
        "Many non-U.S. citizens qualify.",
        "1. Fill out the form.",
        "(a) Sign it.",
    ],
)
def test_one_sentence_stays_one(sentence: str) -> None:
    assert split(f"First it was said. {sentence} Then it ended.") == ["First it was said.", sentence, "Then it ended."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is done (Article 3, item 5.) The rest follows.", ["It is done (Article 3, item 5.)", "The rest follows."]),
        ('He said "Go." Then he left.', ['He said "Go."', "Then he left."]),
        ("No. You must apply.", ["No.", "You must apply."]),
        ("We live in the U.S. The form is here.", ["We live in the U.S.", "The form is here."]),
        ("It opens at 9 a.m. The office is small.", ["It opens at 9 a.m.", "The office is small."]),
        ("Order online [2]. Pay later.[3] Wait.", ["Order online [2].", "Pay later.[3]", "Wait."]),
        ("See irs.gov. Loans are taxed.", ["See irs.gov.", "Loans are taxed."]),
        ("It ends.Then it goes on.", ["It ends.", "Then it goes on."]),
        ("What is it? A form! It is long.", ["What is it?", "A form!", "It is long."]),
        ("And more… Then it ended.", ["And more…", "Then it ended."]),
        ("It ended in 1992. 15 members left.", ["It ended in 1992.", "15 members left."]),
        ("A line without an end\n\nAnother line", ["A line without an end", "Another line"]),
        ("日本は国です。私は行く。", ["日本は国です。", "私は行く。"]),
        ("  \n ", []),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_positions_are_those_of_the_whole_text() -> None:
    text = "Été. Out. In here. Yes, in. Out."
    assert sentences(text, 10, 27) == (Span(10, 18), Span(19, 27))


@given(st.text(alphabet="ab AB.?!()[]\"'”…\n19éU日。", max_size=80), st.integers(0, 20), st.integers(0, 20))
def test_sentences_are_exact_stripped_in_order_and_lose_nothing(text: str, cut: int, tail: int) -> None:
    start, end = min(cut, len(text)), max(min(cut, len(text)), len(text) - tail)
    spans = sentences(text, start, end)
    assert all(start <= span.start < span.end <= end for span in spans)
    assert all(text[span.start : span.end] == text[span.start : span.end].strip() for span in spans)
    assert all(one.end <= other.start for one, other in zip(spans, spans[1:], strict=False))
    held = "".join(text[span.start : span.end] for span in spans)
    assert "".join(held.split()) == "".join(text[start:end].split())
