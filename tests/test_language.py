import time

import pytest

from assistant.dialogue.language import foreign, note_for_language

FOREIGN = {
    "French": ["Quand la loi a-t-elle été modifiée ?", "quelles sont les conditions pour obtenir un permis"],
    "German": ["Wann wurde das Gesetz geändert?", "wie kann ich einen antrag auf rente stellen"],
    "Spanish": ["¿Cuándo se modificó la ley?", "cuando entra en vigor la nueva ley de cooperación"],
    "Italian": ["Quando è stata modificata la legge?", "come faccio a rinnovare la patente di guida"],
    "Portuguese": ["Quais são os cinco princípios da participação?", "como posso renovar a minha carta de condução"],
    "Dutch": ["Hoeveel landen hebben hulpgoederen ontvangen?", "hoe kan ik mijn rijbewijs laten verlengen"],
    "Polish": ["Kiedy zmieniono tę ustawę i dlaczego?"],
    "Vietnamese": ["Luật được sửa đổi khi nào và tại sao?"],
    "Japanese": ["法律はいつ改正されましたか。", "PKOとは何ですか"],
    "Chinese": ["该法律何时修订?"],
    "Korean": ["법은 언제 개정되었습니까?"],
    "Russian": ["Когда был изменён закон?", "Что такое PKO?"],
    "Ukrainian": ["Коли було змінено закон і які його цілі?"],
    "Arabic": ["متى تم تعديل القانون؟"],
    "Greek": ["Πότε τροποποιήθηκε ο νόμος;"],
    "Hindi": ["कानून में संशोधन कब हुआ?"],
    "Thai": ["กฎหมายถูกแก้ไขเมื่อใด"],
}


@pytest.mark.parametrize(("name", "question"), [(name, one) for name, some in FOREIGN.items() for one in some])
def test_a_language_that_no_document_is_in_is_named(name: str, question: str) -> None:
    assert foreign(question, ["en-GB"]) == name


@pytest.mark.parametrize(
    "question",
    [
        "When was the Act amended?",
        "wen was teh act amendet?",
        "UNMISS headquarters Juba",
        "Luís de Camões",
        "What epic poem did Luís de Camões write?",
        "What is the Grand prix du disque de F. Chopin?",
        "What does 自衛隊 mean?",
        "xqzt vvrp mnbv kkkl wrrt",
        "do not",
        "Bundestag",
        "42",
        "?!",
        "",
    ],
)
def test_english_names_typing_errors_and_gibberish_are_never_foreign(question: str) -> None:
    assert foreign(question, ["en"]) is None


@pytest.mark.parametrize(
    ("question", "languages", "name"),
    [
        ("When was it amended and why?", ["de"], "English"),
        ("When was it amended and why?", ["de", "en-GB"], None),
        ("Was ist der Zweck dieses Gesetzes?", ["de-AT"], None),
        ("Quand la loi a-t-elle été modifiée ?", ["en", "fr-CA"], None),
        ("日本の法律", ["ja"], None),
        ("日本の法律", ["zh-Hant"], "Japanese"),
        ("法律", ["ja"], None),
        ("Quand la loi a-t-elle été modifiée ?", ["xx"], None),
        ("Quand la loi a-t-elle été modifiée ?", [], None),
    ],
)
def test_the_documents_languages_decide(question: str, languages: list[str], name: str | None) -> None:
    assert foreign(question, languages) == name


def test_the_note_says_what_to_do() -> None:
    assert note_for_language("French", ["en", "en-GB"]) == (
        "Your question seems to be in French, but the documents are in English: please ask in that language."
    )
    assert note_for_language("French", ["ja", "en", "xx"]) == (
        "Your question seems to be in French, but the documents are in English, Japanese and xx: "
        "please ask in one of those languages."
    )


def test_a_call_takes_less_than_two_milliseconds() -> None:
    question = "Wann wurde das Gesetz geändert?"
    foreign(question, ["en"])
    started = time.perf_counter()
    for _ in range(100):
        foreign(question, ["en"])
    assert (time.perf_counter() - started) / 100 < 0.002
