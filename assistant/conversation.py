"""A question and its answer → the turns that they are in the history of what follows."""

from assistant.answering import Answer
from assistant.dialogue.followups import Place, Turn


def turns_of(question: str, answer: Answer) -> tuple[Turn, Turn]:
    """The person's turn and the assistant's, which carries the places that it quoted."""
    places = tuple(Place(citation.document, citation.start, citation.end) for citation in answer.citations)
    return Turn("user", question), Turn("assistant", answer.answer or answer.note or "", places)
