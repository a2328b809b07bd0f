"""Which place of a name is meant."""

from streams.vocabulary import LinkStatus
from tests.tagging.articles import entity, tagged


def test_a_country_has_its_geonames_id_and_code() -> None:
    found = entity(tagged("The train left Ukraine."), "Ukraine")
    assert (found.id, found.ids.geonames, found.ids.iso3166) == ("geonames:690791", "690791", "UA")
    assert found.link.status is LinkStatus.LINKED


def test_a_city_has_coordinates_and_country() -> None:
    found = entity(tagged("Shells fell in Bakhmut."), "Bakhmut")
    assert found.geo is not None
    assert (round(found.geo.lat, 1), round(found.geo.lon, 1), found.geo.country) == (48.6, 38.0, "UA")


def test_the_large_city_is_meant_when_nothing_speaks_against_it() -> None:
    assert entity(tagged("They live in Paris."), "Paris").id == "geonames:2988507"


def test_a_state_after_the_comma_decides() -> None:
    assert entity(tagged("They live in Paris, Texas."), "Paris").id == "geonames:4717560"


def test_a_country_named_elsewhere_decides_between_cities() -> None:
    alone = entity(tagged("A fire broke out in Birmingham."), "Birmingham")
    american = entity(tagged("A fire broke out in Birmingham. In Alabama such fires are rare."), "Birmingham")
    assert alone.ids.geonames == "2655603"
    assert american.ids.geonames == "4049979"


def test_a_demonym_is_no_entity_but_evidence_for_its_country() -> None:
    event = tagged("A fire broke out in London. Canadian firemen came.")
    assert [found.name for found in event.entities] == ["London"]


def test_the_capital_is_meant_by_washington() -> None:
    assert entity(tagged("Talks were held in Washington."), "Washington").ids.geonames == "4140963"


def test_a_name_shared_by_a_country_and_a_state_is_ambiguous_when_both_are_near() -> None:
    event = tagged("Voters in Georgia queued. Many Americans watched. In Alabama nobody did.")
    assert entity(event, "Georgia").link.status is LinkStatus.AMBIGUOUS


def test_the_city_is_meant_by_new_york_even_beside_its_state() -> None:
    event = tagged("Talks were held in New York. Nobody in Albany or in California came.")
    assert entity(event, "New York").ids.geonames == "5128581"
