"""Whom of the pack an entity is: what links, what is ambiguous, what stays unknown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Mention
from streams.tagging import tag
from streams.tagging.grouping import Group
from streams.tagging.knowledge import Knowledge
from streams.tagging.linking import UNLINKED, Linked, link
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType, LinkStatus, MentionKind
from tests.tagging.articles import article
from tests.tagging.packs import pack_of, person

SMITHS = pack_of(
    person("poet", "John Smith", "Smith", prior=90, about=["verse", "Faber and Faber"]),
    person("boxer", "John Smith", "Smith", prior=10, about=["ring", "title fight"]),
)


def group(name: str, *others: str, kind: EntityType = EntityType.PERSON) -> Group:
    mentions = [
        Mention(start=0, end=len(text), where="text", text=text, kind=MentionKind.SHORT)
        for text in (name, *others)
    ]
    return Group(kind, name, tuple(mentions))


def one(found: Group, text: str, knowledge: Knowledge, **more: Any) -> Linked:
    return link([found], [tokenize(text)], knowledge, **more)[0]


def own_id(verdict: Linked) -> str | None:
    return verdict.entry.id if verdict.entry else None


def test_a_full_name_links_to_the_one_who_is_far_likelier() -> None:
    verdict = one(group("John Smith"), "", SMITHS)
    assert (verdict.status, own_id(verdict)) == (LinkStatus.LINKED, "poet")


def test_equals_are_ambiguous_and_nobody_is_chosen() -> None:
    equals = pack_of(person("a", "John Smith"), person("b", "John Smith"))
    verdict = one(group("John Smith"), "", equals)
    assert (verdict.status, verdict.entry) == (LinkStatus.AMBIGUOUS, None)
    assert 0 < verdict.confidence < 0.5


def test_what_the_article_speaks_of_outweighs_the_prior() -> None:
    verdict = one(group("John Smith"), "He won the Title Fight in the ring.", SMITHS)
    assert own_id(verdict) == "boxer"


def test_words_inside_longer_words_are_no_context() -> None:
    assert own_id(one(group("John Smith"), "Boring titles of fights.", SMITHS)) == "poet"


def test_a_bare_surname_never_links_by_prior_alone() -> None:
    crowd = pack_of(person("a", "Smith", prior=1e9), person("b", "Smith", prior=1))
    assert one(group("Smith"), "", crowd).status is LinkStatus.AMBIGUOUS
    assert one(group("Smith"), "", pack_of(person("a", "Smith"))).status is LinkStatus.AMBIGUOUS
    assert own_id(one(group("Smith"), "a book of verse by Faber and Faber", SMITHS)) == "poet"


def test_a_surname_alone_is_no_name_of_somebody_named_in_full() -> None:
    assert one(group("Zoltan Smith", "Smith"), "verse", SMITHS) == UNLINKED


def test_another_type_is_somebody_else() -> None:
    assert one(group("John Smith", kind=EntityType.ORGANISATION), "", SMITHS) == UNLINKED


def test_an_acronym_links_only_with_a_clue() -> None:
    bank = pack_of({"id": "bog", "type": "organisation", "names": ["BoG"], "about": ["Accra"]})
    found = group("Bank of Ghana", "BoG", kind=EntityType.ORGANISATION)
    assert one(found, "", bank).status is LinkStatus.AMBIGUOUS
    assert own_id(one(found, "in Accra", bank)) == "bog"


def test_a_shouting_headline_means_the_quiet_name() -> None:
    assert own_id(one(group("JOHN SMITH"), "", SMITHS)) == "poet"


def test_a_linked_entry_speaks_for_others_by_all_its_names() -> None:
    known = pack_of(
        {"id": "club", "type": "organisation", "names": ["Harbour Town FC", "the Dockers"]},
        person("player", "Jo Quay", about=["The Dockers"]),
        person("singer", "Jo Quay"),
    )
    player, club = group("Jo Quay"), group("Harbour Town FC", kind=EntityType.ORGANISATION)
    assert own_id(link([player], [tokenize("Jo Quay")], known)[0]) is None
    assert own_id(link([player, club], [tokenize("Jo Quay")], known)[0]) == "player"


def test_the_place_that_the_tables_are_sure_of_is_preferred() -> None:
    towns = pack_of(
        {"id": "il", "type": "place", "names": ["Springfield"], "ids": {"geonames": "11"}},
        {"id": "ma", "type": "place", "names": ["Springfield"], "ids": {"geonames": "12"}},
    )
    found = group("Springfield", kind=EntityType.PLACE)
    assert one(found, "", towns).status is LinkStatus.AMBIGUOUS
    assert own_id(one(found, "", towns, places=["12"])) == "ma"


@pytest.mark.parametrize("prior", [0, 1e-30, 1e30])
def test_any_scale_of_priors_will_do(prior: float) -> None:
    assert own_id(one(group("Ann Lee"), "", pack_of(person("a", "Ann Lee", prior=prior)))) == "a"


@given(st.text(max_size=80), st.text(min_size=1, max_size=30), st.sampled_from(list(EntityType)))
def test_any_text_passes(text: str, name: str, kind: EntityType) -> None:
    for verdict in link([group(name, text or "x", kind=kind)], [tokenize(text)], SMITHS):
        assert 0 <= verdict.confidence <= 1
        assert (verdict.entry is not None) == (verdict.status is LinkStatus.LINKED)


def test_a_tagged_article_has_the_packs_ids_and_its_version() -> None:
    known = pack_of(
        person("p", "Greta Lindqvist", ids={"wikidata": "Q77"}),
        {"id": "london", "type": "place", "names": ["London"], "ids": {"wikidata": "Q84"}},
    )
    event = article("Greta Lindqvist said in London on Monday that Mr Smith had left.")
    tagged = tag(event, known)
    ids = {entity.name: (entity.id, entity.link.status) for entity in tagged.entities}
    assert ids["Greta Lindqvist"] == ("wikidata:Q77", LinkStatus.LINKED)
    assert ids["London"] == ("wikidata:Q84", LinkStatus.LINKED)
    assert ids["Smith"] == ("local:person:smith", LinkStatus.NONE)
    assert tagged.provenance["knowledge"] == known.version
    assert "knowledge" not in tag(event).provenance
