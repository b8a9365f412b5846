import pytest

from assistant.answering import Assistant
from assistant.errors import QuestionError
from assistant.search.retrieve import Fusion, retrieve


@pytest.mark.parametrize("fusion", ["dense", "lexical", "reciprocal_rank", "normalised"])
def test_every_fusion_finds_the_sentence_and_ranks_by_score(assistant: Assistant, fusion: Fusion) -> None:
    hits = retrieve(assistant.index, ["Who does medical care including sanitation?"], limit=10, fusion=fusion)[0]
    assert hits[0].passage.label == "(13)"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_dense_scores_are_cosines_of_the_encoded_passages(assistant: Assistant) -> None:
    question = "Which countries received election observers?"
    hits = retrieve(assistant.index, [question], limit=5)[0]
    vector = assistant.index.encoder.encode([question])[0]
    rows = assistant.index.vectors.rows([hit.number for hit in hits])
    assert [hit.dense for hit in hits] == pytest.approx((rows @ vector).tolist(), abs=1e-6)


def test_questions_together_find_what_they_find_alone(assistant: Assistant) -> None:
    questions = ["When was the Act enacted?", "Which ones use weapons?", "zzz"]
    together = retrieve(assistant.index, questions, limit=5)
    alone = [retrieve(assistant.index, [question], limit=5)[0] for question in questions]
    assert [[hit.number for hit in hits] for hits in together] == [[hit.number for hit in hits] for hits in alone]


def test_a_search_limited_to_some_documents(assistant: Assistant) -> None:
    hits = retrieve(assistant.index, ["weapons"], limit=3, documents=["japan-pko"])[0]
    assert {hit.passage.document for hit in hits} == {"japan-pko"}
    assert retrieve(assistant.index, ["weapons"], limit=3, documents=[])[0] == []
    with pytest.raises(QuestionError, match="no document 'nowhere'"):
        retrieve(assistant.index, ["weapons"], limit=3, documents=["nowhere"])


def test_a_heading_is_never_a_passage(assistant: Assistant) -> None:
    texts = {assistant.index.text_of(passage) for passage in assistant.index.passages}
    headings = {section.heading for section in assistant.index.documents["japan-pko"].sections}
    assert not texts & headings
