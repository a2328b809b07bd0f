"""What producers say of an article beside its content, as plain text: feeds carry it with markup and "By"."""

import re
from dataclasses import replace

from streams.cleaning.metadata.authors import people
from streams.cleaning.metadata.jsonld import clean_text
from streams.events import RawArticle

# Tags that feeds set titles in. Others are what a headline speaks of ("How <video> came to the web").
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|br|cite|div|em|font|h[1-6]|i|mark|p|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)


def with_plain_hints(article: RawArticle) -> RawArticle:
    """The article with headline, publisher and section without markup, and authors as a byline's names.

    A name that is nobody's ("By") stays away; so do all authors of which nothing is left.
    """
    headline, publisher, section = map(_plain, (article.headline, article.publisher, article.section))
    authors = people([name for author in article.authors if (name := _plain(author))])
    if (headline, publisher, section, authors) == (
        article.headline,
        article.publisher,
        article.section,
        article.authors,
    ):
        return article  # most: a copy of all fields costs 8 us
    return replace(article, headline=headline, publisher=publisher, section=section, authors=authors)


def _plain(hint: str | None) -> str | None:
    if not hint:
        return None
    text = clean_text(hint)
    return (clean_text(_MARKUP.sub(" ", text)) if "<" in text or "&" in text else text) or None
