"""Whether what was found is an article: the judgements that end in articles.rejected."""

from streams.cleaning.metadata import Metadata
from streams.cleaning.text import ends_sentence, word_count
from streams.events import Rejected
from streams.vocabulary import RejectReason

MIN_WORDS = 25  # a news brief has 40; "please wait" and error pages have fewer
# A page that calls itself something else must show this many words in sentences to be believed an article.
HUB_WORDS = 120
SENTENCE_WORDS = 8  # shorter lines are headings and labels, even with a stop


def refuse_body(paragraphs: tuple[str, ...]) -> Rejected | None:
    """Rejected(empty) for no words at all, Rejected(too_short) below MIN_WORDS."""
    words = sum(map(word_count, paragraphs))
    if not any(character.isalpha() for paragraph in paragraphs for character in paragraph):
        return Rejected(RejectReason.EMPTY, "no text")
    if words < MIN_WORDS:
        return Rejected(RejectReason.TOO_SHORT, f"{words} words, at least {MIN_WORDS}")
    return None


def refuse_page(paragraphs: tuple[str, ...], metadata: Metadata, canonical: str) -> Rejected | None:
    """Rejected(not_article) for home pages and hubs: metadata that know of no article, and little prose."""
    if metadata.declares_article:
        return None
    prose = sum(
        words for line in paragraphs if ends_sentence(line) and (words := word_count(line)) >= SENTENCE_WORDS
    )
    if _is_root(canonical):
        return Rejected(RejectReason.NOT_ARTICLE, "a home page without an article")
    if prose < HUB_WORDS and metadata.declares_article is False:
        return Rejected(
            RejectReason.NOT_ARTICLE, f"{prose} words of prose on a page that calls itself something else"
        )
    return None


def _is_root(canonical: str) -> bool:
    return canonical.partition("://")[2].partition("/")[2] in ("", "index.html", "index.php")
