"""The page in a real browser: Debian's Chromium, driven by Playwright, against the app served on loopback."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import quote as percent_encode

import httpx
import pytest
from browsing import PHONE, Visitor, needs_chromium, opened_browser, served, visit
from fastapi import FastAPI
from listening import HeldAssistant
from playwright.sync_api import Browser, expect
from scripted import GARDEN, GARDEN_ID, ScriptedAssistant, ScriptedIndex

from assistant.answering import Assistant
from assistant.documents.load import load_corpus
from assistant.search.index import Index
from assistant.service.app import create_app
from assistant.service.pages import WEB
from assistant.settings import Settings

SETTINGS = Settings(
    organisation="City <Parks>",
    contact="Ring the gardener: 123.",
    accent="#8a1f5c",
    sample_questions=("When does the garden open?", "What does it cost?"),
    max_question_characters=80,
)
LINK = "/documents/guides/garden%20%F0%9F%8C%B8"
QUOTE = "The garden \U0001f338 opens at nine."

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def scripted() -> HeldAssistant:
    return HeldAssistant(SETTINGS)


@pytest.fixture(scope="module")
def site(scripted: HeldAssistant) -> Iterator[str]:
    with served(create_app(SETTINGS, lambda _: scripted)) as url:
        yield url


def app_over(folder: Path) -> FastAPI:
    """The app over the documents of a folder, without an index: they can be read, nothing can be asked."""
    documents = {document.id: document for document in load_corpus(folder, max_bytes=1_000_000).documents}
    reading = ScriptedAssistant(SETTINGS)
    reading.index = cast(Index, ScriptedIndex(documents))
    return create_app(SETTINGS, lambda _: reading)


def addressed(document: str) -> str:
    """The page's address of a document."""
    return f"/documents/{percent_encode(document)}"


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    with visit(browser, site) as opened:
        yield opened


# --- the conversation ---


def test_the_empty_page_says_what_it_is_and_what_it_knows(visitor: Visitor) -> None:
    page = visitor.go()
    assert page.title() == "City <Parks>"
    assert visitor.texts(".welcome h2") == ["What would you like to know?"]
    assert visitor.texts(".sample") == list(SETTINGS.sample_questions)
    assert visitor.texts(".documents a") == ["Rules for Visitors \U0001f5fb"]
    assert visitor.texts(".documents .origin") == ["City Parks · 1 April 2026"]
    expect(page.locator("#question")).to_be_focused()
    assert page.get_attribute("#question", "placeholder") == "Ask about this document …"
    accent = page.evaluate("getComputedStyle(document.querySelector('.documents a')).color")
    assert accent == "rgb(138, 31, 92)"


def test_a_sample_question_is_asked_by_a_click(visitor: Visitor) -> None:
    page = visitor.go()
    page.click("text=When does the garden open?")
    page.locator(".answer").wait_for()
    assert visitor.texts(".turn .question") == ["You asked: When does the garden open?"]
    assert visitor.texts(".answer blockquote") == [QUOTE]


def test_an_answer_is_a_quote_with_its_words_marked_and_its_place(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("When does the garden open?")
    assert visitor.texts(".answer blockquote") == [QUOTE]
    assert visitor.texts(".answer blockquote mark") == ["at nine"]
    assert visitor.texts(".chip .number") == ["1"]
    assert visitor.texts(".chip .path") == [" 1. Opening"]
    assert visitor.texts("figcaption .origin") == ["Rules for Visitors \U0001f5fb · 1 April 2026 · official page ↗"]
    assert page.get_attribute(".chip", "href") == f"{LINK}#char=48,75"
    assert visitor.texts(".confidence") == ["●●●sure (probability of being right: 97%)"]
    assert page.get_attribute(".confidence", "title") == "probability of being right: 97%"
    expect(page.locator("details.related")).not_to_have_attribute("open", "")
    assert visitor.texts(".related summary") == ["2 related passages"]
    expect(page.locator("#question")).to_have_value("")


def test_the_answer_is_focused_and_announced_once(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("When does the garden open?")
    expect(page.locator(".answer h2")).to_be_focused()
    expect(page.locator("#status")).to_have_text(f"Answer: {QUOTE}")
    assert page.locator("[aria-live], [role=status], [role=alert]").count() == 2


def test_several_quotes_are_a_list_that_names_their_section_once(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask("What does it cost?")
    assert visitor.texts(".quotes > li blockquote") == [
        "(1) Adults pay 500 yen;",
        "(2) Children pay 200 yen;",
        "(3) Residents pay nothing.",
    ]
    assert visitor.texts(".quotes mark") == ["500 yen", "200 yen", "nothing"]
    assert visitor.texts(".chip .number") == ["1", "2", "3"]
    assert visitor.texts(".section-head > p") == ["2. Fees"]
    assert visitor.texts(".chip") == [f"Source {number} 2. Fees" for number in (1, 2, 3)]
    assert visitor.texts(".derived") == ["Counted: 3"]
    assert visitor.texts(".confidence .dots") == ["●●○"]


def test_a_partial_answer_names_the_part_that_is_missing(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask("When does it open and who is the director?")
    assert visitor.texts(".answer blockquote") == [QUOTE]
    assert visitor.texts(".unanswered") == ["Not in these documents: who is the director?"]
    assert "unsure" in visitor.texts(".confidence")[0]


def test_two_readings_stand_under_a_heading_that_says_so(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("What about payment?")
    expect(page.get_by_role("heading", name="Two readings:")).to_be_visible()
    assert len(visitor.texts(".quotes > li")) == 2
    assert visitor.texts(".section-head > h3") == ["2. Fees", "2. Fees"]


def test_a_correction_is_shown(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask("When does the gaarden open?")
    assert visitor.texts(".understood") == ["read as: garden"]


def test_what_is_not_found_says_so_with_the_closest_sections_and_the_contact(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("Who is the mayor of this town?")
    expect(page.get_by_role("heading", name="These documents do not say.")).to_be_visible()
    assert visitor.texts(".answer blockquote") == []
    assert visitor.texts(".nearest h3") == ["The closest sections (not an answer)"]
    assert visitor.texts(".closest a") == ["2. Fees › (1) Refunds"]
    assert visitor.texts(".contact") == ["Ring the gardener: 123."]
    expect(page.locator("#status")).to_have_text("These documents do not say.")
    assert page.locator(".confidence").count() == 0


def test_a_follow_up_is_sent_with_the_conversation_and_shows_how_it_was_understood(
    visitor: Visitor, scripted: ScriptedAssistant
) -> None:
    visitor.go()
    visitor.ask("When does the garden open?")
    visitor.ask("And in winter?")
    history = scripted.asked[-1].history
    assert [(turn.role, turn.content) for turn in history] == [
        ("user", "When does the garden open?"),
        ("assistant", QUOTE),
    ]
    assert [(place.document, place.start, place.end) for place in history[1].citations] == [(GARDEN_ID, 48, 75)]
    understood = visitor.page.locator(".turn:last-child .understood")
    expect(understood).to_contain_text("understood as: When does the garden open in winter?")


def test_a_follow_up_that_was_none_is_asked_by_itself(visitor: Visitor, scripted: ScriptedAssistant) -> None:
    page = visitor.go()
    visitor.ask("When does the garden open?")
    visitor.ask("And in winter?")
    page.get_by_role("button", name="Ask it by itself").click()
    expect(page.locator(".turn")).to_have_count(3)
    page.locator(".turn:last-child .answer").wait_for()
    assert (scripted.asked[-1].question, scripted.asked[-1].history) == ("And in winter?", ())
    assert page.locator(".turn:last-child .understood").count() == 0
    visitor.ask("And on Mondays?")
    said = [turn.content for turn in scripted.asked[-1].history if turn.role == "user"]
    assert said == ["When does the garden open?", "And in winter?", "And in winter?"]


def test_words_of_documents_and_people_are_never_markup(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("<img src=x onerror=alert(1)>")
    assert visitor.texts(".question") == ["You asked: <img src=x onerror=alert(1)>"]
    visitor.ask("Everything about refunds?")
    assert visitor.texts(".turn:last-child blockquote") == ["A ticket is refunded <b>only</b> on a day of rain."]
    assert visitor.texts(".turn:last-child mark.whole") == ["A ticket is refunded <b>only</b> on a day of rain."]
    assert page.locator(".log :is(img, b)").count() == 0


def test_a_failure_keeps_the_question_and_offers_another_try(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("explode")
    assert visitor.texts(".turn .trouble") == ["The answer could not be fetched. Try again"]
    expect(page.locator("#question")).to_have_value("explode")
    expect(page.locator("#question")).to_be_focused()
    page.route("**/v1/answers", lambda route: route.continue_(post_data='{"question": "When does the garden open?"}'))
    page.click("text=Try again")
    page.locator(".answer").wait_for()
    assert visitor.texts(".answer blockquote") == [QUOTE]
    assert page.locator(".trouble").count() == 0
    expect(page.locator("#question")).to_have_value("")


def test_without_a_connection_the_box_says_so_and_keeps_the_text(visitor: Visitor) -> None:
    page = visitor.go()
    page.fill("#question", "When does the garden open?")
    page.context.set_offline(True)
    expect(page.locator("#counter")).to_have_text(
        "There is no connection. Your question stays here until there is one."
    )
    page.press("#question", "Enter")
    expect(page.locator(".send")).to_be_disabled()
    expect(page.locator("#question")).to_have_value("When does the garden open?")
    page.context.set_offline(False)
    expect(page.locator("#counter")).to_have_text("")
    page.press("#question", "Enter")
    page.locator(".answer").wait_for()


def test_a_question_that_is_too_long_is_not_sent(visitor: Visitor) -> None:
    page = visitor.go()
    page.fill("#question", "\U0001f338" * 81)
    expect(page.locator("#counter")).to_have_text("81 of 80 characters")
    page.press("#question", "Enter")
    assert page.locator(".turn").count() == 0
    page.fill("#question", "\U0001f338" * 80)
    expect(page.locator("#counter")).to_have_text("")
    page.press("#question", "Enter")
    page.locator(".answer.not_found").wait_for()


def test_the_conversation_outlives_a_reload_and_ends_when_a_new_one_begins(visitor: Visitor) -> None:
    page = visitor.go()
    expect(page.locator("#new")).to_be_hidden()
    visitor.ask("When does the garden open?")
    visitor.go()
    assert visitor.texts(".answer blockquote") == [QUOTE]
    page.click("#new")
    expect(page.locator("#question")).to_be_focused()
    page.locator(".welcome").wait_for()
    visitor.go()
    assert page.locator(".turn").count() == 0


def test_copying_takes_the_reference_along(browser: Browser, site: str) -> None:
    with visit(browser, site, permissions=["clipboard-read", "clipboard-write"]) as visitor:
        page = visitor.go()
        visitor.ask("When does the garden open?")
        page.click("text=Copy with reference")
        page.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == (
            f"“{QUOTE}”\n— Rules for Visitors \U0001f5fb, 1. Opening, 1 April 2026\n{site}{LINK}#char=48,75"
        )
        page.click("text=Copy link")
        page.get_by_role("button", name="Copied").nth(1).wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == f"{site}{LINK}#char=48,75"


# --- the source ---


def test_a_citation_opens_the_document_with_quote_and_answer_marked(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("When does the garden open?")
    page.click(".chip")
    assert visitor.marked() == QUOTE
    assert visitor.texts("mark.answering") == ["at nine"]
    assert page.url == f"{visitor.site}{LINK}#char=48,75"
    assert page.title() == "Rules for Visitors \U0001f5fb – City <Parks>"
    assert visitor.texts(".text") == [GARDEN]
    assert visitor.texts(".outline a") == ["1. Opening", "2. Fees", "(1) Refunds"]
    assert visitor.texts(".outline [aria-current]") == ["1. Opening"]
    assert visitor.texts(".where span") == ["1. Opening · characters 48–75"]
    assert visitor.texts(".text :is(h2, h3, h4)") == ["1. Opening", "2. Fees", "(1) Refunds"]
    expect(page.locator(".source h2").first).to_be_focused()
    expect(page.locator(".answer")).to_be_visible()


def test_back_closes_the_source_however_many_were_opened(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("What does it cost?")
    for number, quote in enumerate(["(1) Adults pay 500 yen;", "(2) Children pay 200 yen;"]):
        page.locator(".chip").nth(number).click()
        assert visitor.marked() == quote
    page.go_back()
    expect(page.locator("#source")).to_be_hidden()
    assert page.url == f"{visitor.site}/"
    expect(page.locator(".chip").nth(1)).to_be_focused()
    assert len(visitor.texts(".quotes > li")) == 3
    page.go_forward()
    assert visitor.marked() == "(2) Children pay 200 yen;"
    assert visitor.texts("mark.answering") == ["200 yen"]


def test_a_link_into_a_document_opens_cold_and_closes_to_the_chat(visitor: Visitor) -> None:
    start = GARDEN.index("A ticket")
    page = visitor.go(f"{LINK}#char={start},{start + 8}")
    assert visitor.marked() == "A ticket"
    assert visitor.texts(".outline [aria-current]") == ["(1) Refunds"]
    assert visitor.texts(".where span") == [f"2. Fees · (1) Refunds · characters {start}–{start + 8}"]
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    assert page.url == f"{visitor.site}/"
    visitor.ask("When does the garden open?")


def test_a_quote_over_several_blocks_is_marked_whole(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("All fees in one piece?")
    quote = visitor.texts(".answer blockquote")[0]
    assert quote.startswith("(1) Adults")
    assert quote.endswith("pay nothing.")
    page.click(".chip")
    assert visitor.marked() == quote
    assert visitor.texts(".text") == [GARDEN]


@pytest.mark.parametrize(
    ("fragment", "marked"),
    [
        ("#char=0,5", "Rules"),
        ("#char=,5", "Rules"),
        ("#char=48,75;length=999", QUOTE),
        (f"#char={len(GARDEN) - 6},999999999999", "rain.\n"),
        (f"#char={len(GARDEN) - 6},", "rain.\n"),
        ("#char=9,5", ""),
        ("#char=999999,9999999", ""),
        ("#char=x", ""),
        ("", ""),
    ],
)
def test_fragments_are_read_as_rfc_5147_writes_them(visitor: Visitor, fragment: str, marked: str) -> None:
    page = visitor.go(LINK + fragment)
    page.locator(".text").wait_for()
    assert "".join(visitor.texts("mark.quoted")) == marked
    assert visitor.texts(".text") == [GARDEN]


@pytest.mark.parametrize("place", ["99999,5", "9,5", "999999,9999999", "x", f"{len(GARDEN)}", ""])
def test_a_place_that_is_not_there_is_named(visitor: Visitor, place: str) -> None:
    page = visitor.go(f"{LINK}#char={place};length=5")
    told = f"There is no place “{place}” in this document, which has {len(GARDEN)} characters."
    expect(page.get_by_role("alert")).to_have_text(told)
    expect(page.locator(".where button")).to_have_count(0)
    page.select_option("#language", "ja")
    expect(page.get_by_role("alert")).to_have_text(
        f"この文書（全{len(GARDEN)}文字）に「{place}」という位置はありません。"
    )


@pytest.mark.parametrize("fragment", ["", "#char=0", "#char=48,75", "#section-1"])
def test_where_there_is_a_place_nothing_is_said_to_be_missing(visitor: Visitor, fragment: str) -> None:
    page = visitor.go(LINK + fragment)
    page.locator(".text").wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_document_that_is_not_there_is_named(visitor: Visitor) -> None:
    page = visitor.go("/documents/guides/lost#char=1,2")
    expect(page.locator(".source .trouble")).to_have_text("There is no document “guides/lost”.")
    page.click(".source .close")
    expect(page.locator(".welcome")).to_be_visible()
    assert len(visitor.troubles) == 2  # the browser reports the page's 404 and the document's
    visitor.troubles.clear()


MARKDOWN = """---
layout: page
---

# Opening hours \U0001f338

## When we open ##

- Mondays
- Tuesdays, but *never*
  <p class="x">
  in winter<br/>nor at <span class="x">night</span>

<div class="fees">

Fees
----

| who | pays |
|---|---|
| adults | 500 |
"""


def test_markdown_is_shown_without_its_marks_and_without_losing_a_character(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "hours.md").write_text(MARKDOWN, encoding="utf-8")
    with served(app_over(tmp_path)) as site, visit(browser, site) as visitor:
        start = MARKDOWN.index("- Mondays")
        page = visitor.go(f"/documents/hours#char={start + 2},{start + 9}")
        assert visitor.marked() == "Mondays"
        assert visitor.texts(".text") == [MARKDOWN]
        shown = page.locator(".text :is(.title, h2, h3, .item)").all_inner_texts()
        assert shown == [
            "Opening hours \U0001f338",
            "When we open",
            "Mondays",
            "Tuesdays, but never\nin winter<br/>nor at night",
            "Fees",
        ]
        assert len(visitor.texts(".row")) == 1
        for hidden in (".matter", ".tags"):
            expect(page.locator(hidden)).to_be_hidden()
        assert page.locator(".break").evaluate_all("nodes => nodes.map((n) => n.getBoundingClientRect().width)") == [0]
        tagged = 'at <span class="x">night</span>'
        start = MARKDOWN.index(tagged)
        visitor.go(f"/documents/hours#char={start},{start + len(tagged)}")
        assert visitor.marked() == tagged
        assert page.locator("mark.quoted").inner_text() == "at night"
        visitor.go("/documents/hours#char=4,10")
        expect(page.locator(".matter")).to_be_visible()


@pytest.mark.slow
def test_real_documents_lose_no_character(browser: Browser, data_folder: Path) -> None:
    corpus = load_corpus(data_folder / "documents", max_bytes=1_000_000)
    with served(app_over(data_folder / "documents")) as site, visit(browser, site) as visitor:
        for document in corpus.documents:
            visitor.go(addressed(document.id))
            assert visitor.texts(".text") == [document.text], document.id


def test_the_outline_leads_to_a_section(visitor: Visitor) -> None:
    page = visitor.go(LINK)
    page.click(".outline >> text=(1) Refunds")
    expect(page.locator(".text h4")).to_be_focused()
    expect(page.locator(".text h4")).to_be_in_viewport()


# --- keyboard, sizes, themes, languages, paper ---


def test_everything_is_done_with_the_keyboard(visitor: Visitor) -> None:
    page = visitor.go()
    page.keyboard.type("When does the")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("garden open?")
    expect(page.locator("#question")).to_have_value("When does the\ngarden open?")
    page.keyboard.press("Control+A")
    page.keyboard.type("When does the garden open?")
    page.keyboard.press("Enter")
    expect(page.locator(".answer h2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".chip")).to_be_focused()
    page.keyboard.press("Enter")
    assert visitor.marked() == QUOTE
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator(".chip")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#question")).to_have_value("When does the garden open?")


def test_the_first_tab_offers_to_skip_to_the_question(visitor: Visitor) -> None:
    page = visitor.go(LINK)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()


@pytest.mark.parametrize("question", ["When does the garden open?", "What does it cost?", "x" * 70])
def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, site: str, question: str) -> None:
    with visit(browser, site, viewport=PHONE) as visitor:
        page = visitor.go()
        visitor.ask(question)
        width = "Math.max(document.documentElement.scrollWidth, document.querySelector('.log').scrollWidth)"
        assert page.evaluate(width) == PHONE["width"]
        expect(page.locator("#ask")).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_source_is_a_sheet_over_the_chat(browser: Browser, site: str) -> None:
    with visit(browser, site, viewport=PHONE) as visitor:
        page = visitor.go()
        visitor.ask("When does the garden open?")
        page.click(".chip")
        assert visitor.marked() == QUOTE
        box = page.locator("#source").bounding_box()
        assert box == {"x": 0, "y": 0, **PHONE}
        assert page.evaluate("document.querySelector('#chat').inert") is True
        expect(page.locator("mark.quoted").first).to_be_in_viewport()
        page.click("text=Back")
        expect(page.locator("#source")).to_be_hidden()
        assert page.evaluate("document.querySelector('#chat').inert") is False
        expect(page.locator(".chip")).to_be_focused()


def test_the_quote_of_a_long_document_is_scrolled_into_the_middle(visitor: Visitor) -> None:
    start = GARDEN.index("A ticket")
    page = visitor.page
    page.set_viewport_size({"width": 1000, "height": 340})
    visitor.go(f"{LINK}#char={start},{start + 8}")
    visitor.marked()
    where = page.evaluate(
        """() => {
            const box = document.querySelector(".scroll").getBoundingClientRect();
            const mark = document.querySelector("mark.quoted").getBoundingClientRect();
            return (mark.top + mark.height / 2 - box.top) / box.height;
        }"""
    )
    assert where == pytest.approx(0.5, abs=0.1)


def test_dark_and_light_follow_the_system_until_someone_chooses(browser: Browser, site: str) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with visit(browser, site, color_scheme="dark") as visitor:
        page = visitor.go()
        assert page.evaluate(background) == "rgb(20, 22, 26)"
        page.click("#theme")
        assert page.evaluate(background) == "rgb(246, 245, 241)"
        visitor.go()
        assert page.evaluate(background) == "rgb(246, 245, 241)"
        assert page.get_attribute("#theme", "aria-label") == "Dark theme"
    with visit(browser, site) as visitor:
        assert visitor.go().evaluate(background) == "rgb(246, 245, 241)"


def test_the_page_speaks_japanese(browser: Browser, site: str) -> None:
    with visit(browser, site, locale="ja-JP") as visitor:
        page = visitor.go()
        assert page.get_attribute("html", "lang") == "ja"
        assert visitor.texts(".welcome h2") == ["何をお調べですか。"]
        visitor.ask("Who is the mayor of this town?")
        assert visitor.texts(".answer h2") == ["これらの文書には記載がありません。"]
        assert visitor.texts(".nearest h3") == ["最も近い節 （回答ではありません）"]
        page.select_option("#language", "en")
        assert visitor.texts(".answer h2") == ["These documents do not say."]
        visitor.go()
        assert page.get_attribute("html", "lang") == "en"


def test_both_languages_say_everything(visitor: Visitor) -> None:
    words = visitor.go().evaluate(
        """async () => {
            const { WORDS } = await import("/assets/locale.js");
            const kinds = ([key, text]) => `${key}: ${typeof text} ${text.length ? "" : "empty"}`;
            return Object.values(WORDS).map((texts) => Object.entries(texts).map(kinds));
        }"""
    )
    english, japanese = words
    assert english == japanese
    assert len(english) > 40


def test_on_paper_stand_questions_quotes_and_references_alone(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("When does the garden open?")
    page.click(".chip")
    visitor.marked()
    page.emulate_media(media="print")
    for shown in (".question", "blockquote", ".chip .path", "figcaption .origin"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in ("#ask", ".tools", "#source", ".foot button", ".related"):
        expect(page.locator(hidden).first).to_be_hidden()
    reference = page.evaluate("getComputedStyle(document.querySelector('blockquote'), '::after').content")
    assert f"{LINK}#char=48,75" in reference


# --- the parts, and the whole ---


def test_code_points_are_sliced_as_python_slices_them(visitor: Visitor) -> None:
    chance = random.Random(7)
    letters = "aé日\U0001f338\U0001f5fb\n\u0301"
    cases = []
    for _ in range(300):
        text = "".join(chance.choices(letters, k=chance.randrange(12)))
        start, end = chance.randrange(14), chance.randrange(14)
        cases.append((text, start, max(start, end)))
    slices = visitor.go().evaluate(
        """async (cases) => {
            const { CodePoints } = await import("/assets/codepoints.js");
            return cases.map(([text, start, end]) => new CodePoints(text).slice(start, end));
        }""",
        cases,
    )
    assert slices == [text[start:end] for text, start, end in cases]


def test_blocks_tile_any_text(visitor: Visitor) -> None:
    chance = random.Random(11)
    parts = [
        "word",
        "  ",
        "\n",
        "\n\n",
        "\r\n",
        "• (1) ",
        "- ",
        "(a) ",
        "| cell |",
        "# ",
        "===",
        "\U0001f338",
        "x" * 60,
    ]
    texts = ["".join(chance.choices(parts, k=chance.randrange(25))) for _ in range(300)]
    tiled = visitor.go().evaluate(
        """async (texts) => {
            const { blocksOf } = await import("/assets/blocks.js");
            return texts.map((text) => blocksOf(text, 0, text.length).map(
                ({ from, shown, end, to }) => [text.slice(from, shown), text.slice(shown, end), text.slice(end, to)]));
        }""",
        texts,
    )
    assert ["".join("".join(block) for block in blocks) for blocks in tiled] == texts
    for lead, _, trail in (block for blocks in tiled for block in blocks):
        assert (lead + trail).strip() == ""


def test_every_module_is_fetched_at_once() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")
    assert {path.name for path in (WEB / "assets").iterdir()} == set(re.findall(r'"/assets/([^"]+)"', page))


def test_the_page_is_light(site: str) -> None:
    page = ["/", *(f"/assets/{path.name}" for path in WEB.joinpath("assets").iterdir())]
    sent = {path: httpx.get(f"{site}{path}", headers={"accept-encoding": "gzip"}) for path in [*page, "/widget.js"]}
    assert all(answer.status_code == 200 for answer in sent.values())
    assert sum(int(sent[path].headers["content-length"]) for path in page) < 50_000
    assert int(sent["/widget.js"].headers["content-length"]) < 5_000  # which is what other sites load, and nothing else
    assert sent["/assets/main.js"].text == WEB.joinpath("assets", "main.js").read_text(encoding="utf-8")


def test_the_real_corpus_answers_and_shows_its_source(browser: Browser, assistant: Assistant) -> None:
    with (
        served(create_app(assistant.settings, lambda _: assistant)) as site,
        visit(browser, site) as visitor,
    ):
        page = visitor.go()
        visitor.ask("When was the International Peace Cooperation Act enacted?")
        quote = visitor.texts(".answer blockquote")[0]
        assert "in June 1992" in quote
        assert visitor.texts(".chip .path") == [" 1. Overview"]
        page.click(".chip")
        assert visitor.marked() == quote
        for document in assistant.index.documents.values():
            visitor.go(addressed(document.id))
            assert visitor.texts(".text") == [document.text]
