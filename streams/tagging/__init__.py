"""Entity tagging: a cleaned article in, the same with its people, organisations, places and values out."""

from streams.events import CleanedArticle, TaggedArticle, Tagger
from streams.parts import Parts, finished
from streams.records import extended
from streams.tagging.entities import entities
from streams.tagging.finders import BUILTIN_FINDER, Finder
from streams.tagging.gazetteer import Gazetteer, gazetteer
from streams.tagging.grouping import Found, group
from streams.tagging.knowledge import Knowledge
from streams.tagging.names import Names
from streams.tagging.proper import proper
from streams.tagging.rules import recall, settle
from streams.tagging.spans import Columns, columns_of, table_of
from streams.tagging.sure import sure_places
from streams.tagging.tokens import Document, tokenize
from streams.tagging.values import values
from streams.vocabulary import Flag, Support

__all__ = ["TAGGER_NAME", "TAGGER_VERSION", "tag", "tagging"]

TAGGER_NAME = "copydesk-crf"
TAGGER_VERSION = "2"
"""Changes with every change of what comes out for the same article."""
MOST_MENTIONS = 2_000
"""Mentions of one article, by the contract; later ones are dropped and the article is flagged."""
MOST_VALUES = 2_000
"""Values of one article, by the contract, as of mentions: 4,509 news articles have up to 338."""
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
    return finished(tagging(article, knowledge, finder))


def tagging(article: CleanedArticle, knowledge: Knowledge | None, finder: Finder) -> Parts[TaggedArticle]:
    """`tag` in parts."""
    tables = gazetteer()
    support = Support.FULL if article.language.code == "en" else Support.GAZETTEER
    body, headline = tokenize(article.text), tokenize(article.headline or "")
    yield
    if support is Support.FULL:
        found = finder.find(body)
        yield
        spans, names = settle(body, found, tables)
        yield
        above = _of_headline(headline, names, tables, finder) if headline.text else columns_of("", [])
    else:
        names = Names()
        spans, above = (columns_of(part.text, sure_places(part, tables)) for part in (body, headline))
    room = max(MOST_MENTIONS - len(above), 0)
    flags = article.flags
    if len(above) + len(spans) > MOST_MENTIONS:
        above, spans = above.upto(MOST_MENTIONS), spans.upto(room)
        flags = _with(Flag.ENTITIES_TRUNCATED, flags)
    yield
    parts = Found("headline", headline, above), Found("text", body, spans)
    groups = group(*parts, names, tables)
    yield
    said = values(
        article.text, article.published_at, article.language.code, most=MOST_VALUES + 1, codes=body.codes
    )
    yield
    if len(said) > MOST_VALUES:
        said, flags = said[:MOST_VALUES], _with(Flag.VALUES_TRUNCATED, flags)
    name = f"{TAGGER_NAME} + {finder.beside}" if support is Support.FULL and finder.beside else TAGGER_NAME
    provenance = {**article.provenance, "tag": TAGGER_VERSION}
    if knowledge is not None:
        provenance |= knowledge.provenance
    return extended(
        article,
        TaggedArticle,
        flags=flags,
        provenance=provenance,
        entities=entities(groups, parts, tables, knowledge, article.publisher.domain),
        values=said,
        tagger=Tagger(name, support),
    )


def _with(flag: Flag, flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return (*(given for given in flags if given is not flag), flag)


def _of_headline(headline: Document, names: Names, tables: Gazetteer, finder: Finder) -> Columns:
    """The headline's spans; where its capitals say nothing, only the names that the body has."""
    title_case = _is_title_case(headline)
    found = table_of([]) if title_case else proper(headline, finder.find(headline), tables)
    return recall(headline, found, names, tables, title_case)


def _is_title_case(headline: Document) -> bool:
    bounds = zip(headline.starts, headline.ends, strict=True)
    longer = [headline.text[start:end] for start, end in bounds if end - start >= TELLING_WORD]
    telling = list(filter(str.isalpha, longer))
    return sum(map(str.islower, telling)) < TITLE_CASE * len(telling)
