"""The page with every shape that an answer has, and what is done with one: folded, rated, saved, lost on its way."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from browsing import PHONE, Visitor, needs_chromium, opened_browser, served, visit
from listening import HeldAssistant
from ministry import (
    ASSIGNMENTS,
    GOVERNED,
    GREETING,
    HOW_MANY,
    LIST,
    MISSING,
    MISTYPED,
    PARTIAL,
    PRINCIPLES,
    READINGS,
    MinistryAssistant,
)
from playwright.sync_api import Browser, Page, Route, expect

from assistant.documents.document import Document
from assistant.documents.load import load_corpus
from assistant.service.app import create_app
from assistant.service.conversations import MAX_REASON
from assistant.settings import Settings
from assistant.store.database import Store, open_store
from assistant.store.feedback import RatedAnswer, rated_answers

SETTINGS = Settings(organisation="Ministry", contact="Write to us.", keep_conversations=True, sample_questions=(LIST,))
NOT_THERE = "Who is the mayor?"
NO_SUCH = "Section 4 has items (1) to (22)."

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def document(corpus_folder: Path) -> Document:
    return next(one for one in load_corpus(corpus_folder, max_bytes=1_000_000).documents if one.id == "japan-pko")


@pytest.fixture(scope="module")
def ministry(document: Document) -> MinistryAssistant:
    return MinistryAssistant(SETTINGS, document)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'kept.sqlite3'}") as opened:
        yield opened


@pytest.fixture(scope="module")
def site(ministry: MinistryAssistant, store: Store) -> Iterator[str]:
    with served(create_app(SETTINGS, lambda _: ministry, store=store)) as url:
        yield url


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    with visit(browser, site) as opened:
        yield opened


def rated(store: Store) -> RatedAnswer:
    return list(rated_answers(store))[-1]


# --- shapes ---


def test_a_long_list_shows_its_first_items_and_the_rest_on_demand(visitor: Visitor, document: Document) -> None:
    page = visitor.go()
    visitor.ask(LIST)
    quotes = page.locator(".quotes > li")
    expect(quotes).to_have_count(ASSIGNMENTS)
    expect(page.locator(".quotes > li:visible")).to_have_count(5)
    assert visitor.texts(".section-head > p") == ["4. International Peace Cooperation Assignments"]
    expect(page.locator(".fold .count")).to_have_text("5 of 22")
    button = page.get_by_role("button", name="Show all 22")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    expect(page.locator(".quotes > li:visible")).to_have_count(ASSIGNMENTS)
    expect(page.locator(".fold .count")).to_have_text("22 of 22")
    expect(page.locator(".chip").nth(5)).to_be_focused()
    page.locator(".chip").last.click()
    assert visitor.marked() == visitor.texts(".answer blockquote")[-1]
    assert visitor.marked() in document.text
    page.get_by_role("button", name="Show only the first 5").click()
    expect(page.locator(".quotes > li:visible")).to_have_count(5)
    expect(page.locator(".chip").first).to_be_focused()


def test_where_every_item_is_marked_whole_no_mark_shouts(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(LIST)
    expect(page.locator(".quotes mark.whole")).to_have_count(ASSIGNMENTS)
    style = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).textDecorationLine]"
    assert page.locator("mark.whole").first.evaluate(style) == ["rgba(0, 0, 0, 0)", "none"]
    visitor.ask(PARTIAL)
    assert visitor.texts(".turn:last-child mark:not(.whole)") == ["June 1992"]


def test_nothing_is_folded_on_paper(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(LIST)
    page.emulate_media(media="print")
    expect(page.locator(".quotes > li:visible")).to_have_count(ASSIGNMENTS)
    expect(page.locator(".fold")).to_be_hidden()


def test_a_clause_and_the_items_that_it_names_are_numbered_in_one_section(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask(GOVERNED)
    starts = [quote.split()[0] for quote in visitor.texts(".answer blockquote")]
    assert starts == ["The", "(8)", "(21)"]
    assert visitor.texts(".chip .number") == ["1", "2", "3"]
    assert len(visitor.texts(".section-head")) == 1
    assert visitor.texts(".section-head time") == ["27 February 2024"]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        (PRINCIPLES, ["5 of 5"]),
        (LIST, ["5 of 22"]),
        (READINGS, []),
        (GOVERNED, ["2 of 2"]),
        (PARTIAL, []),
    ],
)
def test_beside_a_list_stands_how_much_of_it_is_shown(visitor: Visitor, question: str, count: list[str]) -> None:
    page = visitor.go()
    visitor.ask(question)
    assert visitor.texts(".count") == count
    page.select_option("#language", "ja")
    assert visitor.texts(".count") == [f"{all}件中{shown}件" for shown, all in (one.split(" of ") for one in count)]


def test_of_what_was_counted_the_ends_are_shown_and_the_rest_is_a_click_away(
    visitor: Visitor, document: Document
) -> None:
    page = visitor.go()
    visitor.ask(HOW_MANY)
    assert visitor.texts(".count") == ["First and last of 22"]
    page.select_option("#language", "ja")
    assert visitor.texts(".count") == ["22件のうち最初と最後"]
    expect(page.get_by_role("link", name="文書で22件すべてを見る")).to_be_visible()
    page.select_option("#language", "en")
    page.get_by_role("link", name="Show all 22 in the document").click()
    shown = visitor.marked()
    first, last = visitor.texts(".answer blockquote")
    assert shown == document.text[document.text.index(first) : document.text.index(last) + len(last)]
    assert shown.count("• (") == ASSIGNMENTS - 1
    page.go_back()
    expect(page.get_by_role("link", name="Show all 22 in the document")).to_be_focused()
    with page.expect_download() as waiting:
        page.click("#save")
    saved = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert saved[saved.index("Counted: 22") :][:3] == ["Counted: 22", "", "First and last of 22"]


def test_a_count_is_labelled_as_counted(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(HOW_MANY)
    assert visitor.texts(".derived") == ["Counted: 22"]
    expect(page.locator("#status")).to_contain_text("Answer: Counted: 22 (1) Monitoring")


def test_no_answer_is_shown_as_certain(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask(PRINCIPLES)
    assert visitor.texts(".confidence") == ["●●●sure (probability of being right: 99%)"]


def test_each_reading_has_a_heading_of_its_own(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(READINGS)
    expect(page.get_by_role("heading", level=2, name="Three readings:")).to_be_visible()
    assert visitor.texts(".section-head h3") == [
        "3. The Five Principles for Participation in Peacekeeping Troops",
        "4. International Peace Cooperation Assignments",
        "2. Fees",
    ]
    assert [origin.split(" · ")[1] for origin in visitor.texts(".section-head .origin")] == [
        "27 February 2024",
        "27 February 2024",
        "1 April 2026",
    ]


def test_a_number_that_does_not_exist_is_told_what_does(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(MISSING)
    expect(page.get_by_role("heading", name="These documents do not say.")).to_be_focused()
    assert visitor.texts(".note") == [NO_SUCH]
    assert visitor.texts(".closest a") == ["4. International Peace Cooperation Assignments"]
    assert visitor.texts(".contact") == ["Write to us."]
    expect(page.locator("#status")).to_have_text(f"These documents do not say. {NO_SUCH}")


def test_a_greeting_is_not_a_question_that_failed(visitor: Visitor, document: Document) -> None:
    page = visitor.go()
    visitor.ask(GREETING)
    said = f"Hello! Ask me about “{document.title}”."
    expect(page.locator(".answer h2")).to_have_text(said)
    expect(page.locator("#status")).to_have_text(said)
    for absent in (".note", ".contact", ".thumb", ".closest"):
        assert page.locator(absent).count() == 0
    page.get_by_role("button", name=LIST).click()
    expect(page.locator(".turn:last-child .quotes > li")).to_have_count(ASSIGNMENTS)


def test_a_correction_shows_what_was_typed_and_what_was_read(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask(MISTYPED)
    assert visitor.texts(".understood") == ["read as: polise → police"]


def test_the_missing_part_is_announced_too(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(PARTIAL)
    expect(page.locator("#status")).to_contain_text("in June 1992. Not in these documents: who is the director?")


# --- what was thought of it ---


def test_a_thumb_counts_at_once_and_a_reason_may_follow(visitor: Visitor, store: Store) -> None:
    page = visitor.go()
    visitor.ask(PARTIAL)
    down = page.get_by_role("button", name="Not helpful")
    expect(down).to_have_attribute("aria-pressed", "false")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#status")).to_have_text("Thank you.")
    assert (rated(store).rating, rated(store).reason) == ("down", "")
    why = page.get_by_label("Would you say why? (optional)")
    expect(why).to_have_attribute("maxlength", str(MAX_REASON))
    why.fill("  The director is named on page 2. ")
    page.keyboard.press("Enter")
    expect(page.locator(".reason")).to_be_hidden()
    expect(down).to_be_focused()
    assert (rated(store).rating, rated(store).reason) == ("down", "The director is named on page 2.")
    assert rated(store).question == PARTIAL


def test_a_rating_outlives_a_reload_and_can_be_changed(visitor: Visitor, store: Store) -> None:
    page = visitor.go()
    visitor.ask(NOT_THERE)
    page.get_by_role("button", name="Not helpful").click()
    page.locator(".reason").wait_for()
    visitor.go()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Helpful", exact=True).click()
    page.locator(".reason").wait_for()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "false")
    assert (rated(store).question, rated(store).rating) == (NOT_THERE, "up")


def test_where_nothing_is_kept_nothing_can_be_rated(browser: Browser, ministry: MinistryAssistant) -> None:
    with served(create_app(SETTINGS, lambda _: ministry)) as site, visit(browser, site) as visitor:
        page = visitor.go()
        visitor.ask(LIST)
        assert page.locator(".thumb").count() == 0


@pytest.mark.parametrize(("status", "thumbs"), [(404, 0), (503, 2)])
def test_a_rating_that_fails_says_so_and_an_answer_no_longer_kept_has_none(
    visitor: Visitor, status: int, thumbs: int
) -> None:
    page = visitor.go()
    visitor.ask(LIST)
    page.route("**/v1/feedback", lambda route: route.fulfill(status=status, json={"detail": "no"}))
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.locator("#status")).to_have_text("That could not be sent.")
    expect(page.locator(".thumb")).to_have_count(thumbs)
    assert page.locator(".thumb[aria-pressed=true]").count() == 0
    assert len(visitor.troubles) == 1
    visitor.troubles.clear()


# --- the conversation ---


def test_the_conversation_is_saved_as_text(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(PARTIAL)
    visitor.ask(MISSING)
    with page.expect_download() as waiting:
        page.click("#save")
    assert waiting.value.suggested_filename == f"Conversation {date.today().isoformat()}.txt"
    saved = Path(waiting.value.path()).read_text(encoding="utf-8")
    head, first, second = saved.split("―" * 30)
    assert head.startswith("Ministry · ")
    assert first.strip().splitlines() == [
        f"You asked: {PARTIAL}",
        "",
        "“In order to play a more proactive role in fostering international peace, Japan enacted the Act on Cooperation "
        "with United Nations Peacekeeping Operations and Other Operations (the International Peace Cooperation Act) in "
        "June 1992.”",
        "— Japan's Contribution to UN Peacekeeping Operations (PKO), 1. Overview, 27 February 2024",
        f"{visitor.site}/documents/japan-pko#char=90,320",
        "",
        "Not in these documents: who is the director?",
    ]
    assert second.strip().splitlines()[-1] == NO_SUCH
    assert [one.split("\n")[0] for one in second.strip().split("\n\n")] == [f"You asked: {MISSING}", NO_SUCH]


def test_questions_are_kept_in_one_conversation_until_a_new_one_begins(visitor: Visitor) -> None:
    page = visitor.go()
    ids: list[str | None] = []
    page.on(
        "response",
        lambda reply: ids.append(reply.headers.get("x-conversation")) if "/v1/answers" in reply.url else None,
    )
    visitor.ask(PARTIAL)
    visitor.go()
    visitor.ask(LIST)
    kept = httpx.get(f"{visitor.site}/v1/conversations/{ids[0]}").json()
    assert [turn["answer"]["question"] for turn in kept["turns"]] == [PARTIAL, LIST]
    page.click("#new")
    visitor.ask(HOW_MANY)
    assert ids[0] == ids[1] != ids[2]


def test_a_conversation_that_was_deleted_goes_on_as_another(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(PARTIAL)
    id = page.evaluate("sessionStorage.getItem('chapterverse.conversation-id')")
    assert httpx.delete(f"{visitor.site}/v1/conversations/{id}").status_code == 204
    visitor.ask(LIST)
    assert visitor.texts(".trouble") == []
    assert page.evaluate("sessionStorage.getItem('chapterverse.conversation-id')") not in (id, None)
    assert len(visitor.troubles) == 1  # the browser reports the 404
    visitor.troubles.clear()


# --- while it is worked out ---


@pytest.fixture
def held(ministry: MinistryAssistant) -> Iterator[HeldAssistant]:
    ministry.let_go = Event()
    yield ministry
    ministry.let_go.set()


def test_what_is_being_read_is_said_in_words(visitor: Visitor, held: HeldAssistant) -> None:
    page = visitor.go()
    page.fill("#question", LIST)
    page.press("#question", "Enter")
    expect(page.locator(".question")).to_be_visible()
    expect(page.locator(".working")).to_have_text("Reading 2. Fees and 1 more section …")
    held.let_go.set()
    page.locator(".answer").wait_for()
    assert page.locator(".working").count() == 0


def test_an_answer_whose_stream_drops_is_fetched_by_its_id(visitor: Visitor) -> None:
    page = visitor.go()
    page.route("**/v1/answers", cut_short)
    visitor.ask(LIST)
    expect(page.locator(".quotes > li")).to_have_count(ASSIGNMENTS)


def cut_short(route: Route) -> None:
    """The first event and no more, as when the connection drops."""
    whole = route.fetch()
    time.sleep(0.05)
    route.fulfill(response=whole, body=whole.text().split("\n\n")[0] + "\n\n")


def test_a_service_that_does_not_stream_is_understood_too(visitor: Visitor) -> None:
    page = visitor.go()
    page.route("**/v1/answers", lambda route: route.continue_(headers={**route.request.headers, "accept": "*/*"}))
    visitor.ask(LIST)
    expect(page.locator(".quotes > li")).to_have_count(ASSIGNMENTS)


def test_who_asks_too_often_is_told_to_wait(visitor: Visitor) -> None:
    page = visitor.go()
    page.route("**/v1/answers", lambda route: route.fulfill(status=429, json={"detail": "no"}))
    visitor.ask(LIST)
    expect(page.locator(".trouble")).to_contain_text("Please wait a moment.")
    visitor.troubles.clear()


def test_who_would_wait_too_long_is_told_so(visitor: Visitor) -> None:
    page = visitor.go()
    page.route("**/v1/answers", lambda route: route.fulfill(status=503, json={"detail": "no"}))
    visitor.ask(LIST)
    expect(page.locator(".trouble")).to_contain_text("Please try again in a moment.")
    visitor.troubles.clear()


def test_events_are_read_however_they_are_cut(visitor: Visitor) -> None:
    stream = 'event: question\ndata: {"id": "日\U0001f338"}\n\n: still at work\n\nevent: done\ndata: {"id": "a: b"}\n\n'
    names = visitor.go().evaluate(
        """async (text) => {
            const { eventsOf } = await import("/assets/stream.js");
            const bytes = new TextEncoder().encode(text);
            const seen = new Set();
            for (let size = 1; size <= bytes.length; size += 1) {
                const body = new ReadableStream({
                    start(controller) {
                        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
                        controller.close();
                    },
                });
                const events = [];
                for await (const one of eventsOf(new Response(body))) events.push(one);
                seen.add(JSON.stringify(events));
            }
            return [...seen];
        }""",
        stream,
    )
    assert len(names) == 1
    assert "still" not in names[0]
    assert '"a: b"' in names[0]


# --- the publisher's own page ---


def public_page(quote: str) -> str:
    filler = "<p>Filler.</p>" * 300
    return f"<!doctype html><title>Rules</title>{filler}<p id='quote'>{quote}</p>{filler}"


def test_the_official_page_is_opened_at_the_quote(browser: Browser, site: str) -> None:
    with visit(browser, site, "https://parks.example/") as visitor:
        page = visitor.go()
        page.context.route(
            "https://parks.example/**",
            lambda route: route.fulfill(content_type="text/html", body=public_page("(1) Adults pay 500 yen;")),
        )
        visitor.ask(READINGS)
        with page.context.expect_page() as waiting:
            page.get_by_role("link", name="official page").click()
        official: Page = waiting.value
        expect(official.locator("#quote")).to_be_in_viewport()
        assert official.evaluate("window.opener") is None


@pytest.mark.parametrize(
    "context", [{"viewport": PHONE}, {"viewport": PHONE, "locale": "ja-JP", "color_scheme": "dark"}]
)
def test_on_a_phone_no_shape_is_wider_than_the_screen(browser: Browser, site: str, context: dict[str, Any]) -> None:
    width = "Math.max(document.documentElement.scrollWidth, document.querySelector('.log').scrollWidth)"
    with visit(browser, site, **context) as visitor:
        page = visitor.go()
        for question in (LIST, GOVERNED, READINGS, PARTIAL, MISSING):
            visitor.ask(question)
            page.locator(".turn:last-child .thumb.down").click()
            page.locator(".turn:last-child .reason").wait_for()
            assert page.evaluate(width) == PHONE["width"], question
