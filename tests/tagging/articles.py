"""Cleaned articles for the tagger's tests; every text here was written for them."""

from streams.events import CleanedArticle, Entity, Language, TaggedArticle
from streams.tagging import tag
from streams.vocabulary import Completeness


def article(text: str, headline: str | None = None, language: str = "en") -> CleanedArticle:
    return CleanedArticle(
        id="0" * 32,
        url="https://news.example/a",
        canonical_url="https://news.example/a",
        received_at="2026-01-01T00:00:00Z",
        headline=headline,
        language=Language(language, 1.0),
        text=text,
        content_hash="0" * 32,
        completeness=Completeness.FULL,
        confidence=1.0,
        provenance={"clean": "1"},
    )


def tagged(text: str, headline: str | None = None, language: str = "en") -> TaggedArticle:
    return tag(article(text, headline, language))


def entity(event: TaggedArticle, name: str) -> Entity:
    """The one entity of this name."""
    (found,) = [entity for entity in event.entities if entity.name == name]
    return found


def names(event: TaggedArticle) -> set[tuple[str, str]]:
    return {(entity.name, entity.type.value) for entity in event.entities}
