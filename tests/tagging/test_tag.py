"""What tag() promises for any article."""

import json
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging import MOST_MENTIONS, MOST_VALUES, TAGGER_NAME, TAGGER_VERSION, tag
from streams.vocabulary import Flag, MentionKind, Support
from tests.tagging.articles import article, entity, names, tagged

SHARED = Path(os.environ.get("COPYDESK_SHARED") or Path(__file__).parents[2] / ".." / "shared" / "data")
NAME_WORDS = (
    "Mr",
    "Mrs",
    "President",
    "Kirby",
    "John",
    "Anna",
    "Wagner",
    "Group",
    "Bank",
    "of",
    "England",
    "US",
)
PLAIN_WORDS = (
    "and",
    "for",
    "the",
    "Treasury",
    "Paris",
    "Texas",
    "said",
    "in",
    "Russian",
    "King",
    "Ltd",
    "UKRAINE",
)
ODD_WORDS = (
    ",",
    ".",
    "\n\n",
    "’s",
    "'s",
    '"',
    "“",
    "(",
    ")",
    "WHO",
    "$",
    "100million",
    "5",
    "%",
    "&",
    "é",
    "😀",
    "２",
)
VALUE_WORDS = ("November", "18", "2022", "McDonald's", "al-Qaeda", "DE", "\u0301", "£3", "km")
WORDS = NAME_WORDS + PLAIN_WORDS + ODD_WORDS + VALUE_WORDS
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))


@given(text=TEXTS, headline=TEXTS, language=st.sampled_from(["en", "de"]))
def test_offsets_always_slice_back_to_mention_and_value(text: str, headline: str, language: str) -> None:
    event = tag(article(text, headline, language))
    sources = {"text": text, "headline": headline}
    for found in event.entities:
        assert found.mentions
        for mention in found.mentions:
            assert mention.text
            assert sources[mention.where][mention.start : mention.end] == mention.text
    for value in event.values:
        assert text[value.start : value.end] == value.text


@given(text=TEXTS, headline=TEXTS)
def test_mentions_of_one_field_do_not_overlap(text: str, headline: str) -> None:
    event = tag(article(text, headline))
    for where in ("headline", "text"):
        stretches = sorted(
            (m.start, m.end) for found in event.entities for m in found.mentions if m.where == where
        )
        assert all(end <= start for (_, end), (start, _) in pairwise(stretches))


@given(text=TEXTS, headline=TEXTS)
def test_tag_is_a_function_of_the_event(text: str, headline: str) -> None:
    assert tag(article(text, headline)) == tag(article(text, headline))


@given(text=TEXTS, headline=TEXTS)
def test_entity_ids_are_unique_and_salience_is_sorted_in_0_to_1(text: str, headline: str) -> None:
    entities = tag(article(text, headline)).entities
    assert len({found.id for found in entities}) == len(entities)
    saliences = [found.salience for found in entities]
    assert saliences == sorted(saliences, reverse=True)
    assert all(0 <= salience <= 1 for salience in saliences)


def test_the_cleaned_article_comes_out_unchanged_with_the_tagger_in_its_provenance() -> None:
    given_article = article("Nothing to see.")
    event = tag(given_article)
    assert (event.id, event.text, event.received_at) == (
        given_article.id,
        given_article.text,
        given_article.received_at,
    )
    assert event.provenance == {"clean": "1", "tag": TAGGER_VERSION}
    assert given_article.provenance == {"clean": "1"}
    assert event.tagger.name == TAGGER_NAME


def test_an_article_with_too_many_mentions_keeps_the_first_and_says_so() -> None:
    event = tagged("The train left Ukraine. " * (MOST_MENTIONS + 5))
    assert Flag.ENTITIES_TRUNCATED in event.flags
    assert len(entity(event, "Ukraine").mentions) == MOST_MENTIONS
    assert entity(event, "Ukraine").mentions[0].start == 15


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_article_with_too_many_values_keeps_the_first_and_says_so(language: str) -> None:
    event = tagged("It rose 5% again. " * (MOST_VALUES + 5), language=language)
    assert Flag.VALUES_TRUNCATED in event.flags
    assert [value.start for value in event.values] == [8 + 18 * n for n in range(MOST_VALUES)]


def test_an_article_with_as_many_values_as_may_be_is_not_flagged() -> None:
    event = tagged("It rose 5% again. " * MOST_VALUES)
    assert len(event.values) == MOST_VALUES
    assert event.flags == ()


def test_an_article_within_the_limit_is_not_flagged() -> None:
    assert tagged("The train left Ukraine.").flags == ()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "".join(
            f"Aa{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676 % 26)} " for i in range(85_000)
        ),
        "John " * 100_000,
        "".join(f"Mr Q{'abcdefghij'[i % 10] * (i % 7 + 1)} of the " for i in range(30_000)),
        "Bank of " * 60_000,
        "(" * 500_000,
        "1" * 500_000,
        "1,2." * 120_000,
        "A" * 500_000,
        "A." * 250_000,
        "a-" * 250_000,
        "\n" * 500_000,
        "$" * 500_000,
    ],
    ids=lambda text: text[:12],
)
def test_half_a_megabyte_of_hostile_text_ends_well_within_a_minute(text: str) -> None:
    tagged(text)


def test_headline_mentions_are_told_from_the_body_s() -> None:
    event = tagged("The minister left Ukraine on foot.", "Minister walks out of Ukraine")
    assert [mention.where for mention in entity(event, "Ukraine").mentions] == ["headline", "text"]


def test_a_title_case_headline_names_only_what_the_body_names() -> None:
    event = tagged(
        "Engineers in Ukraine repaired the bridge, John Kirby said.",
        "Broken Bridge Repaired, Kirby Says Today",
    )
    assert ("Broken Bridge", "place") not in names(event)
    assert {mention.where for mention in entity(event, "John Kirby").mentions} == {"headline", "text"}


def test_other_languages_get_only_sure_places_and_say_so() -> None:
    event = tagged("Der Minister flog gestern nach Berlin und traf dort Anna Schmidt.", language="de")
    assert names(event) == {("Berlin", "place")}
    assert event.tagger.support is Support.GAZETTEER


@pytest.mark.skipif(
    not (SHARED / "flat").is_dir(), reason="the development data is not beside the repository"
)
def test_the_sample_page_has_exactly_its_gold_entities() -> None:
    gold = json.loads((SHARED / "flat" / "inkl-evening-standard.gold.json").read_text(encoding="utf-8"))
    event = tagged(gold["text"], gold["headline"])
    found = {}
    for one in event.entities:
        forms = Counter(
            f"Mr {mention.text}" if mention.kind is MentionKind.TITLED else mention.text
            for mention in one.mentions
            if mention.where == "text"
        )
        found[one.name, one.type.value] = dict(forms)
    assert found == {(one["name"], one["type"]): one["mentions"] for one in gold["entities"]}
    surfaces = {mention.text for one in event.entities for mention in one.mentions}
    assert not surfaces & set(gold["not_entities"])
