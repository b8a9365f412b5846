"""What the service says in fixed English sentences, the Japanese page says in Japanese: every one of them."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from browsing import needs_chromium, opened_browser, served, visit
from playwright.sync_api import Browser, Page

from assistant.answering import Assistant
from assistant.dialogue.language import _NAMES, note_for_language
from assistant.dialogue.smalltalk import Kind, Talk, note_for
from assistant.service.app import create_app
from assistant.understanding import NOT_FOUND

TITLES = ["On Lakes, and “Dams”", "Rules. For example: none", "A", "B", "C", "D", "E"]
SAMPLES = ["When was the Act enacted?", "Who may refuse?"]
KINDS: tuple[Kind, ...] = get_args(Kind)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(assistant: Assistant) -> Iterator[str]:
    with served(create_app(assistant.settings, lambda _: assistant)) as url:
        yield url


@pytest.fixture(scope="module")
def japanese(browser: Browser, site: str) -> Iterator[Page]:
    with visit(browser, site, locale="ja-JP") as visitor:
        yield visitor.go()


def said(page: Page, note: str) -> str:
    """A note as the page says it."""
    text: str = page.evaluate(
        'async (note) => (await import("/assets/notes.js")).noteText(note)',
        note,
    )
    return text


@pytest.mark.parametrize("titles", [TITLES, TITLES[:2], TITLES[:1], []], ids=len)
@pytest.mark.parametrize("samples", [SAMPLES, []], ids=len)
@pytest.mark.parametrize("kind", KINDS)
def test_small_talk(japanese: Page, kind: Kind, titles: list[str], samples: list[str]) -> None:
    text = said(japanese, note_for(Talk(kind), titles, samples))
    assert all(f"「{title}」" in text for title in titles[:5])
    assert ("ほか2件についてお尋ねください。" in text) is (len(titles) == 7)
    assert text.endswith(f" 質問の例：{' '.join(samples)}") is bool(samples)
    for words in (*samples, *(f"「{title}」" for title in titles)):
        text = text.replace(words, "")
    assert not re.search("[A-Za-z]", text)


def test_a_question_in_another_language(japanese: Page) -> None:
    text = said(japanese, note_for_language("French", ["en"]))
    assert text == "ご質問はフランス語のようですが、文書は英語です。英語でお尋ねください。"
    for name in _NAMES.values():
        text = said(japanese, note_for_language(name, ["en", "de", "ja"]))
        assert not re.search("[A-Za-z]", text), name
    assert "文書は英語・ドイツ語・日本語です。英語またはドイツ語または日本語で" in text


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (NOT_FOUND, "これらの文書には記載がありません。"),
        ("section 4 has items (1) to (22)", "4節にある項目は(1)から(22)までです。"),
        ("item (3) of section 5.2 has items (a) to (d)", "5.2節の項目(3)にある項目は(a)から(d)までです。"),
        ("Article 7 has 3 items", "Article 7にある項目は3個です。"),
        ("section 2 has 1 paragraph", "2節にある段落は1個です。"),
        ("“On Lakes” has sections 1 to 5", "「On Lakes」にある節は1から5までです。"),
        ("“Act” has Articles 1 to 12", "「Act」にある条は1から12までです。"),
        ("“Act” has Annexes A to C", "「Act」にある附属書はAからCまでです。"),
        ("section 2 has (1) to (4)", "2節にある番号は(1)から(4)までです。"),
        (
            "§ 3 has 4 paragraphs; section 2 has (1) to (4)",
            "§ 3にある段落は4個です。 2節にある番号は(1)から(4)までです。",
        ),
        ("section 2 has 1 paragraph; something new", "2節にある段落は1個です。 Something new."),
        ("", ""),
    ],
)
def test_what_exists_instead(japanese: Page, note: str, text: str) -> None:
    assert said(japanese, note) == text


@pytest.mark.parametrize(
    ("question", "selector", "english", "text"),
    [
        ("Hello", "h2", "Hello! Ask me about “Japan's", "こんにちは。 「Japan's Contribution to UN Peacekeeping"),
        ("Who is the mayor?", "h2", "These documents do not say.", "これらの文書には記載がありません。"),
        (
            "What is assignment (40)?",
            ".note",
            "Section 4 has items (1) to (22).",
            "4節にある項目は(1)から(22)までです。",
        ),
        (
            "PKOはいつ始まりましたか",
            "h2",
            "Your question seems to be in Japanese",
            "ご質問は日本語のようですが、文書は英語です。",
        ),
    ],
)
def test_the_real_service_is_understood_by_the_page(
    browser: Browser, site: str, question: str, selector: str, english: str, text: str
) -> None:
    with visit(browser, site, locale="ja-JP") as visitor:
        page = visitor.go()
        visitor.ask(question)
        assert visitor.texts(f".answer {selector}")[0].startswith(text)
        page.select_option("#language", "en")
        assert visitor.texts(f".answer {selector}")[0].startswith(english)
