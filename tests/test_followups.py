from dataclasses import dataclass, replace

import pytest

from assistant.dialogue.context import context_of, departure, in_context
from assistant.dialogue.followups import Place, Structure, Turn, standalone
from assistant.documents.document import Passage
from assistant.documents.lists import lists_of
from assistant.documents.load import make_document
from assistant.documents.passages import split

RULES = """City Library

1. Opening

The City Library opened in May 1987. The reading room is in Harbour Street.
The library lends four kinds of things: books, games, maps, and films. All else stays in the house.

2. Duties of Members

Members have the following duties.

(1) Members shall keep their card safe.
(2) Members shall return books in time.
(3) Members shall pay for damage.
(4) Members shall be quiet in the reading room.

3. What to Bring

Bring these things:

- a photograph
- a proof of address
- the fee in cash
"""
DUTIES = "2. Duties of Members"
DOCUMENT = make_document("library", RULES, path="library.txt")
PASSAGES = split(DOCUMENT, count_tokens=lambda text: len(text.split()))
STRUCTURE = Structure({"library": DOCUMENT}, {"library": lists_of(DOCUMENT, PASSAGES)})


def told(*quotes: str) -> Turn:
    """An answer that quotes these words of the rules."""
    places = tuple(Place("library", RULES.index(quote), RULES.index(quote) + len(quote)) for quote in quotes)
    return Turn("assistant", "\n".join(quotes), places)


def asked(question: str) -> Turn:
    return Turn("user", question)


SECOND = (asked("What is the second duty?"), told("(2) Members shall return books in time."))
OPENED = (asked("When was the City Library opened?"), told("The City Library opened in May 1987."))


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("the one after that?", "(3)"),
        ("and the next one?", "(3)"),
        ("And the next duty?", "(3)"),
        ("What comes after that?", "(3)"),
        ("the one before it", "(1)"),
        ("And the previous?", "(1)"),
        ("Which duty comes just before it?", "(1)"),
        ("the last one?", "(4)"),
        ("Explain the last of them.", "(4)"),
        ("and the first?", "(1)"),
        ("And (3)?", "(3)"),
        ("and number 4?", "(4)"),
        ("What about number two?", "(2)"),
        ("And number 30?", "(30)"),
        ("the sixth?", "(6)"),
    ],
)
def test_a_pointer_into_the_list_that_was_quoted_names_list_and_item(question: str, label: str) -> None:
    assert standalone(question, SECOND, STRUCTURE) == f'item {label} of "{DUTIES}"'


def test_past_the_ends_of_a_list_the_number_is_one_that_does_not_exist() -> None:
    last = (asked("What is the fourth duty?"), told("(4) Members shall be quiet in the reading room."))
    first = (asked("What is the first duty?"), told("(1) Members shall keep their card safe."))
    assert standalone("the one after that?", last, STRUCTURE) == f'item (5) of "{DUTIES}"'
    assert standalone("the one before it?", first, STRUCTURE) == f'item (0) of "{DUTIES}"'


def test_the_first_item_asked_about_is_remembered() -> None:
    history = (*SECOND, asked("And the next one?"), told("(3) Members shall pay for damage."))
    assert standalone("the one before the first I asked about?", history, STRUCTURE) == f'item (1) of "{DUTIES}"'
    assert standalone("the next one?", history, STRUCTURE) == f'item (4) of "{DUTIES}"'


def test_items_without_labels_are_counted() -> None:
    history = (asked("What must I bring besides the form?"), told("a photograph"))
    assert standalone("And the next one?", history, STRUCTURE) == 'item 2 of "3. What to Bring"'
    assert standalone("And number 7?", history, STRUCTURE) == 'item 7 of "3. What to Bring"'


@pytest.mark.parametrize(
    "answer",
    [told("Members have the following duties."), told(*(f"({number}) Members shall" for number in range(1, 5)))],
)
def test_after_a_whole_list_an_ordinal_counts_in_it(answer: Turn) -> None:
    history = (asked("Name the duties of members."), answer)
    assert standalone("Explain the last of them.", history, STRUCTURE) == f'item (4) of "{DUTIES}"'
    assert standalone("And the second?", history, STRUCTURE) == f'item (2) of "{DUTIES}"'


def test_without_citations_the_item_is_read_from_the_question() -> None:
    history = (asked("What is duty (2)?"), Turn("assistant", "These documents do not say."))
    assert standalone("the one after that?", history, STRUCTURE) == f'item (3) of "{DUTIES}"'
    again = (*history, asked("the one after that?"), Turn("assistant", "These documents do not say."))
    assert standalone("the one after that?", again, STRUCTURE) == f'item (4) of "{DUTIES}"'


def test_a_quote_that_is_no_item_leaves_the_list() -> None:
    assert standalone("And the next one?", (*SECOND, *OPENED), STRUCTURE) != f'item (3) of "{DUTIES}"'


def test_a_member_of_a_sentence_is_found_between_its_commas() -> None:
    kinds = told("The library lends four kinds of things: books, games, maps, and films.")
    history = (asked("What does the library lend?"), kinds)
    assert standalone("How long may I keep the last of them?", history, STRUCTURE) == "How long may I keep films?"


def test_without_structure_an_ordinal_is_exchanged_in_the_earlier_question() -> None:
    history = (asked("What is the first duty?"), Turn("assistant", "Keep your card safe."))
    assert standalone("And the last one?", history) == "What is the last duty?"


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("What for?", "What was the City Library opened for?"),
        ("Why?", "Why was the City Library opened?"),
        ("And where?", "Where was the City Library opened?"),
        ("When was that?", "When was the City Library opened?"),
        ("And the reading room?", "When was the reading room opened?"),
        ("What about the swimming pool?", "When was the swimming pool opened?"),
        ("Who opened it?", "Who opened the City Library?"),
        ("Does it lend games?", "Does the City Library lend games?"),
        ("What are its fees?", "What are the City Library’s fees?"),
        ("What does it cost?", "What does the City Library cost?"),
        ("What has changed since then?", "What has changed since May 1987?"),
        ("Who decided that?", "When was the City Library opened? Who decided that?"),
        ("Who says so?", "Who says “The City Library opened in May 1987”?"),
        ("Which page says that?", "Which page says “The City Library opened in May 1987”?"),
    ],
)
def test_a_question_that_leans_takes_what_it_needs_from_the_past(question: str, understood: str) -> None:
    assert standalone(question, OPENED, STRUCTURE) == understood


@pytest.mark.parametrize(
    ("first", "answer", "question", "understood"),
    [
        ("Which swimming pools have a slide?", "The North Pool", "How many?", "How many swimming pools have a slide?"),
        ("Which swimming pools have a slide?", "The North Pool", "And a sauna?", "Which swimming pools have a sauna?"),
        ("Which pools have a slide?", "The North Pool", "What do they cost?", "What do the pools cost?"),
        ("Can children swim alone?", "No.", "And adults?", "Can adults swim alone?"),
        ("Who runs the pool?", "Anna Smith", "How old is she?", "How old is Anna Smith?"),
        ("Who runs the pool?", "Anna Smith", "Why?", "Who runs the pool? Why?"),
        ("Where is the sauna?", "In the North Pool.", "What is sold there?", "What is sold in the North Pool?"),
        (
            "Since when has the city sent trainers to the Swimming Federation?",
            "Since 2004.",
            "Where does it operate?",
            "Where does the Swimming Federation operate?",
        ),
        (
            "To how many schools has the city sent trainers?",
            "Six.",
            "And sports clubs since the reform?",
            "To how many sports clubs since the reform has the city sent trainers?",
        ),
        (
            "Which rule governs the use of lockers?",
            "The House Rules",
            "What is its purpose?",
            "What is the purpose of the rule that governs the use of lockers?",
        ),
        (
            "Why was it closed before the renovation?",
            "Cracks.",
            "And after?",
            "Why was it closed after the renovation?",
        ),
    ],
)
def test_words_go_where_the_matching_ones_stood(first: str, answer: str, question: str, understood: str) -> None:
    assert standalone(question, (asked(first), Turn("assistant", answer))) == understood


def test_pieces_are_put_into_the_same_question_one_after_the_other() -> None:
    history = [asked("How many members use the pool on Mondays?"), Turn("assistant", "Forty.")]
    assert standalone("And on Sundays?", history) == "How many members use the pool on Sundays?"
    history += [asked("And on Sundays?"), Turn("assistant", "Sixty.")]
    assert standalone("And children?", history) == "How many children use the pool on Sundays?"


def test_after_a_question_for_the_source_one_goes_on_with_the_question_before() -> None:
    history = (*OPENED, asked("Who says so?"), told("The City Library opened in May 1987."))
    assert standalone("Why?", history, STRUCTURE) == "Why was the City Library opened?"


def test_a_subject_is_carried_over_several_turns() -> None:
    history = [*OPENED, asked("Who opened it?"), Turn("assistant", "The mayor.")]
    assert standalone("Is it free?", history) == "Is the City Library free?"


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor?",
        "What does it cost to join?",
        "Is it possible to borrow games?",
        "When does the pool open?",
        "opening hours of the pool",
        "What if a member loses the card, can he replace it?",
        "What does someone do if they lose a card?",
        "Hello there, where can I buy a ticket?",
        "Thanks",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert standalone(question, OPENED, STRUCTURE) == question
    assert standalone(question, ()) == question


def test_without_history_nothing_changes() -> None:
    assert standalone("What for?", (), STRUCTURE) == "What for?"


def test_a_reply_is_read_with_what_the_assistant_asked_back() -> None:
    history = (asked("How do I renew my card?"), Turn("assistant", "Gladly. Is it lost?"))
    assert standalone("Yes.", history) == "How do I renew my card? Is it lost? Yes."


@dataclass(frozen=True)
class _Hit:
    passage: Passage
    number: int
    score: float
    dense: float


def _hit(number: int, document: str, score: float, dense: float) -> _Hit:
    return _Hit(Passage(document, 0, "paragraph", "", 0, 1), number, score, dense)


def _best(alone: list[_Hit], whole: list[_Hit]) -> list[tuple[int, float]]:
    found = in_context(alone, [], whole, limit=2, scored=lambda hit, own, said: replace(hit, score=own + said))
    return [(hit.number, round(hit.score, 3)) for hit in found]


def test_a_context_holds_the_last_messages_and_all_of_them() -> None:
    history = (*OPENED, *SECOND)
    context = context_of("Why?", history)
    assert context is not None
    assert context.recent == f"{SECOND[0].content} {SECOND[1].content} Why?"
    assert context.whole == " ".join(["Why?", *(turn.content for turn in reversed(history))])
    assert context_of("Why?", ()) is None


def test_of_two_like_passages_the_one_of_the_conversations_document_comes_first() -> None:
    alone = [_hit(1, "pool", 1.0, 0.5), _hit(2, "library", 0.9, 0.5)]
    assert departure(alone, [_hit(3, "library", 1.0, 0.8)]) == 0
    assert _best(alone, [_hit(3, "library", 1.0, 0.8)]) == [(2, 3.9), (3, 3.0)]


def test_what_the_last_answer_cited_is_what_is_talked_about() -> None:
    alone = [_hit(1, "pool", 0.9, 0.5), _hit(2, "library", 1.0, 0.5)]
    whole = [_hit(3, "library", 1.0, 0.8), _hit(4, "pool", 0.7, 0.6)]
    found = in_context(
        alone, [], whole, limit=1, cited={"pool"}, scored=lambda hit, own, said: replace(hit, score=own + said)
    )
    assert [(hit.number, hit.score) for hit in found] == [(1, pytest.approx(3.9))]
    places = (Place("pool", 0, 9),)
    history = (Turn("user", "And the pool?"), Turn("assistant", "At seven.", places), Turn("user", "Thanks!"))
    context = context_of("What does a ticket cost?", history)
    assert context is not None
    assert context.cited == {"pool"}


def test_a_question_much_nearer_to_another_document_leaves_the_conversation() -> None:
    alone = [_hit(1, "pool", 1.0, 0.8), _hit(2, "library", 0.1, 0.2)]
    assert departure(alone, [_hit(3, "library", 1.0, 0.8)]) == 1
    assert _best(alone, [_hit(3, "library", 1.0, 0.8)]) == [(1, 1.0), (2, 0.1)]


def test_an_empty_earlier_message_leaves_no_trace() -> None:
    assert standalone("When?", [Turn("user", ""), Turn("assistant", "")]) == "When?"
