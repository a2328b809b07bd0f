"""From groups of mentions to the entities of an event: who and where they are, and how salient."""

from collections.abc import Sequence

from streams.events import Entity, Mention
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.grouping import Found, Group
from streams.tagging.knowledge import Knowledge
from streams.tagging.linking import UNLINKED, identity, link
from streams.tagging.places import UNKNOWN, Identity, Surroundings, identify, surroundings
from streams.tagging.qualifiers import qualifiers
from streams.tagging.salience import salience
from streams.vocabulary import EntityType, LinkStatus


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
    places = [
        identify(found.name, around, tables) if found.type is EntityType.PLACE else UNKNOWN
        for found in groups
    ]
    verdicts = [UNLINKED] * len(groups)
    if knowledge is not None:
        sure = [place.ids.geonames if place.link.status is LinkStatus.LINKED else None for place in places]
        verdicts = link(groups, [part.document for part in parts], knowledge, sure)
    merged: dict[str, tuple[Group, Identity]] = {}
    for found, place, verdict in zip(groups, places, verdicts, strict=True):
        if place.name:
            found.name = place.name
        key, known = identity(f"local:{found.type}:{found.slug}", place, verdict)
        if key in merged:
            first = merged[key][0]
            first.mentions = sorted(first.mentions + found.mentions, key=_in_reading)
            first.first_sentence = min(first.first_sentence, found.first_sentence)
            first.in_headline = first.in_headline or found.in_headline
        else:
            merged[key] = (found, known)
    most = max((len(found.mentions) for found, _ in merged.values()), default=0)
    made = [_entity(key, found, known, most) for key, (found, known) in merged.items()]
    return tuple(sorted(made, key=lambda entity: -entity.salience))


def _surroundings(parts: Sequence[Found], tables: Gazetteer, domain: str | None) -> Surroundings:
    """The countries and states the article speaks of, and "Paris, Texas"."""
    surfaces: set[str] = set()
    demonyms: set[str] = set()
    larger: dict[str, str] = {}
    for part in parts:
        text = part.document.text
        spans = [(start, end) for start, end, kind, _ in part.spans if kind is EntityType.PLACE]
        surfaces.update([text[start:end] for start, end in spans])
        demonyms |= tables.demonyms_of(part.document)
        larger = qualifiers(text, spans, tables) | larger
    return surroundings(surfaces, sorted(demonyms), larger, tables, domain=domain)


def _entity(key: str, found: Group, known: Identity, most: int) -> Entity:
    mentions = tuple(found.mentions)
    return Entity(
        id=key,
        type=found.type,
        name=found.name,
        ids=known.ids,
        link=known.link,
        geo=known.geo,
        salience=salience(len(mentions), most, found.first_sentence, found.in_headline),
        mentions=mentions,
    )


def _in_reading(mention: Mention) -> tuple[str, int]:
    return mention.where, mention.start
