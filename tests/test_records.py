"""Records made from columns, and from other records, are those that their classes make."""

from dataclasses import FrozenInstanceError

import pytest

from streams.events import Entity, Ids, Link, TaggedArticle, Tagger, Value
from streams.records import extended, records
from streams.vocabulary import EntityType, LinkStatus, Support, ValueKind
from tests.tagging.articles import article


def test_columns_make_the_records_that_the_class_makes() -> None:
    made = records(
        Value,
        2,
        kind=(ValueKind.DATE, ValueKind.MONEY),
        start=[0, 9],
        end=[6, 11],
        text=["Monday", "£5"],
        value=["2026-11-23", 5.0],
        unit=[None, "GBP"],
    )
    assert made == [
        Value(kind=ValueKind.DATE, start=0, end=6, text="Monday", value="2026-11-23"),
        Value(kind=ValueKind.MONEY, start=9, end=11, text="£5", value=5.0, unit="GBP"),
    ]
    with pytest.raises(FrozenInstanceError):
        made[0].start = 1  # type: ignore[misc]


def test_a_field_with_a_default_is_a_column_too() -> None:
    link = Link(status=LinkStatus.NONE, confidence=0.0)
    with pytest.raises(TypeError, match="Entity: columns and fields differ in geo, ids"):
        records(
            Entity,
            1,
            id=["a"],
            type=[EntityType.PERSON],
            name=["A"],
            link=[link],
            salience=[1.0],
            mentions=[()],
        )


def test_a_column_that_is_too_short_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"Ids\.geonames: 1 values for 2 records"):
        records(Ids, 2, wikidata=[None, None], geonames=[None], iso3166=[None, None])


def test_an_extended_record_has_the_fields_of_both() -> None:
    cleaned = article("They met.")
    tagger = Tagger("a tagger", Support.FULL)
    event = extended(cleaned, TaggedArticle, entities=(), values=(), tagger=tagger, provenance={"tag": "1"})
    assert isinstance(event, TaggedArticle)
    assert (event.text, event.flags, event.tagger) == (cleaned.text, cleaned.flags, tagger)
    assert (event.provenance, cleaned.provenance) == ({"tag": "1"}, {"clean": "1"})


def test_a_record_without_a_field_cannot_be_extended_by_it() -> None:
    with pytest.raises(AttributeError, match="tagger"):
        extended(article("They met."), TaggedArticle, entities=(), values=())
