"""Half a sentence is quoted with its other half: what leads into a list, and the items it leads into."""

from pathlib import Path

import pytest
from conftest import settings_for

from assistant.answering import Assistant
from assistant.search.build import build

HOUSE = """# Rules of the House

## Conduct
Visitors must not:
- (a) fly drones;
- (b) use flash or tripods.

Whoever breaks rule (a) must leave at once. Exceptions from rule (a) are possible for the press.

## Training
1. Induction: half a day, compulsory, before the first shift.
2. Fire safety: two hours, compulsory, repeated every year.
3. First aid: one day, voluntary, paid by the museum.

## Who is eligible for the reduced price?
You can get the reduced price if any of the descriptions below are true for you.

**At least one of these must be true. You are:**
- a pupil,
- a pensioner, or
- unemployed.

Volunteers get a discount of 20% in the café, but no reduced price.

## Opening hours
| Day | Museum | Library |
|---|---|---|
| Thursday | 10:00-20:00 | 13:00-19:00 |
| Friday | 10:00-18:00 | closed |

## Deliveries
<b>If you order a print, you can choose:</b>
<ul>
<li>standard delivery</li>
<li>express delivery</li>
</ul>
"""


@pytest.fixture(scope="module")
def house(encoder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    corpus = tmp_path_factory.mktemp("house")
    (corpus / "house.md").write_text(HOUSE, encoding="utf-8")
    settings = settings_for(corpus, tmp_path_factory.mktemp("index"), encoder_cache)
    build(settings)
    return Assistant.open(settings)


def quotes(house: Assistant, question: str) -> list[str]:
    return [citation.quote for citation in house.ask(question).citations]


@pytest.mark.parametrize("question", ["Can I use a tripod?", "May visitors fly drones?"])
def test_a_ban_is_never_quoted_without_the_words_that_ban(house: Assistant, question: str) -> None:
    first, second, *_ = quotes(house, question)
    assert first == "Visitors must not:"
    assert ("tripods" if "tripod" in question else "drones") in second


def test_what_is_said_of_a_rule_elsewhere_comes_with_it(house: Assistant) -> None:
    said = ["Whoever breaks rule (a) must leave at once.", "Exceptions from rule (a) are possible for the press."]
    assert quotes(house, "What happens if I fly a drone?")[2:] == said
    assert quotes(house, "May visitors fly drones?")[2:] == said
    assert quotes(house, "Can I use a tripod?")[2:] == []


def test_of_several_items_all_that_fit_are_chosen(house: Assistant) -> None:
    found = quotes(house, "Which trainings are compulsory?")
    assert [quote[:2] for quote in found] == ["1.", "2."]


@pytest.mark.parametrize(
    "question",
    ["Who can get the reduced price?", "Who is eligible for the reduced price?", "Who gets the reduced price?"],
)
def test_what_announces_a_list_brings_it_past_the_paragraph_between(house: Assistant, question: str) -> None:
    found = quotes(house, question)
    assert found[-3:] == ["a pupil,", "a pensioner, or", "unemployed."]


def test_a_lead_in_tags_is_a_lead(house: Assistant) -> None:
    found = quotes(house, "What can I choose if I order a print?")
    assert found == [
        "If you order a print, you can choose:",
        "standard delivery",
        "express delivery",
    ]


def test_what_answers_one_part_of_a_question_answers_no_other(house: Assistant) -> None:
    answer = house.ask("What may visitors not fly, and who pays for it?")
    assert answer.status == "partial"
    assert len(answer.unanswered) == 1
    assert "pays" in answer.unanswered[0]


def test_a_row_comes_with_its_header_and_the_cell_that_is_asked_for(house: Assistant) -> None:
    answer = house.ask("When is the library open on Thursday?")
    header, row = (citation.quote for citation in answer.citations)
    assert header == "Day | Museum | Library"
    assert row == "Thursday | 10:00-20:00 | 13:00-19:00"
    assert answer.answer == "Library\n13:00-19:00"
