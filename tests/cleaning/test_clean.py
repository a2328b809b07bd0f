# ruff: noqa: E501, RUF005 -- sample texts and tables read best whole
"""The stage as a whole: what comes out of a record, and what is refused."""

import hashlib
import json
import os
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cleaning import CLEANER_VERSION, clean
from streams.cleaning.furniture import FurnitureLine, Place, normal_form, read_snapshot, write_snapshot
from streams.cleaning.removed import MAX_REMOVED
from streams.events import CleanedArticle, Failed, Rejected, Removed, Withdrawal
from streams.vocabulary import (
    Completeness,
    FailureReason,
    Flag,
    Precision,
    RejectReason,
    RemovedReason,
    Status,
)
from tests.cleaning.samples import AGGREGATED, HEADLINE, PAGE, PARAGRAPHS, RECEIVED, URL, cleaned, raw

FURNITURE = frozenset(RemovedReason) - {
    RemovedReason.PUBLISHER,
    RemovedReason.SECTION,
    RemovedReason.BYLINE,
    RemovedReason.HEADLINE,
    RemovedReason.STANDFIRST,
    RemovedReason.CREDIT,
}
SHARED = Path(os.environ.get("COPYDESK_SHARED") or Path(__file__).parents[2] / ".." / "shared" / "data")
INKL = SHARED / "flat" / "inkl-evening-standard.txt"


def test_a_page_becomes_its_article_and_nothing_else() -> None:
    event = cleaned(clean(raw(PAGE)))
    assert event.text == "\n\n".join(PARAGRAPHS)
    assert event.headline == HEADLINE
    assert event.standfirst == "Two hundred people crossed on the first day."
    assert event.authors == ("Nora Quill",)
    assert event.section == "Local"
    assert (event.publisher.name, event.publisher.domain) == ("Harbour Post", "harbour-post.example")
    assert (event.published_at, event.published_precision) == ("2026-11-20T17:30:00Z", Precision.SECOND)
    assert event.modified_at == "2026-11-21T08:00:00Z"
    assert event.language.code == "en"
    assert event.completeness is Completeness.FULL
    assert event.received_at == RECEIVED
    assert event.provenance == {"clean": CLEANER_VERSION}
    assert 0.8 < event.confidence <= 1


def test_ids_and_hashes_are_blake2b_of_the_canonical_url_and_the_text() -> None:
    event = cleaned(clean(raw(PAGE, url=f"{URL}?utm_source=mail#top")))
    assert event.canonical_url == URL
    assert event.id == hashlib.blake2b(URL.encode(), digest_size=16).hexdigest()
    assert event.content_hash == hashlib.blake2b(event.text.encode(), digest_size=16).hexdigest()


def test_an_aggregators_page_is_taken_apart() -> None:
    event = cleaned(clean(raw(AGGREGATED, url="https://reader.example/ledger/xk3")))
    paragraphs = event.text.split("\n\n")
    assert len(paragraphs) == 6
    assert paragraphs[0].startswith("The salt works at Grey Point, idle")
    assert paragraphs[-1].endswith("the owners have agreed.")
    assert event.headline == "Salt works at Grey Point ‘to reopen by spring,’ new owners say"
    assert event.standfirst is not None
    assert event.standfirst.startswith("Regional development minister")
    assert event.section == "Business"
    assert event.authors == ("Tomas Veldkamp",)
    assert event.publisher.name == "The Coastal Ledger"
    assert event.credits == ("Lena Brandt / Alamy", "REUTERS")
    assert event.completeness is Completeness.PARTIAL


def test_every_line_of_a_flattened_page_is_either_text_or_removed() -> None:
    event = cleaned(clean(raw(AGGREGATED)))
    lines = Counter(line for line in AGGREGATED.split("\n") if line)
    assert lines == Counter(event.text.split("\n\n")) + Counter(line.text for line in event.removed)


@pytest.mark.skipif(not INKL.exists(), reason="the development page is not there (set COPYDESK_SHARED)")
def test_the_development_page_comes_out_as_its_gold_says() -> None:
    gold: dict[str, Any] = json.loads(INKL.with_suffix(".gold.json").read_text(encoding="utf-8"))
    event = cleaned(clean(raw(INKL.read_text(encoding="utf-8"), url=gold["url"])))
    assert event.text.split("\n\n") == gold["paragraphs"]
    assert event.publisher.name == gold["publisher"]
    assert list(event.authors) == gold["authors"]
    assert list(event.credits) == gold["credits"]
    assert [line.text for line in event.removed if line.reason in FURNITURE] == gold["furniture"]
    assert (event.section, event.headline, event.standfirst) == (
        gold["section"],
        gold["headline"],
        gold["standfirst"],
    )
    assert (event.language.code, event.completeness) == (gold["language"], gold["completeness"])


def test_text_that_is_an_article_already_comes_out_whole() -> None:
    text = "\n\n".join(PARAGRAPHS)
    event = cleaned(clean(raw(text, headline=HEADLINE, publisher="Harbour Post")))
    assert event.text == text
    assert event.removed == ()


def test_one_line_of_text_comes_out_whole() -> None:
    text = " ".join(PARAGRAPHS)
    assert cleaned(clean(raw(text))).text == text


@pytest.mark.parametrize(
    ("language", "paragraph"),
    [
        ("de", "Die Fähre zwischen Oldhaven und Marsh Point hat am Freitag zum ersten Mal seit elf Jahren wieder Gäste befördert."),
        ("fr", "Le bac entre les deux rives du fleuve a repris son service vendredi, après onze hivers d’interruption, selon la mairie."),
        ("ru", "Паром между двумя берегами реки снова перевозит пассажиров впервые за одиннадцать лет, сообщила администрация порта."),
        ("ar", "عادت العبارة إلى نقل الركاب بين ضفتي النهر يوم الجمعة للمرة الأولى منذ أحد عشر عاما بحسب ما أعلنته إدارة الميناء."),
        ("zh", "港务局表示，连接两岸的渡轮于周五恢复运营，这是十一年来首次搭载乘客。大约两百人在雨中排队等候，消防队的乐队在码头上演奏。"),
        ("hi", "बंदरगाह कार्यालय ने बताया कि नदी के दोनों किनारों को जोड़ने वाली नौका सेवा ग्यारह साल बाद शुक्रवार को फिर शुरू हो गई।"),
    ],
)  # fmt: skip
def test_other_languages_lose_nothing_to_the_lexicon(language: str, paragraph: str) -> None:
    text = "\n\n".join(f"{paragraph} {n}{paragraph[-1]}" for n in range(4))
    event = cleaned(clean(raw(text)))
    assert event.text == text
    assert event.language.code == language


def test_hints_fill_what_the_page_is_silent_on() -> None:
    page = "<html><body><article>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "</article></body></html>"
    event = cleaned(
        clean(
            raw(
                page,
                url="https://harbour-post.example/ferry",
                headline="Hint headline",
                authors=("Hint Author",),
                section="Hint section",
                publisher="Hint Post",
                published_at="2026-11-19T09:00:00+00:00",
                fetched_at="2026-11-22T09:59:00Z",
            )
        )
    )
    assert (event.headline, event.authors, event.section) == (
        "Hint headline",
        ("Hint Author",),
        "Hint section",
    )
    assert (event.publisher.name, event.published_at) == ("Hint Post", "2026-11-19T09:00:00Z")
    assert event.fetched_at == "2026-11-22T09:59:00Z"


def test_the_pages_word_stands_against_a_hint() -> None:
    event = cleaned(clean(raw(PAGE, headline="Hint", authors=("Hint",), published_at="2020-01-01")))
    assert (event.headline, event.authors) == (HEADLINE, ("Nora Quill",))
    assert event.published_at == "2026-11-20T17:30:00Z"


def test_a_time_in_the_far_future_is_clamped_and_flagged() -> None:
    event = cleaned(clean(raw("\n\n".join(PARAGRAPHS), published_at="2031-01-01T00:00:00Z")))
    assert event.published_at == "2026-11-23T10:00:00Z"
    assert Flag.PUBLISHED_CLAMPED in event.flags


def test_a_text_over_the_limit_is_cut_and_flagged() -> None:
    text = "\n\n".join(f"Day {n}: {PARAGRAPHS[0]}" for n in range(6_000))
    event = cleaned(clean(raw(text)))
    assert len(event.text.encode()) <= 512_000
    assert text.startswith(event.text)
    assert Flag.TEXT_TRUNCATED in event.flags


def test_removed_lines_over_the_limit_are_cut_and_flagged() -> None:
    menu = "\n".join(f"Section number {n}" for n in range(8_000))
    event = cleaned(clean(raw(menu + "\n\n" + "\n\n".join(PARAGRAPHS))))
    assert sum(len(line.text.encode()) for line in event.removed) <= 64_000
    assert Flag.REMOVED_TRUNCATED in event.flags
    assert event.text == "\n\n".join(PARAGRAPHS)


def test_furniture_stands_last_among_the_removed_lines_and_is_cut_last() -> None:
    repeated = PARAGRAPHS[-1]
    lines = [FurnitureLine(domain="quay-post.example", cut=Place.BODY, text=normal_form(repeated))]
    snapshot = read_snapshot(write_snapshot(lines))
    menu = "\n".join(f"Section number {n}" for n in range(8_000))
    text = "\n\n".join((menu, *PARAGRAPHS))
    event = cleaned(clean(raw(text, url="https://www.quay-post.example/ferry"), snapshot))
    assert Flag.REMOVED_TRUNCATED in event.flags
    assert sum(len(line.text.encode()) for line in event.removed) <= MAX_REMOVED
    assert event.removed[-1] == Removed(repeated, RemovedReason.FURNITURE)
    assert event.removed[0].text == "Section number 0"
    assert RemovedReason.FURNITURE not in [line.reason for line in event.removed[:-1]]


def test_a_page_without_a_content_type_is_recognised() -> None:
    assert clean(raw(PAGE)) == clean(raw(PAGE, content_type="text/html"))


def test_a_withdrawn_article_needs_its_url_alone() -> None:
    event = clean(raw(None, url=f"{URL}?utm_source=x", status=Status.WITHDRAWN))
    assert isinstance(event, Withdrawal)
    assert (event.canonical_url, event.received_at, event.status) == (URL, RECEIVED, Status.WITHDRAWN)
    assert event.id == cleaned(clean(raw(PAGE))).id


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", RejectReason.EMPTY),
        (" \n\t ", RejectReason.EMPTY),
        ("1 2 3\n\n* * *", RejectReason.EMPTY),
        ("<html><body></body></html>", RejectReason.EMPTY),
        ("Please wait while we check your connection.", RejectReason.TOO_SHORT),
        ("<!doctype html><p>Please wait while we check your connection.</p>", RejectReason.TOO_SHORT),
        ("ߒߞߏ ߞߊ߲ ߝߐ ߟߊ " * 20, RejectReason.UNSUPPORTED_LANGUAGE),
    ],
)
def test_sound_records_without_an_article_are_rejected(content: str, reason: RejectReason) -> None:
    result = clean(raw(content))
    assert isinstance(result, Rejected)
    assert result.reason is reason


def test_a_home_page_is_no_article() -> None:
    page = "<!doctype html><html><head><meta property='og:type' content='website'></head><body>"
    page += "".join(f"<div><h2>Story {n}</h2><p>{PARAGRAPHS[n % 4]}</p></div>" for n in range(8))
    result = clean(raw(page + "</body></html>", url="https://www.harbour-post.example/"))
    assert isinstance(result, Rejected)
    assert result.reason is RejectReason.NOT_ARTICLE


def test_a_brief_of_forty_words_is_an_article() -> None:
    brief = (
        "A man was rescued from the river on Sunday night after his canoe overturned near the old mill, the fire"
        " brigade said. He was taken to hospital with mild hypothermia. The canoe was found two kilometres"
        " downstream by walkers."
    )
    assert 35 <= len(brief.split()) <= 42
    assert cleaned(clean(raw(brief))).text == brief


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a" * 4_000_001, FailureReason.TOO_LARGE),
        ("<html>" + "<div>" * 600, FailureReason.NESTING),
        ("a lone \ud800 surrogate", FailureReason.ENCODING),
    ],
)
def test_what_no_parser_should_see_fails(content: str, reason: FailureReason) -> None:
    result = clean(raw(content))
    assert isinstance(result, Failed)
    assert result.reason is reason


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the stage asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    page = PAGE.replace(
        "<article>",
        "<img src='https://pictures.example/a.jpg'><iframe src='https://v.example'></iframe><article>",
    )
    assert cleaned(clean(raw(page))).text == "\n\n".join(PARAGRAPHS)


def test_the_same_record_gives_the_same_event_whatever_came_before() -> None:
    first = clean(raw(PAGE))
    for _ in range(3):
        clean(raw(AGGREGATED))
        assert clean(raw(PAGE)) == first


fragments = st.sampled_from(
    ["<p>", "</div>", "<b a='", '"', ">", "<!--", "<script>", "&#0;", "\x00", "\n", "\n\n", "By ", "(Photo: ", "AP", "é", "1:00"]
    + [PARAGRAPHS[0], PARAGRAPHS[2], "<html>", "<meta property=og:title content=x>", "sign up ", "<title>", "\u200b", "中文"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(fragments | st.text(max_size=20), max_size=30).map("".join),
    st.sampled_from([None, "text/html", "text/plain"]),
)
def test_any_content_ends_in_an_event_or_a_reason(content: str, content_type: str | None) -> None:
    result = clean(raw(content, content_type=content_type))
    assert isinstance(result, CleanedArticle | Rejected | Failed)
    if isinstance(result, CleanedArticle):
        assert result.text
        assert all(paragraph.strip() for paragraph in result.text.split("\n\n"))
        assert result.headline != ""
        assert 0 <= result.confidence <= 1
