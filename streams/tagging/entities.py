"""From groups of mentions to the entities of an event: who and where they are, and how salient."""

from collections.abc import Sequence
from operator import attrgetter

from streams.events import Entity, Mention
from streams.records import records
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.grouping import PLACE, Found, Group
from streams.tagging.knowledge import Knowledge
from streams.tagging.linking import UNLINKED, identity, link
from streams.tagging.places import UNKNOWN, Identity, Surroundings, identify, surroundings
from streams.tagging.qualifiers import qualifiers
from streams.tagging.salience import saliences
from streams.vocabulary import LinkStatus


def entities(
    groups: list[Group],
    parts: Sequence[Found],
    tables: Gazetteer,
    knowledge: Knowledge | None,
    domain: str | None,
) -> tuple[Entity, ...]:
    """Entities by salience; groups of the same id are one entity.

    `parts`: headline and body, with their spans. `domain`: the publisher's.
    """
    around = _surroundings(parts, tables, domain)
    places = [identify(found.name, around, tables) if found.type is PLACE else UNKNOWN for found in groups]
    verdicts = [UNLINKED] * len(groups)
    if knowledge is not None:
        sure = [place.ids.geonames if place.link.status is LinkStatus.LINKED else None for place in places]
        verdicts = link(groups, [part.document for part in parts], knowledge, sure)
    merged: dict[str, tuple[Group, Identity]] = {}
    for found, place, verdict in zip(groups, places, verdicts, strict=True):
        if place.name:
            found.name = place.name
        key, known = identity(found, place, verdict)
        if key in merged:
            _merge(found, merged[key][0])
        else:
            merged[key] = (found, known)
    return _by_salience(merged)


def _surroundings(parts: Sequence[Found], tables: Gazetteer, domain: str | None) -> Surroundings:
    """The countries and states the article speaks of, and "Paris, Texas"."""
    surfaces: set[str] = set()
    demonyms: set[str] = set()
    larger: dict[str, str] = {}
    for part in parts:
        demonyms |= tables.demonyms_of(part.document)
        spans = part.spans.of_type(PLACE)
        if spans:
            named = zip(part.spans.surfaces, part.spans.types, strict=True)
            surfaces.update([surface for surface, kind in named if kind is PLACE])
            larger = qualifiers(part.document, spans, tables) | larger
    return surroundings(surfaces, sorted(demonyms), larger, tables, domain=domain)


def _merge(found: Group, first: Group) -> None:
    """Adds a group to the one whose entity it is."""
    first.mentions = tuple(sorted(first.mentions + found.mentions, key=_in_reading))
    first.first_sentence = min(first.first_sentence, found.first_sentence)
    first.in_headline = first.in_headline or found.in_headline


def _in_reading(mention: Mention) -> tuple[str, int]:
    return mention.where, mention.start


def _by_salience(merged: dict[str, tuple[Group, Identity]]) -> tuple[Entity, ...]:
    """The entities with these ids, the most salient first."""
    if not merged:
        return ()
    groups, known = zip(*merged.values(), strict=True)
    mentions = [found.mentions for found in groups]
    entrances = [0 if found.in_headline else found.first_sentence for found in groups]
    made = records(
        Entity,
        len(merged),
        id=list(merged),
        type=[found.type for found in groups],
        name=[found.name for found in groups],
        ids=[identity.ids for identity in known],
        link=[identity.link for identity in known],
        geo=[identity.geo for identity in known],
        salience=saliences(list(map(len, mentions)), entrances),
        mentions=mentions,
    )
    return tuple(sorted(made, key=attrgetter("salience"), reverse=True))  # reverse keeps the order of equals
