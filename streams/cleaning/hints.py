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
    return replace(
        article,
        headline=_plain(article.headline),
        publisher=_plain(article.publisher),
        section=_plain(article.section),
        authors=people([name for author in article.authors if (name := _plain(author))]),
    )


def _plain(hint: str | None) -> str | None:
    return clean_text(_MARKUP.sub(" ", clean_text(hint))) or None if hint else None
