"""One entity for all mentions of one thing."""

from streams.tagging.grouping import Group
from streams.vocabulary import EntityType, MentionKind
from tests.tagging.articles import entity, names, tagged


def test_titled_full_and_short_mentions_are_one_person() -> None:
    event = tagged("Anna Keller arrived. Mrs Keller smiled, and Keller’s son waved.")
    assert names(event) == {("Anna Keller", "person")}
    kinds = [mention.kind for mention in entity(event, "Anna Keller").mentions]
    assert kinds == [MentionKind.FULL, MentionKind.TITLED, MentionKind.SHORT]


def test_a_bare_surname_belongs_to_the_last_person_named_in_full() -> None:
    event = tagged("Anna Keller came. Mrs Keller sat. Paul Keller came. Mr Keller stood.")
    assert len(entity(event, "Anna Keller").mentions) == 2
    assert len(entity(event, "Paul Keller").mentions) == 2


def test_every_name_of_a_country_is_the_country() -> None:
    event = tagged("The US and Britain agreed. The United States and the UK signed.")
    assert names(event) == {("United States", "place"), ("United Kingdom", "place")}
    assert entity(event, "United States").mentions[0].kind is MentionKind.ACRONYM


def test_ids_of_people_are_the_same_in_every_article() -> None:
    one = tagged("They met José Álvarez Keller there.").entities
    other = tagged("Later José Álvarez Keller sang. Keller sang well.").entities
    assert one[0].id == other[0].id == "local:person:jose-alvarez-keller"


def test_a_local_id_has_lower_case_letters_and_digits_with_single_hyphens() -> None:
    names = ["Wagner  Group", "J. P. O’Hara-Smith", "Łódź_2", "Straße 9", "..."]
    ids = [Group(EntityType.GROUP, name, ()).local_id for name in names]
    slugs = ["wagner-group", "j-p-o-hara-smith", "łodz-2", "straße-9", "unnamed"]
    assert ids == [f"local:group:{slug}" for slug in slugs]


def test_a_full_name_that_two_persons_share_a_part_of_stays_its_own() -> None:
    event = tagged(
        "Anna Keller came. Keller sat. Paul Keller came. Keller stood. Anna Keller left. Keller won."
    )
    kinds = [
        [mention.start for mention in entity(event, name).mentions] for name in ("Anna Keller", "Paul Keller")
    ]
    assert kinds == [[0, 18, 62, 80], [30, 48]]


def test_organisations_are_shown_by_the_name_the_world_uses() -> None:
    assert names(tagged("Delegates of the UN left.")) == {("United Nations", "organisation")}


def test_a_place_inside_a_hyphenated_word_of_another_language_is_grouped() -> None:
    """The finder for other languages may begin a span inside a token; that must not stop the article."""
    text = "Bahn und Bus fahren westlich der Linie Hamburg-Bielefeld nicht mehr. In Hamburg wartet man."
    event = tagged(text, language="de")
    for found in event.entities:
        assert all(text[m.start : m.end] == m.text for m in found.mentions)
    assert "Bielefeld" in {found.name for found in event.entities}
