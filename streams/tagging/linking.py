"""Which entry of the knowledge pack an entity is, if any: by names, priors, types and the rest of the text.

Each candidate has odds against "somebody else of that name, whom the pack does not list". They begin with its
share of the prior among the candidates and grow with every clue. The numbers are judgements, not measured: a
pack is the operator's, and no text of ours has gold for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from streams.events import Ids, Link
from streams.tagging.context import clues, context_of
from streams.tagging.grouping import Group
from streams.tagging.knowledge import TYPES, Entry, Knowledge
from streams.tagging.lexicon import PARTICLES, SUFFIXES
from streams.tagging.places import UNKNOWN, Identity
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType, LinkStatus, MentionKind

THRESHOLD = 0.8
"""Of the confidence; below it the entity is ambiguous and its id stays local."""
CLUE = 6.0
"""Odds for each `about` word or name of the entry that the article has, and for each further name it uses."""
MOST_CLUES = 3
UNLISTED_FULL = 0.05
"""Odds of somebody else for a name of several words: alone in the pack it is believed (0.95)."""
UNLISTED_WORD = 0.15
"""... for a name of one word that is no person's (0.87)."""
UNLISTED_BARE = 1.0
"""... for a person's bare name: no prior is enough, one clue is (0.86)."""
UNLISTED_PART = 0.5
"""... where only an acronym or a short form of the entity is a name of the pack (0.67)."""
SMOOTHING = 0.01
"""Of the largest prior, added to each: what nobody asks for is not impossible."""
KINDRED = 0.5
"""Odds of an entry whose type is not the tagger's but near it."""
NEAR = frozenset({(EntityType.ORGANISATION, EntityType.GROUP), (EntityType.GROUP, EntityType.ORGANISATION)})
SAME_PLACE = 16.0
"""Odds of an entry with the GeoNames id that the built-in tables are sure of; the inverse for another id."""
MOST_CANDIDATES = 50
"""Of one entity, by prior: a name that hundreds bear is settled by context or not at all."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The verdict on one entity; `entry` only where it is linked."""

    status: LinkStatus
    confidence: float
    entry: Entry | None = None


UNLINKED = Linked(LinkStatus.NONE, 0.0)


@dataclass(slots=True)
class _Case:
    """An entity with its candidates: row of the pack to the odds that do not depend on the context."""

    unlisted: float
    odds: dict[int, float] = field(default_factory=dict)


def link(
    groups: Sequence[Group],
    documents: Sequence[Document],
    knowledge: Knowledge,
    places: Sequence[str | None] = (),
) -> list[Linked]:
    """A verdict for each group. Pure, never raises; linear in the groups' names and the documents.

    `places`: for each group the GeoNames id that is sure already, or None.
    """
    named = _rows_by_surface(groups, knowledge)
    cases = [
        _case(group, named, knowledge, places[i] if i < len(places) else None)
        for i, group in enumerate(groups)
    ]
    if not any(case.odds for case in cases):
        return [UNLINKED] * len(groups)
    verdicts = _decided(cases, documents, [], knowledge)
    if any(verdict.status is LinkStatus.AMBIGUOUS for verdict in verdicts):
        # An entry that is sure speaks for others by all its names, also those the article does not use.
        meant = [name for verdict in verdicts if verdict.entry is not None for name in verdict.entry.names]
        if meant:
            again = _decided(cases, documents, meant, knowledge)
            verdicts = [new if old.entry is None else old for old, new in zip(verdicts, again, strict=True)]
    return verdicts


def identity(group: Group, place: Identity, verdict: Linked) -> tuple[str, Identity]:
    """The entity's id and what is known of it: the pack's word where it links, else the built-in tables'."""
    if place is UNKNOWN and verdict is UNLINKED:
        return group.local_id, place
    if verdict.entry is None:
        if place.id or verdict is UNLINKED:
            return place.id or group.local_id, place
        link = Link(status=verdict.status, confidence=verdict.confidence)
        return group.local_id, replace(place, link=link) if place.link.status is LinkStatus.NONE else place
    ids = verdict.entry.ids
    sure = place.link.status is LinkStatus.LINKED and ids.geonames is None
    if same := sure or (ids.geonames is not None and ids.geonames == place.ids.geonames):
        ids = Ids(
            wikidata=ids.wikidata, geonames=place.ids.geonames, iso3166=ids.iso3166 or place.ids.iso3166
        )
    link = Link(status=LinkStatus.LINKED, confidence=verdict.confidence)
    return verdict.entry.entity_id, Identity(ids, link, place.geo if same else None, place.name)


def _rows_by_surface(groups: Sequence[Group], knowledge: Knowledge) -> dict[str, list[int]]:
    """What every name used for a group means; one that shouts also means what its quiet form does."""
    surfaces = {surface: None for group in groups for surface in _surfaces(group)}
    quiet = {surface: _quiet(surface) for surface in surfaces if surface.isupper()}
    wanted = list(surfaces | dict.fromkeys(quiet.values()))
    rows = dict(zip(wanted, knowledge.rows_named(wanted), strict=True))
    return {surface: rows[surface] or rows[quiet.get(surface, surface)] for surface in surfaces}


def _surfaces(group: Group) -> list[str]:
    return list({group.name: None} | {mention.text: None for mention in group.mentions})


def _quiet(surface: str) -> str:
    return " ".join(word.capitalize() for word in surface.split())


def _case(group: Group, named: dict[str, list[int]], knowledge: Knowledge, place: str | None) -> _Case:
    surfaces = _surfaces(group)
    if not any(named[surface] for surface in surfaces):
        return _Case(UNLISTED_FULL)
    full = [surface for surface in surfaces if surface == group.name or not _is_bare(surface)]
    counting, unlisted = full, _unlisted(group, full)
    if not any(named[surface] for surface in full) and group.type is not EntityType.PERSON:
        counting, unlisted = surfaces, UNLISTED_PART
    telling = full if group.type is EntityType.PERSON else surfaces  # a surname tells no two Smiths apart
    rows = {row for surface in counting for row in named[surface]}
    fitting = {row: fit for row in rows if (fit := _fit(group.type, TYPES[knowledge.types[row]]))}
    priors = {row: float(knowledge.priors[row]) for row in fitting}
    chosen = sorted(fitting, key=lambda row: (-priors[row], row))[:MOST_CANDIDATES]
    case = _Case(unlisted)
    most = max((priors[row] for row in chosen), default=0.0)
    weights = {row: priors[row] / most + SMOOTHING if most else 1.0 for row in chosen}
    total = sum(weights.values())
    for row in chosen:
        further = sum(row in named[surface] for surface in telling) - 1
        odds = fitting[row] * weights[row] / total * CLUE ** min(max(further, 0), MOST_CLUES)
        geonames = knowledge.entry(row).ids.geonames if place else None
        if geonames:
            odds *= SAME_PLACE if geonames == place else 1 / SAME_PLACE
        case.odds[row] = odds
    return case


def _is_bare(surface: str) -> bool:
    """One word, particles and suffixes aside."""
    words = [word for word in surface.split() if word.lower() not in PARTICLES and word not in SUFFIXES]
    return len(words) < 2


def _unlisted(group: Group, full: list[str]) -> float:
    if not all(map(_is_bare, full)):
        return UNLISTED_FULL
    if group.type is EntityType.PERSON:
        return UNLISTED_BARE
    acronyms = all(mention.kind is MentionKind.ACRONYM for mention in group.mentions)
    return UNLISTED_PART if acronyms and group.mentions else UNLISTED_WORD


def _fit(tagged: EntityType, listed: EntityType) -> float:
    """Odds by type; 0 where the entry cannot be meant."""
    if tagged is listed:
        return 1.0
    return KINDRED if (tagged, listed) in NEAR else 0.0


def _decided(
    cases: list[_Case], documents: Sequence[Document], meant: list[str], knowledge: Knowledge
) -> list[Linked]:
    rows = np.array([row for case in cases for row in case.odds], np.int64)
    found = clues(context_of(documents, meant), knowledge.about_ends, knowledge.about, rows).tolist()
    counts = dict(zip(rows.tolist(), found, strict=True))
    return [_verdict(case, counts, knowledge) for case in cases]


def _verdict(case: _Case, counts: dict[int, int], knowledge: Knowledge) -> Linked:
    if not case.odds:
        return UNLINKED
    odds = {row: odds * CLUE ** min(counts[row], MOST_CLUES) for row, odds in case.odds.items()}
    best = max(odds, key=lambda row: (odds[row], -row))
    confidence = round(odds[best] / (case.unlisted + sum(odds.values())), 3)
    if confidence < THRESHOLD:
        return Linked(LinkStatus.AMBIGUOUS, confidence)
    return Linked(LinkStatus.LINKED, confidence, knowledge.entry(best))
