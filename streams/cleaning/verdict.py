"""Whether what was found is an article: the judgements that end in articles.rejected."""

from streams.cleaning.metadata import Metadata
from streams.cleaning.text import word_count
from streams.events import Rejected
from streams.vocabulary import RejectReason

MIN_WORDS = 25  # a news brief has 40; "please wait" and error pages have fewer
# Probability of being an article below which a page is refused. Chosen on pages the model has not seen:
# models/kind.md says what it keeps out and at which price.
NOT_ARTICLE = 0.22
# The same for pages that ask not to be indexed and say of no article: consent and error pages in its place.
# None of 952 development pages is one.
NOT_INDEXED = 0.5
# The same for pages whose JSON-LD describes an article of the press with its day: a template may lie, but a
# sparse page with a number for a URL is still what it says. 3 of 200 pages that are no articles do so; forums
# and documentation have types of their own.
DECLARED = 0.08
PRESS = frozenset({"article", "newsarticle", "reportagenewsarticle", "opinionnewsarticle", "blogposting"})
# Share of a page's words from which it is a bare article, as feeds carry them in HTML, where it says nothing
# of itself: with neither menus nor metadata there is nothing to judge by.
BARE = 0.95


def refuse_body(paragraphs: tuple[str, ...]) -> Rejected | None:
    """Rejected(empty) for no words at all, Rejected(too_short) below MIN_WORDS."""
    if not any(character.isalpha() for paragraph in paragraphs for character in paragraph):
        return Rejected(RejectReason.EMPTY, "no text")
    words = 0
    for paragraph in paragraphs:
        words += word_count(paragraph)
        if words >= MIN_WORDS:  # to count on would cost 50 us
            return None
    return Rejected(RejectReason.TOO_SHORT, f"{words} words, at least {MIN_WORDS}")


def refuse_page(probability: float, metadata: Metadata, share: float) -> Rejected | None:
    """Rejected(not_article) for home pages, listings, products, forums and the like; never for a page that
    says nothing of itself and whose body is `share` >= BARE of its words.
    """
    hidden = metadata.declares_article is False and "noindex" in (metadata.robots or "").lower()
    declared = metadata.dated == "article" and not PRESS.isdisjoint(metadata.types)
    least = DECLARED if declared else NOT_INDEXED if hidden else NOT_ARTICLE
    bare = share >= BARE and metadata.og_type is None and not metadata.types
    if probability < least and not bare:
        return Rejected(RejectReason.NOT_ARTICLE, f"an article with probability {probability:.3f}")
    return None
