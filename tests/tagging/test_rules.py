"""What the document decides about its spans."""

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.code_points import codes_of
from streams.tagging.gazetteer import gazetteer
from streams.tagging.proper import proper
from streams.tagging.shouting import SHOUTED, shouts
from streams.tagging.spans import Span, spans_in, table_of
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType
from tests.tagging.articles import entity, names, tagged


def test_a_surname_types_and_joins_its_bare_mentions() -> None:
    event = tagged("The lawyer John Harrow spoke first. Nobody had asked Harrow to speak.")
    assert [mention.text for mention in entity(event, "John Harrow").mentions] == ["John Harrow", "Harrow"]


def test_a_defined_acronym_is_its_organisation() -> None:
    event = tagged("The Brightwater Rescue Agency (BRA) closed. The BRA had ten ships.")
    assert names(event) == {("Brightwater Rescue Agency", "organisation")}
    assert [m.kind.value for m in event.entities[0].mentions] == ["full", "acronym", "acronym"]


def test_a_bare_stem_is_the_group_named_in_full() -> None:
    event = tagged("Workers of the Orlan Group went on strike. They said that Orlan had not paid them.")
    assert [mention.text for mention in entity(event, "Orlan Group").mentions] == ["Orlan Group", "Orlan"]


def test_a_stem_that_is_a_surname_stays_the_person() -> None:
    event = tagged("Peter Orlan founded the Orlan Group. On Monday Orlan resigned.")
    assert [mention.text for mention in entity(event, "Peter Orlan").mentions] == ["Peter Orlan", "Orlan"]


def test_names_are_found_again_in_capitals() -> None:
    event = tagged("ORLAN GROUP CLOSES\n\nThe Orlan Group closed its last plant.")
    assert entity(event, "Orlan Group").mentions[0].text == "ORLAN GROUP"


def test_what_stands_before_a_dollar_sign_is_money() -> None:
    assert names(tagged("It cost US$5 and later HK$7.")) == set()


def test_a_span_that_begins_inside_a_word_is_the_word() -> None:
    """Other finders cut words otherwise: spaCy splits "anti-Trump", we do not."""
    document = tokenize("Some were anti-Trump")
    (span,) = spans_in(proper(document, table_of([Span(15, 20, EntityType.PERSON)]), gazetteer()))
    assert document.text[span.start : span.end] == "anti-Trump"


def test_an_endless_run_of_capitals_is_no_name() -> None:
    event = tagged("John Smith " * 4_000)
    assert all(len(found.name) < 200 for found in event.entities)


def test_a_name_in_capitals_is_the_person_named_otherwise() -> None:
    event = tagged("JOHN SMITH WINS THE VOTE\n\nJohn Smith won on Sunday. Mr Smith thanked his voters.")
    assert [mention.text for mention in entity(event, "John Smith").mentions][-1] == "Smith"


@given(st.text("AZaÄ ", max_size=30))
def test_a_text_shouts_that_has_five_capitals_in_a_row_wherever_they_stand(text: str) -> None:
    assert shouts(codes_of(text)) == bool(re.search(f"[A-Z]{{{SHOUTED}}}", text))


def test_a_name_that_the_body_shouts_is_known_in_the_headline() -> None:
    event = tagged(
        "BREAKING NEWS\n\nThe Orlan Group closed its last plant.", headline="ORLAN GROUP closes a plant"
    )
    assert [m.where for m in entity(event, "Orlan Group").mentions] == ["headline", "text"]
