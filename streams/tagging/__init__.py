"""Entity tagging: a cleaned article in, the same with its people, organisations, places and values out."""

from dataclasses import fields

from streams.events import CleanedArticle, Entity, TaggedArticle, Tagger
from streams.tagging.finders import BUILTIN_FINDER, Finder
from streams.tagging.gazetteer import Gazetteer, gazetteer
from streams.tagging.grouping import Found, Group, group
from streams.tagging.knowledge import Knowledge
from streams.tagging.linking import UNLINKED, identity, link
from streams.tagging.places import UNKNOWN, Identity, Surroundings, identify, surroundings
from streams.tagging.proper import proper
from streams.tagging.rules import Names, recall, settle
from streams.tagging.salience import salience
from streams.tagging.sure import sure_places
from streams.tagging.tokens import Document, tokenize
from streams.tagging.values import values
from streams.vocabulary import EntityType, Flag, LinkStatus, Support

__all__ = ["TAGGER_NAME", "TAGGER_VERSION", "tag"]

TAGGER_NAME = "copydesk-rules"
TAGGER_VERSION = "1"
"""Changes with every change of what comes out for the same article."""
MOST_MENTIONS = 2_000
"""Mentions of one article, by the contract; later ones are dropped and the article is flagged."""
TITLE_CASE = 0.25
"""Share of lower-case words among a headline's longer ones, below which its capitals say nothing."""
TELLING_WORD = 4
"""Letters. Shorter words stay in lower case in title case too."""


def tag(
    article: CleanedArticle, knowledge: Knowledge | None = None, finder: Finder = BUILTIN_FINDER
) -> TaggedArticle:
    """Adds entities, values and tagger. Pure, deterministic, linear in the text; accepts any Unicode.

    Offsets are code points into `text` or `headline`; `mention.text` is what stands there. A span holds no
    title and no possessive: "Mr Kirby" is the mention "Kirby" of kind titled, right after "Mr ". Mentions
    of one field do not overlap. Languages other than English: only places the gazetteer is sure of, and
    `tagger.support` says so. `knowledge`: whom the operator knows; the same pack, the same entities.
    `finder`: what finds the names of an English text.
    """
    tables = gazetteer()
    support = Support.FULL if article.language.code == "en" else Support.GAZETTEER
    body, headline = tokenize(article.text), tokenize(article.headline or "")
    if support is Support.FULL:
        spans, names = settle(body, finder.find(body), tables)
        title_case = _is_title_case(headline)
        above = recall(
            headline,
            [] if title_case else proper(headline, finder.find(headline), tables),
            names,
            tables,
            title_case,
        )
    else:
        names = Names()
        spans, above = sure_places(body, tables), sure_places(headline, tables)
    room = max(MOST_MENTIONS - len(above), 0)
    flags = article.flags
    if len(above) + len(spans) > MOST_MENTIONS:
        above, spans = above[:MOST_MENTIONS], spans[:room]
        flags = (*(flag for flag in flags if flag is not Flag.ENTITIES_TRUNCATED), Flag.ENTITIES_TRUNCATED)
    groups = group([Found("headline", headline, above), Found("text", body, spans)], names, tables)
    name = f"{TAGGER_NAME} + {finder.beside}" if support is Support.FULL and finder.beside else TAGGER_NAME
    around = _surroundings(groups, (headline, body), tables)
    given = {field.name: getattr(article, field.name) for field in fields(CleanedArticle)}
    given["flags"] = flags
    given["provenance"] = {**article.provenance, "tag": TAGGER_VERSION}
    if knowledge is not None:
        given["provenance"] |= knowledge.provenance
    return TaggedArticle(
        **given,
        entities=_entities(groups, around, tables, (headline, body), knowledge),
        values=values(article.text, article.published_at, article.language.code),
        tagger=Tagger(name, support),
    )


def _is_title_case(headline: Document) -> bool:
    telling = [word for word in headline.words if word.isalpha() and len(word) >= TELLING_WORD]
    return sum(map(str.islower, telling)) < TITLE_CASE * len(telling)


def _surroundings(groups: list[Group], documents: tuple[Document, ...], tables: Gazetteer) -> Surroundings:
    """The countries and states the article speaks of, and "Paris, Texas"."""
    surfaces = {
        mention.text for found in groups if found.type is EntityType.PLACE for mention in found.mentions
    }
    demonyms = {word for document in documents for word in document.words if word in tables.demonyms}
    starts = {
        (mention.where, mention.start): mention.text
        for found in groups
        if found.type is EntityType.PLACE
        for mention in found.mentions
    }
    qualifiers: dict[str, str] = {}
    for where, document in zip(("headline", "text"), documents, strict=True):
        for (field, start), text in starts.items():
            end = start + len(text)
            larger = starts.get((field, end + 2))
            if field == where and larger is not None and document.text.startswith(", ", end):
                qualifiers.setdefault(text, larger)
    return surroundings(sorted(surfaces), sorted(demonyms), qualifiers, tables)


def _entities(
    groups: list[Group],
    around: Surroundings,
    tables: Gazetteer,
    documents: tuple[Document, ...],
    knowledge: Knowledge | None,
) -> tuple[Entity, ...]:
    """Entities by salience; groups of the same id are one entity."""
    merged: dict[str, tuple[Group, Identity]] = {}
    places = [
        identify(found.name, around, tables) if found.type is EntityType.PLACE else UNKNOWN
        for found in groups
    ]
    verdicts = [UNLINKED] * len(groups)
    if knowledge is not None:
        sure = [place.ids.geonames if place.link.status is LinkStatus.LINKED else None for place in places]
        verdicts = link(groups, documents, knowledge, sure)
    for found, place, verdict in zip(groups, places, verdicts, strict=True):
        if place.name:
            found.name = place.name
        key, known = identity(f"local:{found.type}:{found.slug}", place, verdict)
        if key in merged:
            first = merged[key][0]
            first.mentions += found.mentions
            first.first_sentence = min(first.first_sentence, found.first_sentence)
            first.in_headline = first.in_headline or found.in_headline
        else:
            merged[key] = (found, known)
    most = max((len(found.mentions) for found, _ in merged.values()), default=0)
    entities = [_entity(key, found, known, most) for key, (found, known) in merged.items()]
    return tuple(sorted(entities, key=lambda entity: -entity.salience))


def _entity(key: str, found: Group, known: Identity, most: int) -> Entity:
    mentions = sorted(found.mentions, key=lambda mention: (mention.where, mention.start))
    return Entity(
        id=key,
        type=found.type,
        name=found.name,
        ids=known.ids,
        link=known.link,
        geo=known.geo,
        salience=salience(len(mentions), most, found.first_sentence, found.in_headline),
        mentions=tuple(mentions),
    )
