import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.spelling import Acronym, Corrected, Vocabulary, corrected, expanded

TEXT = """The Harbour Authority's Rules for Pilotage (HARP)

The Harbour Authority appoints pilots. Each pilot holds a licence from the Ministry of Fisheries and Navigation (MFN),
and the Vessel Traffic Service (VTS) in Port Marenga reports every arrival. Peacekeeping operations are exempt (twice a
year, under Article 3). The government reimburses expenses for the observation of elections (Article 12).
Reports go to the United Nations Mission in the Republic of South Sudan (UNMISS) and to the ILO (International Labour
Organization). Licences are renewed by the Office of Ships' Registry (OSR). Supplies and equipment for vessels are
inspected for safety; a pilot in Nepal or Mozambique files in-kind contributions by the last day of the month.
"""
VOCABULARY = Vocabulary.of([TEXT])


def mended(question: str) -> str:
    return corrected(question, VOCABULARY).question


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("When does the goverment pay?", "When does the government pay?"),
        ("Who inspects the equipmnet?", "Who inspects the equipment?"),  # a swap
        ("Which suplies are inspected?", "Which supplies are inspected?"),  # a double letter
        ("obsarvation of elecions", "observation of elections"),
        ("How are contrbutoins filed?", "How are contributions filed?"),  # two slips in a long word
        ("goverment", "government"),
        ("How meny vessels?", "How many vessels?"),  # English alone holds "many"
    ],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("peacekeepingoperations in Nepal", "peacekeeping operations in Nepal"),
        ("Whendid thePilot report?", "When did the Pilot report?"),
        ("How canI renew?", "How can I renew?"),
        ("inkind contributions", "in kind contributions"),
        ("the elec tions", "the elections"),
        ("who pays the reim burses", "who pays the reimburses"),
    ],
)
def test_spaces_are_mended_where_the_documents_hold_the_words(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "How much salary do soldiers get?",
        "Does the harbor center analyze neighborhood defenses?",  # American spelling
        "Are nonlicensed vessels unmanned and pilotless?",  # made of known words
        "Do Nepalis and Mozambicans file?",
        "Did Zelensky meet Channing or McDowell at DECnet?",  # unknown names
        "Is UNMIS or FSAA meant?",  # unknown acronyms
        "Is land sold in peace time?",  # both parts are words
        "teh wya",  # too short
        "see goverment.org, elecions@port.org, elecions2 and /elecions",  # no prose
        "asdf qwer zxcv",
        "¿Cuándo se publicaron las elecciones del puerto?",
        "Wann wurde der Lotse zuletzt geprüft?",
        "",
        " ?! ",
    ],
)
def test_what_is_right_or_cannot_be_read_stays(question: str) -> None:
    assert corrected(question, VOCABULARY) == Corrected(question)


def test_two_readings_that_are_about_as_likely_are_none() -> None:
    vocabulary = Vocabulary.of(["A brindol is no brindor."])
    assert corrected("Is it a brindox?", vocabulary).corrections == ()
    assert corrected("Is it a brndol?", vocabulary).question == "Is it a brindol?"


def test_the_documents_decide_between_readings() -> None:
    typed = "Is the contigent paid?"
    assert corrected(typed, Vocabulary.of(["The contingent is paid."])).question == "Is the contingent paid?"
    assert corrected(typed, Vocabulary.of(["It is paid."])).question == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("GOVERMENT'S PILOTS", "GOVERNMENT'S PILOTS"),
        ("Goverment’s pilots", "Government’s pilots"),
        ("the (“goverment”), and: why?", "the (“government”), and: why?"),
        ("Which Goverment is it?", "Which Goverment is it?"),  # a capital that the documents do not write: a name
        ("Is it Nepol?", "Is it Nepal?"),
        ("the peace-keeping goverment-run ships", "the peace-keeping government-run ships"),
    ],
)
def test_case_and_punctuation_stay(typed: str, meant: str) -> None:
    assert mended(typed) == meant


def test_corrections_say_what_was_read_for_what_in_order() -> None:
    assert corrected("Whendid the goverment file?", VOCABULARY).corrections == (
        "Whendid → When did",
        "goverment → government",
    )


WORDS = st.sampled_from(sorted(set(re.findall(r"[A-Za-z]+", TEXT))))
SLIPS = st.lists(
    st.one_of(
        WORDS, st.text(string.ascii_letters + "'’-. éß", max_size=12), st.sampled_from(["goverment", "elec", "tions"])
    )
).map(" ".join)


@given(st.lists(WORDS).map(" ".join), st.sampled_from([str, str.lower, str.upper]))
def test_words_of_the_documents_never_change(question: str, case: type[str]) -> None:
    assert corrected(case(question), VOCABULARY) == Corrected(case(question))


@given(st.one_of(SLIPS, st.text()))
def test_correcting_twice_is_correcting_once(question: str) -> None:
    once = corrected(question, VOCABULARY)
    assert corrected(once.question, VOCABULARY) == Corrected(once.question)
    assert (once.question != question) == bool(once.corrections)


@given(SLIPS)
def test_only_letters_and_spaces_change(question: str) -> None:
    def rest(text: str) -> list[str]:
        return re.findall(r"[^\w\s'’]", text)

    assert rest(mended(question)) == rest(question)


def test_the_vocabulary_counts_words_without_case_and_possessive() -> None:
    vocabulary = Vocabulary.of(["Japan's act. JAPAN acts", "Japan’s Act"])
    assert vocabulary.counts == {"japan": 3, "act": 2, "acts": 1}
    assert vocabulary.capitalised == {"japan", "act"}
    with pytest.raises(TypeError):
        vocabulary.counts["act"] = 7  # type: ignore[index]


def test_acronyms_are_read_from_the_documents() -> None:
    assert {(acronym.short, acronym.long) for acronym in VOCABULARY.acronyms} == {
        ("HARP", "Harbour Authority's Rules for Pilotage"),
        ("MFN", "Ministry of Fisheries and Navigation"),
        ("VTS", "Vessel Traffic Service"),
        ("UNMISS", "United Nations Mission in the Republic of South Sudan"),
        ("ILO", "International Labour Organization"),
        ("OSR", "Office of Ships' Registry"),
    }


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("the Multinational Force and Observers (MFO) operating", "MFO", "Multinational Force and Observers"),
        ("MFO (the Multinational Force and Observers, Sinai)", "MFO", "Multinational Force and Observers"),
        ("personnel and Self-Defense Forces (SDF) contingent", "SDF", "Self-Defense Forces"),
        ("Contribution to UN Peacekeeping Operations (PKOs)", "PKO", "Peacekeeping Operations"),
        ("for peacekeeping operations (PKO) the", "PKO", "peacekeeping operations"),
        ("the Department of Motor Vehicles (the “DMV”)", "DMV", "Department of Motor Vehicles"),
        ("Student Aid Free Application for Federal Student Aid (FAFSA®)", "FAFSA", "Free Application for Federal Student Aid"),
        ("the Federal Student Aid Office of Servicemembers' Group Life Insurance (OSGLI)", "OSGLI", "Office of Servicemembers' Group Life Insurance"),
        ("Vocational Rehabilitation & Employment (VR&E)", "VR&E", "Vocational Rehabilitation & Employment"),
        ("la Organización de las Naciones Unidas (ONU)", "ONU", "Organización de las Naciones Unidas"),
        ("der Europäische Gerichtshof (EuGH)", "EuGH", "Europäische Gerichtshof"),
    ],
)  # fmt: skip
def test_a_long_form_begins_where_the_letters_do(text: str, short: str, long: str) -> None:
    assert Vocabulary.of([text]).acronyms == (Acronym(short, long),)


@pytest.mark.parametrize(
    "text",
    [
        "Bosnia and Herzegovina (twice)",
        "centering upon the United Nations (Article 1)",
        "the tasks (13) to (19)",
        "Kings (Brooklyn) and New York (Manhattan)",
        "by the Multinational. Force and Observers (MFO)",
        "Livery Bus (OMR)",
        "operations (PKO)",
        "SDF (see above)",
        "(MFO)",
    ],
)
def test_other_brackets_explain_nothing(text: str) -> None:
    assert Vocabulary.of([text]).acronyms == ()


def test_a_meaning_is_kept_once_as_it_is_written_most_often() -> None:
    texts = [
        "Port Control Unit (PCU). Port control unit (PCU).",
        "port-control units (PCUs) Port Control Unit (PCU)",
        "Pilot Care Union (PCU)",
    ]
    assert Vocabulary.of(texts).acronyms == (Acronym("PCU", "Port Control Unit"), Acronym("PCU", "Pilot Care Union"))
    assert (
        expanded("Who runs the PCU?", Vocabulary.of(texts)) == "Who runs the PCU? (Port Control Unit; Pilot Care Union)"
    )


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("Who heads the MFN?", " (Ministry of Fisheries and Navigation)"),
        ("who heads the mfn", " (Ministry of Fisheries and Navigation)"),
        ("Are VTSs open?", " (Vessel Traffic Service)"),
        ("Where is the vessel traffic services' tower?", " (VTS)"),
        ("Where are vessel-traffic services?", " (VTS)"),
        ("Where is the Vessel Traffic Service (VTS)?", ""),
        ("vts or Ministry of Fisheries and Navigation", " (Vessel Traffic Service; MFN)"),
        ("Who plays the harp?", ""),  # an English word
        ("WHO PLAYS THE HARP?", ""),
        ("What are the HARP rules?", " (Harbour Authority's Rules for Pilotage)"),
        ("When does a pilot report?", ""),
    ],
)
def test_either_form_brings_the_other(question: str, added: str) -> None:
    assert expanded(question, VOCABULARY) == question + added


@pytest.mark.parametrize("question", ["Who gets MGIB-AD?", "who gets mgib-ad"])
def test_a_short_form_may_have_a_hyphen(question: str) -> None:
    vocabulary = Vocabulary.of(["the Montgomery GI Bill Active Duty (MGIB-AD)"])
    assert expanded(question, vocabulary) == f"{question} (Montgomery GI Bill Active Duty)"


@given(st.text(string.ascii_lowercase + " ?", max_size=40))
def test_without_acronyms_nothing_is_added(question: str) -> None:
    assert expanded(question, Vocabulary.of(["No acronym here."])) == question
